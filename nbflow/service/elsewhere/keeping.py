"""What an engine says of a run is written into the store, so that it is there when the engine forgets it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nbflow.engines.events import RunState, StepState
from nbflow.engines.remote import Engine, NoLogError, NoSuchRunError, Status
from nbflow.errors import EngineError, NbflowError
from nbflow.model import StepName
from nbflow.service.elsewhere.connection import handle, within
from nbflow.service.elsewhere.status import REUSED, message, metrics, step_records, took
from nbflow.store import RunRecord, StepRecord, Store
from nbflow.store.step_logs import StepLogs

#: The states of steps that may have written something.
_RAN: Final = (StepState.DONE.value, StepState.FAILED.value, StepState.STOPPED.value)


def keep_status(store: Store, run: str, status: Status) -> RunRecord:
    """The record of a run, brought up to date with what its engine says."""
    record = store.run(run)
    assert record.remote is not None
    for step in step_records(record, status):
        store.record_step(run, step)
    now = time.time()
    remote = replace(record.remote, message=message(status, record.remote.tasks), seen=now)
    store.note_remote(run, remote, state=status.state.value)
    if status.state is not RunState.RUNNING:
        seconds = took(status, record.started, now)
        store.end(run, status.state.value, seconds, metrics(status, remote.tasks))
    return store.run(run)


def keep_logs(store: Store, run: str, engine: Engine, seconds: float) -> bool:
    """Whether all that the steps of a run that has ended wrote is here; it is fetched, for so long.

    A text that the engine has no more is no longer asked for.
    """
    record = store.run(run)
    assert record.remote is not None
    logs = StepLogs(store.run_folder(run))
    wanted = [step for step in record.steps if step.state in _RAN and not logs.has(step.index)]
    whole = not wanted
    if wanted:
        try:
            who = f"the engine {record.remote.profile}"
            whole = within(seconds, who, lambda: _fetched(record, engine, logs, wanted))
        except EngineError:
            return False
    if whole:
        logs.forget()
        store.note_remote(run, replace(record.remote, kept=True), state=record.state)
    return whole


def _fetched(
    record: RunRecord, engine: Engine, logs: StepLogs, steps: Sequence[StepRecord]
) -> bool:
    assert record.remote is not None
    whole = True
    for step in steps:
        task = record.remote.tasks[StepName(step.name)]
        try:
            deque(logs.kept(step.index, engine.logs(handle(record.remote), task)), maxlen=0)
        except (NoLogError, NoSuchRunError) as error:
            ran = step.state != StepState.STOPPED.value and step.reason != REUSED
            lost = [f"nbflow: {error}\n"] if ran else []
            deque(logs.kept(step.index, lost), maxlen=0)
        except NbflowError:
            whole = False
    return whole
