"""Several recorded runs side by side: what they were given, what they gave, and how they differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from nbflow.engines.seen import without_addresses
from nbflow.errors import NotebookError
from nbflow.model import CellId, Json, StepName, defaults
from nbflow.service import live
from nbflow.service.check import check
from nbflow.service.diff import (
    Absent,
    CellChange,
    cell_changes,
    cell_pairs,
    cells_of,
    is_same,
    settings_of,
)
from nbflow.store import CellRecord, RunRecord, StepRecord, Store

#: So many characters of changed code are told in all, and so many cells whose outputs differ.
_MOST_CODE: Final = 256 * 1024
_MOST_CELLS: Final = 100
#: So many characters are told of what one cell has shown in one run.
_MOST_TEXT: Final = 4000


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A parameter, a setting or a metric: its ``values`` by the ids of the runs that have one.

    ``defaults`` are what a parameter was in runs to which it was not given, where that is known.
    """

    name: str
    differs: bool
    values: Mapping[str, Json]
    defaults: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComparedStepRun:
    """What became of a step in one run; ``reused`` is the run whose result was used, or ""."""

    state: str
    seconds: float | None
    cpu_seconds: float
    peak_bytes: int
    reused: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class ComparedStep:
    """A step by the ids of the runs that have it; it ``differs`` where it did not end alike in all."""

    name: StepName
    differs: bool
    runs: Mapping[str, ComparedStepRun]


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell as a run has it; numbers count all cells of the notebook from 1."""

    id: CellId
    number: int
    step: StepName


@dataclass(frozen=True, slots=True)
class CodeChange:
    """A cell whose source or step is another than ``before``; None where there is none.

    ``lines`` are a unified diff, none where only the step is another; ``cut`` were left out at the end.
    """

    before: CodeCell | None
    after: CodeCell | None
    lines: tuple[str, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class ComparedCode:
    """How the code of a run differs from that of the first; ``cut`` cells that differ were left out."""

    run: str
    changes: tuple[CodeChange, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class ComparedOutput:
    """What a cell has shown in one run: its text, and the MIME types of its results in their order.

    ``text`` is what it has written, with ``text/plain`` of results, and errors; ``cut`` characters of it are
    left out.
    """

    cell: CellId
    number: int
    step: StepName
    text: str
    types: tuple[str, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A cell that has not shown the same in all runs, by the ids of the runs that have it."""

    outputs: Mapping[str, ComparedOutput]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side; values that differ come first.

    ``cells`` are those whose outputs differ between runs on this machine (what is shown elsewhere is not
    here); ``cut`` of them were left out. ``notes`` are on engines that did not answer.
    """

    runs: tuple[RunRecord, ...]
    parameters: tuple[ComparedValue, ...]
    settings: tuple[ComparedValue, ...]
    metrics: tuple[ComparedValue, ...]
    steps: tuple[ComparedStep, ...]
    code: tuple[ComparedCode, ...]
    cells: tuple[ComparedCell, ...]
    cut: int
    notes: tuple[str, ...]


def compare(ids: Sequence[str], folder: str | Path) -> Comparison:
    """The runs ``ids`` of ``folder`` beside one another; the first is the one that others are compared with.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
    """
    looked = [live.run(each, folder) for each in ids]
    notes = tuple(dict.fromkeys(each.note for each in looked if each.note))
    records = [each.record for each in looked]
    with Store.open(Path(folder).absolute()) as store:
        copies = {each.id: store.run_folder(each.id) / Path(each.notebook).name for each in records}
    return replace(compared(records, copies), notes=notes)


def compared(records: Sequence[RunRecord], copies: Mapping[str, Path]) -> Comparison:
    """Records of runs beside one another; ``copies`` are the notebooks that ran, where they are kept."""
    cells = list(_cells(records))
    return Comparison(
        runs=tuple(records),
        parameters=_parameters(records, copies),
        settings=_values({each.id: settings_of(each) for each in records}),
        metrics=_values({each.id: each.metrics or {} for each in records}),
        steps=_steps(records),
        code=tuple(_code(records[0], each) for each in records[1:]),
        cells=tuple(cells[:_MOST_CELLS]),
        cut=max(0, len(cells) - _MOST_CELLS),
        notes=(),
    )


def _parameters(
    records: Sequence[RunRecord], copies: Mapping[str, Path]
) -> tuple[ComparedValue, ...]:
    """The parameters that any of the runs was given, with their defaults in the others."""
    given = {each.id: each.parameters or {} for each in records}
    names = {name for values in given.values() for name in values}
    used = {
        run: {**(_defaults(copies[run]) if names - set(values) else {}), **values}
        for run, values in given.items()
    }
    shown = {run: {n: v for n, v in each.items() if n in names} for run, each in used.items()}
    return tuple(
        replace(
            each,
            values={run: v for run, v in each.values.items() if each.name in given[run]},
            defaults={run: v for run, v in each.values.items() if each.name not in given[run]},
        )
        for each in _values(shown)
    )


def _defaults(copy: Path) -> dict[str, Json]:
    """The values that a notebook that ran gives to its parameters itself; none where no copy is kept."""
    try:
        return defaults(check(copy).analysis.pipeline.parameters)
    except NotebookError:
        return {}


def _values(by_run: Mapping[str, Mapping[str, Json]]) -> tuple[ComparedValue, ...]:
    """What runs have by name, those first that differ."""
    names = dict.fromkeys(name for values in by_run.values() for name in values)
    found = []
    for name in names:
        values = {run: each[name] for run, each in by_run.items() if name in each}
        first = next(iter(values.values()))
        alike = len(values) == len(by_run) and all(is_same(first, e) for e in values.values())
        found.append(ComparedValue(name, not alike, values))
    return tuple(sorted(found, key=lambda each: not each.differs))


def _steps(records: Sequence[RunRecord]) -> tuple[ComparedStep, ...]:
    names = dict.fromkeys(step.name for record in records for step in record.steps)
    found = []
    for name in names:
        runs = {r.id: _step_run(s) for r in records for s in r.steps if s.name == name}
        alike = len(runs) == len(records) and len({each.state for each in runs.values()}) == 1
        found.append(ComparedStep(name, not alike, runs))
    return tuple(found)


def _step_run(step: StepRecord) -> ComparedStepRun:
    return ComparedStepRun(
        state=step.state,
        seconds=step.seconds,
        cpu_seconds=step.cpu_seconds,
        peak_bytes=step.peak_bytes,
        reused=step.reused,
        reason=step.reason,
        message=(step.error or step.message)[:_MOST_TEXT],
    )


# Code


def _code(first: RunRecord, other: RunRecord) -> ComparedCode:
    room, found, cut = _MOST_CODE, [], 0
    for each in cell_changes(first, other):
        if room <= 0:
            cut += 1
            continue
        change = code_change(each, room)
        room -= sum(map(len, change.lines))
        found.append(change)
    return ComparedCode(other.id, tuple(found), cut)


def code_change(change: CellChange, room: int = _MOST_CODE) -> CodeChange:
    """A cell that differs, with about ``room`` characters of its lines."""
    lines = []
    for line in change.lines:
        if room <= 0:
            break
        lines.append(line[:room])
        room -= len(line)
    return CodeChange(
        before=_code_cell(change.cells.before, change.steps.before),
        after=_code_cell(change.cells.after, change.steps.after),
        lines=tuple(lines),
        cut=len(change.lines) - len(lines),
    )


def _code_cell(cell: CellRecord | Absent, step: StepName | Absent) -> CodeCell | None:
    if isinstance(cell, Absent) or isinstance(step, Absent):
        return None
    return CodeCell(cell.id, cell.number, step)


# Outputs


def _cells(records: Sequence[RunRecord]) -> Iterator[ComparedCell]:
    """The cells that have not shown the same in all runs on this machine that have come to them."""
    here = [each for each in records if each.remote is None]
    if len(here) < 2:
        return
    for row in _rows(here):
        if len({_shown(cell) for cell in row.values()}) > 1:
            steps = {r.id: {c.id: s.name for s in r.steps for c in s.cells} for r in here}
            yield ComparedCell(
                {run: _output(cell, steps[run][cell.id]) for run, cell in row.items()}
            )


def _rows(records: Sequence[RunRecord]) -> list[dict[str, CellRecord]]:
    """The same cell in each run that has it, by the ids of the runs, in the order of the notebook."""
    first, *others = records
    rows = {cell.id: {first.id: cell} for cell in cells_of(first)}
    for other in others:
        for pair in cell_pairs(cells_of(first), cells_of(other)):
            if isinstance(pair.before, CellRecord) and isinstance(pair.after, CellRecord):
                rows[pair.before.id][other.id] = pair.after
    return list(rows.values())


def _shown(cell: CellRecord) -> str:
    """What tells apart what a cell has shown."""
    kept = [{k: v for k, v in each.items() if k in _TOLD} for each in cell.outputs]
    return without_addresses(json.dumps(kept, sort_keys=True))


_TOLD: Final = ("output_type", "name", "text", "data", "ename", "evalue")


def _output(cell: CellRecord, step: StepName) -> ComparedOutput:
    text = "".join(map(_text, cell.outputs))
    types = [mime for each in cell.outputs for mime in _data(each)]
    return ComparedOutput(
        cell=cell.id,
        number=cell.number,
        step=step,
        text=text[:_MOST_TEXT],
        types=tuple(types),
        cut=max(0, len(text) - _MOST_TEXT),
    )


def _data(output: Mapping[str, object]) -> Mapping[str, object]:
    data = output.get("data")
    return data if isinstance(data, Mapping) else {}


def _text(output: Mapping[str, object]) -> str:
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}\n"
    if output.get("output_type") == "stream":
        return _whole(output.get("text"))
    plain = _whole(_data(output).get("text/plain"))
    return f"{plain}\n" if plain else ""


def _whole(text: object) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")
