"""Findings about the lines that speak to nbflow: ``%%step``, ``%nbflow`` and ``%load_ext nbflow``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from nbflow import step_line
from nbflow.analysis import rules
from nbflow.analysis.cell_tags import against_line
from nbflow.analysis.marks import Mark
from nbflow.analysis.source import CellCode, Magic
from nbflow.diagnostics import Finding
from nbflow.model import Location, Role
from nbflow.runtime.own_lines import EXTENSION, is_own

#: What brings something of a run into the kernel.
_INTO_KERNEL: Final = frozenset({"restore"})
#: What IPython makes of a ``%%step`` line below another magic, and below a comment.
_MISPLACED: Final = frozenset({("cell", "step"), ("line", "%step")})
_LOADS: Final = re.compile(
    rf"(?<!un)load_ext(?:ension)?\b.*\b{EXTENSION}\b|\b{EXTENSION}\.load_ipython"
)


def about_step_lines(marks: Iterable[Mark]) -> Iterator[Finding]:
    """``%%step`` lines that cannot be read, or that the tags of their cell contradict."""
    for mark in marks:
        line = mark.line
        if line is None or mark.role is Role.SKIP:
            continue
        for problem in line.problems:
            yield Finding(
                rules.BAD_TAG if problem.bad else rules.STEP_LINE,
                f"{problem.message}.",
                problem.hint,
                Location(mark.cell.id, mark.cell.number, line.number, problem.column),
                (problem.bad,) if problem.bad else (),
            )
        against = tuple(against_line(mark))
        if against:
            listed = ", ".join(f"`{text}`" for text in against)
            several = "tags that say" if len(against) > 1 else "a tag that says"
            yield Finding(
                rules.STEP_LINE_AND_TAGS,
                f"the cell has {several} what only its line `{line.text}` should say: {listed}.",
                "Keep one of the two: remove the tag in the cell's metadata, or take it out of the line.",
                Location(mark.cell.id, mark.cell.number, line.number),
                against,
            )


def about_magics(marks: Sequence[Mark], codes: Sequence[CellCode]) -> Iterator[Finding]:
    """Magics of nbflow whose effect no pipeline has, and those that the notebook's kernel does not know."""
    loaded = min((mark.cell.number for mark in marks if _LOADS.search(mark.cell.source)), default=0)
    for code in codes:
        yield from _misplaced(code)
        yield from _live(code)
    for code in sorted(codes, key=lambda code: code.cell.number):
        number = _unknown(code, loaded)
        if number:
            yield Finding(
                rules.NOT_LOADED,
                "no cell before loads nbflow; without it the notebook's kernel does not know this line.",
                f"Write `%load_ext {EXTENSION}` into a cell before. The pipeline reads the line as it is.",
                Location(code.cell.id, code.cell.number, number),
            )
            return


def _misplaced(code: CellCode) -> Iterator[Finding]:
    for magic in code.magics:
        if (magic.kind, magic.name) in _MISPLACED:
            yield Finding(
                rules.STEP_LINE,
                "the `%%step` line is not the first of its cell.",
                "Move it to the beginning of the cell, above comments and other magics.",
                _place(code, magic),
            )


def _live(code: CellCode) -> Iterator[Finding]:
    """Lines that would make the variables of the notebook others than those of the pipeline."""
    out = "Remove the line, or tag the cell `skip`."
    for magic in code.to_nbflow:
        word = "".join(magic.text.split()[:1])
        if magic.name == EXTENSION and word in _INTO_KERNEL:
            yield Finding(
                rules.RESTORED_HERE,
                f"`%{EXTENSION} {word}` brings values of a run into the notebook's kernel, and does"
                " nothing in a pipeline.",
                "Remove the line when the step works again, or tag its cell `skip`.",
                _place(code, magic),
            )
    for magic in code.magics:
        if magic.kind == "line" and is_own(magic.name, magic.text):
            yield Finding(
                rules.LIVE_LINE,
                f"the notebook uses what `%{magic.name} {magic.text}` gives, which gives nothing in a"
                " pipeline.",
                out,
                _place(code, magic),
            )


def _unknown(code: CellCode, loaded: int) -> int:
    """The first line of the cell that only nbflow's extension knows, where cell ``loaded`` loads it; or 0."""
    line = step_line.read(code.cell.source)
    if line is not None and not 0 < loaded < code.cell.number:
        return line.number
    lines = [magic.line for magic in code.to_nbflow if magic.name == EXTENSION]
    return 0 if 0 < loaded <= code.cell.number else min(lines, default=0)


def _place(code: CellCode, magic: Magic) -> Location:
    return Location(code.cell.id, code.cell.number, magic.line)
