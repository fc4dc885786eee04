"""What the variables of a run look like: made by its steps, and only read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbflow.engines.local.keeping import NOT_KEPT
from nbflow.errors import NotRecordedError
from nbflow.model import Name, StepName
from nbflow.runtime.guarded import HIDDEN
from nbflow.service import history
from nbflow.store import RunRecord, StepRecord, Store, VariableRecord, portraits


@dataclass(frozen=True, slots=True)
class Looks:
    """A MIME bundle of a variable, and why there is no more of it, or ""."""

    variable: VariableRecord
    data: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class HeldVariable:
    """A variable as it is at the end of a step, and the step that has made this version of it."""

    step: StepName
    variable: VariableRecord


def held(record: RunRecord, name: str) -> tuple[HeldVariable, ...]:
    """The variables at the end of a step, as the notebook has them there, by their names.

    Steps of a notebook that was called see those of that notebook.

    Raises:
        StoreError: there is no such step.
    """
    last = history.step_of(record, name)
    found: dict[Name, HeldVariable] = {}
    for step in history.steps_until(record, last):
        made = {each.name: HeldVariable(step.name, each) for each in step.variables}
        for gone in set(step.changed or ()) - made.keys():
            # Of modules and classes it may be told that something in them has changed.
            if gone in found and found[gone].variable.type not in ("module", "type"):
                del found[gone]
        found |= made
    return tuple(found[each] for each in sorted(found))


def looks(record: RunRecord, folder: str | Path, step: str, name: str) -> Looks:
    """What the variable ``name`` looked like at the end of a step that has made it.

    Raises:
        StoreError: there is no such step or variable, or the store cannot be read.
    """
    found = history.step_of(record, step)
    variable = _variable(record, found, name)
    data = {"text/plain": variable.preview} if variable.preview else {}
    if variable.version:
        with Store.open(Path(folder).absolute()) as store:
            data |= portraits.read(store.bundles, variable.version, variable.name)
    return Looks(variable, data, _note(variable, data))


def _note(variable: VariableRecord, data: Mapping[str, str]) -> str:
    """Why there is no more to see of a variable, or ""."""
    if variable.obstacle == NOT_KEPT:
        return "it was not stored, as no later step reads it: only its beginning is known"
    if variable.obstacle:
        return f"it could not be stored: {variable.obstacle}"
    if variable.preview == HIDDEN:
        return "it holds the value of a secret, which is not shown"
    if list(data.values()) == [variable.preview] and variable.preview.endswith("…"):
        return "no more of it was kept"
    return ""


def _variable(record: RunRecord, step: StepRecord, name: str) -> VariableRecord:
    for found in step.variables:
        if found.name == name:
            return found
    if record.remote is not None:
        raise NotRecordedError(history.stays_elsewhere(record.remote))
    raise NotRecordedError(f"step {step.name!r} of run {record.id} has made no variable {name!r}")
