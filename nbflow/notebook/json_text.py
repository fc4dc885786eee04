"""The text of a notebook's file: where values stand in it, and how it is laid out.

What changes a file splices new text into it in the layout that surrounds it; all else stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from nbflow.errors import NotebookError
from nbflow.notebook.document import JsonObject

_BLANK: Final = re.compile(r"[ \t\r\n]*")
_ESCAPED: Final = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Splice:
    """``new`` in place of ``text[start:end]``."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Page:
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
class Span:
    """A value's place, ``text[start:end]``; of a member, ``key`` is where its key begins."""

    key: int
    start: int
    end: int


def spliced(text: str, edits: Sequence[Splice]) -> str:
    """``text`` with every splice made; the splices do not overlap."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def printed(page: Page, value: object, indentation: str) -> str:
    """``value`` (texts in lists and objects) in the file's style, standing at ``indentation``."""
    if isinstance(value, str):
        return page.string(value)
    inside = indentation + page.unit
    if isinstance(value, Mapping):
        opening, closing = "{", "}"
        parts = [
            f"{page.string(key)}{page.colon}{printed(page, item, inside)}"
            for key, item in value.items()
        ]
    else:
        opening, closing = "[", "]"
        parts = [printed(page, item, inside) for item in cast("Sequence[object]", value)]
    if not page.newline:
        return f"{opening}{f',{page.comma}'.join(parts)}{closing}"
    body = f",{page.newline}{inside}".join(parts)
    return f"{opening}{page.newline}{inside}{body}{page.newline}{indentation}{closing}"


def page_of(path: str, text: str) -> Page:
    """The text of the notebook at ``path``, with how it is laid out."""
    body = text.strip()
    indented = re.match(r"\{(\r?\n)([ \t]*)", body)
    spaced = re.match(r'\{\s*"(?:[^"\\]|\\.)*"(\s*:\s*)', body)
    plain = text.isascii()
    return Page(
        path=path,
        text=text,
        newline=indented[1] if indented else "",
        unit=indented[2] if indented else "",
        colon=spaced[1] if spaced else ": ",
        comma="" if not indented and spaced and spaced[1] == ":" else " ",
        ascii=plain and _ESCAPED.search(text) is not None,
    )


def indentation_of(text: str, position: int) -> str:
    """The blank at the beginning of the line on which ``position`` stands."""
    line = text.rfind("\n", 0, position) + 1
    blank = re.compile(r"[ \t]*").match(text, line)
    return blank[0] if blank else ""


def after_blank(text: str, position: int) -> int:
    """The first place from ``position`` on where no blank stands."""
    match = _BLANK.match(text, position)
    return match.end() if match else position


def members_of(page: Page, start: int) -> Iterator[tuple[str, Span]]:
    """The members of the object that begins at ``start``: each key once, with its place."""
    decoder, text = json.JSONDecoder(), page.text
    seen: set[str] = set()
    position = after_blank(text, start + 1)
    while text[position] != "}":
        key, end = decoder.raw_decode(text, position)
        if key in seen:
            raise NotebookError(
                f'{page.path} names "{key}" twice in one object, so it cannot be changed safely; '
                "open it in Jupyter and save it again"
            )
        seen.add(key)
        value = after_blank(text, after_blank(text, end) + 1)
        _, end = decoder.raw_decode(text, value)
        yield key, Span(position, value, end)
        position = after_blank(text, end)
        if text[position] == ",":
            position = after_blank(text, position + 1)


def elements_of(page: Page, start: int) -> Iterator[Span]:
    """The places of the elements of the list that begins at ``start``."""
    decoder, text = json.JSONDecoder(), page.text
    position = after_blank(text, start + 1)
    while text[position] != "]":
        _, end = decoder.raw_decode(text, position)
        yield Span(position, position, end)
        position = after_blank(text, end)
        if text[position] == ",":
            position = after_blank(text, position + 1)


def cells_of(page: Page) -> list[Span]:
    """The places of the notebook's cells."""
    document = dict(members_of(page, after_blank(page.text, 0)))
    return list(elements_of(page, document["cells"].start))


def exactly(text: str) -> JsonObject:
    """The document with numbers as they are written, so that equal means the same text."""
    document: JsonObject = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    return document
