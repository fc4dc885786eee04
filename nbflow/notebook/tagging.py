"""Tags added to a notebook's file so that a textual diff shows the tags and nothing else.

The text is never printed anew: new tags are spliced into it in the layout that surrounds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Final, cast

from nbflow.errors import NotebookError
from nbflow.model import CellId
from nbflow.notebook.document import JsonObject, content_of, decoded, document_of
from nbflow.notebook.reading import cell_ids
from nbflow.notebook.replacing import replace_file

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_ESCAPED: Final = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Splice:
    """``new`` in place of ``text[start:end]``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class _Page:
    """A notebook's text and how it is laid out: ``unit`` of indentation, "" if all is one line."""

    path: str
    text: str
    newline: str
    unit: str
    colon: str
    comma: str
    ascii: bool

    def string(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self.ascii)


@dataclass(frozen=True, slots=True)
class _Span:
    """A value's place, ``text[start:end]``; of a member, ``key`` is where its key begins."""

    key: int
    start: int
    end: int


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
    mark = content[: len(content) - len(text.encode())]  # the byte order mark, if there is one
    replace_file(path, mark + changed.encode())
    return tuple(ids[index] for index in wanted)


def spliced(text: str, edits: Sequence[Splice]) -> str:
    """``text`` with every splice made; the splices do not overlap."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def splices(path: str, text: str, wanted: Mapping[int, Sequence[str]]) -> list[Splice]:
    """The splices that add the tags ``wanted``, by the index of their cell, to the JSON ``text``.

    Raises:
        NotebookError: an object on the way to the tags names a key twice.
    """
    page = _page(path, text)
    document = dict(_members(page, _after_blank(text, 0)))
    cells = list(_elements(page, document["cells"].start))
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


def _added(page: _Page, cell: int, new: Sequence[str]) -> Splice:
    members = dict(_members(page, cell))
    page = _as_inside(page, cell, members)
    if "metadata" not in members:
        return _member(page, cell, "metadata", {"tags": new})
    metadata = members["metadata"].start
    inner = dict(_members(page, metadata))
    if "tags" not in inner:
        return _member(page, metadata, "tags", new)
    return _items(page, inner["tags"], new)


def _member(page: _Page, start: int, key: str, value: object) -> Splice:
    """``key: value`` as a new member of the object at ``start``, in its place by name."""
    members = dict(_members(page, start))
    outside = _indentation(page.text, start)
    if not members:
        end = page.text.index("}", start) + 1
        return Splice(start, end, _printed(page, {key: value}, outside))
    page = _as_inside(page, start, members)
    inside = outside + page.unit
    printed = f"{page.string(key)}{page.colon}{_printed(page, value, inside)}"
    after = [name for name in members if name > key] if _sorted(members) else []
    spans = list(members.values())
    between = _gap(page, start, [span.key for span in spans])
    if after:
        position = members[after[0]].key
        return Splice(position, position, f"{printed},{between}")
    end = spans[-1].end
    return Splice(end, end, f",{between}{printed}")


def _as_inside(page: _Page, start: int, members: Mapping[str, _Span]) -> _Page:
    """``page`` as it is laid out in the object at ``start``, which may stand on one line."""
    first = next(iter(members.values()))
    flat = "\n" not in page.text[start : first.key]
    return replace(page, newline="") if flat else page


def _items(page: _Page, tags: _Span, new: Sequence[str]) -> Splice:
    spans = list(_elements(page, tags.start))
    if not spans:
        indentation = _indentation(page.text, tags.start)
        return Splice(tags.start, tags.end, _printed(page, new, indentation))
    between = _gap(page, tags.start, [span.start for span in spans])
    end = spans[-1].end
    return Splice(end, end, "".join(f",{between}{page.string(tag)}" for tag in new))


def _gap(page: _Page, start: int, places: Sequence[int]) -> str:
    """The blank that separates the members of the object or list that begins at ``start``."""
    before = page.text[start + 1 : places[0]]
    if "\n" in before:
        return before
    if len(places) > 1:
        ahead = page.text[places[-2] : places[-1]]
        return ahead[len(ahead.rstrip(" \t\r\n")) :]
    return page.comma


def _printed(page: _Page, value: object, indentation: str) -> str:
    """``value`` (texts in lists and objects) in the file's style, standing at ``indentation``."""
    if isinstance(value, str):
        return page.string(value)
    inside = indentation + page.unit
    if isinstance(value, Mapping):
        opening, closing = "{", "}"
        parts = [
            f"{page.string(key)}{page.colon}{_printed(page, item, inside)}"
            for key, item in value.items()
        ]
    else:
        opening, closing = "[", "]"
        parts = [_printed(page, item, inside) for item in cast("Sequence[object]", value)]
    if not page.newline:
        return f"{opening}{f',{page.comma}'.join(parts)}{closing}"
    body = f",{page.newline}{inside}".join(parts)
    return f"{opening}{page.newline}{inside}{body}{page.newline}{indentation}{closing}"


