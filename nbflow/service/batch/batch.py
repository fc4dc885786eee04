"""Start a batch, let it go on, look at it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.diagnostics import Finding
from nbflow.engines.events import RunState
from nbflow.errors import NotebookError, NotRecordedError, ParameterError
from nbflow.kernels import python_of
from nbflow.model import Json, Name
from nbflow.notebook.addresses import known_as, store_place
from nbflow.service.batch.code import CHANGED, has_changed, ran_first
from nbflow.service.batch.events import BatchEnded, BatchEvent, BatchNote, BatchStarted
from nbflow.service.batch.members import Members, Work
from nbflow.service.batch.outputs import Outputs
from nbflow.service.batch.planning import Grid, Rows, check_kept, members
from nbflow.service.batch.settings import Settings, next_draws, placed
from nbflow.service.history import LAST
from nbflow.service.refused import refuse
from nbflow.service.request import Request, request
from nbflow.service.run import check_jobs
from nbflow.store import BatchRecord, BatchRow, MemberRecord, Store
from nbflow.store.batches import check_notebook

if TYPE_CHECKING:
    from nbflow.service.batch.sent import Elsewhere

Tell = Callable[[BatchEvent], None]
HearFindings = Callable[[tuple[Finding, ...]], None]


def start(
    path: str,
    rows: Rows,
    grid: Grid,
    *,
    draws: int = 0,
    seed: int | None = None,
    name: str = "",
    jobs: int | None = None,
    python: str | None = None,
    output: str = "",
    engine: str | None = None,
    image: str | None = None,
    on_event: Tell = lambda event: None,
    on_findings: HearFindings = lambda findings: None,
) -> BatchRecord:
    """The batch ``name`` of the notebook at ``path`` when all its members have been run.

    Members are added to a batch that there is already; those that have ended well are not run again.
    ``jobs`` members run at once, by default as many as before, or one; without a ``name`` it is a new batch.

    ``draws`` sets of values are drawn as the grid says, or as it was said to the batch before. With a
    ``seed`` they are the first ones of its sequence, without one those that follow on what was drawn.

    ``path`` may be an address. ``output`` says where executed notebooks are written besides: a path or an
    address with names of parameters, or ``member``, in braces. The batch keeps it.

    With an ``engine`` members run there, in ``image`` where a step names none. The batch keeps both;
    ``local`` is this machine.

    Raises:
        Refused: the notebook has findings of severity error.
        ParameterError: there is no such parameter, or a value does not fit.
        NotebookError: an executed notebook could not be written; all members have been run.
        StoreError: the batch is of another notebook, it is going on, or the store is at fault.
        NbflowError: the notebook, the kernel or the engine is at fault.
    """
    check_jobs(jobs)
    asked = request(path, {}, ())
    before = _kept(name, asked.path.parent)
    if before:
        check_notebook(name, before.notebook, asked.known_as)
    settings = Settings.read(before.settings) if before else Settings()
    settings, drawn = next_draws(settings, grid.draws, draws, seed)
    settings = placed(settings, output, engine, image)
    settings = replace(settings, jobs=jobs or settings.jobs)
    settings = ran_first(settings, asked, before.members if before else ())
    planned = members(
        asked.analysis.pipeline.parameters, rows, grid, drawn.sets() if drawn else ({},)
    )
    _check_waiting(asked, before.members if before else ())
    # Before anything is recorded, all is looked at that may stand in the way.
    place = _place(asked, settings, python, planned, on_findings)
    outputs = Outputs(settings.output, asked.analysis, asked.known_as)
    outputs.check(before.members if before else (), planned)
    with Store.open(asked.path.parent, create=True) as store:
        chosen = _checked(name) if name else _new_name(asked.path.stem, store.batches.names())
        added = store.batches.claim(
            chosen, asked.known_as, python or "", planned, settings.written()
        )
    return _go_on(
        chosen, asked, place, jobs=settings.jobs, python=python, added=added, tell=on_event
    )


def resume(
    name: str,
    folder: str | Path = ".",
    *,
    jobs: int | None = None,
    on_event: Tell = lambda event: None,
    on_findings: HearFindings = lambda findings: None,
) -> BatchRecord:
    """The batch ``name`` (or ``last``) of ``folder`` when all its members have been run.

    Those that have ended well are not run again. The others take the notebook as it is now, and go on where
    their runs have ended, ``jobs`` at once: by default as many as before.

    Raises:
        ParameterError: the notebook has lost a parameter of theirs, or a value does not fit any more.
        StoreError: there is no such batch, it is going on, or the store is at fault.
        NbflowError: as for ``start``.
    """
    check_jobs(jobs)
    found = show(name, folder)
    asked = request(found.notebook, {}, (), folder)
    _check_waiting(asked, found.members)
    given = [member.parameters for member in found.members]
    settings = ran_first(Settings.read(found.settings), asked, found.members)
    place = _place(asked, settings, found.python or None, given, on_findings)
    with Store.open(asked.path.parent) as store:
        store.batches.claim(found.name, found.notebook, found.python, (), settings.written())
    at_once = jobs or settings.jobs
    return _go_on(found.name, asked, place, jobs=at_once, python=None, added=0, tell=on_event)


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


def batches(notebook: str | None = None, folder: str | Path = ".") -> list[BatchRecord]:
    """The batches in the store of ``folder``, the newest first; of ``notebook`` alone where it is given.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with Store.open(store_place(notebook, folder)) as store:
        return [store.batches.batch(row.name) for row in _rows(store, notebook)]


