"""What runs have shown of steps, put beside what the code shows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from nbflow.analysis import rules
from nbflow.analysis.dataflow import edges
from nbflow.analysis.result import Analysis
from nbflow.analysis.rules import in_order
from nbflow.diagnostics import Finding
from nbflow.model import (
    Access,
    CellId,
    Edge,
    Effect,
    Grade,
    Learned,
    Location,
    Notebook,
    Step,
    StepEffects,
    StepName,
    StepUse,
)

#: The place of a step of a notebook that is called.
_NOWHERE: Final = Location(CellId(""), 0)


def source_of(use: StepUse) -> str:
    """The digest of a step's code, with what it uses of the prelude, for which facts are kept."""
    text = "\n".join(use.code.values())
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def with_learned(analysis: Analysis, notebook: Notebook, learned: Sequence[Learned]) -> Analysis:
    """The analysis of a notebook, with the facts that hold of its code as it is now."""
    places = _places(analysis.pipeline.steps, notebook)
    effects = _effects(analysis, learned, places)
    if effects == analysis.effects:
        return analysis
    pipeline = analysis.pipeline
    drawn = edges(pipeline.steps, effects, analysis.shared, pipeline.calls)
    told = _about(pipeline.edges, drawn, places)
    return replace(
        analysis,
        pipeline=replace(pipeline, edges=drawn),
        effects=effects,
        findings=in_order([*analysis.findings, *told]),
    )


def _places(steps: Sequence[Step], notebook: Notebook) -> dict[StepName, Location]:
    """Where each step of the notebook begins."""
    numbers = {cell.id: cell.number for cell in notebook.cells}
    return {
        step.name: Location(cell, numbers[cell])
        for step in steps
        for cell in step.cells[:1]
        if cell in numbers
    }


def _effects(
    analysis: Analysis, learned: Sequence[Learned], places: Mapping[StepName, Location]
) -> tuple[StepEffects, ...]:
    """The effects of the steps, with those that were learned."""
    facts: dict[tuple[StepName, str], list[Learned]] = {}
    for fact in learned:
        facts.setdefault((fact.step, fact.source), []).append(fact)
    found = []
    for effects, use in zip(analysis.effects, analysis.uses, strict=True):
        place = places.get(use.step, _NOWHERE)
        for fact in facts.get((use.step, source_of(use)), ()):
            effects = _with(effects, fact, place)  # noqa: PLW2901  # one on top of the other
        found.append(effects)
    return tuple(found)


def _with(effects: StepEffects, fact: Learned, place: Location) -> StepEffects:
    access = Access(fact.name, place, learned=True)
    if fact.effect is Effect.READS:
        return replace(effects, reads=_added(effects.reads, access))
    if fact.effect is Effect.DELETES:
        return replace(effects, deletes=_added(effects.deletes, access))
    if any(each.name == fact.name for each in effects.binds):
        return replace(effects, binds=_added(effects.binds, access))
    changed = replace(effects, mutates=_added(effects.mutates, access))
    if fact.name.startswith("@"):  # whoever changes a state goes on from what it was
        return replace(changed, reads=_added(effects.reads, access))
    return changed


def _added(accesses: tuple[Access, ...], access: Access) -> tuple[Access, ...]:
    """The accesses with one more, or with a possible one that is now known to be likely."""
    if any(each.name == access.name for each in accesses):
        return tuple(
            replace(each, grade=Grade.LIKELY) if each.name == access.name else each
            for each in accesses
        )
    return (*accesses, access)


def _about(
    before: Sequence[Edge], after: Sequence[Edge], places: Mapping[StepName, Location]
) -> Iterator[Finding]:
    """What is drawn of the edges only since an earlier run has shown it."""
    known = {(e.writer, e.reader, name): e.grade for e in before for name in e.variables}
    for edge in after:
        if edge.grade is Grade.POSSIBLE or edge.asked:
            continue
        names = [
            name
            for name in edge.variables
            if known.get((edge.writer, edge.reader, name)) is not Grade.LIKELY
        ]
        if names:
            yield Finding(
                rules.LEARNED_EDGE,
                f"the step {edge.reader} waits for {edge.writer}, as an earlier run has shown that"
                f" it needs {', '.join(names)} of it; the code does not show that.",
                "Nothing has to be done; what was shown is forgotten when the code of the step changes.",
                places.get(edge.writer),
                (edge.writer, edge.reader),
            )
