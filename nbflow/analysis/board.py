"""A notebook and its analysis side by side, as repairs and renamings look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbflow import tags
from nbflow.analysis import proposal
from nbflow.analysis.edits import said, tags_of
from nbflow.analysis.marks import Mark, marks
from nbflow.analysis.result import Analysis
from nbflow.model import Cell, CellId, Notebook, Role, Step, StepName

Tags = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What is known of a notebook's code cells.

    ``running`` are those that are not switched off, ``homes`` the steps that they run in. ``given`` are the
    tags as they stand, behind them what a ``%%step`` line says, ``spelled`` the same with the proposal of a
    notebook that names no steps: whoever names one there has to name them all. ``steps`` are those of the
    notebook itself, with their places in ``order``; ``forward`` says that each is asked to wait for earlier
    ones only.
    """

    notebook: Notebook
    cells: Mapping[CellId, Cell]
    marks: Sequence[Mark]
    running: Sequence[Mark]
    homes: Mapping[CellId, StepName]
    steps: Mapping[StepName, Step]
    order: Mapping[StepName, int]
    forward: bool
    given: Mapping[CellId, Tags]
    spelled: Mapping[CellId, Tags]

    def proposed(self) -> dict[CellId, Tags]:
        """The tags of the cells that the proposal speaks of."""
        return {cell: texts for cell, texts in self.spelled.items() if texts != self.given[cell]}

    def asked(self) -> set[StepName]:
        """The steps that a ``prev:`` of any cell names."""
        return {prev for mark in self.marks for prev in mark.prevs}


def board(notebook: Notebook, analysis: Analysis) -> Board:
    """The board of an analysed notebook."""
    own = marks(notebook)
    given = {mark.cell.id: said(tags_of(mark.cell), mark.cell.source) for mark in own}
    added = proposal.tags(notebook)
    steps = {step.name: step for step in analysis.pipeline.steps if not step.call}
    order = {name: place for place, name in enumerate(steps)}
    return Board(
        notebook=notebook,
        cells={cell.id: cell for cell in notebook.cells},
        marks=own,
        running=[mark for mark in own if mark.role is not Role.SKIP],
        homes={role.cell: role.step for role in analysis.cells if role.step is not None},
        steps=steps,
        order=order,
        forward=all(
            order.get(prev, -1) < order[name] for name, step in steps.items() for prev in step.after
        ),
        given=given,
        spelled={cell: (*texts, *added.get(cell, ())) for cell, texts in given.items()},
    )


def prevs_in(texts: Tags, exchange: Mapping[StepName, StepName | None]) -> Tags:
    """The tags with the steps that ``prev:`` names exchanged, or taken out (None); each named once."""
    result: list[str] = []
    for text in texts:
        tag = tags.parse(text)
        if not isinstance(tag, tags.Prev) or tag.name not in exchange:
            result.append(text)
            continue
        name = exchange[tag.name]
        new = None if name is None else tags.unparse(tags.Prev(name))
        if new is not None and new not in texts and new not in result:
            result.append(new)
    return tuple(result)
