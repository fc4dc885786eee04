"""Runs as they go on: the steps that have not ended yet, and what happens, from a cursor on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from nbflow.engines.events import RunState, StepLog, StepState
from nbflow.model import CellId, StepName
from nbflow.service import history
from nbflow.service.elsewhere import look
from nbflow.service.elsewhere.look import Looked
from nbflow.store import RunRecord, StepRecord, Store
from nbflow.store.journal import Journal

#: So many bytes of events are given at once.
_MOST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Events:
    """What has happened in a run since a cursor: records of events, the cursor behind them, the run's state.

    A run has told all when its state is not "running" and there are no more events. A run elsewhere has
    a state only.
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

    Raises:
        StoreError: there is no such run or cursor, or the store cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
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
