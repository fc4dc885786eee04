"""Which variables of each step are stored: all that it has bound or changed, or what later steps may read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from nbflow.model import Name, Pipeline, StepEffects, StepName

#: What is said of a variable that was not stored.
NOT_KEPT: Final = "no later step reads it (--keep edges)"


class Keep(str, Enum):
    """What a run stores of each step: every variable, or those of the edges to later steps."""

    ALL = "all"
    EDGES = "edges"


def kept(
    pipeline: Pipeline, effects: Mapping[StepName, StepEffects]
) -> dict[StepName, frozenset[Name]]:
    """The names that steps after each one perhaps read; a step that is not there keeps everything.

    A step begins with nothing but what the analysis says that it may read, so what it is given is the same
    whether all is stored or only this. Steps count whether they run or not, those of called notebooks
    among the others: a name that one of them gives back is read under that name. What they are handed counts.
    """
    later = {name for call in pipeline.calls for name in call.taken}
    found: dict[StepName, frozenset[Name]] = {}
    for step in reversed(pipeline.steps):
        found[step.name] = frozenset(later)
        each = effects[step.name]
        if each.everything or each.reads_all:
            break
        later.update(a.name for a in (*each.reads, *each.mutates, *each.deletes))
    return found
