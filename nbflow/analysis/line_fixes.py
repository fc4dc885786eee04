"""Repairs of ``%%step`` lines: a value as it was meant or left out, and tags that say it a second time."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow import step_line, tags
from nbflow.analysis.board import Board
from nbflow.analysis.cell_tags import field_of
from nbflow.analysis.corrections import corrected
from nbflow.analysis.edits import Fix, SourceEdit, TagsEdit, tags_of
from nbflow.diagnostics import Finding


def of_bad_value(finding: Finding, board: Board) -> Iterator[Fix]:
    """The line with the value of an option as it was meant, and without it; where nothing else is wrong."""
    assert finding.location is not None
    cell = board.cells[finding.location.cell]
    line = step_line.read(cell.source)
    if line is None or len(line.problems) != 1 or not line.names:
        return
    (bad,) = finding.about
    better = corrected(bad)
    for text in [better, None] if better else [None]:
        new = step_line.unparse((*line.tags, *([text] if text else [])))
        source = step_line.replaced(cell.source, new)
        edit = SourceEdit(cell=cell.id, number=cell.number, before=cell.source, source=source)
        to = f"Correct {_shown(bad)} to {_shown(text)}" if text else f"Remove {_shown(bad)}"
        yield Fix(to, (edit,))


def of_tags_beside(finding: Finding, board: Board) -> Iterator[Fix]:
    """The cell without tags that its line contradicts, where they leave its step as it is."""
    assert finding.location is not None
    cell = board.cells[finding.location.cell]
    line = step_line.read(cell.source)
    steps = {text for text in finding.about if field_of(tags.parse(text)) == "role"}
    if line is None or not (line.names and steps <= {line.tags[0]}):
        return  # only the user knows which of two it is
    before = tags_of(cell)
    kept = tuple(text for text in before if text not in finding.about)
    listed = ", ".join(f"`{text}`" for text in finding.about)
    edit = TagsEdit(cell=cell.id, number=cell.number, before=before, tags=kept)
    yield Fix(f"Remove {listed}", (edit,))


def _shown(text: str) -> str:
    """A tag as an option, which it was read from."""
    option = step_line.option_meant(text)
    assert option is not None
    return f"`--{option.word} {text.removeprefix(option.prefix)}`"
