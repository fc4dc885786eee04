"""What differs between two recorded runs: found in the store, nothing is run and nothing unpickled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from pathlib import Path
from typing import Final, Generic, TypeVar

from nbflow.model import CellId, Json, Name, StepName
from nbflow.service.history import run
from nbflow.store import CellRecord, RunRecord, StepRecord, VariableRecord

T = TypeVar("T")
_Key = TypeVar("_Key", bound=str)


@dataclass(frozen=True, slots=True)
class Absent:
    """Stands for what one of the two runs does not have."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """The same thing in both runs."""

    before: T | Absent
    after: T | Absent


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell whose source or step differs; ``lines`` are its unified diff, without line ends."""

    cells: Pair[CellRecord]
    steps: Pair[StepName]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariableChange:
    """A variable of which a step has left another version."""

    step: StepName
    name: Name
    versions: Pair[VariableRecord]


@dataclass(frozen=True, slots=True)
class Diff:
    """What differs between the runs ``before`` and ``after``.

    ``settings`` are the notebook, the interpreter and the engine; ``parameters`` those that were given.
    ``steps`` holds all steps of both runs, whether they differ or not.
    """

    before: RunRecord
    after: RunRecord
    settings: Mapping[str, Pair[str]]
    parameters: Mapping[Name, Pair[Json]]
    cells: tuple[CellChange, ...]
    variables: tuple[VariableChange, ...]
    metrics: Mapping[str, Pair[float]]
    steps: Mapping[StepName, Pair[StepRecord]]


def diff(before: str, after: str, folder: str | Path = ".") -> Diff:
    """What differs between two runs (ids, or ``LAST``) in the store of ``folder``.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    return diff_of(run(before, folder), run(after, folder))


def diff_of(before: RunRecord, after: RunRecord) -> Diff:
    """What differs between two records of runs."""
    steps = _pairs(
        {step.name: step for step in before.steps}, {step.name: step for step in after.steps}
    )
    return Diff(
        before=before,
        after=after,
        settings=_different(settings_of(before), settings_of(after)),
        parameters=_different(before.parameters or {}, after.parameters or {}),
        cells=tuple(cell_changes(before, after)),
        # The variables of a run elsewhere are not here: that is no difference.
        variables=() if before.remote or after.remote else tuple(_variable_changes(steps)),
        metrics=_different(before.metrics or {}, after.metrics or {}),
        steps=steps,
    )


def settings_of(record: RunRecord) -> dict[str, str]:
    """What a run was begun with, besides its parameters."""
    engine = f"{record.remote.profile} ({record.engine})" if record.remote else record.engine
    return {"notebook": record.notebook, "python": record.python, "engine": engine}


def _pairs(before: Mapping[_Key, T], after: Mapping[_Key, T]) -> dict[_Key, Pair[T]]:
    """What has the same name in both, in the order of ``after`` with the rest at its end."""
    return {
        name: Pair(before.get(name, ABSENT), after.get(name, ABSENT)) for name in (*after, *before)
    }


def _different(before: Mapping[_Key, T], after: Mapping[_Key, T]) -> dict[_Key, Pair[T]]:
    pairs = _pairs(before, after)
    return {name: pair for name, pair in pairs.items() if not is_same(pair.before, pair.after)}


def is_same(before: object, after: object) -> bool:
    """Whether two values are the same; for Python 1 and True and 1.0 are equal, and NaN is not."""
    return repr(before) == repr(after)


# Code


def cell_changes(before: RunRecord, after: RunRecord) -> Iterator[CellChange]:
    """The cells that differ between two runs, in the order of the notebook."""
    old = {cell.id: step.name for step in before.steps for cell in step.cells}
    new = {cell.id: step.name for step in after.steps for cell in step.cells}
    for pair in cell_pairs(cells_of(before), cells_of(after)):
        lines = tuple(_unified(before.id, after.id, pair))
        steps = Pair(_step_of(pair.before, old), _step_of(pair.after, new))
        if lines or steps.before != steps.after:
            yield CellChange(pair, steps, lines)


def cells_of(record: RunRecord) -> list[CellRecord]:
    """The cells of a run in the order of the notebook."""
    found = {cell.id: cell for step in record.steps for cell in step.cells}
    return sorted(found.values(), key=lambda cell: cell.number)


def _step_of(cell: CellRecord | Absent, steps: Mapping[CellId, StepName]) -> StepName | Absent:
    return ABSENT if isinstance(cell, Absent) else steps[cell.id]


def cell_pairs(before: Sequence[CellRecord], after: Sequence[CellRecord]) -> list[Pair[CellRecord]]:
    """The same cell in both runs: by its id, else by its source, else by its place between such ones."""
    ids = {cell.id for cell in before} & {cell.id for cell in after}
    by_id = {cell.id: cell for cell in before}
    pairs: list[Pair[CellRecord]] = []
    pairs += [Pair(by_id[cell.id], cell) for cell in after if cell.id in ids]
    old = [cell for cell in before if cell.id not in ids]
    new = [cell for cell in after if cell.id not in ids]
    matcher = SequenceMatcher(
        None, [c.source for c in old], [c.source for c in new], autojunk=False
    )
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal" or i2 - i1 == j2 - j1:
            pairs += [Pair(*each) for each in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            pairs += [Pair(cell, ABSENT) for cell in old[i1:i2]]
            pairs += [Pair(ABSENT, cell) for cell in new[j1:j2]]
    return sorted(pairs, key=_place)


def _place(pair: Pair[CellRecord]) -> tuple[int, bool]:
    """Cells stand where they stand in the second run; one that is gone stands where it stood."""
    if isinstance(pair.after, CellRecord):
        return pair.after.number, True
    assert isinstance(pair.before, CellRecord)  # one of the two is there
    return pair.before.number, False


def _unified(before: str, after: str, pair: Pair[CellRecord]) -> Iterator[str]:
    return unified_diff(
        _lines(pair.before),
        _lines(pair.after),
        _label(before, pair.before),
        _label(after, pair.after),
        lineterm="",
    )


def _lines(cell: CellRecord | Absent) -> list[str]:
    return [] if isinstance(cell, Absent) else cell.source.splitlines()


def _label(run_id: str, cell: CellRecord | Absent) -> str:
    return f"run {run_id}" + ("" if isinstance(cell, Absent) else f", cell {cell.number}")


# Variables


def _variable_changes(steps: Mapping[StepName, Pair[StepRecord]]) -> Iterator[VariableChange]:
    for step, records in steps.items():
        pairs = _pairs(_variables(records.before), _variables(records.after))
        for name in sorted(pairs):
            if _content(pairs[name].before) != _content(pairs[name].after):
                yield VariableChange(step, name, pairs[name])


def _variables(step: StepRecord | Absent) -> dict[Name, VariableRecord]:
    return {} if isinstance(step, Absent) else {v.name: v for v in step.variables}


def _content(variable: VariableRecord | Absent) -> tuple[str, ...]:
    """What tells two versions apart: the hash of the content, or what is known of one not stored."""
    if isinstance(variable, Absent):
        return ()
    if variable.version:
        return (variable.version,)
    return variable.type, variable.shape, variable.obstacle, variable.preview
