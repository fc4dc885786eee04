"""What earlier runs left: found in the store, never run again and never unpickled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbflow.errors import NotRecordedError
from nbflow.notebook.addresses import known_as, store_place
from nbflow.store import RemoteRecord, RunRecord, RunRow, StepRecord, Store

#: Stands for the newest run wherever the id of a run is asked for.
LAST = "last"


def runs(notebook: str | None = None, folder: str | Path = ".") -> list[RunRow]:
    """The runs in the store of ``folder``, newest first; of ``notebook`` alone where it is given.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    path = None if notebook is None else known_as(notebook)
    with Store.open(store_place(notebook, folder)) as store:
        return [row for row in store.runs() if path in (None, row.notebook)]


def run(id_: str, folder: str | Path = ".") -> RunRecord:
    """The run ``id_`` (or ``LAST``) in the store of ``folder``.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        if id_ == LAST:
            rows = store.runs()
            if not rows:
                raise NotRecordedError("no run is recorded here yet; run a notebook first")
            id_ = rows[0].id
        return store.run(id_)


def row(id_: str, folder: str | Path = ".") -> RunRow:
    """The line of run ``id_`` in the list of runs.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        return store.row(id_)


def step_of(record: RunRecord, name: str) -> StepRecord:
    """The step ``name`` of a record.

    Raises:
        StoreError: there is none.
    """
    for found in record.steps:
        if found.name == name:
            return found
    names = ", ".join(found.name for found in record.steps) or "none"
    raise NotRecordedError(f"run {record.id} has no step {name!r}; its steps are: {names}")


def stays_elsewhere(remote: RemoteRecord) -> str:
    """Where the variables of a run on another engine are."""
    return f"what steps make on {remote.profile} stays there: its pages show the artifacts"


def steps_until(record: RunRecord, last: StepRecord) -> Iterator[StepRecord]:
    """The steps of the same notebook up to ``last``: its own, or those of one that was called."""
    call = last.name.rpartition("/")[0]
    for step in record.steps:
        if step.index <= last.index and step.name.rpartition("/")[0] == call:
            yield step
