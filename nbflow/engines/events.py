"""What an engine tells while it runs a pipeline, as values in the order in which they happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, TypeAlias

from nbflow.model import CellId, StepName


class StepState(str, Enum):
    """The state of a step; the value is the word that users read."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    STOPPED = "stopped"

    @property
    def goes_on(self) -> bool:
        """Whether the step has not come to its end: it waits, or runs."""
        return self in (StepState.WAITING, StepState.RUNNING)


class RunState(str, Enum):
    """The state of a run; the value is the word that users read."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class CellError:
    """An exception that ended a cell, as Jupyter shows it (``traceback`` lines hold ANSI colours)."""

    cell: CellId
    ename: str
    evalue: str
    traceback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began; ``run`` is its id in the store."""

    run: str
    notebook: str
    steps: tuple[StepName, ...]


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began at ``time`` (seconds since the epoch).

    ``again`` says why it runs anew in this run, ``why`` why no earlier result could be used.
    """

    step: StepName
    time: float
    again: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class StepLog:
    """Text that a cell wrote to ``stream`` ("stdout" or "stderr")."""

    step: StepName
    cell: CellId
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step ended, or was skipped; ``message`` says why where it did not end well.

    ``reused`` is the run whose result was used again, or "".
    """

    step: StepName
    state: StepState
    seconds: float
    message: str = ""
    error: CellError | None = None
    reused: str = ""


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run ended."""

    state: RunState
    seconds: float


@dataclass(frozen=True, slots=True)
class CellStarted:
    """A cell began to run in the process of its step."""

    step: StepName
    cell: CellId


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell has shown something, or given a result: ``data`` by its kind ("text/plain", ...)."""

    step: StepName
    cell: CellId
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CellEnded:
    """A cell has ended after so many seconds; ``outputs`` are all that it gave, as nbformat has them.

    ``ok`` is whether it has not failed; one that has need not give an error: an unknown magic prints a line.
    """

    step: StepName
    cell: CellId
    seconds: float
    outputs: tuple[Mapping[str, object], ...]
    ok: bool


#: What happens within a step; no journal keeps it.
CellEvent: TypeAlias = CellStarted | CellShown | CellEnded

Event: TypeAlias = RunStarted | StepStarted | StepLog | StepEnded | RunEnded


def record_of(event: Event) -> dict[str, object]:
    """The event as JSON carries it, under its name: run-started, step-started, step-log, ..."""
    name = "".join(f"-{c.lower()}" if c.isupper() else c for c in type(event).__name__)
    return {"event": name[1:], **asdict(event)}


def event_of(record: Mapping[str, Any]) -> Event:
    """The event that ``record_of`` has made this record of."""
    content = {name: value for name, value in record.items() if name != "event"}
    match record["event"]:
        case "run-started":
            return RunStarted(**{**content, "steps": tuple(content["steps"])})
        case "step-started":
            return StepStarted(**content)
        case "step-log":
            return StepLog(**content)
        case "step-ended":
            error = content.get("error")
            cell = CellError(**{**error, "traceback": tuple(error["traceback"])}) if error else None
            return StepEnded(**{**content, "state": StepState(content["state"]), "error": cell})
    return RunEnded(**{**content, "state": RunState(content["state"])})
