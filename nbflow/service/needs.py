"""What each step needs around it, in its pod: its cells, the modules and files beside the notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from nbflow.analysis.needs import Gpu, Import, Needs, needs_of
from nbflow.engines.local.plan import Plan
from nbflow.graph import ancestors
from nbflow.model import CellId, Step, StepName

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StepNeeds:
    """What the cells of a step need, those of its prelude included.

    ``before`` are the steps whose values reach it, from which its objects may come.
    """

    step: Step
    imports: tuple[Import, ...]
    installs: tuple[str, ...]
    texts: tuple[str, ...]
    gpus: tuple[Gpu, ...]
    before: frozenset[StepName]


def step_needs(plan: Plan) -> tuple[StepNeeds, ...]:
    """What each step needs, in notebook order."""
    known = {cell: needs_of(each) for cell, each in plan.cells.items()}
    before = ancestors(plan.pipeline)
    found: list[StepNeeds] = []
    installs: list[str] = []
    for step in plan.pipeline.steps:
        needs = list(_of_cells(plan, step, known))
        installs.extend(text for each in needs for text in each.installs)
        texts = [text for each in needs for text in each.texts]
        found.append(
            StepNeeds(
                step,
                imports=_once(one for each in needs for one in each.imports),
                installs=_once(installs),
                texts=_once((*texts, *_values(plan, step))),
                gpus=_once(gpu for each in needs for gpu in each.gpus),
                before=before[step.name],
            )
        )
    return tuple(found)


def _of_cells(plan: Plan, step: Step, known: Mapping[CellId, Needs]) -> Iterator[Needs]:
    """What the cells of a step need: of the prelude all that runs, and what else the step uses of it."""
    effects = plan.effects[step.name]
    read = {access.name for access in effects.reads}
    for cell in step.prelude:
        if cell in known:
            needs = known[cell]
            used = effects.reads_all or not needs.names.isdisjoint(read)
            yield needs if used else needs.running()
    yield from (known[cell] for cell in step.cells if cell in known)


def _values(plan: Plan, step: Step) -> Iterable[str]:
    """The texts among the values of the parameters that the step uses."""
    used = plan.uses[step.name].parameters if step.name in plan.uses else ()
    own = plan.within(step.call)
    values = {p.name: p.default for p in own.pipeline.parameters}
    values |= own.parameters if step.call else {}
    return (value for name, value in values.items() if name in used and isinstance(value, str))


def _once(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
