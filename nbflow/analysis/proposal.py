"""The tags that a notebook without steps would get: imports first, then a step for each heading."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from nbflow.analysis.imports import imports_only
from nbflow.analysis.marks import Mark, marks
from nbflow.analysis.source import CellCode, cell_code
from nbflow.model import Cell, CellId, CellKind, Notebook, Role, StepName

_LONGEST: Final = 40
_FENCE: Final = re.compile(r"^\s*(```|~~~)")
_ATX: Final = re.compile(r"^ {0,3}#{1,6}(?:[ \t]+|(?=[^\s#]))(.*?)[ \t]*#*[ \t]*$")
_UNDERLINE: Final = re.compile(r"^ {0,3}(=+|-{3,})[ \t]*$")
_TAG_HEADING: Final = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
_LINK: Final = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_MARKUP: Final = re.compile(r"<[^>]*>|\$+|`")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def tags(notebook: Notebook) -> dict[CellId, tuple[str, ...]]:
    """The tags to add to each cell so that the notebook says what nbflow takes it for.

    Empty where the notebook has a ``step:`` tag already, and where it has no code.
    """
    added = _added(notebook, marks(notebook))
    return {cell.id: added[cell.number] for cell in notebook.cells if cell.number in added}


def proposed(notebook: Notebook, given: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks of a notebook's code cells, with the proposal filled in where it has no steps."""
    added = _added(notebook, given)
    return tuple(_filled(mark, added.get(mark.cell.number, ())) for mark in given)


def headings(text: str) -> Iterator[str]:
    """The headings in a markdown cell, as plain text."""
    fenced, before = False, ""
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            continue
        elif match := _ATX.match(line):
            yield match[1]
        elif (
            _UNDERLINE.match(line) and before.strip() and not before.lstrip().startswith(("-", "|"))
        ):
            yield before.strip()
        else:
            yield from (found.strip() for found in _TAG_HEADING.findall(line))
        before = line


def step_name(heading: str, taken: Collection[str] = ()) -> str:
    """A name for the step under a heading: its words in lower case, unlike all in ``taken``."""
    text = _MARKUP.sub(" ", _LINK.sub(r"\1", html.unescape(heading)))
    name = ""
    for word in _WORD.findall(text.lower()):
        longer = f"{name}-{word}" if name else word
        if name and len(longer) > _LONGEST:
            break
        name = longer[:_LONGEST]
    name = name or "step"
    number, free = 1, name
    while free in taken:
        number, free = number + 1, f"{name}-{number + 1}"
    return free


def _added(notebook: Notebook, given: Sequence[Mark]) -> dict[int, tuple[str, ...]]:
    """The tags to add, by the cell's number."""
    if any(mark.step is not None for mark in given):
        return {}
    by_number = {mark.cell.number: mark for mark in given}
    added: dict[int, tuple[str, ...]] = {}
    leading, heading, current = True, "", ""
    taken = {"pipeline-metrics"}
    titled = any(_last_heading(cell) for cell in notebook.cells)
    for cell in notebook.cells:
        found = _last_heading(cell)
        heading = found or heading
        mark = by_number.get(cell.number)
        if mark is None or mark.role is not None or mark.blank:
            continue
        if leading and _imports(cell):
            added[cell.number] = ("imports",)
            continue
        leading = False
        if heading:
            current, heading = step_name(heading, taken), ""
        elif not current:
            current = "setup" if titled else "notebook"
        taken.add(current)
        added[cell.number] = (f"step:{current}",)
    return added


def _last_heading(cell: Cell) -> str:
    if cell.kind is not CellKind.MARKDOWN:
        return ""
    *_, last = ("", *headings(cell.source))
    return last


def _imports(cell: Cell) -> bool:
    code = cell_code(cell)
    return isinstance(code, CellCode) and imports_only(code)


def _filled(mark: Mark, added: Sequence[str]) -> Mark:
    """The mark as it would be with the tags added."""
    if not added:
        return mark
    if added[0] == "imports":
        return replace(mark, role=Role.IMPORTS)
    return replace(mark, role=Role.STEP, step=StepName(added[0].partition(":")[2]))
