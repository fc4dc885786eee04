"""Questions to a pipeline's graph: which steps come before a step, and which run side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nbflow.model import Edge, Pipeline, StepName


def waves(pipeline: Pipeline) -> tuple[tuple[StepName, ...], ...]:
    """The steps in waves: those of one wave need nothing of each other, only of waves before."""
    level: dict[StepName, int] = {step.name: 0 for step in pipeline.steps}
    needs: dict[StepName, list[StepName]] = {step.name: [] for step in pipeline.steps}
    for edge in pipeline.edges:
        needs[edge.reader].append(edge.writer)
    for step in pipeline.steps:
        level[step.name] = max((level[writer] + 1 for writer in needs[step.name]), default=0)
    result: list[list[StepName]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for step in pipeline.steps:
        result[level[step.name]].append(step.name)
    return tuple(tuple(wave) for wave in result)


def ancestors(
    pipeline: Pipeline, edges: Iterable[Edge] | None = None
) -> dict[StepName, frozenset[StepName]]:
    """For each step those from which edges lead to it, directly or through others.

    ``edges`` are those of the pipeline that count, all where they are not given. They lead from one step to
    a later one, as the analysis makes them.
    """
    writers: dict[StepName, set[StepName]] = {step.name: set() for step in pipeline.steps}
    for edge in pipeline.edges if edges is None else edges:
        writers[edge.reader].add(edge.writer)
    found: dict[StepName, frozenset[StepName]] = {}
    for step in pipeline.steps:
        near = writers[step.name]
        found[step.name] = frozenset(near.union(*(found[each] for each in near)))
    return found


def order(
    steps: Sequence[StepName], after: Mapping[StepName, Sequence[StepName]]
) -> tuple[tuple[StepName, ...], tuple[StepName, ...]]:
    """The steps so that each stands behind those it comes ``after``, and a cycle if there is one.

    Steps that are free to stand anywhere keep their order. The first tuple leaves out the steps that
    a cycle keeps from being placed; the second one is () where all could be placed, else the names
    along one cycle, each after the next.
    """
    known = set(steps)
    needs = {step: {prev for prev in after.get(step, ()) if prev in known} for step in steps}
    placed: dict[StepName, None] = {}
    waiting = list(steps)
    while waiting:
        rest = []
        for step in waiting:
            if needs[step] <= placed.keys():
                placed[step] = None
            else:
                rest.append(step)
        if len(rest) == len(waiting):
            return tuple(placed), _cycle(rest[0], needs, placed)
        waiting = rest
    return tuple(placed), ()


def _cycle(
    start: StepName, needs: Mapping[StepName, set[StepName]], placed: Mapping[StepName, None]
) -> tuple[StepName, ...]:
    """Walk from one unplaced step to another until one comes back."""
    path: dict[StepName, None] = {}
    step = start
    while step not in path:
        path[step] = None
        step = min(prev for prev in needs[step] if prev not in placed)
    walked = list(path)
    return tuple(walked[walked.index(step) :])
