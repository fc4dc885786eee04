"""The notebook as a run has run it: its own cells, not those that the file may hold by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis, analyse
from nbflow.errors import NotebookError
from nbflow.model import Cell, CellId, Json, Name, Notebook, defaults
from nbflow.service.check import options_for
from nbflow.store import RunRecord, Store


@dataclass(frozen=True, slots=True)
class Ran:
    """A notebook that was run, its analysis, and its cells with those of the notebooks that it called."""

    notebook: Notebook
    analysis: Analysis
    cells: Mapping[CellId, Cell]


def ran(record: RunRecord, folder: Path) -> Ran | None:
    """The notebook that a run has run.

    None where neither the copy nor the file is still what ran. ``folder`` is the run's own, where the
    executed notebook lies.
    """
    file = Path(record.notebook)
    for path in (folder / file.name, file):
        try:
            notebook = notebooks.read(path)
            analysis = analyse(notebook, options_for(file, notebook))
        except NotebookError:
            continue
        every = (notebook, *analysis.notebooks.values())
        cells = {cell.id: cell for each in every for cell in each.cells}
        if _is_what_ran(record, cells):
            return Ran(notebook, analysis, cells)
    return None


def parameters_of(record: RunRecord, folder: Path) -> dict[Name, Json]:
    """The parameters that a run has run with; those that it was not given only where it is known what ran.

    ``folder`` is that of the notebook.

    Raises:
        StoreError: the store cannot be read.
    """
    with Store.open(folder) as store:
        found = ran(record, store.run_folder(record.id))
    known = found.analysis.pipeline.parameters if found else ()
    return {**defaults(known), **(record.parameters or {})}


def _is_what_ran(record: RunRecord, cells: dict[CellId, Cell]) -> bool:
    return all(
        each.id in cells and cells[each.id].source == each.source
        for step in record.steps
        for each in step.cells
    )
