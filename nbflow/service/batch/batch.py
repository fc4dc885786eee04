"""Start a batch, let it go on, look at it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nbflow.diagnostics import Finding
from nbflow.engines.events import RunState
from nbflow.errors import NotRecordedError, ParameterError
from nbflow.kernels import python_of
from nbflow.model import Json, Name
from nbflow.service.batch.events import BatchEnded, BatchEvent, BatchStarted
from nbflow.service.batch.members import Members, Work
from nbflow.service.batch.planning import Grid, Rows, members
from nbflow.service.history import LAST
from nbflow.service.refused import refuse
from nbflow.service.request import Request, request
from nbflow.store import BatchRecord, Store

Tell = Callable[[BatchEvent], None]
HearFindings = Callable[[tuple[Finding, ...]], None]


def start(
    path: str,
    rows: Rows,
    grid: Grid,
    *,
    name: str = "",
    jobs: int = 1,
    python: str | None = None,
    on_event: Tell = lambda event: None,
    on_findings: HearFindings = lambda findings: None,
) -> BatchRecord:
    """The batch ``name`` of the notebook at ``path`` when all its members have been run.

    Members are added to a batch that there is already; those that have ended well are not run again.
    ``jobs`` members run at once; without a ``name`` it is a new batch.

    Raises:
        Refused: the notebook has findings of severity error.
        ParameterError: there is no such parameter, or a value does not fit.
        StoreError: the batch is of another notebook, it is going on, or the store is at fault.
        NbflowError: the notebook, the kernel or the engine is at fault.
    """
    asked = request(path, {}, ())
    planned = members(asked.analysis.pipeline.parameters, rows, grid)
    on_findings(asked.analysis.findings)
    refuse(asked.analysis.findings, "run")
    python_of(asked.notebook, python)  # before anything is recorded
    with Store.open(asked.path.parent, create=True) as store:
        chosen = _checked(name) if name else _new_name(asked.path.stem, store.batches.names())
        added = store.batches.claim(chosen, str(asked.path), python or "", planned)
    return _go_on(chosen, asked, jobs=jobs, python=python, added=added, tell=on_event)


def resume(
    name: str,
    folder: str | Path = ".",
    *,
    jobs: int = 1,
    on_event: Tell = lambda event: None,
    on_findings: HearFindings = lambda findings: None,
) -> BatchRecord:
    """The batch ``name`` (or ``last``) of ``folder`` when all its members have been run.

    Those that have ended well are not run again. The others take the notebook as it is now, and go on where
    their runs have ended.

    Raises:
        StoreError: there is no such batch, it is going on, or the store is at fault.
        NbflowError: as for ``start``.
    """
    found = show(name, folder)
    asked = request(found.notebook, {}, ())
    on_findings(asked.analysis.findings)
    refuse(asked.analysis.findings, "run")
    python_of(asked.notebook, found.python or None)
    with Store.open(asked.path.parent) as store:
        store.batches.claim(found.name, found.notebook, found.python, ())
    return _go_on(found.name, asked, jobs=jobs, python=None, added=0, tell=on_event)


def show(name: str = LAST, folder: str | Path = ".") -> BatchRecord:
    """The batch ``name`` (or ``last``) of ``folder``.

    Raises:
        StoreError: there is no such batch, or the store cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        if name == LAST:
            names = store.batches.names()
            if not names:
                raise NotRecordedError("no batch is recorded here yet")
            name = names[0]
        return store.batches.batch(name)


def batches(folder: str | Path = ".") -> list[BatchRecord]:
    """The batches of ``folder``, the newest first.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with Store.open(Path(folder).absolute()) as store:
        return [store.batches.batch(name) for name in store.batches.names()]


def _go_on(
    name: str, asked: Request, *, jobs: int, python: str | None, added: int, tell: Tell
) -> BatchRecord:
    began = time.monotonic()
    with Store.open(asked.path.parent) as store:
        try:
            found = store.batches.batch(name)
            todo = [m for m in found.members if m.state != RunState.DONE.value]
            tell(BatchStarted(name, found.notebook, len(found.members), len(todo), added))
            at_once = min(jobs, len(todo)) or 1
            Members(Work(name, asked, python or found.python or None, at_once), tell).run(todo)
        finally:
            store.batches.release(name)
        ended = store.batches.batch(name)
    tell(BatchEnded(ended, time.monotonic() - began))
    return ended


def _checked(name: str) -> str:
    if name == LAST or not re.fullmatch(r"[\w.][\w. +-]*", name):
        raise ParameterError(
            f"{name!r} is no name for a batch: take letters, digits, blanks and . _ + -"
        )
    return name


def _new_name(stem: str, known: Sequence[str]) -> str:
    """The notebook's name with the first number that is free."""
    base = re.sub(r"[^\w. +-]", "_", stem) or "batch"
    number = 1
    while f"{base}-{number}" in known:
        number += 1
    return f"{base}-{number}"


def columns(batch: BatchRecord) -> tuple[list[Name], list[Name]]:
    """The parameters and the metrics that the members of a batch have, in the order of their coming."""
    given: dict[Name, Json] = {}
    measured: dict[Name, float] = {}
    for member in batch.members:
        given.update(member.parameters)
        measured.update(member.metrics or {})
    return list(given), list(measured)
