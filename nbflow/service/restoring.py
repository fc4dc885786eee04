"""What stood at the beginning or the end of a step of a run, found in the store to be made alive again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from nbflow.engines.local.keeping import Keep
from nbflow.engines.local.namespaces import Namespaces, has_code, versions_of
from nbflow.engines.local.outcome import Outcome, outcome, outcomes_in, read_outcome
from nbflow.engines.local.parts import Parts
from nbflow.engines.local.plan import Place, Plan, brought, is_variable, whole_spec
from nbflow.engines.local.versions import Names, Version, Versions
from nbflow.errors import VariableError
from nbflow.model import Cell, CellId, CellKind, Name, StepName
from nbflow.runtime import spec as spec_of
from nbflow.runtime.spec import Spec, parse
from nbflow.service import history, live
from nbflow.service.ran import Ran, ran
from nbflow.service.request import Request, plan_of
from nbflow.store import RunRecord, StepRecord, Store, VariableRecord

#: The name of the step that stands for the one whose variables are all brought in.
_RESTORED: Final = StepName("@restored")
#: What is said of a step that did not end well.
_TOLD: Final = {
    "failed": "has failed",
    "running": "is still running",
    "skipped": "was skipped",
    "stopped": "was stopped",
    "waiting": "has not begun",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a notebook stood at the beginning of a step of a run, or at its end.

    ``spec`` is what a process of a step is told that begins there, ``variables`` are those that it brings
    in, and ``lost`` says of others why they cannot be. ``prelude`` are the cells that run first. ``unmade``
    are the steps before it that did not end well: what they make is not there. ``imported`` are the modules
    that the step has imported itself, ``ended`` what has ended with the processes of steps before
    ("thread watch").
    """

    run: RunRecord
    step: StepRecord
    after: bool
    spec: Spec
    prelude: tuple[Cell, ...]
    cells: tuple[Cell, ...]
    variables: Mapping[Name, VariableRecord] = field(default_factory=dict)
    lost: Mapping[Name, str] = field(default_factory=dict)
    unmade: tuple[StepRecord, ...] = ()
    imported: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


def standing(run_id: str, folder: str | Path, name: str, *, after: bool = False) -> Standing:
    """How the notebook stood at the beginning of step ``name`` of a run, or at its end (``after``).

    Raises:
        StoreError: there is no such run or step, or the store cannot be read.
        VariableError: it has no end, or has not begun, or it is not known any more what ran.
    """
    record = live.run(history.run(run_id, folder).id, folder).record
    step = history.step_of(record, name)
    if record.remote is not None:
        raise VariableError(history.stays_elsewhere(record.remote))
    unmade = _unmade(record, step)
    _check_has(record, step, unmade, after=after)
    with Store.open(Path(folder).absolute()) as store:
        found = ran(record, store.run_folder(record.id))
        if found is not None:
            return _of_notebook(store, record, step, found, unmade, after=after)
        return _of_process(store, record, step, unmade, after=after)


def _unmade(record: RunRecord, step: StepRecord) -> tuple[StepRecord, ...]:
    """The steps before one, in the notebook's order, that did not end well."""
    before = (each for each in record.steps if each.index < step.index)
    return tuple(each for each in before if each.state != "done")


def _check_has(
    record: RunRecord, step: StepRecord, unmade: Sequence[StepRecord], *, after: bool
) -> None:
    if after and step.state != "done":
        raise VariableError(
            f"step {step.name!r} of run {record.id} {_TOLD[step.state]}, and so has no end: without --after,"
            " its beginning is restored"
        )
    if unmade and step.started is None and not step.reused:
        first = unmade[0]
        raise VariableError(
            f"step {step.name!r} of run {record.id} has not begun: {first.name!r}, which stands before it,"
            f" {_TOLD[first.state]}; restore {first.name!r}"
        )


def _of_notebook(
    store: Store,
    record: RunRecord,
    step: StepRecord,
    known: Ran,
    unmade: tuple[StepRecord, ...],
    *,
    after: bool,
) -> Standing:
    """The standing where it is known which notebook ran."""
    plan, place = _plan(record, known), _place(store, record)
    outcomes = _outcomes(store, record)
    spaces = Namespaces(plan.pipeline, partial(has_code, place))
    for each in record.steps:
        if each.state == "done" and each.name in outcomes:
            spaces.commit_all(each.index, outcomes[each.name])
    own = next(each for each in plan.pipeline.steps if each.name == step.name)
    index = step.index + (1 if after else 0)
    names = spaces.of(own.call)
    parts = Parts(plan, place)
    begun = replace(own, name=_RESTORED, cells=() if after else own.cells, notebook="")
    told = whole_spec(parts.plan(own), parts.place(own), begun, index, names, place.folder)
    bare = Standing(
        run=record,
        step=step,
        after=after,
        spec=parse(told),
        prelude=tuple(plan.cells[each] for each in own.prelude),
        cells=tuple(plan.cells[each] for each in own.cells),
        unmade=unmade,
    )
    return _filled(bare, outcomes, names, index)