def _page(path: str, text: str) -> _Page:
    body = text.strip()
    indented = re.match(r"\{(\r?\n)([ \t]*)", body)
    spaced = re.match(r'\{\s*"(?:[^"\\]|\\.)*"(\s*:\s*)', body)
    plain = text.isascii()
    return _Page(
        path=path,
        text=text,
        newline=indented[1] if indented else "",
        unit=indented[2] if indented else "",
        colon=spaced[1] if spaced else ": ",
        comma="" if not indented and spaced and spaced[1] == ":" else " ",
        ascii=plain and _ESCAPED.search(text) is not None,
    )


def _sorted(members: Mapping[str, _Span]) -> bool:
    return all(first <= second for first, second in pairwise(members))


def _indentation(text: str, position: int) -> str:
    """The blank at the beginning of the line on which ``position`` stands."""
    line = text.rfind("\n", 0, position) + 1
    blank = re.compile(r"[ \t]*").match(text, line)
    return blank[0] if blank else ""


def _after_blank(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _members(page: _Page, start: int) -> Iterator[tuple[str, _Span]]:
    """The members of the object that begins at ``start``: each key once, with its place."""
    decoder, text = json.JSONDecoder(), page.text
    seen: set[str] = set()
    position = _after_blank(text, start + 1)
    while text[position] != "}":
        key, end = decoder.raw_decode(text, position)
        if key in seen:
            raise NotebookError(
                f'{page.path} names "{key}" twice in one object, so tags cannot be added safely; '
                "open it in Jupyter and save it again"
            )
        seen.add(key)
        value = _after_blank(text, _after_blank(text, end) + 1)
        _, end = decoder.raw_decode(text, value)
        yield key, _Span(position, value, end)
        position = _after_blank(text, end)
        if text[position] == ",":
            position = _after_blank(text, position + 1)


def _elements(page: _Page, start: int) -> Iterator[_Span]:
    """The places of the elements of the list that begins at ``start``."""
    decoder, text = json.JSONDecoder(), page.text
    position = _after_blank(text, start + 1)
    while text[position] != "]":
        _, end = decoder.raw_decode(text, position)
        yield _Span(position, position, end)
        position = _after_blank(text, end)
        if text[position] == ",":
            position = _after_blank(text, position + 1)


def _verify(path: str, text: str, changed: str, wanted: Mapping[int, Sequence[str]]) -> None:
    expected = _exactly(text)
    cells = cast("list[dict[str, dict[str, list[str]]]]", expected["cells"])
    for index, new in wanted.items():
        metadata = cells[index].setdefault("metadata", {})
        metadata["tags"] = [*metadata.get("tags", []), *new]
    if _exactly(changed) != expected:
        raise NotebookError(
            f"{path} is laid out so that tags cannot be added safely; "
            "open it in Jupyter and save it again"
        )


def _exactly(text: str) -> JsonObject:
    """The document with numbers as they are written, so that equal means the same text."""
    document: JsonObject = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    return document
