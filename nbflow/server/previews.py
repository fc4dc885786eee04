"""What variables look like."""

from __future__ import annotations

from nbflow.model import StepName
from nbflow.server import schema
from nbflow.server.operation import Asked, Operation, Query
from nbflow.server.runs import FOLDER, STEP, known
from nbflow.service.previews import held, looks

VARIABLE = Query("variable", "The name of a variable that the step has made.")


def _preview(asked: Asked) -> schema.Preview:
    record, folder = known(asked)
    step = StepName(asked.text(STEP))
    found = looks(record, folder, step, asked.text(VARIABLE))
    variable = found.variable
    return schema.Preview(
        step=step,
        name=variable.name,
        type=variable.type,
        shape=variable.shape,
        bytes=variable.bytes,
        version=variable.version,
        data=found.data,
        note=found.note,
    )


def _held(asked: Asked) -> schema.Variables:
    record, _ = known(asked)
    step = StepName(asked.text(STEP))
    return schema.Variables(step, held(record, step))


OPERATIONS = (
    Operation(
        "GET",
        "/runs/{run}/variables",
        "All variables at the end of a step, each with the step that has made this version of it.",
        schema.Variables,
        _held,
        queries=(FOLDER, STEP),
    ),
    Operation(
        "GET",
        "/runs/{run}/preview",
        "What a variable looks like that a step has made; nothing is unpickled for it.",
        schema.Preview,
        _preview,
        queries=(FOLDER, STEP, VARIABLE),
    ),
)
