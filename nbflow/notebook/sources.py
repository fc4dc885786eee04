"""The text of cells replaced in a notebook's file, so that a textual diff shows that and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from nbflow.errors import NotebookError
from nbflow.model import CellId
from nbflow.notebook.document import JsonObject, content_of, decoded, document_of
from nbflow.notebook.json_text import (
    Page,
    Splice,
    cells_of,
    exactly,
    indentation_of,
    members_of,
    page_of,
    printed,
    spliced,
)
from nbflow.notebook.reading import cell_ids, source_of
from nbflow.notebook.replacing import replace_text


def write_sources(
    path: str | Path, wanted: Mapping[CellId, str], known: Mapping[CellId, str]
) -> None:
    """Give cells of the notebook at ``path`` the texts ``wanted``, where they still have those ``known``.

    Raises:
        NotebookError: the file cannot be read or written, or a cell has another text by now. Nothing was
            changed then.
    """
    path = str(path)
    content = content_of(path)
    text = decoded(path, content)
    document = document_of(path, text)
    if json.loads(text).get("nbformat") != 4:
        raise NotebookError(f"{path} is of an old format; open it in Jupyter and save it again")
    ids = cell_ids(document)
    cells = cast("list[JsonObject]", document["cells"])
    for number, (id_, cell) in enumerate(zip(ids, cells, strict=True), start=1):
        if id_ in wanted and source_of(cell) not in (known.get(id_), wanted[id_]):
            raise NotebookError(
                f"cell {number} of {path} has been changed in another way meanwhile; nothing was changed"
            )
    gone = [id_ for id_ in wanted if id_ not in ids]
    if gone:
        raise NotebookError(f"{path} has no cell with the id {gone[0]}; was it changed meanwhile?")
    places = {ids.index(id_): source for id_, source in wanted.items()}
    page = page_of(path, text)
    spans = cells_of(page)
    changed = spliced(
        text, [_source(page, spans[i].start, new) for i, new in sorted(places.items())]
    )
    expected = exactly(text)
    for index, new in places.items():
        cell = cast("list[JsonObject]", expected["cells"])[index]
        cell["source"] = _as_before(cell["source"], new)
    if exactly(changed) != expected:
        raise NotebookError(
            f"{path} is laid out so that it cannot be changed safely; open it in Jupyter and save it again"
        )
    replace_text(path, content, text, changed)


def _source(page: Page, cell: int, new: str) -> Splice:
    place = dict(members_of(page, cell))["source"]
    value = _as_before(json.loads(page.text[place.start : place.end]), new)
    told = printed(page, value, indentation_of(page.text, place.start))
    return Splice(place.start, place.end, told)


def _as_before(before: object, new: str) -> str | list[str]:
    """A text in the form that the file has it in: whole, or as a list of lines."""
    return new.splitlines(keepends=True) if isinstance(before, list) else new
