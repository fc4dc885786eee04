"""``nbflow diff``: what differs between two runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import TypeVar

import click

from nbflow.cli.options import folder_option
from nbflow.cli.words import GLYPHS, counted, duration, size, table, value
from nbflow.model import Json
from nbflow.service.diff import Absent, CellChange, Diff, Pair, VariableChange, diff
from nbflow.store import CellRecord, RunRecord, StepRecord, VariableRecord

T = TypeVar("T")
#: How many characters of a value's beginning are shown.
_SHOWN = 60
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command("diff")
@click.argument("before", metavar="RUN")
@click.argument("after", metavar="RUN")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def command(before: str, after: str, folder: str, as_json: bool) -> None:
    """Show what differs between two runs (numbers from nbflow runs, or last).

    Parameters, code, variables, metrics, states, times, and why each step ran.
    """
    found = diff(before, after, folder)
    if as_json:
        click.echo(json.dumps(_record(found), indent=2))
    else:
        click.echo("".join(f"{line}\n" for line in _lines(found)), nl=False)


# As text


def _lines(found: Diff) -> Iterator[str]:
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


# As JSON


def _record(found: Diff) -> dict[str, object]:
    return {
        "before": _run_record(found.before),
        "after": _run_record(found.after),
        "settings": {name: _sides(pair) for name, pair in found.settings.items()},
        "parameters": {name: _sides(pair) for name, pair in found.parameters.items()},
        "metrics": {name: _sides(pair) for name, pair in found.metrics.items()},
        "steps": {name: _sides(pair, _step_record) for name, pair in found.steps.items()},
        "variables": [
            {"step": each.step, "name": each.name, **_sides(each.versions, asdict)}
            for each in found.variables
        ],
        "cells": [
            {**_sides(_joined(each), lambda side: side), "diff": list(each.lines)}
            for each in found.cells
        ],
    }


def _sides(pair: Pair[T], record: Callable[[T], object] = lambda value: value) -> dict[str, object]:
    """``before`` and ``after`` of a pair, without the one that is absent."""
    sides = {"before": pair.before, "after": pair.after}
    return {name: record(e) for name, e in sides.items() if not isinstance(e, Absent)}


def _run_record(record: RunRecord) -> dict[str, Json]:
    return {
        "id": record.id,
        "state": record.state,
        "started": record.started,
        "seconds": record.seconds,
    }


def _step_record(step: StepRecord) -> dict[str, object]:
    return {name: value for name, value in asdict(step).items() if name not in _LONG}


_LONG = ("cells", "variables")


def _joined(change: CellChange) -> Pair[dict[str, object]]:
    """The cells of both runs, each with its step."""

    def side(cell: CellRecord | Absent, step: object) -> dict[str, object] | Absent:
        if isinstance(cell, Absent):
            return cell
        return {"step": step, "id": cell.id, "number": cell.number, "source": cell.source}

    return Pair(
        side(change.cells.before, change.steps.before), side(change.cells.after, change.steps.after)
    )
