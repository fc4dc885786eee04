"""Tags added to a notebook's file so that a textual diff shows the tags and nothing else.

The text is never printed anew: new tags are spliced into it in the layout that surrounds them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import cast

from nbflow.errors import NotebookError
from nbflow.model import CellId
from nbflow.notebook.document import JsonObject, content_of, decoded, document_of
from nbflow.notebook.json_text import (
    Page,
    Span,
    Splice,
    cells_of,
    elements_of,
    exactly,
    indentation_of,
    members_of,
    page_of,
    printed,
    spliced,
)
from nbflow.notebook.reading import cell_ids
from nbflow.notebook.replacing import replace_text


def apply_tags(path: str | Path, tags: Mapping[CellId, Sequence[str]]) -> tuple[CellId, ...]:
    """Add ``tags`` to the cells of the notebook at ``path``; the ids of the cells that changed.

    Tags that a cell has already are not added again; the file is not written if nothing is new.

    Raises:
        NotebookError: the file cannot be read or written, has no such cell, or is laid out in a way
            in which tags cannot be added without touching anything else. Nothing was changed then.
    """
    path = str(path)
    content = content_of(path)
    text = decoded(path, content)
    document = document_of(path, text)
    if json.loads(text).get("nbformat") != 4:
        raise NotebookError(
            f"{path} is of an old format, which cannot hold tags; "
            "open it in Jupyter and save it again"
        )
    ids = cell_ids(document)
    unknown = sorted(set(tags) - set(ids))
    if unknown:
        raise NotebookError(
            f"{path} has no cell with the id {unknown[0]}; was it changed meanwhile?"
        )
    wanted = {ids.index(id_): new for id_, new in _new_tags(document, ids, tags).items()}
    if not wanted:
        return ()
    changed = spliced(text, splices(path, text, wanted))
    _verify(path, text, changed, wanted)
    replace_text(path, content, text, changed)
    return tuple(ids[index] for index in wanted)


def splices(path: str, text: str, wanted: Mapping[int, Sequence[str]]) -> list[Splice]:
    """The splices that add the tags ``wanted``, by the index of their cell, to the JSON ``text``.

    Raises:
        NotebookError: an object on the way to the tags names a key twice.
    """
    page = page_of(path, text)
    cells = cells_of(page)
    return [_added(page, cells[index].start, new) for index, new in sorted(wanted.items())]


def _new_tags(
    document: JsonObject, ids: Sequence[CellId], tags: Mapping[CellId, Sequence[str]]
) -> dict[CellId, tuple[str, ...]]:
    new: dict[CellId, tuple[str, ...]] = {}
    for id_, cell in zip(ids, cast("list[JsonObject]", document["cells"]), strict=True):
        metadata = cast("JsonObject", cell.get("metadata", {}))
        present = cast("list[str]", metadata.get("tags", []))
        added = tuple(tag for tag in dict.fromkeys(tags.get(id_, ())) if tag not in present)
        if added:
            new[id_] = added
    return new


def _added(page: Page, cell: int, new: Sequence[str]) -> Splice:
    members = dict(members_of(page, cell))
    page = _as_inside(page, cell, members)
    if "metadata" not in members:
        return _member(page, cell, "metadata", {"tags": new})
    metadata = members["metadata"].start
    inner = dict(members_of(page, metadata))
    if "tags" not in inner:
        return _member(page, metadata, "tags", new)
    return _items(page, inner["tags"], new)


def _member(page: Page, start: int, key: str, value: object) -> Splice:
    """``key: value`` as a new member of the object at ``start``, in its place by name."""
    members = dict(members_of(page, start))
    outside = indentation_of(page.text, start)
    if not members:
        end = page.text.index("}", start) + 1
        return Splice(start, end, printed(page, {key: value}, outside))
    page = _as_inside(page, start, members)
    inside = outside + page.unit
    told = f"{page.string(key)}{page.colon}{printed(page, value, inside)}"
    after = [name for name in members if name > key] if _sorted(members) else []
    spans = list(members.values())
    between = _gap(page, start, [span.key for span in spans])
    if after:
        position = members[after[0]].key
        return Splice(position, position, f"{told},{between}")
    end = spans[-1].end
    return Splice(end, end, f",{between}{told}")


def _as_inside(page: Page, start: int, members: Mapping[str, Span]) -> Page:
    """``page`` as it is laid out in the object at ``start``, which may stand on one line."""
    first = next(iter(members.values()))
    flat = "\n" not in page.text[start : first.key]
    return replace(page, newline="") if flat else page


def _items(page: Page, tags: Span, new: Sequence[str]) -> Splice:
    spans = list(elements_of(page, tags.start))
    if not spans:
        indentation = indentation_of(page.text, tags.start)
        return Splice(tags.start, tags.end, printed(page, new, indentation))
    between = _gap(page, tags.start, [span.start for span in spans])
    end = spans[-1].end
    return Splice(end, end, "".join(f",{between}{page.string(tag)}" for tag in new))


def _gap(page: Page, start: int, places: Sequence[int]) -> str:
    """The blank that separates the members of the object or list that begins at ``start``."""
    before = page.text[start + 1 : places[0]]
    if "\n" in before:
        return before
    if len(places) > 1:
        ahead = page.text[places[-2] : places[-1]]
        return ahead[len(ahead.rstrip(" \t\r\n")) :]
    return page.comma


def _sorted(members: Mapping[str, Span]) -> bool:
    return all(first <= second for first, second in pairwise(members))


def _verify(path: str, text: str, changed: str, wanted: Mapping[int, Sequence[str]]) -> None:
    expected = exactly(text)
    cells = cast("list[dict[str, dict[str, list[str]]]]", expected["cells"])
    for index, new in wanted.items():
        metadata = cells[index].setdefault("metadata", {})
        metadata["tags"] = [*metadata.get("tags", []), *new]
    if exactly(changed) != expected:
        raise NotebookError(
            f"{path} is laid out so that tags cannot be added safely; "
            "open it in Jupyter and save it again"
        )
