"""What a run of a notebook as a pipeline gave, as the values by which runs are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow.engines.seen import NOT_STORED, CellSeen, Seen, cell_seen
from nbflow.model import Notebook, StepName
from nbflow.store import RunRecord, StepRecord


def seen_of(
    record: RunRecord, notebook: Notebook, called: Mapping[str, Notebook] | None = None
) -> Seen:
    """What the run of ``notebook`` gave that is recorded, with fingerprints of its variables.

    ``called`` are the notebooks that were called, by the names of their calls.
    """
    steps_of = {StepName(name): _of_call(name, record.steps) for name in called or {}}
    inner = {step.name for steps in steps_of.values() for step in steps}
    cells = _cells(record.steps, notebook)
    failed = [step for step in record.steps if step.state == "failed"]
    variables = dict(record.fingerprints or {})
    shown = {}
    for step in (each for each in record.steps if each.name not in inner):
        for variable in step.variables:
            shown[variable.name] = variable.preview
            if variable.obstacle:  # its last value cannot leave its step: nothing to compare
                variables.setdefault(variable.name, NOT_STORED)
    own = frozenset(shown)
    for variable in (v for steps in steps_of.values() for step in steps for v in step.variables):
        shown.setdefault(variable.name, variable.preview)  # a name from there looks as it did there
        if variable.obstacle and variable.name not in own:  # it is no data, and does not come over
            variables.pop(variable.name, None)
    seen_in = {
        name: Seen(_word(steps), _cells(steps, (called or {})[name]))
        for name, steps in steps_of.items()
    }
    return Seen(
        "done" if record.state == "done" else _word(record.steps),
        cells,
        variables,
        {name: text for name, text in shown.items() if name in variables},
        message="; ".join(f"{step.name}: {step.error or step.message}" for step in failed),
        seconds=record.seconds or 0.0,
        called=seen_in,
    )


def _of_call(name: str, steps: Sequence[StepRecord]) -> list[StepRecord]:
    return [step for step in steps if step.name.startswith(f"{name}/")]


def _cells(steps: Sequence[StepRecord], notebook: Notebook) -> dict[int, CellSeen]:
    """What the cells of a notebook gave, by their positions."""
    position = {cell.id: cell.number - 1 for cell in notebook.cells}
    return {
        position[cell.id]: cell_seen(cell.outputs)
        for step in steps
        for cell in step.cells
        if cell.id in position
    }


def _word(steps: Sequence[StepRecord]) -> str:
    """How the steps ended together."""
    if all(step.state == "done" for step in steps):
        return "done"
    raised = any(cell_seen(cell.outputs).error for step in steps for cell in step.cells)
    return "failed" if raised else "stopped"
