"""Another name for a step, in all tags of a notebook."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow import tags
from nbflow.analysis.board import Board, Tags
from nbflow.analysis.cell_tags import TagRole
from nbflow.analysis.tag_changes import TagChange, changed
from nbflow.errors import TagError
from nbflow.model import CellId, Role, StepName


def renamed(board: Board, old: str, new: str) -> Mapping[CellId, Tags]:
    """The tags of all cells of the notebook under which the step ``old`` is called ``new``.

    Raises:
        TagError: there is no such step, it has no name of its own, or ``new`` cannot be its name.
    """
    _refuse(board, old, new)
    named = {cell: _renamed(texts, old, new) for cell, texts in board.spelled.items()}
    first = board.steps[StepName(old)].cells[0]
    if not any(
        isinstance(tag, _NAMING) and tag.name == new for tag in map(tags.parse, named[first])
    ):
        # The name was nobody's: untagged cells before the first step, or behind a call, got it.
        named[first] = changed(named[first], TagChange(step=new))
    return named


_NAMING = (tags.StepTag, tags.NotebookTag)


def _refuse(board: Board, old: str, new: str) -> None:
    """Raise where the step cannot have the name."""
    step = board.steps.get(StepName(old))
    if step is None:
        inner = "/" in old and old.partition("/")[0] in board.steps
        why = (
            "it belongs to a notebook that is called; rename it there"
            if inner
            else "the notebook has none of that name"
        )
        raise TagError(f"The step {old} cannot be renamed: {why}.")
    if step.role is Role.METRICS:
        raise TagError(
            "The step of the cells tagged `pipeline-metrics` has no name that could be changed."
        )
    changed((), TagChange(role=TagRole.STEP, step=new))  # raises where no tag can say the name
    if new == old:
        return
    switched_off = {
        tag.name
        for mark in board.marks
        if mark.role is Role.SKIP
        for tag in map(tags.parse, mark.texts)
        if isinstance(tag, _NAMING)
    }
    if new in board.steps:
        raise TagError(f"The notebook has a step {new} already.")
    if new in switched_off:
        raise TagError(f"Cells that are switched off belong to a step {new} already.")


def _renamed(texts: Tags, old: str, new: str) -> Tags:
    result: list[str] = []
    for text in texts:
        tag = tags.parse(text)
        match tag:
            case tags.StepTag(name, legacy) if name == old:
                tag = tags.StepTag(StepName(new), legacy)
            case tags.NotebookTag(name) if name == old:
                tag = tags.NotebookTag(StepName(new))
            case tags.Prev(name) if name == old:
                tag = tags.Prev(StepName(new))
        result.append(tags.unparse(tag))
    return tuple(result)
