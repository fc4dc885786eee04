"""Batches, and each of them as a table of its members."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from nbflow.errors import NotRecordedError
from nbflow.server import schema
from nbflow.server.operation import EXECUTE, Asked, Lane, Operation, Query
from nbflow.server.places import PlaceError
from nbflow.server.runs import FOLDER
from nbflow.service import detached
from nbflow.service.batch import batch as service
from nbflow.service.batch.table import table
from nbflow.store import BatchRecord, BatchRow

#: So many members are in one answer.
_MOST: Final = 2000
#: So much of each error is in the table; the run has all of it.
_LONGEST_ERROR: Final = 500

#: The states of members in the order in which they are told.
_STATES: Final = ("done", "failed", "stopped", "running", "waiting")

NOTEBOOK = Query("notebook", "Only batches of this notebook.", "")
BATCH = Query("batch", "The name of the batch.")


def _batches(asked: Asked) -> schema.BatchList:
    notebook = asked.text(NOTEBOOK)
    path = asked.root.place(notebook) if notebook else None
    folder = path.parent if path else asked.root.directory(asked.text(FOLDER))
    try:
        rows = service.rows(str(path) if path else None, folder)
    except NotRecordedError:
        return schema.BatchList(())
    held = [row for row in rows if asked.root.holds(Path(row.notebook))]
    return schema.BatchList(tuple(_summary(asked, row) for row in held))


def _batch(asked: Asked) -> schema.Batch:
    found = _known(asked)
    made = table(found)
    rows = (replace(row, error=row.error[:_LONGEST_ERROR]) for row in made.rows[:_MOST])
    return schema.Batch(
        **asdict(_summary(asked, found.row)),
        parameters=made.parameters,
        metrics=made.metrics,
        rows=tuple(rows),
        cut=max(0, len(made.rows) - _MOST),
    )


def _resume(asked: Asked) -> schema.BatchSummary:
    found = _known(asked)
    return _summary(asked, detached.resume_batch(found.name, Path(found.notebook).parent).row)


def _known(asked: Asked) -> BatchRecord:
    """The batch that the address names.

    Raises:
        PlaceError: it is one of a notebook elsewhere.
        StoreError: there is no such batch, or the store cannot be read.
    """
    found = service.show(asked.text(BATCH), asked.root.directory(asked.text(FOLDER)))
    if not asked.root.holds(Path(found.notebook)):
        raise PlaceError(
            f"the batch {found.name} is one of a notebook that is not below the server's root"
        )
    return found


def _summary(asked: Asked, row: BatchRow) -> schema.BatchSummary:
    return schema.BatchSummary(
        name=row.name,
        folder=asked.root.shown(Path(row.notebook).parent),
        notebook=asked.root.shown(row.notebook),
        state=row.state,
        made=row.made,
        started=row.started,
        members=sum(row.members.values()),
        states={state: row.members[state] for state in _STATES if state in row.members},
    )


OPERATIONS = (
    Operation(
        "GET",
        "/batches",
        "The batches of a notebook, or of a folder, the newest first.",
        schema.BatchList,
        _batches,
        queries=(NOTEBOOK, FOLDER),
    ),
    Operation(
        "GET",
        "/batch",
        "A batch as a table: what its members were given, what they gave, how they stand.",
        schema.Batch,
        _batch,
        queries=(FOLDER, BATCH),
    ),
    Operation(
        "POST",
        "/batch/resume",
        "Goes on with a batch: what has not ended well, one member after the other.",
        schema.BatchSummary,
        _resume,
        queries=(FOLDER, BATCH),
        action=EXECUTE,
        lane=Lane.CONVERSION,
        status=201,
    ),
)
