"""What an engine says of a run, as the steps of its record and as the events that users see; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from nbflow.engines.events import Event, RunState, StepEnded, StepLog, StepStarted, StepState
from nbflow.engines.remote import Status, TaskStatus
from nbflow.model import CellId, StepName
from nbflow.store import RunRecord, StepRecord

#: No cell in particular: an engine knows the text of a step, not which cell wrote it.
NO_CELL: Final = CellId("")
_NOT_YET: Final = TaskStatus(StepState.WAITING)
_RAN: Final = (StepState.RUNNING, StepState.DONE, StepState.FAILED)
REUSED: Final = "an earlier result was used again"
#: What became of steps that nothing is known of, when their run has ended.
_LEFT: Final = {
    RunState.DONE: StepState.DONE,
    RunState.FAILED: StepState.SKIPPED,
    RunState.STOPPED: StepState.STOPPED,
}


def of_steps(status: Status, tasks: Mapping[StepName, str]) -> dict[StepName, TaskStatus]:
    """What is known of each step; all of them have ended where the run has."""
    found = {step: status.tasks.get(task, _NOT_YET) for step, task in tasks.items()}
    if status.state is RunState.RUNNING:
        return found
    left = _LEFT[status.state]
    return {
        step: replace(each, state=left if each.state is StepState.WAITING else StepState.STOPPED)
        if each.state.goes_on
        else each
        for step, each in found.items()
    }


def beside(status: Status, tasks: Mapping[StepName, str]) -> dict[str, TaskStatus]:
    """The tasks that are no steps, such as the one that hands on the runtime, where there is word of them."""
    steps = set(tasks.values())
    return {name: each for name, each in status.tasks.items() if name not in steps and each.message}


def message(status: Status, tasks: Mapping[StepName, str]) -> str:
    """What the engine says of the run as a whole, and of what holds up all of its steps."""
    others = (f"{name}: {_one_line(each.message)}" for name, each in beside(status, tasks).items())
    return "; ".join(filter(None, (_one_line(status.message), *others)))


def step_records(record: RunRecord, status: Status) -> list[StepRecord]:
    """The steps of a run's record, brought up to date: those that have changed."""
    assert record.remote is not None
    known = of_steps(status, record.remote.tasks)
    made = [(step, _brought(step, known[step.name])) for step in record.steps if step.name in known]
    return [new for old, new in made if new != old]


def _brought(step: StepRecord, task: TaskStatus) -> StepRecord:
    failed = task.state is StepState.FAILED
    return replace(
        step,
        state=task.state.value,
        started=task.started,
        seconds=seconds(task),
        message=task.message.strip() if failed else "",
        reason=_why(task) if not failed else _tries(task),
    )


def seconds(task: TaskStatus) -> float | None:
    """How long a task ran, None where it has not ended or never ran."""
    if task.started is None or task.ended is None:
        return None
    return max(0.0, task.ended - task.started)


def metrics(status: Status, tasks: Mapping[StepName, str]) -> dict[str, float]:
    """The numbers that the steps have reported, by their names."""
    found: dict[str, float] = {}
    for task in tasks.values():
        found |= dict(status.tasks.get(task, _NOT_YET).metrics)
    return found


def took(status: Status, began: float, now: float) -> float:
    """How long the run went on."""
    return max(0.0, (status.ended or now) - (status.started or began))


def _why(task: TaskStatus) -> str:
    if task.reused:
        return REUSED
    return _one_line(task.message) or _tries(task)


def _tries(task: TaskStatus) -> str:
    return f"{task.tries} tries" if task.tries > 1 else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


@dataclass(slots=True)
class Telling:
    """Turns what is known of a run, each time that it changes, into events; it remembers what it told."""

    tasks: Mapping[StepName, str]
    _told: dict[StepName, TaskStatus] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)

    def events(self, status: Status, now: float) -> Iterator[Event]:
        """What has happened since; ends of steps come last."""
        ends: list[Event] = []
        for name, other in beside(status, self.tasks).items():
            yield from self._saying(StepName(name), other)
        for step, task in of_steps(status, self.tasks).items():
            last = self._told.get(step, _NOT_YET)
            self._told[step] = task
            yield from self._begun(step, last, task, now)
            if task.state.goes_on:
                yield from self._saying(step, task)
            if last.state.goes_on and not task.state.goes_on:
                ends.append(_ended(step, task))
        yield from ends

    def _begun(
        self, step: StepName, last: TaskStatus, task: TaskStatus, now: float
    ) -> Iterator[Event]:
        began = task.started or now
        ran = task.state in _RAN and not task.reused
        if last.state is StepState.WAITING and ran:
            yield StepStarted(step, began)
        elif task.tries > last.tries and last.state is StepState.RUNNING:
            yield StepStarted(step, began, again=f"try {task.tries}, as the last one failed")

    def _saying(self, step: StepName, task: TaskStatus) -> Iterator[Event]:
        """Why a task does not go on, where the engine says it; told once."""
        word = "waits" if task.state.goes_on else task.state.value
        text = f"{word}: {_one_line(task.message)}\n" if task.message.strip() else ""
        if text and self._said.get(step) != text:
            yield StepLog(step, NO_CELL, "stderr", text)
        self._said[step] = text


def _ended(step: StepName, task: TaskStatus) -> StepEnded:
    message = REUSED if task.reused else task.message.strip()
    return StepEnded(step, task.state, seconds(task) or 0.0, message)
