"""A run that goes on from a step whose cells were repaired in a live kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow import step_line
from nbflow.errors import NotebookError, NotRecordedError
from nbflow.model import Cell, CellId
from nbflow.service import history
from nbflow.service.request import request, steps_of
from nbflow.store import RunRecord


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A cell whose text, as it was last run, is not the one that the file holds."""

    cell: Cell
    ran: str


def failed_at(notebook: Path, step: str) -> RunRecord:
    """The newest run of a notebook in which a step has failed: any step where none is named.

    Raises:
        StoreError: there is none, or the store cannot be read.
    """
    for row in history.runs(str(notebook), notebook.parent):
        if row.state == "failed":
            record = history.run(row.id, notebook.parent)
            if any(s.state == "failed" and s.name == (step or s.name) for s in record.steps):
                return record
    where = f" at step {step!r}" if step else ""
    raise NotRecordedError(f"no run of {notebook.name} has failed{where}")


def unsaved(notebook: Path, step: str, ran: Mapping[str, str]) -> tuple[Unsaved, ...]:
    """The cells that the step runs, its prelude among them, that are not saved as they were last run.

    ``ran`` are the texts of cells as they were last run, by their ids; of others the file is what counts.

    Raises:
        NotebookError: the file cannot be read as a notebook.
        ParameterError: it has no such step.
    """
    asked = request(str(notebook), {}, ())
    pipeline = asked.analysis.pipeline
    steps_of(pipeline, [step])
    own = next(each for each in pipeline.steps if each.name == step)
    cells = {cell.id: cell for cell in asked.notebook.cells}
    return tuple(
        Unsaved(cells[each], ran[each])
        for each in (*own.prelude, *own.cells)
        if each in cells and ran.get(each, cells[each].source) != cells[each].source
    )


def save(notebook: Path, record: RunRecord, repaired: tuple[Unsaved, ...]) -> None:
    """Write cells into the file as they were last run, where the file still holds what the run has run.

    Raises:
        NotebookError: it does not, or the file cannot be written; nothing was changed then.
    """
    known: dict[CellId, str] = {
        cell.id: cell.source for step in record.steps for cell in step.cells
    }
    wanted = {each.cell.id: each.ran for each in repaired}
    unknown = [each.cell.number for each in repaired if each.cell.id not in known]
    if unknown:
        raise NotebookError(
            f"cell {unknown[0]} is none of run {record.id}, so it is not written: save the notebook (Ctrl+S)"
        )
    for each in repaired:
        if _step_named(each.ran) != _step_named(each.cell.source):
            raise NotebookError(
                f"cell {each.cell.number} was last run with another `%%step` line than the file has, so it is"
                " not written: it would be one of another step; save the notebook (Ctrl+S) if that is meant"
            )
    notebooks.write_sources(notebook, wanted, known)


def _step_named(source: str) -> str:
    """The tag of the step that the cell's ``%%step`` line names, "" where it names none."""
    line = step_line.read(source)
    return line.tags[0] if line is not None and line.names else ""
