"""The executed notebook: a copy of the notebook with the outputs of a run in its cells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from nbflow.model import CellId
from nbflow.notebook.document import JsonObject, document_of, text_of
from nbflow.notebook.reading import cell_ids
from nbflow.notebook.replacing import replace_file

#: The kinds beside "text/..." that nbformat splits into lines.
_SPLIT: Final = frozenset({"application/javascript", "image/svg+xml"})


def write_executed(
    notebook_path: str | Path,
    outputs_by_cell: Mapping[CellId, Sequence[Mapping[str, object]]],
    counts: Mapping[CellId, int | None],
    target: str | Path,
    *,
    text: str | None = None,
) -> None:
    """Write a copy of the notebook to ``target`` with the outputs and execution counts of a run.

    With ``text`` it is that notebook, and there need not be a file at ``notebook_path``.

    ``outputs_by_cell`` holds outputs in nbformat's shapes. A code cell that is not in it loses the
    outputs of earlier sessions, so that everything the copy shows is of this run. All else stays.

    Raises:
        NotebookError: the notebook cannot be read, or ``target`` cannot be written.
    """
    path = str(notebook_path)
    document = document_of(path, text_of(path) if text is None else text)
    minor = document.get("nbformat_minor", 0)
    with_ids = isinstance(minor, int) and minor >= 5
    for cell, id_ in zip(
        cast("list[JsonObject]", document["cells"]), cell_ids(document), strict=True
    ):
        if with_ids:
            cell["id"] = id_
        if cell["cell_type"] == "code":
            cell["outputs"] = [_on_disk(output) for output in outputs_by_cell.get(id_, ())]
            cell["execution_count"] = counts.get(id_)
    replace_file(str(target), file_of(document))


def file_of(document: JsonObject) -> bytes:
    """The notebook as it lies in a file."""
    text = json.dumps(document, indent=1, ensure_ascii=False)
    try:
        return f"{text}\n".encode()
    except (
        UnicodeEncodeError
    ):  # an output holds half of a character, which only an escape can carry
        return f"{json.dumps(document, indent=1)}\n".encode()


def _on_disk(output: Mapping[str, object]) -> JsonObject:
    """``output`` with its texts as lists of lines, as nbformat keeps them in files."""
    stored = dict(output)
    if isinstance(text := stored.get("text"), str):
        stored["text"] = text.splitlines(keepends=True)
    if isinstance(data := stored.get("data"), dict):
        stored["data"] = {kind: _lines(kind, value) for kind, value in data.items()}
    return stored


def _lines(kind: str, value: object) -> object:
    if isinstance(value, str) and (kind.startswith("text/") or kind in _SPLIT):
        return value.splitlines(keepends=True)
    return value
