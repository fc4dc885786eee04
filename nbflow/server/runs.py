"""What can be asked of runs, and how they are started and stopped."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from nbflow.engines.events import CellError, RunState
from nbflow.errors import NotRecordedError
from nbflow.model import StepName
from nbflow.server import schema
from nbflow.server.operation import EXECUTE, Asked, Lane, Operation, Query
from nbflow.server.places import PlaceError
from nbflow.server.wording import spoken
from nbflow.service import detached, history, live
from nbflow.service.elsewhere import look, stop
from nbflow.service.elsewhere import submit as elsewhere
from nbflow.service.engines import chosen
from nbflow.service.journal import LONGEST_ERROR, shortened
from nbflow.service.run import cancel
from nbflow.service.written import written
from nbflow.store import CellRecord, RunRecord, RunRow, StepRecord

#: So many characters of a step's log, and of the outputs of its cells, are in one answer.
_MOST_TEXT: Final = 1 << 20
_MOST_OUTPUTS: Final = 8 << 20
#: How often a run here, and one elsewhere, is looked at while somebody waits for an event, in seconds.
_AGAIN: Final = 0.2
_AGAIN_ELSEWHERE: Final = 5.0

#: So many runs of a batch are in the list of runs; the table of the batch has all.
_OF_BATCH: Final = 20

NOTEBOOK = Query("notebook", "Only runs of this notebook.", "")
FOLDER = Query("folder", "The folder whose runs are meant: the one of their notebooks.", "")
LIMIT = Query(
    "limit", f"At most so many runs, and {_OF_BATCH} of each batch beside them.", "100", most=500
)
STEP = Query("step", "The name of a step.")
SINCE = Query("since", "The cursor of the answer before, 0 at first.", "0", most=1 << 40)
WAIT = Query("wait", "How long to wait for an event, in seconds.", "0", most=30)


def _runs(asked: Asked) -> schema.RunList:
    notebook, limit = asked.text(NOTEBOOK), asked.number(LIMIT)
    path = asked.root.place(notebook) if notebook else None
    folder = path.parent if path else asked.root.directory(asked.text(FOLDER))
    try:
        listed = look.runs(str(path) if path else None, folder)
    except NotRecordedError:
        return schema.RunList((), (), more=False)
    held = {each: asked.root.holds(Path(each)) for each in {row.notebook for row in listed.rows}}
    rows = [row for row in listed.rows if held[row.notebook]]
    shown = _newest(rows, limit)
    more = sum(not row.batch for row in rows) > limit
    summaries = tuple(summary(asked, row) for row in shown)
    return schema.RunList(summaries, tuple(map(spoken, listed.notes)), more=more)


def _newest(rows: Iterable[RunRow], limit: int) -> list[RunRow]:
    """The first ``limit`` runs, and of each batch not many more: one with hundreds would leave no room."""
    seen = Counter[str]()
    found = []
    for row in rows:
        seen[row.batch] += 1
        if seen[row.batch] <= (min(limit, _OF_BATCH) if row.batch else limit):
            found.append(row)
    return found


def summary(asked: Asked, row: RunRow | RunRecord) -> schema.RunSummary:
    """A run as a line of the list."""
    at = row if isinstance(row, RunRow) else row.remote
    return schema.RunSummary(
        id=row.id,
        folder=asked.root.shown(Path(row.notebook).parent),
        notebook=asked.root.shown(row.notebook),
        engine=row.engine,
        profile=at.profile if at else "",
        state=row.state,
        started=row.started,
        seconds=row.seconds,
        parameters=row.parameters or {},
        metrics=row.metrics or {},
        batch=row.batch,
    )


def _start(asked: Asked) -> schema.RunSummary:
    order: schema.RunOrder = asked.body
    path = str(asked.root.notebook(order.path))
    profile = chosen(order.engine or None)
    if profile is None:
        if order.image:
            raise PlaceError("an image is for runs elsewhere: this machine has none", 400)
        return summary(asked, detached.start(path, parameters=order.parameters, fresh=order.fresh))
    if order.fresh:
        raise PlaceError("a fresh run is one on this machine: elsewhere the engine decides", 400)
    image = order.image or None
    return summary(asked, elsewhere.submit(path, profile, parameters=order.parameters, image=image))


def known(asked: Asked) -> tuple[RunRecord, Path]:
    """The run that the address names, as it is recorded, and its folder.

    Raises:
        PlaceError: it is one of a notebook elsewhere.
        StoreError: there is no such run, or the store cannot be read.
    """
    folder = asked.root.directory(asked.text(FOLDER))
    record = history.run(asked.named["run"], folder)
    check(asked, record)
    return record, folder


def check(asked: Asked, run: RunRow | RunRecord) -> None:
    """Nothing, where a run is one of a notebook below the root.

    Raises:
        PlaceError: it is not; a store may hold runs of all folders.
    """
    if not asked.root.holds(Path(run.notebook)):
        raise PlaceError(f"run {run.id} is one of a notebook that is not below the server's root")


def _run(asked: Asked) -> schema.Run:
    record, folder = known(asked)
    looked = live.run(record.id, folder)
    record, remote = looked.record, looked.record.remote
    return schema.Run(
        **asdict(summary(asked, record)),
        python=record.python,
        verified=record.verified,
        message=spoken(remote.message) if remote else "",
        note=spoken(looked.note),
        url=remote.url if remote else "",
        steps=tuple(_step(step) for step in record.steps),
        findings=tuple(
            replace(each, message=spoken(each.message), hint=spoken(each.hint))
            for each in record.findings
        ),
    )


def _step(step: StepRecord) -> schema.RunStep:
    return schema.RunStep(
        name=step.name,
        index=step.index,
        state=step.state,
        started=step.started,
        seconds=step.seconds,
        message=spoken(step.message[:LONGEST_ERROR]),
        error=step.error[:LONGEST_ERROR],
        failure=_failure(step.cells),
        peak_bytes=step.peak_bytes,
        cpu_seconds=step.cpu_seconds,
        reason=step.reason,
        reused=step.reused,
        cells=tuple(
            schema.RanCell(cell.id, cell.number, cell.count, cell.seconds) for cell in step.cells
        ),
        variables=tuple(replace(each, obstacle=spoken(each.obstacle)) for each in step.variables),
    )


def _failure(cells: Iterable[CellRecord]) -> schema.Failure | None:
    """The error among the outputs of a step's cells."""
    for cell in cells:
        for output in cell.outputs:
            if output.get("output_type") == "error":
                found: Mapping[str, Any] = output
                lines = tuple(str(line) for line in found.get("traceback", ()))
                name, value = str(found.get("ename", "")), str(found.get("evalue", ""))
                error = shortened(CellError(cell.id, name, value, lines))
                return schema.Failure(
                    cell.id, cell.number, error.ename, error.evalue, error.traceback
                )
    return None