def rows(notebook: str | None = None, folder: str | Path = ".") -> list[BatchRow]:
    """The same as lines of a list.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with Store.open(store_place(notebook, folder)) as store:
        return _rows(store, notebook)


def _rows(store: Store, notebook: str | None) -> list[BatchRow]:
    path = None if notebook is None else known_as(notebook)
    return [row for row in store.batches.rows() if path in (None, row.notebook)]


def _place(
    asked: Request,
    settings: Settings,
    python: str | None,
    planned: Sequence[Mapping[Name, Json]],
    on_findings: HearFindings,
) -> Elsewhere | None:
    """Where members run if not here, when all is well with the notebook and the values that are planned."""
    if not settings.engine:
        on_findings(asked.analysis.findings)
        refuse(asked.analysis.findings, "run")
        python_of(asked.notebook, python)
        return None
    # Deferred: only batches elsewhere need what compiles manifests and talks to engines.
    from nbflow.service.batch.sent import elsewhere  # noqa: PLC0415

    found = elsewhere(asked, settings, python, on_findings)
    for parameters in planned:
        found.manifests.of(parameters)
    return found


def _go_on(
    name: str,
    asked: Request,
    place: Elsewhere | None,
    *,
    jobs: int,
    python: str | None,
    added: int,
    tell: Tell,
) -> BatchRecord:
    began = time.monotonic()
    unwritten: NotebookError | None = None
    with Store.open(asked.path.parent) as store:
        try:
            found = store.batches.batch(name)
            todo = [m for m in found.members if m.state != RunState.DONE.value]
            kept = Settings.read(found.settings)
            count = len(found.members), len(todo), added
            tell(BatchStarted(name, found.notebook, *count, seed=kept.seed, engine=kept.engine))
            if has_changed(kept, asked):
                tell(BatchNote(CHANGED))
            at_once = min(jobs, len(todo)) or 1
            if place is not None:
                place.members(name, asked, at_once, tell).run(todo)
            else:
                outputs = Outputs(kept.output, asked.analysis, asked.known_as)
                unwritten = _write_missing(store, asked, found, outputs)
                work = Work(name, asked, python or found.python or None, at_once, outputs)
                local = Members(work, tell)
                local.run(todo)
                unwritten = local.unwritten or unwritten
        finally:
            store.batches.release(name)
        ended = store.batches.batch(name)
    tell(BatchEnded(ended, time.monotonic() - began))
    if unwritten is not None:
        raise unwritten
    return ended


def _check_waiting(asked: Request, known: Sequence[MemberRecord]) -> None:
    """Nothing, where the members that are yet to run have values for parameters that the notebook has now."""
    waiting = [(m.position, m.parameters) for m in known if m.state != RunState.DONE.value]
    check_kept(asked.analysis.pipeline.parameters, waiting)


def _kept(name: str, folder: Path) -> BatchRecord | None:
    """A batch, or None where there is none of this name yet."""
    with suppress(NotRecordedError), Store.open(folder) as store:
        return store.batches.batch(name)
    return None


def _write_missing(
    store: Store, asked: Request, batch: BatchRecord, outputs: Outputs
) -> NotebookError | None:
    """Write the notebooks of members that have ended well and that were not written before.

    It gives the first reason why one could not be, or None.
    """
    unwritten = None
    for member in batch.members:
        if member.state != RunState.DONE.value:
            continue
        copy = store.run_folder(member.run) / asked.path.name
        if outputs.of(member.position, member.parameters) != member.output and copy.exists():
            run = replace(store.run(member.run), executed=str(copy))
            try:
                place = outputs.write(member, run)
            except NotebookError as error:
                unwritten = unwritten or error
                continue
            store.batches.note_output(batch.name, member.position, place)
    return unwritten


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
