"""What the API tells of a run, as a ``Status``; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from nbflow.engines.events import RunState, StepState
from nbflow.engines.hiding import hidden
from nbflow.engines.kfp import native, nodes
from nbflow.engines.kfp.times import seconds
from nbflow.engines.remote import Status, TaskStatus

_RUNS: Final = {
    "SUCCEEDED": RunState.DONE,
    "SKIPPED": RunState.DONE,
    "FAILED": RunState.FAILED,
    "CANCELED": RunState.STOPPED,
}
_TASKS: Final = {
    "PENDING": StepState.WAITING,
    "RUNNING": StepState.RUNNING,
    "SUCCEEDED": StepState.DONE,
    "SKIPPED": StepState.SKIPPED,
    "FAILED": StepState.FAILED,
    "CANCELING": StepState.RUNNING,
    "CANCELED": StepState.STOPPED,
    "PAUSED": StepState.WAITING,
}


def status(run: Mapping[str, Any]) -> Status:
    """What is known of a run, from the message ``Run`` of backend/api/v2beta1/run.proto."""
    state, canceled = _run_state(run)
    ended = seconds(run.get("finished_at")) if state is not RunState.RUNNING else None
    found = {
        name: _settled(task, state, canceled, ended) for name, task in sorted(_tasks(run).items())
    }
    return Status(
        state=state,
        tasks=found,
        message=_message(run) if state is RunState.FAILED else "",
        started=seconds(run.get("created_at")),
        ended=ended,
    )


def stopped(status: Status, failed: frozenset[str]) -> Status:
    """A run that was stopped when the tasks ``failed`` had failed, and ends as a failed one."""
    if status.state is not RunState.FAILED:
        return status
    tasks = {
        name: replace(task, state=StepState.STOPPED)
        if task.state is StepState.FAILED and name not in failed
        else task
        for name, task in status.tasks.items()
    }
    return replace(status, state=RunState.STOPPED, tasks=tasks, message="")


def details(run: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The nodes of a run, none where it has not begun."""
    return list((run.get("run_details") or {}).get("task_details") or ())


def _run_state(run: Mapping[str, Any]) -> tuple[RunState, float | None]:
    """The state of a run, and when it was stopped where it was.

    A run that was terminated ends as a failed one: its workflow has failed. The states that it had
    before say the difference, where the server has heard of its workflow in between.
    """
    state = _RUNS.get(str(run.get("state")), RunState.RUNNING)
    canceled = None
    for past in run.get("state_history") or ():
        if past.get("state") in ("PENDING", "RUNNING"):
            canceled = None
        if past.get("state") in ("CANCELING", "CANCELED"):
            canceled = canceled or seconds(past.get("update_time")) or 0.0
    if canceled is not None and state is RunState.FAILED:
        state = RunState.STOPPED
    return state, canceled


def _message(run: Mapping[str, Any]) -> str:
    errors = [(past.get("error") or {}).get("message") for past in run.get("state_history") or ()]
    own = (run.get("error") or {}).get("message")
    return hidden(str(own or next((each for each in reversed(errors) if each), "")))


def _tasks(run: Mapping[str, Any]) -> dict[str, TaskStatus]:
    if run.get("tasks"):
        return native.tasks(run["tasks"])
    return {name: _task(task) for name, task in nodes.tasks(details(run)).items()}


def _task(task: nodes.Task) -> TaskStatus:
    main, driver = task.main, task.driver
    began = [seconds(each.get("start_time")) for each in (driver, main) if each]
    told = main or driver or {}
    state = _TASKS.get(str(told.get("state")), StepState.WAITING)
    if main is None and state in (StepState.DONE, StepState.SKIPPED):
        state = StepState.WAITING  # the task itself comes next
    own = list(_within(task)) if main else []
    if task.tries:  # what holds them together runs while they wait
        own = [node for node in own if "(" in str(node.get("display_name"))] or own
    if state is StepState.RUNNING and own and all(n.get("state") == "PENDING" for n in own):
        state = StepState.WAITING  # for a machine, or for its image
    return TaskStatus(
        state=state,
        started=min((each for each in began if each), default=None),
        ended=None if state.goes_on else seconds(told.get("end_time")),
        message=hidden(str((told.get("error") or {}).get("message") or "")),
        tries=max(len(task.tries), 1),
        # Its own executor is among these: all of them skipped means that it was.
        reused=state is StepState.DONE and bool(own) and all(n["state"] == "SKIPPED" for n in own),
    )


def _within(task: nodes.Task) -> Iterator[Mapping[str, Any]]:
    """The executors that have run while the task did."""
    assert task.main is not None
    start, end = seconds(task.main.get("start_time")), seconds(task.main.get("end_time"))
    for node in task.executors:
        began, ended = seconds(node.get("start_time")), seconds(node.get("end_time"))
        if start and began and began >= start and (end is None or (ended or began) <= end):
            yield {"state": "", **node}


def _settled(
    task: TaskStatus, run: RunState, canceled: float | None, ended: float | None
) -> TaskStatus:
    """What a task is once its run has ended: nothing of it goes on."""
    if run is RunState.RUNNING:
        return task
    if run is RunState.STOPPED and task.state is StepState.FAILED and task.ended:
        if task.ended >= (canceled or 0):
            return replace(task, state=StepState.STOPPED)
        return task
    if task.state is StepState.RUNNING:
        return replace(task, state=StepState.STOPPED, ended=task.ended or ended)
    if task.state is StepState.WAITING:  # what Argo has omitted is told without a state
        return replace(task, state=StepState.SKIPPED, started=None)
    return task
