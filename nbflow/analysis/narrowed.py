"""Effects that are only possible, left out where a verified run of the same code has not shown them.

What a step does after all that is left out here is found when it has run in its pod, and told there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nbflow.analysis.dataflow import edges
from nbflow.analysis.footprint import FILES, is_file
from nbflow.analysis.result import Analysis
from nbflow.model import GENERATORS, Access, Grade, Name, StepEffects, StepName


def narrowed(analysis: Analysis, changed: Mapping[StepName, frozenset[Name]]) -> Analysis:
    """The analysis without the possible changes that are not among those that each step has made.

    Args:
        analysis: what the code shows.
        changed: by step, the names and the state that it has changed when it ran; "@files" where it has
            perhaps written files. Of a step that is not there, nothing is left out.
    """
    effects = tuple(
        _narrowed(each, changed[each.step]) if each.step in changed else each
        for each in analysis.effects
    )
    if effects == analysis.effects:
        return analysis
    pipeline = analysis.pipeline
    drawn = edges(pipeline.steps, effects, analysis.shared, pipeline.calls)
    return replace(analysis, pipeline=replace(pipeline, edges=drawn), effects=effects)


def _narrowed(effects: StepEffects, changed: frozenset[Name]) -> StepEffects:
    """The effects; what the step reads in order to change it, it goes on to read."""

    def left(accesses: tuple[Access, ...]) -> tuple[Access, ...]:
        return tuple(each for each in accesses if not _is_needless(each, changed))

    return replace(
        effects,
        binds=left(effects.binds),
        deletes=left(effects.deletes),
        mutates=left(effects.mutates),
    )


def _is_needless(access: Access, changed: frozenset[Name]) -> bool:
    """Whether a change is only possible, and was not made by a step that is seen to make such changes."""
    if access.grade is not Grade.POSSIBLE or access.learned:
        return False
    name = access.name
    if is_file(name):
        return FILES not in changed
    return name not in changed and (not name.startswith("@") or name in GENERATORS)
