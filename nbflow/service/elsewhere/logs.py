"""What the steps of a run have written, here or elsewhere, and what they go on writing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from nbflow.engines.events import Event, RunStarted, RunState, StepEnded, StepLog, StepState
from nbflow.engines.remote import NoLogError
from nbflow.errors import StoreError
from nbflow.model import StepName
from nbflow.service import history
from nbflow.service.elsewhere import look
from nbflow.service.elsewhere.connection import engine_of, handle
from nbflow.service.elsewhere.status import NO_CELL
from nbflow.service.elsewhere.watch import watch
from nbflow.store import RunRecord, StepRecord, Store
from nbflow.store.step_logs import StepLogs

#: How often a run on this machine is looked at, in seconds; its steps are recorded as they end.
_AGAIN: Final = 0.3
#: Steps in these states have written nothing.
_SILENT: Final = (StepState.WAITING.value, StepState.SKIPPED.value)


def logs(
    run_id: str,
    folder: str | Path = ".",
    *,
    step: str | None = None,
    on_note: Callable[[str], None] = lambda note: None,
) -> Iterator[tuple[StepName, Iterator[StepLog]]]:
    """What each step of a run, or one of them, has written up to now.

    Raises:
        StoreError: there is no such run or step, or the store cannot be read.
        EngineError: a run elsewhere goes on, and its engine does not tell what it writes.
    """
    looked = look.run(run_id, folder)
    if looked.note:
        on_note(looked.note)
    for found in _steps(looked.record, step):
        yield StepName(found.name), _of_step(looked.record, found, folder)


def follow(
    run_id: str,
    folder: str | Path = ".",
    *,
    step: str | None = None,
    on_event: Callable[[Event], None],
) -> RunRecord:
    """The record of a run when it has ended; ``on_event`` hears the logs and ends of its steps, or of one.

    Raises:
        StoreError: there is no such run or step, or the store cannot be read.
        EngineError: the engine of a run elsewhere cannot be asked any more.
    """
    record = history.run(run_id, folder)
    names = tuple(StepName(found.name) for found in record.steps)
    on_event(RunStarted(record.id, record.notebook, names))
    if record.remote is None:
        return _followed_here(record, folder, step, on_event)
    chosen = _steps(record, step)
    if record.remote.kept or not record.remote.id:
        for found in chosen:
            for log in _of_step(record, found, folder):
                on_event(log)
            on_event(_end(found))
        return record

    def hear(event: Event) -> None:
        if isinstance(event, StepLog | StepEnded) and step in (None, event.step):
            on_event(event)

    with Store.open(Path(folder).absolute()) as store:
        return watch(store, record, engine_of(record), hear)


def _end(step: StepRecord) -> StepEnded:
    return StepEnded(StepName(step.name), StepState(step.state), step.seconds or 0.0)


def _steps(record: RunRecord, step: str | None) -> tuple[StepRecord, ...]:
    """The steps that are asked for.

    Raises:
        StoreError: there is no such step.
    """
    return record.steps if step is None else (history.step_of(record, step),)


def _of_step(record: RunRecord, step: StepRecord, folder: str | Path) -> Iterator[StepLog]:
    remote, name = record.remote, StepName(step.name)
    if remote is None:
        yield from (StepLog(name, cell, stream, text) for cell, stream, text in step.log)
        return
    with Store.open(Path(folder).absolute()) as store:
        texts = StepLogs(store.run_folder(record.id))
    if texts.has(step.index):
        yield StepLog(name, NO_CELL, "stdout", texts.text(step.index))
    elif step.state not in _SILENT and remote.id and not remote.kept:
        with suppress(NoLogError):
            for text in engine_of(record).logs(handle(remote), remote.tasks[name]):
                yield StepLog(name, NO_CELL, "stdout", text)


def _followed_here(
    record: RunRecord, folder: str | Path, step: str | None, on_event: Callable[[Event], None]
) -> RunRecord:
    """A run on this machine: the text of a step is there when it has ended."""
    told: set[str] = set()
    while True:
        for found in record.steps:
            if found.name not in told and step in (None, found.name):
                told.add(found.name)
                for log in _of_step(record, found, folder):
                    on_event(log)
                on_event(_end(found))
        if record.state != RunState.RUNNING.value or step in told:
            break
        time.sleep(_AGAIN)
        record = history.run(record.id, folder)
    if step is not None and step not in told:
        raise StoreError(f"run {record.id} has ended without a step {step!r}")
    return record
