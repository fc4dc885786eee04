"""A notebook and its analysis side by side, as repairs and renamings look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbflow import tags
from nbflow.analysis import proposal
from nbflow.analysis.edits import tags_of
from nbflow.analysis.layout import CellRole
from nbflow.analysis.marks import Mark, marks
from nbflow.analysis.result import Analysis
from nbflow.model import CellId, Notebook, Role, Step, StepName

Tags = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What is known of a notebook's code cells.

    ``given`` are their tags as they stand, ``spelled`` the same with the proposal of a notebook that names no
    steps: whoever names one there has to name them all. ``steps`` are those of the notebook itself, in order.
    """

    notebook: Notebook
    marks: Sequence[Mark]
    roles: Mapping[CellId, CellRole]
    homes: Mapping[CellId, StepName]
    steps: Mapping[StepName, Step]
    given: Mapping[CellId, Tags]
    spelled: Mapping[CellId, Tags]

    @property
    def order(self) -> Mapping[StepName, int]:
        """The places of the steps."""
        return {name: place for place, name in enumerate(self.steps)}

    def running(self) -> list[Mark]:
        """The marks of the cells that are not switched off, in the notebook's order."""
        return [mark for mark in self.marks if mark.role is not Role.SKIP]

    def asked(self) -> set[StepName]:
        """The steps that a ``prev:`` of any cell names."""
        return {prev for mark in self.marks for prev in mark.prevs}


def board(notebook: Notebook, analysis: Analysis) -> Board:
    """The board of an analysed notebook."""
    own = marks(notebook)
    given = {mark.cell.id: tags_of(mark.cell) for mark in own}
    added = proposal.tags(notebook)
    return Board(
        notebook=notebook,
        marks=own,
        roles={role.cell: role for role in analysis.cells},
        homes={role.cell: role.step for role in analysis.cells if role.step is not None},
        steps={step.name: step for step in analysis.pipeline.steps if not step.call},
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
