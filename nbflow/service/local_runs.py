"""What earlier runs on this machine have shown of a notebook's code as it is now."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nbflow.analysis.learned import source_of
from nbflow.engines.local.plan import Plan
from nbflow.errors import StoreError
from nbflow.model import Name, StepName

if TYPE_CHECKING:
    from nbflow.store import RunRecord, StepRecord, Store

#: How many of the newest runs are looked at.
_NEWEST: Final = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """The types of variables that steps made in the newest run; whether a run of this code is verified.

    ``changed`` is what each step has changed in the newest verified run (see ``StepRecord``).
    """

    types: Mapping[tuple[StepName, Name], str] = field(default_factory=dict)
    verified: bool = False
    changed: Mapping[StepName, frozenset[Name]] = field(default_factory=dict)


def shown(notebook: Path, plan: Plan) -> Shown:
    """What is known of ``notebook``; nothing where there is no store, or none that can be read."""
    if not store_near(notebook).is_dir():
        return Shown()
    # Deferred: SQLite is only needed where something may have been run.
    from nbflow.store import Store  # noqa: PLC0415

    try:
        with Store.open(notebook.parent) as store:
            return _shown(store, notebook, plan)
    except StoreError:
        return Shown()


def store_near(notebook: Path) -> Path:
    """The folder of the store that keeps the runs of a notebook, whether or not it is there."""
    home = os.environ.get("NBFLOW_HOME")
    return Path(home) if home else notebook.parent / ".nbflow"


def _shown(store: Store, notebook: Path, plan: Plan) -> Shown:
    rows = [row for row in store.runs(str(notebook)) if row.engine == "local"]
    types: dict[tuple[StepName, Name], str] = {}
    for row in rows[:_NEWEST]:
        record = store.run(row.id)
        if not types:
            types = _types(record, plan)
        if record.verified == "same" and _is_of(record, plan):
            return Shown(types, verified=True, changed=_changed(record))
    return Shown(types)


def _types(record: RunRecord, plan: Plan) -> dict[tuple[StepName, Name], str]:
    return {
        (step.name, variable.name): variable.type
        for step in record.steps
        if _is_same(step, plan)
        for variable in step.variables
    }


def _changed(record: RunRecord) -> dict[StepName, frozenset[Name]]:
    return {
        step.name: frozenset(step.changed)
        for step in record.steps
        if step.source and step.changed is not None
    }


def _is_of(record: RunRecord, plan: Plan) -> bool:
    """Whether a run ran the steps as they are now, all of them."""
    ran = {step.name for step in record.steps if _is_same(step, plan)}
    return ran == {step.name for step in plan.pipeline.steps}


def _is_same(step: StepRecord, plan: Plan) -> bool:
    """Whether a step ran the cells that it has now, with what it uses of the prelude."""
    use = plan.uses.get(step.name)
    if step.source and (use is None or step.source != source_of(use)):
        return False
    now = {each.name: each.cells for each in plan.pipeline.steps}.get(step.name)
    sources = {cell: plan.cells[cell].source for cell in now or () if cell in plan.cells}
    ran = {cell.id: cell.source for cell in step.cells if cell.id in sources}
    return now is not None and ran == sources
