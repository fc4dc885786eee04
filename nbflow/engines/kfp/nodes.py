"""The tasks of a run among the nodes of the Argo Workflow that it is; pure.

Up to 2.18 the API tells every node of the workflow as a "task": its display name, its times and state,
and the ids of its children, but neither its own id nor its pod nor why it failed
(``toApiPipelineTaskDetail`` in backend/src/apiserver/server/api_converter.go;
https://github.com/kubeflow/pipelines/issues/14007). A task ``train`` of the manifest is made of

- ``train-driver``, which looks for its inputs and for an earlier result,
- ``train``, with ``executor`` below it, which is skipped where there is an earlier result, and below that
  ``executor(0)``, ``executor(1)``, ... where the task may be tried again

(backend/src/v2/compiler/argocompiler/container.go). The ids follow from the names: Argo's
``Workflow.NodeID`` is the workflow's name and the FNV-1a hash of the node's full name, and the pod's name
has the template's name between them (workflow/util/pod_name.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_DRIVER: Final = "-driver"
_EXECUTOR: Final = re.compile(r"executor(\(\d+\))?")
#: The templates whose pods run what a task is for; with a policy of retries the first.
_TEMPLATES: Final = ("retry-system-container-impl", "system-container-impl")


@dataclass(frozen=True, slots=True)
class Task:
    """The nodes of a task that there are by now, as the API tells them.

    ``executors`` are those that may be its own: parts of others are among them where they ran at the
    same time. ``tries`` are the ids of its attempts where it may be tried again.
    """

    name: str
    main: Mapping[str, Any] | None
    driver: Mapping[str, Any] | None
    executors: tuple[Mapping[str, Any], ...] = ()
    tries: tuple[str, ...] = ()
    driver_pod: str = ""

    @property
    def pods(self) -> list[tuple[str, ...]]:
        """The names that the pods may have, the likeliest first; those of the first attempt first.

        Where its driver has failed they are those of that one.
        """
        if self.main is None:
            failed = self.driver is not None and self.driver.get("state") == "FAILED"
            return [(self.driver_pod,)] if failed else []
        if self.main.get("pod_name"):
            return [(str(self.main["pod_name"]),)]
        return [_pods(node) for node in self.tries or children(self.main)[:1]]


def children(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the nodes that come after one."""
    found = (each.get("pod_name") or each.get("task_id") for each in node.get("child_tasks") or ())
    return tuple(str(each) for each in found if each)


def _pods(node: str) -> tuple[str, ...]:
    """The names that the pod of a node may have; the last is that of old Argos."""
    workflow, _, number = node.rpartition("-")
    return (*(f"{workflow}-{template}-{number}" for template in _TEMPLATES), node)


def tasks(details: Sequence[Mapping[str, Any]]) -> dict[str, Task]:
    """The tasks of a run by their names in the manifest."""
    workflow = _workflow(details)
    shown: dict[str, list[Mapping[str, Any]]] = {}
    for node in details:
        shown.setdefault(str(node.get("display_name") or ""), []).append(node)
    executors = [n for name, nodes in shown.items() if _EXECUTOR.fullmatch(name) for n in nodes]
    paths, beside = tuple(_paths(workflow, shown)), _beside(executors)
    found = {}
    for name in _names(shown, workflow):
        main = _main(shown.get(name, []), name, workflow, paths)
        driver = next((n for n in shown.get(name + _DRIVER, []) if n is not main), None)
        tries = _tries(beside, name, workflow, paths) if main else ()
        pod = _id(f"{workflow}-system-container-driver", f"{workflow}.root.{name}{_DRIVER}")
        found[name] = Task(name, main, driver, tuple(executors), tries, pod)
    return found


def _names(shown: Mapping[str, Sequence[object]], workflow: str) -> Iterator[str]:
    """The names of tasks: those of nodes, without what the workflow is held together by."""
    # A step may be called train-driver itself: it has a driver of its own then.
    drivers = {n for n in shown if n.endswith(_DRIVER) and n + _DRIVER not in shown}
    own = {"", "root", workflow} | drivers
    names = {n.removesuffix(_DRIVER) for n in drivers} - {"", "root"}
    names |= {n for n in shown if n not in own and not _EXECUTOR.fullmatch(n)}
    yield from sorted(names)


def _workflow(details: Sequence[Mapping[str, Any]]) -> str:
    """The name of the workflow, known by the ids of nodes, "" where there is none yet."""
    for node in details:
        for child in children(node):
            name, dash, number = child.rpartition("-")
            if dash and number.isdigit():
                return name
    return ""


def _main(
    nodes: Sequence[Mapping[str, Any]], name: str, workflow: str, paths: Sequence[str]
) -> Mapping[str, Any] | None:
    """The node of a task itself, which has an executor below it where it has begun."""
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    below = {_id(workflow, f"{path}.{name}.executor") for path in paths}
    return next((n for n in nodes if below & set(children(n))), nodes[0])


def _beside(executors: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The ids below an executor, all of them, by each of them."""
    found: dict[str, tuple[str, ...]] = {}
    for node in executors:
        below = children(node)
        for each in below:
            found.setdefault(each, below)
    return found


def _tries(
    beside: Mapping[str, tuple[str, ...]], name: str, workflow: str, paths: Sequence[str]
) -> tuple[str, ...]:
    for path in paths:
        below = beside.get(_id(workflow, f"{path}.{name}.executor(0)"))
        if below:
            known = {_id(workflow, f"{path}.{name}.executor({n})") for n in range(_MOST)}
            return tuple(each for each in below if each in known)
    return ()


#: More attempts than this are not counted.
_MOST: Final = 100


def _paths(workflow: str, shown: Mapping[str, object]) -> Iterator[str]:
    """Where a task may stand: in the pipeline itself, or in one that is a task of it."""
    yield f"{workflow}.root"
    for name in shown:
        if name + _DRIVER in shown:
            yield f"{workflow}.root.{name}"


def _id(start: str, name: str) -> str:
    """What begins with ``start`` and ends in the number of the node of a full name."""
    number = 0x811C9DC5
    for byte in name.encode():
        number = ((number ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{start}-{number}"
