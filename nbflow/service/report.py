"""HTML pages of a run, one for each step, rendered by nbconvert when they are asked for."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from nbflow.engines.events import RunState, StepState
from nbflow.errors import EngineError
from nbflow.model import StepName
from nbflow.service import history, live
from nbflow.service.called import Executed
from nbflow.store import RunRecord, StepRecord, Store

#: The outputs of a step that are made into a page on request are no longer than this, as JSON.
_MOST: Final = 16 << 20
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
    folder.mkdir(parents=True, exist_ok=True)
    render = _renderer()
    own = Executed(Path(record.notebook), Path(record.executed))
    pages = []
    for step in steps:
        if not step.cells:
            continue
        notebook = _notebook_of(step, called) or own
        html = render(_executed(notebook.copy, step), step, own.source, notebook.source.parent)
        page = folder / _name(step)
        page.write_text(html, encoding="utf-8", errors="backslashreplace")
        pages.append(page)
    return pages


def _executed(copy: Path, step: StepRecord) -> Mapping[str, Any]:
    """The part of an executed notebook that is the step's."""
    import nbformat  # noqa: PLC0415  # see _renderer

    executed = nbformat.reader.reads(copy.read_text(encoding="utf-8"))
    shown = cells_of({cell.number for cell in step.cells}, executed["cells"])
    return {**executed, "cells": shown}


def _renderer() -> Callable[[Mapping[str, Any], StepRecord, Path, Path], str]:
    """What makes a page of a notebook's part: of which step, which notebook, beside which files."""
    # nbconvert and nbformat take two seconds to import: only those who ask for a report pay.
    import nbformat  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    exporter = HTMLExporter(embed_images=True)

    def render(part: Mapping[str, Any], step: StepRecord, notebook: Path, beside: Path) -> str:
        metadata = {"name": f"{notebook.stem}: {step.name}", "path": str(beside)}
        html, _ = exporter.from_notebook_node(nbformat.from_dict(part), {"metadata": metadata})
        return str(html)

    return render


def page(record: RunRecord, folder: str | Path, name: str) -> str:
    """The HTML page of a step that has ended; it is kept with the run when that has ended too.

    Raises:
        StoreError: there is no such step, or the store cannot be read.
        EngineError: it has not ended or has run elsewhere, or has shown too much; or no page can be made.
    """
    step = history.step_of(live.run(record.id, folder).record, name)
    if record.remote is not None:
        raise EngineError(f"what steps show on {record.remote.profile} stays there: see its pages")
    if StepState(step.state).goes_on:
        raise EngineError(f"step {name!r} of run {record.id} has not ended yet")
    if sum(len(json.dumps(cell.outputs)) for cell in step.cells) > _MOST:
        raise EngineError(f"step {name!r} of run {record.id} has shown too much for a page")
    with Store.open(Path(folder).absolute()) as store:
        place = store.run_folder(record.id)
    kept = place / "pages" / f"{step.index}.html"
    with suppress(OSError):
        return kept.read_text(encoding="utf-8")
    source = Path(record.notebook)
    try:
        html = _renderer()(_part(place / source.name, step), step, source, source.parent)
    except Exception as error:  # nbconvert renders what the notebook holds, and trusts it
        raise EngineError(f"no page can be made of step {name!r}: {error}") from error
    if record.state != RunState.RUNNING.value:
        _keep(kept, html)
    return html


def _part(executed: Path, step: StepRecord) -> Mapping[str, Any]:
    """The step's part of the executed notebook; where that is not there, only its code."""
    if all("/" not in cell.id for cell in step.cells):  # those of called notebooks are elsewhere
        with suppress(OSError, ValueError):
            return _executed(executed, step)
    cells: list[Mapping[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell-{cell.number}",
            "metadata": {},
            "source": cell.source,
            "execution_count": cell.count,
            "outputs": [{"metadata": {}, **output} for output in cell.outputs],
        }
        for cell in step.cells
    ]
    metadata = {"language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _keep(place: Path, html: str) -> None:
    half = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    with suppress(OSError):  # then it is made again
        place.parent.mkdir(exist_ok=True)
        half.write_text(html, encoding="utf-8", errors="backslashreplace")
        half.replace(place)


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
