"""Which run is meant, and how a notebook is named."""

from __future__ import annotations

import os
from pathlib import Path

from nbflow.errors import NotRecordedError
from nbflow.service import history


def run_of(notebook: Path, run_id: str) -> str:
    """The number of a run; ``last`` is the newest one of the notebook.

    Raises:
        StoreError: none is recorded, or the store cannot be read.
    """
    if run_id != history.LAST:
        return run_id
    rows = history.runs(str(notebook), notebook.parent)
    if not rows:
        raise NotRecordedError(
            f"no run of {notebook.name} is recorded yet: `%nbflow run` makes one"
        )
    return rows[0].id


def named(notebook: Path) -> str:
    """The notebook's path as it is told: short where it lies near the working directory."""
    near = os.path.relpath(notebook)
    return str(notebook) if near.startswith("..") else near
