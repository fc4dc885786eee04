"""The hand of Argo's controller in tests: it moves a run on a ``Cluster`` as the real one does.

Names, ids, phases and messages are those of Argo 3.6 to 4.1: ``initializeNode``, ``inferFailedReason``,
``getPendingReason`` in
https://github.com/argoproj/argo-workflows/blob/main/workflow/controller/operator.go, names of pods in
https://github.com/argoproj/argo-workflows/blob/main/workflow/util/pod_name.go, omitted tasks in
https://github.com/argoproj/argo-workflows/blob/main/workflow/controller/dag.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from argo_ids import node_hash, node_id
from kubernetes_server import Cluster

_GROUP = "workflows.argoproj.io"
_NOW = "2026-11-22T10:00:{:02}Z"


class Controller:
    """Moves one run. Each word changes the Workflow once, and the pods with it."""

    def __init__(self, cluster: Cluster, name: str, namespace: str = "lab") -> None:
        self.cluster, self.name, self.namespace = cluster, name, namespace
        self._second = 0

    @property
    def workflow(self) -> dict[str, Any]:
        """The Workflow as it is."""
        return self.cluster.object("workflows", self.namespace, self.name)

    @property
    def nodes(self) -> dict[str, Any]:
        """The nodes as they are."""
        return dict(self.workflow.get("status", {}).get("nodes") or {})

    def id_of(self, task: str) -> str:
        """The id of a task's node; of a try's, with its number in brackets."""
        return node_id(self.name, f"{self.name}.{task}")

    def pod_of(self, task: str) -> str:
        """The name of the pod of a task or a try."""
        template = task.partition("(")[0]
        return f"{self.name}-{template}-{node_hash(f'{self.name}.{task}')}"

    def begin(self) -> None:
        """Take the run up."""
        root = self._node(self.name, self.name, "DAG", "Running")
        self._put(
            {"phase": "Running", "startedAt": self._tick(), "nodes": {self.name: root}}, "Running"
        )

    def start(self, task: str, *, after: str = "", retries: bool = False) -> None:
        """Make the node of a task and its pod, both Pending; with ``retries`` it is the first try."""
        if retries:
            self._add(task, "Retry", "Running", after)
            self._try(task, 0)
        else:
            self._add(task, "Pod", "Pending", after)
            self._pod(task)

    def again(self, task: str, number: int) -> None:
        """Begin a further try."""
        self._try(task, number)

    def wait(self, task: str, reason: str, message: str) -> None:
        """Let the container of a task's pod wait for a reason that Kubernetes gives."""
        self._main(task, {"waiting": {"reason": reason, "message": message}}, "Pending")

    def unscheduled(self, task: str, message: str) -> None:
        """Let the scheduler find no machine for a task's pod."""
        pod = self.cluster.object("pods", self.namespace, self.pod_of(task))
        condition = {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": message,
        }
        pod["status"] = {"phase": "Pending", "conditions": [condition]}
        self.cluster.put("pods", self.namespace, pod)

    def warn(self, task: str, reason: str, message: str) -> None:
        """Give the pod of a task a machine, where it does not begin, and an event that says why."""
        pod = self.cluster.object("pods", self.namespace, self.pod_of(task))
        state = {"waiting": {"reason": "PodInitializing"}}
        pod["status"] = {
            "phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "True"}],
            "containerStatuses": [{"name": "main", "image": "python:3.11", "state": state}],
        }
        self.cluster.put("pods", self.namespace, pod)
        about = {"kind": "Pod", "namespace": self.namespace, "name": self.pod_of(task)}
        event = {
            "metadata": {"name": f"{self.pod_of(task)}.{self._second:x}"},
            "involvedObject": about,
            "type": "Warning",
            "reason": reason,
            "message": message,
            "lastTimestamp": self._tick(),
        }
        self.cluster.put("events", self.namespace, event)

    def run(self, task: str) -> None:
        """Let a task's pod run."""
        self._main(task, {"running": {"startedAt": self._tick()}}, "Running")
        self.change(self.id_of(task), phase="Running", message="")

    def write(self, task: str, *lines: str, at: float = 0) -> None:
        """Let a task write lines."""
        self.cluster.write(self.namespace, self.pod_of(task), *lines, at=at)

    def succeed(self, task: str, metrics: Mapping[str, float] | None = None) -> None:
        """Let a task's pod end well."""
        self._main(task, {"terminated": {"exitCode": 0, "reason": "Completed"}}, "Succeeded")
        outputs: dict[str, Any] = {"exitCode": "0"}
        if metrics:
            outputs["parameters"] = [{"name": "metrics", "value": json.dumps(metrics)}]
        node = self.id_of(task)
        self.change(node, phase="Succeeded", finishedAt=self._tick(), outputs=outputs)

    def fail(self, task: str, why: str = "", reason: str = "Error", code: int = 1) -> None:
        """Let a task's pod fail, with what it has written where Kubernetes shows it."""
        told = {"exitCode": code, "reason": reason, **({"message": why} if why else {})}
        self._main(task, {"terminated": told}, "Failed")
        message = f"main: {reason} (exit code {code}){f': {why}' if why else ''}"
        self.change(self.id_of(task), phase="Failed", message=message, finishedAt=self._tick())

    def omit(self, task: str, after: str) -> None:
        """Pass a task over, as one that it needs has failed."""
        self._add(task, "Skipped", "Omitted", after)
        self.change(self.id_of(task), message="omitted: depends condition not met")

    def end(self, phase: str = "Succeeded", message: str = "") -> None:
        """End the run."""
        nodes = self.nodes
        if self.name in nodes:
            nodes[self.name] |= {"phase": phase, "finishedAt": self._tick()}
        old = self.workflow.get("status", {})
        conditions = [
            {"type": "PodRunning", "status": "False"},
            {"type": "Completed", "status": "True"},
        ]
        status = {**old, "phase": phase, "finishedAt": self._tick(), "nodes": nodes}
        if message:
            status["message"] = message
        self._put({**status, "conditions": conditions}, phase, completed=True)

    def all_succeed(self) -> None:
        """Begin, run every task of the manifest to a good end in its order, and end."""
        self.begin()
        for template in self.workflow["spec"]["templates"]:
            for task in template.get("dag", {}).get("tasks", ()):
                name = task["name"]
                self.start(name, after=next(iter(task.get("dependencies", ())), ""))
                self.run(name)
                self.write(name, f"{name} says hello")
                self.succeed(name)
        self.end()

    def change(self, node: str, **fields: Any) -> None:
        """Change fields of a node."""
        nodes = self.nodes
        nodes[node] |= fields
        self._put({**self.workflow["status"], "nodes": nodes}, "Running")

    def _try(self, task: str, number: int) -> None:
        name = f"{task}({number})"
        before = self.id_of(task)
        node = self._node(self.id_of(name), f"{self.name}.{name}", "Pod", "Pending")
        node["nodeFlag"] = {"retried": True}
        nodes = self.nodes
        nodes[node["id"]] = node
        nodes[before].setdefault("children", []).append(node["id"])
        self._put({**self.workflow["status"], "nodes": nodes}, "Running")
        self._pod(name)

    def _add(self, task: str, kind: str, phase: str, after: str) -> None:
        node = self._node(self.id_of(task), f"{self.name}.{task}", kind, phase)
        nodes = self.nodes
        nodes[node["id"]] = node
        nodes[self.id_of(after) if after else self.name].setdefault("children", []).append(
            node["id"]
        )
        self._put({**self.workflow["status"], "nodes": nodes}, "Running")

    def _node(self, key: str, name: str, kind: str, phase: str) -> dict[str, Any]:
        display = name.removeprefix(f"{self.name}.")
        node = {
            "id": key,
            "name": name,
            "displayName": display,
            "type": kind,
            "templateName": display.partition("(")[0],
            "templateScope": f"local/{self.name}",
            "phase": phase,
            "startedAt": self._tick(),
            "finishedAt": None,
        }
        return node if key == self.name else {**node, "boundaryID": self.name}

    def _pod(self, task: str) -> None:
        annotations = {
            f"{_GROUP}/node-id": self.id_of(task),
            f"{_GROUP}/node-name": f"{self.name}.{task}",
        }
        labels = {f"{_GROUP}/workflow": self.name, f"{_GROUP}/completed": "false"}
        about = {
            "metadata": {"name": self.pod_of(task), "labels": labels, "annotations": annotations},
            "status": {"phase": "Pending"},
        }
        self.cluster.put("pods", self.namespace, about)

    def _main(self, task: str, state: Mapping[str, Any], phase: str) -> None:
        pod = self.cluster.object("pods", self.namespace, self.pod_of(task))
        container = {"name": "main", "image": "python:3.11", "state": dict(state)}
        pod["status"] = {"phase": phase, "containerStatuses": [container]}
        self.cluster.put("pods", self.namespace, pod)

    def _put(self, status: Mapping[str, Any], phase: str, *, completed: bool = False) -> None:
        workflow = self.workflow
        labels = workflow["metadata"].setdefault("labels", {})
        labels[f"{_GROUP}/phase"] = phase
        if completed:
            labels[f"{_GROUP}/completed"] = "true"
        workflow["status"] = dict(status)
        self.cluster.put("workflows", self.namespace, workflow)

    def _tick(self) -> str:
        self._second += 1
        return _NOW.format(min(self._second, 59))
