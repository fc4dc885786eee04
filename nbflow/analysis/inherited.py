"""What a step asks for itself, and what it has from the notebook's defaults: each field by field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

from nbflow import tags
from nbflow.analysis import kale
from nbflow.analysis.cell_tags import CellMarks, cell_marks
from nbflow.analysis.marks import SETTINGS, marks
from nbflow.analysis.result import Analysis
from nbflow.analysis.settings import resources
from nbflow.model import CellId, Notebook, StepName

_NOTHING: Final = cell_marks(())


@dataclass(frozen=True, slots=True)
class StepSettings:
    """What holds for a step: ``own`` is what the tags of its cells say, ``inherited`` is all else.

    That comes from ``steps_defaults`` and the image in the notebook's metadata, without what the step says
    otherwise.
    """

    step: StepName
    own: CellMarks
    inherited: CellMarks


def step_settings(notebook: Notebook, analysis: Analysis) -> Iterator[StepSettings]:
    """The settings of the notebook's own steps, in their order."""
    asked: dict[CellId, tuple[tags.Tag, ...]] = {
        mark.cell.id: mark.settings for mark in marks(notebook) if mark.settings
    }
    found = kale.defaults(kale.settings_of(notebook.metadata))
    defaults = [tag for tag in found if isinstance(tag, SETTINGS)]
    image = analysis.pipeline.metadata.image
    if image and not any(isinstance(tag, tags.Image) for tag in defaults):
        defaults.append(tags.Image(image))
    everywhere = _marks(defaults)
    for step in analysis.pipeline.steps:
        if not step.call:
            own = [tag for cell in step.cells for tag in asked.get(cell, ())]
            left = _marks(_left(defaults, own)) if own and defaults else everywhere
            yield StepSettings(step.name, _marks(own), left)


def _marks(found: Sequence[tags.Tag]) -> CellMarks:
    return cell_marks([tags.unparse(tag) for tag in found]) if found else _NOTHING


def _left(defaults: Sequence[tags.Tag], own: Sequence[tags.Tag]) -> list[tags.Tag]:
    """The defaults that make a difference to a step which says something itself."""
    alone = _said(own)
    return [tag for tag in defaults if _said([tag, *own]) != alone]


def _said(found: Sequence[tags.Tag]) -> dict[str, object]:
    """What the tags ask for, in whatever order."""
    asked = resources(found)
    values = ((field.name, getattr(asked, field.name)) for field in fields(asked))
    return {name: frozenset(value) if isinstance(value, tuple) else value for name, value in values}
