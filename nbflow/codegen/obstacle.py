"""What a notebook asks for and a target cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from nbflow.model import Pipeline, Resources, Step, StepName
from nbflow.tags import unparse_volume

#: What stands behind this is a name that engines fill in.
BRACES: Final = "{{"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a tag of ``step`` ("" for a setting of the whole notebook) means nothing there, and a way out.

    ``why`` and ``hint`` are clauses without capital letter and full stop. ``grave`` says that the run would
    not be what the tag asks for; else it only takes longer.
    """

    step: StepName
    tag: str
    why: str
    hint: str
    grave: bool = True


def sayable(text: str) -> str:
    """The text, or "" where engines would fill something into it: that is told as an obstacle."""
    return "" if BRACES in text else text


def of_steps(pipeline: Pipeline, of: Callable[[Step], Iterable[Obstacle]]) -> Iterator[Obstacle]:
    """The obstacles ``of`` all steps, in notebook order.

    What steps have by the notebook's own settings is told once, as of the whole notebook.
    """
    settings = (("", Resources()), ("steps_defaults: ", pipeline.metadata.defaults))
    whole: dict[Obstacle, Obstacle] = {}
    for word, own in settings:
        for each in of(Step(StepName(""), (), resources=own)):
            whole.setdefault(each, replace(each, tag=f"{word}{each.tag}"))
    told: set[Obstacle] = set()
    for each in (each for step in pipeline.steps for each in of(step)):
        found = whole.get(replace(each, step=StepName("")), each)
        if found not in told:
            told.add(found)
            yield found


def verbatim(own: Resources) -> Iterator[str]:
    """The tags whose texts stand in the manifest as they are."""
    for word, pairs in (
        ("annotation", own.annotations),
        ("label", own.labels),
        ("node", own.node_selector),
    ):
        yield from (f"{word}:{key}:{text}" for key, text in pairs)
    yield from (f"toleration:{each.key}:{each.value}" for each in own.tolerations)
    yield from (unparse_volume(each) for each in own.volumes)
    yield f"image:{own.image}"
