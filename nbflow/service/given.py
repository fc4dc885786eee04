"""What a run of a notebook as a pipeline gave, as the values by which runs are compared."""

from __future__ import annotations

from nbflow.engines.seen import NOT_STORED, Seen, cell_seen
from nbflow.model import Notebook
from nbflow.store import RunRecord


def seen_of(record: RunRecord, notebook: Notebook) -> Seen:
    """What the run of ``notebook`` gave that is recorded, with fingerprints of its variables."""
    position = {cell.id: cell.number - 1 for cell in notebook.cells}
    cells = {
        position[cell.id]: cell_seen(cell.outputs)
        for step in record.steps
        for cell in step.cells
        if cell.id in position
    }
    failed = [step for step in record.steps if step.state == "failed"]
    if record.state == "done":
        word = "done"
    elif any(cell.error for cell in cells.values()):
        word = "failed"
    else:
        word = "stopped"
    variables = dict(record.fingerprints or {})
    shown = {}
    for step in record.steps:
        for variable in step.variables:
            shown[variable.name] = variable.preview
            if variable.obstacle:  # its last value cannot leave its step: nothing to compare
                variables.setdefault(variable.name, NOT_STORED)
    return Seen(
        word,
        cells,
        variables,
        {name: text for name, text in shown.items() if name in variables},
        message="; ".join(f"{step.name}: {step.error or step.message}" for step in failed),
        seconds=record.seconds or 0.0,
    )
