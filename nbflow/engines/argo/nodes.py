"""The nodes of a run, as Argo's controller keeps them in its status.

A task is a node of type Pod, or one of type Retry with a Pod for each try. Source: ``NodeStatus`` in
https://github.com/argoproj/argo-workflows/blob/main/pkg/apis/workflow/v1alpha1/workflow_types.go.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nbflow.engines.argo.troubles import ApiError

#: A node by its fields' names.
Node = Mapping[str, Any]

FAILED: Final = frozenset({"Failed", "Error"})
ENDED: Final = FAILED | {"Succeeded", "Skipped", "Omitted"}
_TRY: Final = re.compile(r"\(\d+\)$")


@dataclass(frozen=True, slots=True)
class Task:
    """A task: its node, and those of its tries, the last one last."""

    name: str
    node: Node
    tries: tuple[Node, ...]

    @property
    def last(self) -> Node:
        """The node of the last try; the task's own where none has begun."""
        return self.tries[-1] if self.tries else self.node


def of(workflow: Mapping[str, Any]) -> dict[str, Node]:
    """The nodes by their ids; none where they are kept elsewhere.

    Raises:
        ApiError: they are packed in a way that is not known.
    """
    status = workflow.get("status") or {}
    found = status.get("nodes") or {}
    packed = status.get("compressedNodes")
    if not found and packed:
        try:
            found = json.loads(gzip.decompress(base64.b64decode(packed)))
        except (ValueError, OSError, EOFError, zlib.error) as error:
            name = (workflow.get("metadata") or {}).get("name")
            raise ApiError(
                f"the state of the run {name} is packed in a way that is not known here"
            ) from error
    return dict(found)


def packed(nodes: Mapping[str, Node]) -> str:
    """The nodes as Argo packs those of large runs."""
    text = json.dumps(nodes, separators=(",", ":")).encode()
    return base64.b64encode(gzip.compress(text, mtime=0)).decode("ascii")


def elsewhere(workflow: Mapping[str, Any]) -> bool:
    """Whether Argo keeps the nodes in its own database, where Kubernetes does not show them."""
    status = workflow.get("status") or {}
    return bool(status.get("offloadNodeStatusVersion")) and not of(workflow)


def tasks(workflow: Mapping[str, Any]) -> dict[str, Task]:
    """The tasks that have begun or been passed over, by their names in the manifest."""
    nodes = of(workflow)
    root = f"{(workflow.get('metadata') or {}).get('name')}."
    tried = {
        child for each in nodes.values() if each.get("type") == "Retry" for child in _children(each)
    }
    found = {}
    for key, node in nodes.items():
        name = str(node.get("name", ""))
        # What the cluster adds to all runs (hooks, exit handlers) is no task of the manifest.
        hooked = (node.get("nodeFlag") or {}).get("hooked") or name.startswith(f"{root}onExit")
        if not name.startswith(root) or key in tried or hooked:
            continue
        if node.get("type") in ("Pod", "Retry", "Skipped"):
            found[name.removeprefix(root)] = Task(
                name.removeprefix(root), node, tuple(_tries(node, nodes))
            )
    return found


def _tries(node: Node, nodes: Mapping[str, Node]) -> Iterator[Node]:
    if node.get("type") == "Pod":
        yield node
    elif node.get("type") == "Retry":
        children = [nodes[key] for key in _children(node) if key in nodes]
        tried = [each for each in children if _TRY.search(str(each.get("name", "")))]
        yield from sorted(tried, key=_number)


def _number(node: Node) -> int:
    found = _TRY.search(str(node.get("name", "")))
    return int(found[0][1:-1]) if found else 0


def _children(node: Node) -> list[str]:
    return list(node.get("children") or ())


def declared(workflow: Mapping[str, Any]) -> list[str]:
    """The names of the tasks that the manifest has."""
    templates = (workflow.get("spec") or {}).get("templates") or ()
    return [
        str(task.get("name"))
        for template in templates
        for task in (template.get("dag") or {}).get("tasks") or ()
    ]
