"""The pods of a run: which node each is of, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nbflow.engines import stuck

Pod = Mapping[str, Any]

#: The label with the name of the run.
RUN: Final = "workflows.argoproj.io/workflow"
_NODE: Final = "workflows.argoproj.io/node-id"
MAIN: Final = "main"


def node(pod: Pod) -> str:
    """The id of the node that a pod is of."""
    metadata = pod.get("metadata") or {}
    # Before pods were named after templates, their names were the ids.
    return str((metadata.get("annotations") or {}).get(_NODE) or metadata.get("name") or "")


def name(pod: Pod) -> str:
    """The name of a pod."""
    return str((pod.get("metadata") or {}).get("name") or "")


def waits(pods: Sequence[Pod]) -> dict[str, str]:
    """What pods wait for, where it is not their turn, by the ids of their nodes."""
    found = {node(pod): stuck.reason(pod) for pod in pods}
    return {key: text for key, text in found.items() if text}


def is_held(pod: Pod) -> bool:
    """Whether a pod has its machine, and none of its containers has begun, without a reason of its own."""
    status = pod.get("status") or {}
    placed = any(
        each.get("type") == "PodScheduled" and each.get("status") == "True"
        for each in status.get("conditions") or ()
    )
    return (
        placed
        and status.get("phase") == "Pending"
        and all("waiting" in (each.get("state") or {}) for each in stuck.containers(status))
        and not stuck.reason(pod)
    )


def container(pod: Pod) -> Mapping[str, Any]:
    """The state of the container that runs the cells: "waiting", "running" or "terminated", and more."""
    for each in (pod.get("status") or {}).get("containerStatuses") or ():
        if each.get("name") == MAIN:
            return dict(each.get("state") or {})
    return {}


def ended(pod: Pod) -> bool:
    """Whether the container that runs the cells writes no more."""
    over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    return over or "terminated" in container(pod)
