"""A run as Kubeflow Pipelines 2 tells it: the nodes of its Argo Workflow, moved on by hand.

Where the shapes come from, in the repository kubeflow/pipelines:

- which nodes a task has, and their names: backend/src/v2/compiler/argocompiler/dag.go and container.go
  (``NAME-driver``, then ``NAME`` with ``executor`` below it, with ``executor(N)`` below that for retries);
- what is told of a node: ``NodeStatuses`` in backend/src/common/util/workflow.go and
  ``toApiPipelineTaskDetail`` in backend/src/apiserver/server/api_converter.go (no pod, no error);
- the names of states: ``RuntimeState.ToV2`` in backend/src/apiserver/model/run.go (``Omitted`` has none);
- a terminated run, whose workflow fails: ``TerminateRun`` in
  backend/src/apiserver/resource/resource_manager.go;
- newer servers: ``PipelineTask`` in backend/api/v2/run.proto, metrics in backend/api/v2/artifact.proto.

Ids of nodes are those of ``argo_ids``, names of pods those of workflow/util/pod_name.go in
argoproj/argo-workflows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from argo_ids import node_id

#: What has become of a task, in the order in which it comes to that.
STAGES = ("waiting", "driving", "pending", "running", "done", "failed", "cached", "omitted")
_ENDED = ("done", "failed", "cached")


def stamp(seconds: float) -> str:
    """A google.protobuf.Timestamp in JSON; one that is not set is the beginning of its counting."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@dataclass
class Task:
    """A task of the manifest and what has become of it; ``logs`` has one text an attempt."""

    name: str
    after: tuple[str, ...] = ()
    retries: bool = False
    stage: str = "waiting"
    logs: list[str] = field(default_factory=list)
    metrics: dict[str, float] = field(default_factory=dict)
    message: str = ""
    drove: float = 0.0
    began: float = 0.0
    ended: float = 0.0


