"""A run elsewhere that is told to stop."""

from __future__ import annotations

from pathlib import Path

from nbflow.engines.events import RunState
from nbflow.errors import EngineError
from nbflow.service.elsewhere import look
from nbflow.service.elsewhere.connection import engine_of, handle
from nbflow.store import RunRecord


def cancel(id_: str, folder: str | Path = ".") -> RunRecord:
    """The record of a run elsewhere that was told to stop.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
        EngineError: the run does not go on, or the engine does not stop it.
        ProfileError: the connection is not there any more.
    """
    looked = look.run(id_, folder, logs=False)
    record = looked.record
    assert record.remote is not None
    if record.state != RunState.RUNNING.value:
        raise EngineError(f"run {record.id} does not go on: it is {record.state}")
    if not record.remote.id:
        raise EngineError(f"run {record.id} is being sent by another process: stop that one")
    engine_of(record).cancel(handle(record.remote))
    return record
