"""The executed copies of the notebooks that a run has called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nbflow import notebook as notebooks
from nbflow.engines.local.plan import Place, Plan
from nbflow.model import CellId, StepName

_T = TypeVar("_T")
#: So much of a call's name goes into the name of its file.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Executed:
    """A notebook that was called: its file, and the copy with the outputs of the run."""

    source: Path
    copy: Path


def write_called(
    plan: Plan,
    place: Place,
    outputs: Mapping[CellId, Sequence[Mapping[str, object]]],
    counts: Mapping[CellId, int],
) -> dict[StepName, Executed]:
    """The copies written into the run's folder, by the names of their calls.

    Raises:
        NotebookError: a notebook cannot be read, or its copy cannot be written.
    """
    found = {}
    for number, call in enumerate(plan.pipeline.calls, start=1):
        folder = place.folder / "called"
        folder.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "-", call.name).strip("-")[:_LONGEST]
        source = place.within(call).cwd / Path(call.path).name
        found[call.name] = Executed(source, folder / f"{number:02d}-{name}.ipynb")
        own = _of_call(call.name, outputs)
        notebooks.write_executed(source, own, _of_call(call.name, counts), found[call.name].copy)
    return found


def _of_call(call: StepName, by_cell: Mapping[CellId, _T]) -> dict[CellId, _T]:
    """What belongs to the cells of a called notebook, by their ids in its own file."""
    start = f"{call}/"
    return {
        CellId(c.removeprefix(start)): each for c, each in by_cell.items() if c.startswith(start)
    }
