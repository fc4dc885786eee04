"""papermill's notebook as nbflow reads it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nbflow import notebook as notebooks
from nbflow.errors import NotebookError
from nbflow.model import CellId, Notebook
from nbflow.tags import INJECTED

#: Cells with this tag are left out by nbclient, and so by papermill's own engine.
_LEFT_OUT: Final = "skip-execution"


def source_of(nb: Mapping[str, Any], kernel: str, input_path: object, path: Path) -> Notebook:
    """The notebook that papermill has prepared, to run in ``kernel`` as if it stood at ``path``.

    Of its cells only those keep their ids that have them in the file at ``input_path`` too. papermill draws
    the others at random, for each run anew; they get one that says what they hold, so that results
    of earlier runs are found again.

    Raises:
        NotebookError: it is no notebook that nbflow can read.
    """
    kept = _own_ids(input_path)
    ids = tuple(_ids(nb["cells"], kept))
    cells = [_cell(cell, id_) for cell, id_ in zip(nb["cells"], ids, strict=True)]
    metadata = {name: value for name, value in nb["metadata"].items() if name != "papermill"}
    spec = metadata.get("kernelspec", {})
    if spec.get("name") != kernel:
        language = {"language": spec["language"]} if "language" in spec else {}
        metadata["kernelspec"] = {"name": kernel, "display_name": kernel, **language}
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return notebooks.parse(path, json.dumps(document))


def _cell(cell: Mapping[str, Any], id_: CellId) -> dict[str, object]:
    metadata = {name: value for name, value in cell["metadata"].items() if name != "papermill"}
    tags = list(metadata.get("tags", ()))
    if _LEFT_OUT in tags:
        metadata["tags"] = [*tags, "skip"]
    plain: dict[str, object] = {
        "cell_type": cell["cell_type"],
        "id": id_,
        "metadata": metadata,
        "source": cell["source"],
    }
    if cell["cell_type"] == "code":
        plain |= {"outputs": [], "execution_count": None}
    return plain


def _own_ids(input_path: object) -> frozenset[CellId]:
    """The ids in the file that papermill has read, where it is one of this machine."""
    if not isinstance(input_path, str) or not Path(input_path).is_file():
        return frozenset()
    try:
        return frozenset(cell.id for cell in notebooks.read(input_path).cells)
    except NotebookError:
        return frozenset()


def _ids(cells: Sequence[Mapping[str, Any]], kept: frozenset[CellId]) -> Iterator[CellId]:
    taken: set[str] = set(kept)
    for cell in cells:
        own = CellId(cell.get("id", ""))
        yield own if own in kept else CellId(_derived(cell, taken))


def _derived(cell: Mapping[str, Any], taken: set[str]) -> str:
    """An id that no other cell has: the same whenever the cell is."""
    if INJECTED in cell["metadata"].get("tags", ()):
        first = INJECTED
    else:
        first = hashlib.sha256(str(cell["source"]).encode("utf-8", "replace")).hexdigest()[:12]
    number, found = 1, first
    while found in taken:
        number, found = number + 1, f"{first}-{number + 1}"
    taken.add(found)
    return found
