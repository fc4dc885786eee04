"""Runs beside one another, and the code of a step beside that of the run before."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nbflow.server import schema
from nbflow.server.operation import Asked, Operation, Query
from nbflow.server.places import PlaceError
from nbflow.server.runs import FOLDER, STEP, check, known, summary
from nbflow.service import history
from nbflow.service.code import StepCode, step_code
from nbflow.service.comparison import ComparedValue, compare

#: So many runs are compared at once.
_MOST: Final = 8

RUNS = Query("runs", f"The ids of 2 to {_MOST} runs with commas between; the first is the base.")


def _compare(asked: Asked) -> schema.Comparison:
    ids = _ids(asked.text(RUNS))
    folder = asked.root.directory(asked.text(FOLDER))
    for each in ids:
        check(asked, history.row(each, folder))
    found = compare(ids, folder)
    return schema.Comparison(
        runs=tuple(summary(asked, each) for each in found.runs),
        parameters=found.parameters,
        settings=tuple(_setting(asked, each) for each in found.settings),
        metrics=found.metrics,
        steps=found.steps,
        code=found.code,
        cells=found.cells,
        cut=found.cut,
        notes=found.notes,
    )


def _setting(asked: Asked, value: ComparedValue) -> ComparedValue:
    """A setting as answers hold it: notebooks by their paths from the server's root."""
    if value.name != "notebook":
        return value
    shown = {run: asked.root.shown(str(path)) for run, path in value.values.items()}
    return replace(value, values=shown)


def _ids(text: str) -> list[str]:
    """The ids of runs in a parameter of the address.

    Raises:
        PlaceError: they are not as many as can be compared, or no ids.
    """
    ids = text.split(",")
    if not all(each.isascii() and each.isdigit() and len(each) <= 18 for each in ids):
        raise PlaceError("'runs' has to be numbers of runs with commas between", 400)
    if not 2 <= len(set(ids)) == len(ids) <= _MOST:
        raise PlaceError(f"2 to {_MOST} different runs can be compared", 400)
    return ids


def _code(asked: Asked) -> StepCode:
    record, folder = known(asked)
    return step_code(record.id, folder, asked.text(STEP))


OPERATIONS = (
    Operation(
        "GET",
        "/comparisons",
        "Runs of a folder beside one another: what they were given, what they gave, their code.",
        schema.Comparison,
        _compare,
        queries=(FOLDER, RUNS),
    ),
    Operation(
        "GET",
        "/runs/{run}/code",
        "The cells of a step, beside those of the last run of the notebook before this one.",
        StepCode,
        _code,
        queries=(FOLDER, STEP),
    ),
)
