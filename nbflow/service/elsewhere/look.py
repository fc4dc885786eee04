"""Runs as they stand now: those elsewhere that have not ended are looked up, for a short time.

An engine that does not answer is no error: what is known of the run is shown, with a note.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from nbflow.engines.events import RunState
from nbflow.engines.remote import NoSuchRunError, Status
from nbflow.errors import NbflowError, StoreError
from nbflow.notebook.addresses import store_place
from nbflow.service import history
from nbflow.service.elsewhere import keeping
from nbflow.service.elsewhere.connection import engine_of, handle, started, told, within
from nbflow.store import RunRecord, RunRow, Store

#: How long one run is looked up, its logs are fetched, and all runs of a list are looked up, in seconds.
_ONE: Final = 15.0
_LOGS: Final = 30.0
_ALL: Final = 6.0
#: So many of the newest runs of a list are looked up.
_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Looked:
    """A run as it stands now, or as it was seen last; then ``note`` says why."""

    record: RunRecord
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Runs as they stand now, with notes on those that could not be looked up."""

    rows: tuple[RunRow, ...]
    notes: tuple[str, ...] = ()


def run(id_: str, folder: str | Path = ".", *, logs: bool = True) -> Looked:
    """The run ``id_`` (or ``last``) in the store of ``folder`` as it stands now.

    When it has ended, what its steps have written is kept here from now on, unless ``logs`` is false.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    record = history.run(id_, folder)
    if record.remote is None or not record.remote.id or record.remote.kept:
        return Looked(record, _unsent(record))
    with Store.open(Path(folder).absolute()) as store:
        try:
            status = within(_ONE, f"the engine {record.remote.profile}", lambda: _polled(record))
        except NoSuchRunError as error:
            return Looked(_gone(store, record, error))
        except NbflowError as error:
            return Looked(record, _as_seen(record, error))
        try:
            record = keeping.keep_status(store, record.id, status)
            if record.state != RunState.RUNNING.value and logs:
                keeping.keep_logs(store, record.id, engine_of(record), _LOGS)
        except StoreError as error:  # a full disk, or one that may only be read
            return Looked(record, _as_seen(record, error))
        return Looked(store.run(record.id))


def runs(notebook: str | None = None, folder: str | Path = ".") -> Listed:
    """The runs in the store of ``folder``, newest first; of ``notebook`` alone where it is given.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    rows = history.runs(notebook, folder)
    going = [row for row in rows if row.profile and row.state == RunState.RUNNING.value][:_MOST]
    if not going:
        return Listed(tuple(rows))
    notes: dict[str, str] = {}
    with Store.open(store_place(notebook, folder)) as store:
        records = [store.run(row.id) for row in going]
        sent = [each for each in records if each.remote and each.remote.id]
        answers = _all_polled(sent)
        for one in sent:
            if problem := _kept(store, one, answers[one.id]):
                notes.setdefault(one.remote.profile if one.remote else "", told(problem))
    told_notes = (f"{name}: {why}" for name, why in notes.items())
    return Listed(tuple(history.runs(notebook, folder)), tuple(told_notes))


def _kept(store: Store, record: RunRecord, answer: Status | NbflowError) -> NbflowError | None:
    """What stands in the way of knowing how a run stands; else that is recorded."""
    try:
        if isinstance(answer, Status):
            keeping.keep_status(store, record.id, answer)
        elif isinstance(answer, NoSuchRunError):
            _gone(store, record, answer)
        else:
            return answer
    except StoreError as error:
        return error
    return None


def _polled(record: RunRecord) -> Status:
    assert record.remote is not None
    return engine_of(record).poll(handle(record.remote))


def _all_polled(records: Sequence[RunRecord]) -> Mapping[str, Status | NbflowError]:
    """What the engines say of runs, by their ids: a thread an engine, all of them in a short time."""
    by_profile: dict[str, list[RunRecord]] = {}
    for record in records:
        assert record.remote is not None
        by_profile.setdefault(record.remote.profile, []).append(record)
    found: dict[str, Status | NbflowError] = {}
    works = {
        name: started(partial(_polled_into, group, found)) for name, group in by_profile.items()
    }
    until = time.monotonic() + _ALL
    for profile, group in by_profile.items():
        try:
            works[profile](max(0.0, until - time.monotonic()), f"the engine {profile}")
        except NbflowError as error:
            for each in group:
                found.setdefault(each.id, error)
    return dict(found)


def _polled_into(records: Sequence[RunRecord], found: dict[str, Status | NbflowError]) -> None:
    for record in records:
        try:
            found[record.id] = _polled(record)
        except NoSuchRunError as error:
            found[record.id] = error


def _gone(store: Store, record: RunRecord, error: NoSuchRunError) -> RunRecord:
    """The record of a run that its engine knows no more: it counts as stopped, and may be found again."""
    assert record.remote is not None
    state = record.state if record.state != RunState.RUNNING.value else RunState.STOPPED.value
    store.note_remote(record.id, replace(record.remote, message=told(error)), state=state)
    return store.run(record.id)


def _as_seen(record: RunRecord, error: NbflowError) -> str:
    assert record.remote is not None
    if not record.remote.seen:
        return f"{told(error)}; it has not been looked up since it was sent"
    seen = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.remote.seen))
    return f"{told(error)}; this is how it was at {seen}"


def _unsent(record: RunRecord) -> str:
    remote = record.remote
    if remote is None or remote.id or record.state == RunState.RUNNING.value or remote.message:
        return ""
    return (
        f"nbflow ended before {remote.profile} answered: it may have got the run or not;"
        f" `nbflow retry {record.id}` sends it again, and makes no second one"
    )
