"""HTML pages of a run, one for each step, rendered by nbconvert when they are asked for."""

from __future__ import annotations

import re
from pathlib import Path

from nbflow.model import CellKind, Notebook
from nbflow.store import RunRecord, StepRecord


def write_reports(record: RunRecord, notebook: Notebook, folder: Path) -> list[Path]:
    """The pages that were written into ``folder``, one for each step that ran, in order."""
    # nbconvert and nbformat take two seconds to import: only those who ask for a report pay.
    import nbformat  # noqa: PLC0415
    from nbconvert import HTMLExporter  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    exporter = HTMLExporter()
    pages = []
    for step in record.steps:
        if not step.cells:
            continue
        document = nbformat.from_dict(_document(step, notebook))
        html, _ = exporter.from_notebook_node(
            document, {"metadata": {"name": f"{notebook.name}: {step.name}"}}
        )
        slug = re.sub(r"[^\w.-]+", "-", step.name)
        page = folder / f"{step.index:02d}-{slug}.html"
        page.write_text(html, encoding="utf-8")
        pages.append(page)
    return pages


def _document(step: StepRecord, notebook: Notebook) -> dict[str, object]:
    """The step as a notebook: its code cells, each with the text cells that stand right before it."""
    ran = {cell.id: cell for cell in step.cells}
    cells: list[dict[str, object]] = []
    text: list[dict[str, object]] = []
    for cell in notebook.cells:
        if cell.kind is CellKind.MARKDOWN:
            text.append(
                {"cell_type": "markdown", "id": cell.id, "metadata": {}, "source": cell.source}
            )
        elif cell.kind is CellKind.CODE:
            if cell.id in ran:
                cells += text
                cells.append(
                    {
                        "cell_type": "code",
                        "id": cell.id,
                        "metadata": {},
                        "source": cell.source,
                        "execution_count": ran[cell.id].count,
                        "outputs": [dict(output) for output in ran[cell.id].outputs],
                    }
                )
            text = []
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}},
        "cells": cells,
    }
