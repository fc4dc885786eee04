"""``nbflow diff``: what differs between two runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import click

from nbflow.cli.options import folder_option
from nbflow.model import Json
from nbflow.service.diff import Absent, CellChange, Diff, Pair, diff
from nbflow.store import CellRecord, RunRecord, StepRecord
from nbflow.wording.diff import diff_lines

T = TypeVar("T")


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
        click.echo("".join(f"{line}\n" for line in diff_lines(found)), nl=False)


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
