"""Runs as they go on: the steps that have not ended yet, and what happens, from a cursor on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from nbflow.engines.events import (
    Event,
    RunEnded,
    RunStarted,
    RunState,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    event_of,
    record_of,
)
from nbflow.model import CellId, StepName
from nbflow.service import history
from nbflow.service.elsewhere import look
from nbflow.service.elsewhere.look import Looked
from nbflow.service.journal import LONGEST_ERROR
from nbflow.store import RunRecord, StepRecord, Store
from nbflow.store.journal import Journal

#: So many bytes of events are given at once.
_MOST: Final = 1 << 20
#: How often a run here, and one elsewhere, is looked at by who follows it, in seconds.
_AGAIN: Final = 0.2
_AGAIN_ELSEWHERE: Final = 5.0
#: Held by whoever compares a journal with how its run stands.
_KEEPING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Events:
    """What has happened in a run since a cursor: records of events, the cursor behind them, the run's state.

    A run has told all when its state is not "running" and there are no more events.
    """

    events: tuple[Mapping[str, object], ...]
    cursor: int
    state: str


def run(id_: str, folder: str | Path) -> Looked:
    """The run ``id_`` (or ``last``) in the store of ``folder`` as it stands now, with all its steps.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    looked = look.run(id_, folder)
    if looked.record.remote is not None:
        return looked
    with Store.open(Path(folder).absolute()) as store:
        journal = Journal(store.run_folder(looked.record.id))
        return replace(looked, record=_filled(looked.record, journal))


def events(id_: str, folder: str | Path, since: int) -> Events:
    """What has happened in the run ``id_`` in the store of ``folder`` since the cursor.

    One elsewhere is looked up: what became of its steps is told, and not what they write.

    Raises:
        StoreError: there is no such run or cursor, or the store cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        if store.row(id_).profile:
            _keep(look.run(id_, folder, logs=False).record, Journal(store.run_folder(id_)))
        # First the state: all that a run which has ended tells is then in its journal.
        row = store.row(id_)
        found, cursor = Journal(store.run_folder(row.id)).read(since, _MOST)
    return Events(tuple(found), cursor, row.state)


def log(id_: str, folder: str | Path, step: StepName) -> tuple[StepLog, ...]:
    """What a step of the run ``id_`` on this machine has written up to now.

    Raises:
        StoreError: there is no such run or step, or the store cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        record = store.run(id_)
        journal = Journal(store.run_folder(id_))
        filled = _filled(record, journal)
        found = history.step_of(filled, step)
        if found in record.steps:
            return tuple(StepLog(step, cell, stream, text) for cell, stream, text in found.log)
        records = journal.logs(step)
    return tuple(
        StepLog(step, CellId(str(each["cell"])), str(each["stream"]), str(each["text"]))
        for each in records
    )


def _keep(record: RunRecord, journal: Journal) -> None:
    """Add to the journal what has become of a run elsewhere since it was looked at last."""
    with _KEEPING, suppress(OSError):
        known = {(each["event"], each.get("step")) for each in journal.steps()}
        for event in _told(record):
            new = record_of(event)
            if (new["event"], new.get("step")) not in known:
                journal.write(new)


def _told(record: RunRecord) -> Iterator[Event]:
    """The events that led to how a run elsewhere stands."""
    yield RunStarted(record.id, record.notebook, tuple(step.name for step in record.steps))
    for step in record.steps:
        state = StepState(step.state)
        if step.started is not None:
            yield StepStarted(step.name, step.started)
        if not state.goes_on:
            message = (step.error or step.message)[:LONGEST_ERROR]
            yield StepEnded(step.name, state, step.seconds or 0.0, message, None, step.reused)
    if record.state != RunState.RUNNING.value:
        yield RunEnded(RunState(record.state), record.seconds or 0.0)


def _filled(record: RunRecord, journal: Journal) -> RunRecord:
    """The record with the steps that run, wait, or were left when the run was stopped."""
    goes_on = record.state == RunState.RUNNING.value
    names: list[str] = []
    last: dict[str, dict[str, object]] = {}
    for event in journal.steps():
        if event["event"] == "run-started":
            names = cast("list[str]", event["steps"])
        elif "step" in event:
            last[cast("str", event["step"])] = event
    ended = {str(step.name): step for step in record.steps}
    steps = []
    for index, name in enumerate(names):
        begun = last.get(name, {}).get("event") == "step-started"
        if name in ended and not (begun and goes_on):
            steps.append(ended[name])
        else:
            steps.append(_open(name, index, last[name] if begun else None, goes_on=goes_on))
    return replace(record, steps=tuple(steps)) if names else record


def _open(
    name: str, index: int, began: Mapping[str, object] | None, *, goes_on: bool
) -> StepRecord:
    """A step that has not ended; in a run that has, it never will."""
    if began is None:
        state = StepState.WAITING if goes_on else StepState.SKIPPED
        return StepRecord(StepName(name), index, state.value)
    return StepRecord(
        StepName(name),
        index,
        (StepState.RUNNING if goes_on else StepState.STOPPED).value,
        started=cast("float", began["time"]),
        reason=str(began["again"] or began["why"]),
    )


def follow(id_: str, folder: str | Path) -> Iterator[tuple[Event, ...]]:
    """What happens in the run ``id_`` from its beginning to its end, as it happens; at times it is nothing.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    cursor, elsewhere = 0, history.row(id_, folder).profile
    while True:
        found = events(id_, folder, cursor)
        yield tuple(map(event_of, found.events))
        cursor = found.cursor
        if found.events:
            continue
        if found.state != RunState.RUNNING.value:
            return
        time.sleep(_AGAIN_ELSEWHERE if elsewhere else _AGAIN)