def _events(asked: Asked) -> schema.Events:
    folder = asked.root.directory(asked.text(FOLDER))
    row = history.row(asked.named["run"], folder)
    check(asked, row)
    found = live.events(row.id, folder, asked.number(SINCE))
    records: tuple[Any, ...] = found.events  # as the journal has them
    return schema.Events(records, found.cursor, found.state, live=not row.profile)


def _pause(answer: schema.Events) -> float | None:
    """How long to wait before looking again: nothing has happened, and something still may."""
    if answer.events or answer.state != RunState.RUNNING.value:
        return None
    return _AGAIN if answer.live else _AGAIN_ELSEWHERE


def _log(asked: Asked) -> schema.Log:
    record, folder = known(asked)
    step = StepName(asked.text(STEP))
    found = written(record, folder, step)
    return _ending(step, [schema.LogPiece(each.cell, each.stream, each.text) for each in found])


def _ending(step: StepName, pieces: list[schema.LogPiece]) -> schema.Log:
    """The end of a log, as much as an answer holds."""
    room, kept = _MOST_TEXT, []
    for piece in reversed(pieces):
        text = piece.text[-room:] if room else ""
        room -= len(text)
        if text:
            kept.append(schema.LogPiece(piece.cell, piece.stream, text))
    whole = sum(len(piece.text) for piece in pieces)
    return schema.Log(step, tuple(reversed(kept)), whole - (_MOST_TEXT - room))


def _outputs(asked: Asked) -> schema.Outputs:
    record, _ = known(asked)
    step = history.step_of(record, asked.text(STEP))
    room, cells = _MOST_OUTPUTS, []
    for cell in step.cells:
        kept: list[Any] = []
        for output in cell.outputs:
            size = len(json.dumps(output))
            if size > room:
                break
            room -= size
            kept.append(output)
        cut = len(cell.outputs) - len(kept)
        cells.append(
            schema.CellOutputs(cell.id, cell.number, cell.source, cell.count, tuple(kept), cut)
        )
    return schema.Outputs(step.name, tuple(cells))


def _cancel(asked: Asked) -> schema.RunSummary:
    record, folder = known(asked)
    here = record.remote is None
    return summary(asked, cancel(record.id, folder) if here else stop.cancel(record.id, folder))


def _resume(asked: Asked) -> schema.RunSummary:
    record, folder = known(asked)
    order: schema.ResumeOrder = asked.body
    if record.remote is None:
        return summary(asked, detached.start_again(record.id, folder, step=order.step))
    if order.step:
        raise PlaceError(
            f"{record.remote.profile} goes on where a run has failed, and not from a step", 400
        )
    return summary(asked, elsewhere.retry(look.run(record.id, folder).record, folder))


OPERATIONS = (
    Operation(
        "GET",
        "/runs",
        "The runs of a notebook, or of a folder, the newest first.",
        schema.RunList,
        _runs,
        queries=(NOTEBOOK, FOLDER, LIMIT),
    ),
    Operation(
        "POST",
        "/runs",
        "Starts a run, which goes on when the server is stopped.",
        schema.RunSummary,
        _start,
        body=schema.RunOrder,
        action=EXECUTE,
        lane=Lane.CONVERSION,
        status=201,
    ),
    Operation(
        "GET",
        "/runs/{run}",
        "A run as it stands now: steps, metrics, variables, findings.",
        schema.Run,
        _run,
        queries=(FOLDER,),
    ),
    Operation(
        "GET",
        "/runs/{run}/events",
        "What has happened in a run since a cursor; waits for it where asked to.",
        schema.Events,
        _events,
        queries=(FOLDER, SINCE, WAIT),
        pause=_pause,
    ),
    Operation(
        "GET",
        "/runs/{run}/log",
        "What a step has written up to now, or the end of it.",
        schema.Log,
        _log,
        queries=(FOLDER, STEP),
    ),
    Operation(
        "GET",
        "/runs/{run}/outputs",
        "The outputs of the cells of a step that has ended.",
        schema.Outputs,
        _outputs,
        queries=(FOLDER, STEP),
    ),
    Operation(
        "POST",
        "/runs/{run}/cancel",
        "Tells a run to stop; what its steps have made is kept.",
        schema.RunSummary,
        _cancel,
        queries=(FOLDER,),
        action=EXECUTE,
    ),
    Operation(
        "POST",
        "/runs/{run}/resume",
        "Starts a run that goes on where another one has ended, or from one of its steps.",
        schema.RunSummary,
        _resume,
        body=schema.ResumeOrder,
        queries=(FOLDER,),
        action=EXECUTE,
        lane=Lane.CONVERSION,
        status=201,
    ),
)
