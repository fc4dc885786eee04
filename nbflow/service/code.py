"""The code of a step as a run has run it, beside that of the run before."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from nbflow.model import StepName
from nbflow.service import history, live
from nbflow.service.comparison import CodeCell, CodeChange, code_change
from nbflow.service.diff import cell_changes
from nbflow.store import RunRecord, StepRecord, Store

#: So many earlier runs are looked through for one that has run the step.
_MOST_RUNS: Final = 20


@dataclass(frozen=True, slots=True)
class StepCell:
    """A cell of a step; ``change`` is how it differs from the run before, None where it does not."""

    cell: CodeCell
    source: str
    change: CodeChange | None


@dataclass(frozen=True, slots=True)
class StepCode:
    """The cells of a step, known when it has ended, beside run ``against``; that is "" where there is none.

    ``gone`` are cells that the step has lost since. ``reason`` says why the step ran or did not, ``reused``
    whose result was used, or is "".
    """

    step: StepName
    against: str
    reason: str
    reused: str
    cells: tuple[StepCell, ...]
    gone: tuple[CodeChange, ...]


def step_code(id_: str, folder: str | Path, name: str) -> StepCode:
    """The code of a step of run ``id_``, beside the last earlier run of the notebook that came to it.

    Raises:
        StoreError: there is no such run or step, or the store cannot be read.
    """
    record = live.run(id_, folder).record
    step = history.step_of(record, name)
    with Store.open(Path(folder).absolute()) as store:
        before = _before(store, record, step.name)
    return _code(record, step, before)


def _before(store: Store, record: RunRecord, step: StepName) -> RunRecord | None:
    """The last run of the notebook before this one in which the step has cells."""
    earlier = (row for row in store.runs(record.notebook) if int(row.id) < int(record.id))
    for row in islice(earlier, _MOST_RUNS):
        found = store.run(row.id)
        if any(each.name == step and each.cells for each in found.steps):
            return found
    return None


def _code(record: RunRecord, step: StepRecord, before: RunRecord | None) -> StepCode:
    changes = list(map(code_change, cell_changes(before, record))) if before else []
    by_cell = {each.after.id: each for each in changes if each.after}
    cells = (
        StepCell(CodeCell(cell.id, cell.number, step.name), cell.source, by_cell.get(cell.id))
        for cell in step.cells
    )
    gone = (
        each
        for each in changes
        if each.before
        and each.before.step == step.name
        and (each.after is None or each.after.step != step.name)
    )
    return StepCode(
        step=step.name,
        against=before.id if before else "",
        reason=step.reason,
        reused=step.reused,
        cells=tuple(cells),
        gone=tuple(gone) if step.cells else (),
    )
