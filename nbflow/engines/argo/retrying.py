"""A run that has failed, as it is when it goes on: what ``argo retry`` does, for the graphs made here.

The failed pods and what came after them are taken out, what held them runs again; Argo's controller then
makes them anew. Source: ``FormulateRetryWorkflow`` in
https://github.com/argoproj/argo-workflows/blob/main/workflow/util/util.go.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nbflow.engines.argo import nodes as argo_nodes
from nbflow.engines.argo import state
from nbflow.engines.argo.manifests import MARK
from nbflow.engines.argo.nodes import FAILED, Node
from nbflow.errors import EngineError

_KINDS: Final = frozenset({"DAG", "Retry", "Pod", "Skipped"})
_LABELS: Final = "workflows.argoproj.io"


@dataclass(frozen=True, slots=True)
class Retried:
    """A change that lets a run go on, and the nodes whose pods have to go before."""

    change: Mapping[str, Any]
    removed: frozenset[str]


def is_settling(workflow: Mapping[str, Any]) -> bool:
    """Whether a run has ended, and Argo's controller is not done with it: what is changed then gets lost.

    Source: https://github.com/argoproj/argo-workflows/issues/12615.
    """
    labels = (workflow.get("metadata") or {}).get("labels") or {}
    return state.ended(workflow) and labels.get(f"{_LABELS}/completed") != "true"


def retried(workflow: Mapping[str, Any], now: float) -> Retried:
    """How a run goes on; ``now`` is in seconds since the epoch.

    Raises:
        EngineError: it cannot.
    """
    name = (workflow.get("metadata") or {}).get("name")
    nodes = argo_nodes.of(workflow)
    _check(workflow, nodes, str(name))
    hooked = _hooked(nodes)
    failed = _removed(nodes) - hooked
    removed, begun = failed | hooked, _begun(nodes, failed)
    if nodes and not begun:
        raise EngineError(
            f"no task of the run {name} has failed, so none can be tried again: submit anew"
        )
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    changes = _changes(nodes, removed, begun, stamp)
    return Retried(_change(workflow, nodes, changes, stamp), removed)


def _check(workflow: Mapping[str, Any], nodes: Mapping[str, Node], name: str) -> None:
    if MARK not in ((workflow.get("metadata") or {}).get("annotations") or {}):
        raise EngineError(
            f"the run {name} was not submitted from here: `argo retry {name}` retries it"
        )
    if not state.ended(workflow):
        raise EngineError(f"the run {name} still goes on: it can be retried when it has ended")
    if (workflow.get("status") or {}).get("phase") not in FAILED:
        raise EngineError(f"the run {name} has gone well: there is nothing to retry")
    strange = {str(each.get("type")) for each in nodes.values()} - _KINDS
    if argo_nodes.elsewhere(workflow) or strange:
        what = (
            f"parts that nbflow does not make ({', '.join(sorted(strange))})"
            if strange
            else "a state that Argo keeps in its database"
        )
        raise EngineError(f"the run {name} has {what}: `argo retry {name}` retries it")


def _removed(nodes: Mapping[str, Node]) -> frozenset[str]:
    """The failed pods without a later success, and all that came after them."""
    holders = {
        c: n for n in nodes.values() if n.get("type") == "Retry" for c in n.get("children") or ()
    }
    found: set[str] = set()
    for key, node in nodes.items():
        # A task whose inputs could not be made out has no pod: its node is of type Skipped.
        hooked = (node.get("nodeFlag") or {}).get("hooked")
        if node.get("type") in ("Pod", "Skipped") and node.get("phase") in FAILED and not hooked:
            after = _after(nodes, str(holders.get(key, node).get("id")))
            if not any(nodes[each].get("phase") == "Succeeded" for each in after):
                found |= {key, *_after(nodes, key)}
    return frozenset(found)


def _hooked(nodes: Mapping[str, Node]) -> frozenset[str]:
    """What the cluster itself has done at the end of the run, and will do again."""
    found: set[str] = set()
    for key, node in nodes.items():
        if (node.get("nodeFlag") or {}).get("hooked"):
            found |= {key, *_after(nodes, key)}
    return frozenset(found)


def _after(nodes: Mapping[str, Node], key: str) -> set[str]:
    found: set[str] = set()
    ahead = list((nodes.get(key) or {}).get("children") or ())
    while ahead:
        each = ahead.pop()
        if each in nodes and each not in found:
            found.add(each)
            ahead += nodes[each].get("children") or ()
    return found


def _begun(nodes: Mapping[str, Node], removed: frozenset[str]) -> frozenset[str]:
    """The nodes that hold those which are removed: they run again."""
    found: set[str] = set()
    for key, node in nodes.items():
        if node.get("type") == "Retry" and removed & set(node.get("children") or ()):
            found.add(key)
    for key in {*removed, *found}:
        above = str(nodes[key].get("boundaryID") or "")
        while above in nodes and above not in found:
            found.add(above)
            above = str(nodes[above].get("boundaryID") or "")
    return frozenset(found - removed)


def _changes(
    nodes: Mapping[str, Node], removed: frozenset[str], begun: frozenset[str], stamp: str
) -> dict[str, dict[str, Any] | None]:
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(removed)
    for key in nodes.keys() - removed:
        node, change = nodes[key], dict[str, Any]()
        for field in ("children", "outboundNodes"):
            kept = [each for each in node.get(field) or () if each not in removed]
            if kept != list(node.get(field) or ()):
                change[field] = kept
        if key in begun:
            change |= {"phase": "Running", "message": None, "startedAt": stamp, "finishedAt": None}
        if change:
            found[key] = change
    return found


def _change(
    workflow: Mapping[str, Any],
    nodes: Mapping[str, Node],
    changes: Mapping[str, dict[str, Any] | None],
    stamp: str,
) -> dict[str, Any]:
    old = workflow.get("status") or {}
    others = [each for each in old.get("conditions") or () if each.get("type") != "Completed"]
    status: dict[str, Any] = {
        "phase": "Running",
        "message": None,
        "startedAt": stamp,
        "finishedAt": None,
        "persistentVolumeClaims": None,
        "conditions": [*others, {"type": "Completed", "status": "False"}],
    }
    if old.get("nodes"):
        status["nodes"] = dict(changes)
    elif nodes:
        status["compressedNodes"] = argo_nodes.packed(_merged(nodes, changes))
    if (old.get("storedWorkflowTemplateSpec") or {}).get("shutdown"):
        status["storedWorkflowTemplateSpec"] = {"shutdown": None}
    spec: dict[str, Any] = {"shutdown": None}
    if (workflow.get("spec") or {}).get("activeDeadlineSeconds") == 0:
        spec["activeDeadlineSeconds"] = None
    labels = {
        f"{_LABELS}/completed": None,
        f"{_LABELS}/workflow-archiving-status": None,
        f"{_LABELS}/phase": "Running",
    }
    version = (workflow.get("metadata") or {}).get("resourceVersion")
    return {
        "metadata": {"resourceVersion": version, "labels": labels},
        "spec": spec,
        "status": status,
    }


def _merged(
    nodes: Mapping[str, Node], changes: Mapping[str, dict[str, Any] | None]
) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key, node in nodes.items():
        change = changes.get(key, {})
        if change is not None:
            found[key] = {k: v for k, v in {**node, **change}.items() if v is not None}
    return found
