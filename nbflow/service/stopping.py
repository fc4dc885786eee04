"""A run that is told to stop, wherever it goes on."""

from __future__ import annotations

from pathlib import Path

from nbflow.service import history
from nbflow.service.elsewhere import stop as elsewhere
from nbflow.service.run import cancel
from nbflow.store import RunRecord


def stop(run_id: str, folder: str | Path = ".") -> RunRecord:
    """The record of a run that was told to stop: its steps are ended, what they made is kept.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
        EngineError: the run does not go on, or cannot be stopped from here.
        ProfileError: the connection to its engine is not there any more.
    """
    there = history.run(run_id, folder).remote is not None
    return elsewhere.cancel(run_id, folder) if there else cancel(run_id, folder)
