"""A notebook's file as a ``Notebook``: cells in order, each with an id that stays the same."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Final, cast

from nbflow.model import Cell, CellId, CellKind, Notebook
from nbflow.notebook.addresses import fetched, is_address, name_of
from nbflow.notebook.document import JsonObject, document_of, text_of

#: What nbformat 4.5 allows as a cell id.
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read(path: str | Path) -> Notebook:
    """The notebook in the file at ``path``, or at an address (nbformat 3 to 4.5); it is never written.

    Raises:
        NotebookError: the file cannot be read as a notebook; the message says why and what to do.
    """
    path = str(path)
    if is_address(path):
        return parse(name_of(path), fetched(path))
    return notebook_of(Path(path).stem, document_of(path, text_of(path)))


def parse(path: str | Path, text: str) -> Notebook:
    """The notebook in ``text``, as if it stood in the file at ``path``, which is not looked at.

    Raises:
        NotebookError: it cannot be read as a notebook.
    """
    return notebook_of(Path(path).stem, document_of(str(path), text))


def notebook_of(name: str, document: JsonObject) -> Notebook:
    """The notebook that a checked document of nbformat 4 holds."""
    raw_cells = cast("list[JsonObject]", document["cells"])
    ids = cell_ids(document)
    metadata = cast("Mapping[str, object]", document.get("metadata", {}))
    kernel = _mapping(metadata.get("kernelspec"))
    return Notebook(
        name=name,
        cells=tuple(
            _cell(raw, id_, number)
            for number, (raw, id_) in enumerate(zip(raw_cells, ids, strict=True), start=1)
        ),
        kernel=_text(kernel.get("name")),
        language=_language(kernel, _mapping(metadata.get("language_info"))),
        metadata=metadata,
    )


def cell_ids(document: JsonObject) -> tuple[CellId, ...]:
    """The id of each cell: its own, or one made of its place and content; each only once."""
    cells = cast("list[JsonObject]", document["cells"])
    own = [cell.get("id") for cell in cells]
    taken: set[str] = set()
    return tuple(_fresh_ids(cells, own, taken))


def derived_ids(notebook: Notebook) -> tuple[CellId, ...]:
    """The id that each cell has where its file keeps none, as those before nbformat 4.5."""
    found: dict[str, None] = {}
    for cell in notebook.cells:
        found[_derived(cell.number, cell.source, found)] = None
    return tuple(map(CellId, found))


def _fresh_ids(cells: list[JsonObject], own: list[object], taken: set[str]) -> Iterator[CellId]:
    reserved = {id_ for id_ in own if isinstance(id_, str)}
    for number, (cell, id_) in enumerate(zip(cells, own, strict=True), start=1):
        if isinstance(id_, str) and _ID.fullmatch(id_) and id_ not in taken:
            chosen = id_
        else:
            chosen = _derived(number, source_of(cell), taken | reserved)
        taken.add(chosen)
        yield CellId(chosen)


def _derived(number: int, source: str, taken: Container[str]) -> str:
    digest = hashlib.sha256(source.encode()).hexdigest()
    length = 8
    while (candidate := f"c{number}-{digest[:length]}") in taken:
        length += 1
    return candidate


def _cell(raw: JsonObject, id_: CellId, number: int) -> Cell:
    metadata = cast("Mapping[str, object]", raw.get("metadata", {}))
    tags = cast("list[str]", metadata.get("tags", []))
    return Cell(
        id=id_,
        kind=CellKind(raw["cell_type"]),
        source=source_of(raw),
        number=number,
        tags=tuple(dict.fromkeys(tags)),
        metadata=metadata,
    )


def source_of(cell: JsonObject) -> str:
    """The text of a cell; a list of lines is joined."""
    source = cell["source"]
    if isinstance(source, list):
        return "".join(source)
    return cast("str", source)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _language(kernel: Mapping[str, object], info: Mapping[str, object]) -> str:
    named = _text(kernel.get("language")) or _text(info.get("name")) or "python"
    return "python" if named.lower() == "ipython" else named.lower()
