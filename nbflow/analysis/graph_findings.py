"""Findings about the graph of steps (NB3xx), and ``prev:`` tags that lead nowhere (NB103)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nbflow import tags
from nbflow.analysis import rules
from nbflow.analysis.marks import Mark
from nbflow.analysis.tag_findings import whole
from nbflow.diagnostics import Finding
from nbflow.graph import ancestors, order
from nbflow.model import CellId, Edge, Grade, Pipeline, Role, Step, StepName


def about_graph(
    pipeline: Pipeline, marks: Sequence[Mark], homes: Mapping[CellId, StepName]
) -> Iterator[Finding]:
    """What is wrong or surprising in the edges; ``homes`` are the steps in which cells run."""
    yield from _prevs(pipeline.steps, marks, homes)
    after = {step.name: step.after for step in pipeline.steps}
    own = {name: [prev for prev in prevs if prev != name] for name, prevs in after.items()}
    _, cycle = order(tuple(after), own)
    if cycle:
        place = next((whole(m.cell) for m in marks if homes.get(m.cell.id) == cycle[0]), None)
        yield Finding(
            rules.CYCLE,
            f"the `prev:` tags ask each of these steps to wait for the other: {', '.join(cycle)}.",
            "Remove one of the `prev:` tags.",
            place,
            cycle,
        )
    yield from _added(pipeline, marks, homes)


def _prevs(
    steps: Sequence[Step], marks: Sequence[Mark], homes: Mapping[CellId, StepName]
) -> Iterator[Finding]:
    """The ``prev:`` tags, one by one."""
    position = {step.name: index for index, step in enumerate(steps)}
    skipped = {mark.step for mark in marks if mark.role is Role.SKIP} | _skipped(marks)
    for mark in marks:
        home = homes.get(mark.cell.id)
        for prev in mark.prevs if home is not None else ():
            place = mark.place(tags.unparse(tags.Prev(prev)))
            said = f"`--after {prev}`" if place.line else f"`prev:{prev}`"
            word = said if place.line else f"the tag {said}"
            if prev == home:
                yield Finding(
                    rules.OWN_STEP,
                    f"the step {home} is asked to wait for itself.",
                    f"Remove {word}.",
                    place,
                    (prev,),
                )
            elif prev not in position and prev not in skipped:
                known = ", ".join(position)
                yield Finding(
                    rules.UNKNOWN_STEP,
                    f"{said} names a step that the notebook does not have.",
                    f"The steps are: {known}.",
                    place,
                    (prev,),
                )
            elif home is not None and position.get(prev, -1) > position[home]:
                yield Finding(
                    rules.LATER_STEP,
                    f"the step {home} is asked to wait for {prev}, which stands after it.",
                    f"Remove {word}, or move the cells of {prev} up.",
                    place,
                    (prev,),
                )


def _skipped(marks: Sequence[Mark]) -> set[StepName]:
    """The steps named in cells that are switched off by ``skip``."""
    parsed = (tags.parse(text) for m in marks if m.role is Role.SKIP for text in m.texts)
    return {tag.name for tag in parsed if isinstance(tag, (tags.StepTag, tags.NotebookTag))}


def _added(
    pipeline: Pipeline, marks: Sequence[Mark], homes: Mapping[CellId, StepName]
) -> Iterator[Finding]:
    """Edges that the data needs and that do not follow from the ``prev:`` tags of their reader."""
    position = {step.name: index for index, step in enumerate(pipeline.steps)}
    before = ancestors(pipeline, (edge for edge in pipeline.edges if edge.asked))
    first = {homes[mark.cell.id]: mark for mark in reversed(marks) if mark.cell.id in homes}
    for edge in pipeline.edges:
        reader = pipeline.steps[position[edge.reader]]
        if edge.asked or edge.grade is Grade.POSSIBLE or not reader.after:
            continue
        if edge.writer not in before[edge.reader]:
            mark = first.get(edge.reader)
            yield Finding(
                rules.ADDED_EDGE,
                f"the step {edge.reader} also waits for {edge.writer}, of which it needs "
                f"{_listed(edge)}.",
                f"Nothing has to be done; `prev:{edge.writer}` would say the same.",
                whole(mark.cell) if mark else None,
                (edge.writer, edge.reader),
            )


def _listed(edge: Edge) -> str:
    shown = ", ".join(edge.variables[:5])
    return f"{shown}, ..." if len(edge.variables) > 5 else shown