class Workflow:
    """The workflow of a run. ``now`` is its clock: it goes on by a second with each move."""

    def __init__(self, name: str, spec: dict[str, Any], now: float) -> None:
        self.name, self.now = name, now
        told = spec["root"]["dag"]["tasks"]
        self.tasks = {
            key: Task(key, tuple(about.get("dependentTasks", ())), "retryPolicy" in about)
            for key, about in told.items()
        }

    def move(self, task: str, stage: str, log: str = "") -> None:
        """Bring a task to a stage; ``log`` is added to what it has written."""
        assert stage in STAGES
        one = self.tasks[task]
        self.now += 1
        if stage in ("driving", "pending", "running", *_ENDED):
            one.drove = one.drove or self.now
        if stage in ("pending", "running", *_ENDED):
            one.began = one.began or self.now
        if stage in ("running", "done", "failed") and not one.logs:
            one.logs.append("")
        if stage in _ENDED:
            one.ended = self.now
        if log:
            one.logs[-1] += log
        one.stage = stage

    def again(self, task: str, log: str = "") -> None:
        """The last attempt of a task has failed and another one begins."""
        self.tasks[task].logs.append(log)
        self.move(task, "running")

    def pods(self, task: str) -> list[str]:
        """The names of the pods in which the attempts of a task run."""
        one = self.tasks[task]
        path = f"{self.name}.root.{task}.executor"
        names = [f"{path}({n})" for n in range(len(one.logs))] if one.retries else [path]
        template = "retry-system-container-impl" if one.retries else "system-container-impl"
        ids = [node_id(self.name, name) for name in names[: len(one.logs)]]
        return [f"{self.name}-{template}-{each.rpartition('-')[2]}" for each in ids]

    # As servers up to 2.18 tell it

    def details(self) -> list[dict[str, Any]]:
        """The messages ``PipelineTaskDetail`` of all nodes."""
        if all(task.stage == "waiting" for task in self.tasks.values()):
            return []
        begin = min(t.drove for t in self.tasks.values() if t.drove)
        whole = f"{self.name}.root"
        nodes = [
            self._node(self.name, "RUNNING", begin, 0, [f"{self.name}.root-driver"]),
            self._node("root-driver", "SUCCEEDED", begin, begin, [whole]),
            self._node(
                "root", "RUNNING", begin, 0, [f"{whole}.{t}-driver" for t in self._firsts()]
            ),
        ]
        for task in self.tasks.values():
            nodes.extend(self._of(task))
        return nodes

    def _firsts(self) -> list[str]:
        return [task.name for task in self.tasks.values() if not task.after]

    def _of(self, task: Task) -> list[dict[str, Any]]:
        path = f"{self.name}.root.{task.name}"
        if task.stage == "omitted":
            return [
                self._node(
                    f"{task.name}-driver", "RUNTIME_STATE_UNSPECIFIED", self.now, self.now, [path]
                ),
                self._node(task.name, "RUNTIME_STATE_UNSPECIFIED", self.now, self.now, []),
            ]
        nodes = []
        if task.drove:
            gone = task.began
            state = "SUCCEEDED" if gone else "RUNNING"
            nodes.append(self._node(f"{task.name}-driver", state, task.drove, gone, [path]))
        if task.began:
            states = {"pending": "RUNNING", "running": "RUNNING", "failed": "FAILED"}
            state = states.get(task.stage, "SUCCEEDED")
            below = [f"{path}.executor"]
            nodes.append(self._node(task.name, state, task.began, task.ended, below))
            nodes.extend(self._executors(task, path))
        return nodes

    def _executors(self, task: Task, path: str) -> list[dict[str, Any]]:
        states = {
            "pending": "PENDING",
            "running": "RUNNING",
            "failed": "FAILED",
            "cached": "SKIPPED",
        }
        state = states.get(task.stage, "SUCCEEDED")
        later = [
            f"{self.name}.root.{t.name}-driver" for t in self.tasks.values() if task.name in t.after
        ]
        if not task.retries or task.stage == "cached":
            return [self._node("executor", state, task.began, task.ended, later)]
        # What comes later hangs below the last attempt: getOutboundNodes in workflow/controller/operator.go.
        tries = [f"{path}.executor({n})" for n in range(len(task.logs))]
        nodes = [self._node("executor", state, task.began, task.ended, tries)]
        for number in range(len(tries)):
            last = number == len(tries) - 1
            now = (state, task.ended, later) if last else ("FAILED", task.began, [])
            nodes.append(self._node(f"executor({number})", now[0], task.began, now[1], now[2]))
        return nodes

    def _node(
        self, name: str, state: str, start: float, end: float, below: list[str]
    ) -> dict[str, Any]:
        # A time that Argo has not set yet is told as one of the year 1.
        return {
            "run_id": "",
            "task_id": node_id("id", f"{name} {start} {below}"),
            "display_name": name,
            "create_time": stamp(start),
            "start_time": stamp(start),
            "end_time": stamp(end) if end else "0001-01-01T00:00:00Z",
            "state": state,
            "execution_id": "0",
            "inputs": {},
            "outputs": {},
            "state_history": [{"update_time": stamp(start), "state": state}],
            "child_tasks": [{"pod_name": node_id(self.name, each)} for each in below],
        }

    # As newer servers tell it

    def native(self) -> list[dict[str, Any]]:
        """The messages ``PipelineTask`` of the tasks that have begun, and of the root."""
        states = {"done": "SUCCEEDED", "failed": "FAILED", "cached": "CACHED", "omitted": "SKIPPED"}
        found: list[dict[str, Any]] = [{"name": "ROOT", "type": "ROOT", "state": "RUNNING"}]
        for task in self.tasks.values():
            if task.stage == "waiting":
                continue
            metrics = [
                {"artifact_id": name, "name": name, "type": "Metric", "number_value": value}
                for name, value in task.metrics.items()
            ]
            one: dict[str, Any] = {
                "name": task.name,
                "display_name": task.name,
                "type": "RUNTIME",
                "state": states.get(task.stage, "RUNNING"),
                "create_time": stamp(task.drove),
                "pods": [{"name": p, "uid": p, "type": "EXECUTOR"} for p in self.pods(task.name)],
                "outputs": {"artifacts": [{"artifacts": metrics, "artifact_key": "metrics"}]},
            }
            if task.ended:
                one["end_time"] = stamp(task.ended)
            if task.message:
                one["status_metadata"] = {"message": task.message}
            found.append(one)
        return found
