"""Tasks as newer servers tell them: with names, pods, messages and metrics of their own; pure.

The message ``PipelineTask`` of backend/api/v2/run.proto, and ``Artifact`` of backend/api/v2/artifact.proto,
where a metric is an artifact of type ``Metric`` with a ``number_value``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nbflow.engines.events import StepState
from nbflow.engines.hiding import hidden
from nbflow.engines.kfp.times import seconds
from nbflow.engines.remote import TaskStatus

_STATES: Final = {
    "RUNNING": StepState.RUNNING,
    "SUCCEEDED": StepState.DONE,
    "CACHED": StepState.DONE,
    "SKIPPED": StepState.SKIPPED,
    "FAILED": StepState.FAILED,
}


def tasks(told: Sequence[Mapping[str, Any]]) -> dict[str, TaskStatus]:
    """The tasks of a run by their names in the manifest."""
    return {str(each["name"]): _task(each) for each in told if _is_task(each)}


def pods(told: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    """The pods in which a task has run, the first attempt first."""
    found = [pod for each in told if each.get("name") == name for pod in each.get("pods") or ()]
    return tuple(str(pod["name"]) for pod in found if pod.get("type") == "EXECUTOR")


def _is_task(each: Mapping[str, Any]) -> bool:
    return bool(each.get("name")) and each.get("type") != "ROOT"


def _task(each: Mapping[str, Any]) -> TaskStatus:
    state = str(each.get("state") or each.get("status"))
    meaning = _STATES.get(state, StepState.WAITING)
    message = (each.get("status_metadata") or {}).get("message") or ""
    executors = [pod for pod in each.get("pods") or () if pod.get("type") == "EXECUTOR"]
    return TaskStatus(
        state=meaning,
        started=seconds(each.get("start_time")) or seconds(each.get("create_time")),
        ended=seconds(each.get("end_time")),
        message=hidden(str(message)) if meaning is not StepState.DONE else "",
        tries=max(len(executors), 1),
        metrics=dict(_metrics(each)),
        reused=state == "CACHED",
    )


def _metrics(each: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for output in (each.get("outputs") or {}).get("artifacts") or ():
        for artifact in output.get("artifacts") or ():
            value = artifact.get("number_value")
            if artifact.get("type") == "Metric" and isinstance(value, (int, float)):
                yield str(artifact.get("name")), float(value)
