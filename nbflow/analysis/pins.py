"""Requirements in a cell that name no version, and the cell with the versions written to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from nbflow.analysis.board import Board
from nbflow.analysis.edits import Fix, SourceEdit
from nbflow.analysis.needs import WITH_WORD
from nbflow.diagnostics import Finding

_INSTALL: Final = re.compile(r"\s*[%!].*?\bpip3?\s+install\s")
_WORD: Final = re.compile(r"\S+")
_NAME: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[A-Za-z0-9,._-]*\])?")


def unpinned(line: str) -> Iterator[tuple[int, str]]:
    """The distributions that a line installs without a version: where each word ends, and the name."""
    install = _INSTALL.match(line)
    words = _WORD.finditer(line, install.end()) if install else iter(())
    for word in words:
        text = word[0]
        if text[0] in "|;>#&" or text.startswith("2>"):
            return
        if text in WITH_WORD:
            next(words, None)
            continue
        name = _NAME.fullmatch(text)
        if name is not None:
            yield word.end(), normal(name[1])


def of_install(finding: Finding, board: Board, versions: Mapping[str, str]) -> Iterator[Fix]:
    """The cell with the versions that the notebook was written against."""
    assert finding.location is not None
    cell = board.cells[finding.location.cell]
    lines = cell.source.split("\n")
    place = finding.location.line - 1
    line = lines[place] if 0 <= place < len(lines) else ""
    found = [(end, name) for end, name in unpinned(line) if name in versions]
    if not found:
        return
    for end, name in reversed(found):
        line = f"{line[:end]}=={versions[name]}{line[end:]}"
    source = "\n".join((*lines[:place], line, *lines[place + 1 :]))
    pins = " and ".join(f"{name} to {versions[name]}" for _, name in found[:3])
    title = f"Pin {pins}" if len(found) < 4 else f"Pin {len(found)} packages to the versions here"
    edit = SourceEdit(cell=cell.id, number=cell.number, before=cell.source, source=source)
    yield Fix(title, (edit,))


def normal(name: str) -> str:
    """The name of a distribution in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
