"""The list of runs as a table, and what is told of one that is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nbflow.store import RunRecord, RunRow
from nbflow.wording.tables import Entry, Table, entries
from nbflow.wording.words import GLYPHS, assignments, duration, moment


def runs_table(rows: Sequence[RunRow]) -> Table:
    """The runs, one a row."""
    heading = ("run", "state", "notebook", "engine", "started", "took", "parameters")
    return Table(heading, tuple(map(_row, rows)), "no runs are recorded")


def told_to_stop(record: RunRecord) -> str:
    """That a run is told to stop, and how to go on with it."""
    again = "resume" if record.remote is None else "retry"
    return f"run {record.id} is told to stop; `nbflow {again} {record.id}` goes on from there"


def _row(row: RunRow) -> tuple[Entry, ...]:
    sign, _ = GLYPHS.get(row.state, ("?", ""))
    return entries(
        (row.id, float(row.id) if row.id.isdecimal() else 0.0),
        f"{sign} {row.state}",
        Path(row.notebook).name,
        row.profile or row.engine,
        (moment(row.started), row.started),
        (duration(row.seconds), -1.0 if row.seconds is None else row.seconds),
        assignments(row.parameters or {}),
    )
