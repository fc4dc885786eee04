"""HTML pages of a run, one for each step, rendered by nbconvert when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbflow.errors import EngineError
from nbflow.model import StepName
from nbflow.service.called import Executed
from nbflow.store import RunRecord, StepRecord

#: So much of a step's name goes into the name of its page: file systems allow 255 bytes.
_LONGEST = 60


def write_reports(
    record: RunRecord,
    folder: Path,
    called: Mapping[StepName, Executed] | None = None,
    without: Collection[StepName] = (),
) -> list[Path]:
    """The pages that were written into ``folder``, one for each step that ran, in order.

    Those ``without`` one are left out.

    Raises:
        EngineError: a page cannot be made or written; the run and its executed notebook are there.
    """
    try:
        steps = [each for each in record.steps if each.name not in without]
        return _written(record, steps, folder, called or {})
    except Exception as error:  # nbconvert renders what the notebook holds, and trusts it
        raise EngineError(
            f"run {record.id} is recorded and its executed notebook is {record.executed}, but its "
            f"report cannot be written: {error}"
        ) from error


def _written(
    record: RunRecord,
    steps: Sequence[StepRecord],
    folder: Path,
    called: Mapping[StepName, Executed],
) -> list[Path]:
    # nbconvert and nbformat take two seconds to import: only those who ask for a report pay.
    import nbformat  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    exporter = HTMLExporter(embed_images=True)
    own = Executed(Path(record.notebook), Path(record.executed))
    pages = []
    for step in steps:
        if not step.cells:
            continue
        notebook = _notebook_of(step, called) or own
        executed = nbformat.reader.reads(notebook.copy.read_text(encoding="utf-8"))
        shown = cells_of({cell.number for cell in step.cells}, executed["cells"])
        metadata = {
            "name": f"{own.source.stem}: {step.name}",
            "path": str(notebook.source.parent),
        }
        html, _ = exporter.from_notebook_node(
            nbformat.from_dict({**executed, "cells": shown}), {"metadata": metadata}
        )
        page = folder / _name(step)
        page.write_text(html, encoding="utf-8", errors="backslashreplace")
        pages.append(page)
    return pages


def _notebook_of(step: StepRecord, called: Mapping[StepName, Executed]) -> Executed | None:
    """The called notebook that the step is of, or None."""
    first = step.cells[0].id
    around = [call for call in called if first.startswith(f"{call}/")]
    return called[max(around, key=len)] if around else None


def _name(step: StepRecord) -> str:
    slug = re.sub(r"[^\w.-]+", "-", step.name)[:_LONGEST]
    return f"{step.index:02d}-{slug}.html"


def cells_of(
    numbers: Collection[int], cells: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The code cells with these numbers, each with the text cells right before it.

    Text behind the last code cell of the notebook goes with that cell.
    """
    found: list[Mapping[str, Any]] = []
    text: list[Mapping[str, Any]] = []
    shown = False
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "markdown":
            text.append(cell)
        elif cell["cell_type"] == "code":
            shown = number in numbers
            found += [*text, cell] if shown else []
            text = []
    return found + text if shown else found