def _of_process(
    store: Store,
    record: RunRecord,
    step: StepRecord,
    unmade: tuple[StepRecord, ...],
    *,
    after: bool,
) -> Standing:
    """The standing where all that is known is what the step's own process was told.

    Raises:
        VariableError: it has not run in this run, or there are notebooks that were called.
    """
    files = outcomes_in(store.run_folder(record.id))
    if step.reused or step.name not in files or any("/" in each.name for each in record.steps):
        raise VariableError(
            f"the notebook has changed since run {record.id}, and no copy of it is left in"
            f" {store.run_folder(record.id)}: its imports and functions are not known any more; run it again"
        )
    told = json.loads(files[step.name].with_name("spec.json").read_text(encoding="utf-8"))
    outcomes = _outcomes(store, record)
    names = Versions()
    for each in record.steps:
        if each.state == "done" and each.name in outcomes:
            for version in versions_of(each.index, outcomes[each.name]):
                names.commit(version)
    index = step.index + (1 if after else 0)
    everything = tuple(names.all_before(index))
    variables = sorted((v for v in everything if is_variable(v.name)), key=lambda v: v.name)
    told |= brought(_place(store, record), variables, everything)
    spec = parse(told)
    recorded = {cell.id: cell for each in record.steps for cell in each.cells}

    def cells(chosen: Iterable[spec_of.Cell]) -> tuple[Cell, ...]:
        known = [recorded[CellId(each.id)] for each in chosen if each.id in recorded]
        return tuple(Cell(c.id, CellKind.CODE, c.source, c.number) for c in known)

    bare = Standing(
        run=record,
        step=step,
        after=after,
        spec=replace(spec, cells=()) if after else spec,
        prelude=cells(spec.prelude),
        cells=cells(spec.cells),
        unmade=unmade,
    )
    return _filled(bare, outcomes, names, index)


def _filled(
    bare: Standing, outcomes: Mapping[StepName, Outcome], names: Names, index: int
) -> Standing:
    """The standing with what is told of its variables, and of what its steps have left."""
    record, step = bare.run, bare.step
    versions = {v.name: v for v in names.all_before(index) if is_variable(v.name)}
    return replace(
        bare,
        variables={
            name: _variable(record, version)
            for name, version in sorted(versions.items())
            if version.bundle
        },
        lost={name: v.obstacle for name, v in sorted(versions.items()) if v.obstacle},
        imported=outcomes[step.name].imported if step.name in outcomes else (),
        ended=tuple(
            each
            for before in history.steps_until(record, step)
            if before.index < index and before.name in outcomes
            for each in outcomes[before.name].ended
        ),
    )


def _plan(record: RunRecord, known: Ran) -> Plan:
    parameters = record.parameters or {}
    asked = Request(Path(record.notebook), known.notebook, known.analysis, parameters, None)
    return plan_of(asked, Keep.ALL)


def _place(store: Store, record: RunRecord) -> Place:
    return Place(
        python=record.python,
        cwd=Path(record.notebook).parent,
        env={},
        bundles=store.bundles,
        folder=store.run_folder(record.id),
        seed=record.seed,
    )


def _outcomes(store: Store, record: RunRecord) -> dict[StepName, Outcome]:
    """What the steps of a run have left, those whose results were used again among them."""
    files = outcomes_in(store.run_folder(record.id))
    found: dict[StepName, Outcome] = {}
    for step in record.steps:
        result = store.used_result(record.id, step.name) if step.reused else None
        if result is not None:
            found[step.name] = outcome(json.loads(result.body)["outcome"])
        elif step.name in files and (left := read_outcome(files[step.name])) is not None:
            found[step.name] = left
    return found


def _variable(record: RunRecord, version: Version) -> VariableRecord:
    """What is recorded of a version, by the step that has made it or has handed it over."""
    made = [
        each for step in record.steps if step.index == version.writer for each in step.variables
    ]
    every = [each for step in record.steps for each in step.variables]
    for each in (*made, *every):
        if each.name == version.name and each.version == version.bundle:
            return each
    return VariableRecord(version.name, "", version=version.bundle)
