"""What is known of a run: out of its Workflow, and of the pods of tasks that wait."""

from __future__ import annotations

import calendar
import json
import math
import re
import time
from collections.abc import Mapping
from typing import Any, Final

from nbflow.engines.argo import nodes as argo_nodes
from nbflow.engines.argo.nodes import ENDED, FAILED, Task
from nbflow.engines.events import RunState, StepState
from nbflow.engines.hiding import hidden
from nbflow.engines.remote import Status, TaskStatus

_STATES: Final = {
    "Running": StepState.RUNNING,
    "Succeeded": StepState.DONE,
    "Skipped": StepState.SKIPPED,
    "Omitted": StepState.SKIPPED,
    "Failed": StepState.FAILED,
    "Error": StepState.FAILED,
}
#: What Argo writes of a container that has failed: "main: Error (exit code 1): why".
_CONTAINER: Final = re.compile(
    r"(?:(?P<name>main|init|wait|supervisor): )?(?P<reason>\w*) \(exit code (?P<code>\d+)\)"
    r"(?:: (?P<said>.*))?",
    re.DOTALL,
)
_DEADLINE: Final = "Pod was active on the node longer than the specified deadline"
_STOPPED: Final = re.compile(r"workflow shutdown with strategy|[Ss]topped with strategy")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z")


def ended(workflow: Mapping[str, Any]) -> bool:
    """Whether the run goes on no more."""
    return (workflow.get("status") or {}).get("phase") in ("Succeeded", *FAILED)


def status(workflow: Mapping[str, Any], waits: Mapping[str, str]) -> Status:
    """The state of a run; ``waits`` says of nodes, by their ids, what their pods wait for."""
    found = workflow.get("status") or {}
    return Status(
        state=_state(workflow),
        tasks={n: _task(t, waits) for n, t in argo_nodes.tasks(workflow).items()},
        message=_message(workflow),
        started=seconds(found.get("startedAt")),
        ended=seconds(found.get("finishedAt")),
    )


def seconds(text: object) -> float | None:
    """Seconds since the epoch of a time as Kubernetes writes it; None without one."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    whole = calendar.timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%S"))
    return whole + float(found[2] or 0)


def _state(workflow: Mapping[str, Any]) -> RunState:
    phase = (workflow.get("status") or {}).get("phase")
    if phase == "Succeeded":
        return RunState.DONE
    if phase not in FAILED:
        return RunState.RUNNING
    stopped = (workflow.get("spec") or {}).get("shutdown")
    return RunState.STOPPED if stopped else RunState.FAILED


def _message(workflow: Mapping[str, Any]) -> str:
    found = workflow.get("status") or {}
    if argo_nodes.elsewhere(workflow):
        return (
            "Argo keeps the states of this run's tasks in its own database, where Kubernetes does not "
            "show them: look at them in Argo's own pages"
        )
    if not found.get("phase"):
        return (
            "Argo has not taken the run up yet; where it stays so, see that its controller runs, and "
            f"looks after the namespace {(workflow.get('metadata') or {}).get('namespace')}"
        )
    return hidden(str(found.get("message") or ""))


def _task(task: Task, waits: Mapping[str, str]) -> TaskStatus:
    node, last = task.node, task.last
    phase = str(node.get("phase", ""))
    if phase not in ENDED:
        # A task between two tries runs, says Argo, while the pod of its next try waits.
        phase = str(last.get("phase", "")) if last.get("phase") == "Pending" else phase
    state = _STATES.get(phase, StepState.WAITING)
    message = str(last.get("message") or node.get("message") or "")
    if state is StepState.FAILED:
        if _STOPPED.search(message):
            state = StepState.STOPPED
        message = why(message)
    elif state is StepState.WAITING:
        message = waits.get(str(last.get("id", "")), message)
    elif state is StepState.RUNNING and task.tries and last.get("phase") in FAILED:
        message = f"tries again after: {why(message)}"
    return TaskStatus(
        state=state,
        started=seconds(node.get("startedAt")),
        ended=seconds(node.get("finishedAt")),
        message=hidden(message),
        tries=max(len(task.tries), 1),
        metrics=_metrics(node) or _metrics(last),
        reused=bool((node.get("memoizationStatus") or {}).get("hit")),
    )


def why(message: str) -> str:
    """Why a task has failed, out of what Argo writes of it."""
    if message.strip() == _DEADLINE:
        return "it has taken longer than it may: see the step's tag `timeout:`"
    found = _CONTAINER.fullmatch(message.strip())
    if found is None:
        return message
    said = (found["said"] or "").strip()
    return _of_account(said) or _of_container(found["name"] or "main", found, said)


def _of_account(said: str) -> str:
    if "workflowtaskresults" not in said:
        return ""
    return (
        f"the service account of the steps may not report to Argo ({said}): give it a role with that "
        "right (docs: Argo Workflows, Rights)"
    )


def _of_container(name: str, found: re.Match[str], said: str) -> str:
    """What a container has to say: that of the cells, or those in which Argo moves artifacts."""
    if name == "init":
        return f"what it takes could not be fetched: {said or found[0]}"
    if name != "main":
        return f"what it hands on could not be stored: {said or found[0]}"
    if found["reason"] == "OOMKilled":
        return (
            "it has used more memory than it may (OOMKilled): give the step more with a tag "
            "`limit:memory:...`"
        )
    return said or (
        f"its container ended with exit code {found['code']} and has not said why: see its log"
    )


def _metrics(node: Mapping[str, Any]) -> dict[str, float]:
    for each in (node.get("outputs") or {}).get("parameters") or ():
        if each.get("name") == "metrics":
            try:
                found = json.loads(str(each.get("value") or "{}"))
            except ValueError:
                return {}
            if isinstance(found, dict):
                return {str(k): float(v) for k, v in found.items() if _is_number(v)}
    return {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
