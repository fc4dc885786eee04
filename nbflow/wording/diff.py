"""What differs between two runs as lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

import click

from nbflow.service.diff import Absent, CellChange, Diff, Pair, VariableChange
from nbflow.store import RunRecord, StepRecord, VariableRecord
from nbflow.wording.words import GLYPHS, counted, duration, size, table, value

T = TypeVar("T")
#: How many characters of a value's beginning are shown.
_SHOWN: Final = 60
_COLOURS: Final = {"+": "green", "-": "red", "@": "cyan"}


def diff_lines(found: Diff) -> Iterator[str]:
    """The lines, coloured, for ``click.echo`` to strip where need be."""
    for sign, record in (("-", found.before), ("+", found.after)):
        yield click.style(f"{sign} {_head(record)}", fg=_COLOURS[sign])
    yield from _values("setting", found.settings, str)
    yield from _values("parameter", found.parameters, json.dumps, absent="not given")
    yield from _values("metric", found.metrics, lambda value: f"{value:g}")
    if found.steps:
        yield ""
        yield table([("step", "state", "took", "cpu", "memory"), *_figures(found)]).rstrip("\n")
        yield from _reasons(found)
    yield from _variable_lines(found.variables)
    for cell in found.cells:
        yield from _cell_lines(cell)
    if not (found.settings or found.parameters or found.metrics or found.variables or found.cells):
        yield ""
        yield "parameters, code, variables and metrics are the same"


def _head(record: RunRecord) -> str:
    took = f" in {duration(record.seconds)}" if record.seconds is not None else ""
    return f"run {record.id} {record.state}{took}: {counted(len(record.steps), 'step')}"


def _values(
    word: str, pairs: Mapping[str, Pair[T]], text: Callable[[T], str], absent: str = "none"
) -> Iterator[str]:
    for name, pair in pairs.items():
        yield f"{word:<11} {name}: {_change(pair, text, absent)}"


def _change(pair: Pair[T], text: Callable[[T], str], absent: str = "") -> str:
    """Both sides with an arrow between, or one text where they read the same."""
    sides = [absent if isinstance(e, Absent) else text(e) for e in (pair.before, pair.after)]
    return sides[0] if sides[0] == sides[1] else " → ".join(side or "–" for side in sides)


def _figures(found: Diff) -> Iterator[tuple[str, ...]]:
    for name, pair in found.steps.items():
        yield (
            name,
            _change(pair, _state),
            _change(pair, lambda step: "" if step.reused else duration(step.seconds)),
            _change(pair, lambda step: duration(step.cpu_seconds) if step.cpu_seconds else ""),
            _change(pair, lambda step: size(step.peak_bytes) if step.peak_bytes else ""),
        )


def _state(step: StepRecord) -> str:
    state = "unchanged" if step.reused else step.state
    return f"{GLYPHS.get(state, ('?', ''))[0]} {state}"


def _reasons(found: Diff) -> Iterator[str]:
    """Why the steps ran or did not, where the two do not say the same."""
    for name, pair in found.steps.items():
        sides = [(sign, step) for sign, step in zip("-+", (pair.before, pair.after), strict=True)]
        told = [(s, step.reason) for s, step in sides if isinstance(step, StepRecord)]
        if len({reason for _, reason in told}) > 1 or (len(told) == 1 and told[0][1]):
            yield ""
            yield f"why {name}"
            yield from (click.style(f"  {s} {why}", fg=_COLOURS[s]) for s, why in told if why)


def _variable_lines(changes: tuple[VariableChange, ...]) -> Iterator[str]:
    for change in changes:
        yield ""
        yield f"variable {change.name} of {change.step}"
        for sign, version in zip(
            "-+", (change.versions.before, change.versions.after), strict=True
        ):
            if isinstance(version, VariableRecord):
                yield click.style(f"  {sign} {_version(version)}", fg=_COLOURS[sign])


def _version(variable: VariableRecord) -> str:
    what = " ".join(
        part
        for part in (variable.type, variable.shape, size(variable.bytes) if variable.bytes else "")
        if part
    )
    words = value(variable.preview, variable.obstacle)
    cut = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
    return f"{variable.version[:8] or '–':<8}  {what}  {cut}".rstrip()


def _cell_lines(change: CellChange) -> Iterator[str]:
    yield ""
    yield f"code of {_change(change.steps, str, absent='–')}"
    for line in change.lines:
        yield click.style(line, fg=_COLOURS.get(line[:1]))
