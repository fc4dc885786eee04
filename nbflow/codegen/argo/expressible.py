"""What tags ask for that a manifest cannot say: told, never dropped."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.codegen import notebook_volumes, refused
from nbflow.codegen.argo.claims import volumes_of
from nbflow.codegen.assembly import Assembly
from nbflow.codegen.obstacle import BRACES, Obstacle, of_steps, verbatim
from nbflow.model import Step, StepName


def obstacles(assembly: Assembly) -> tuple[Obstacle, ...]:
    """All of them, in notebook order."""
    about = assembly.pipeline.metadata
    own = about.image != about.defaults.image and BRACES in about.image
    whole = [_read(StepName(""), f"image:{about.image}")] if own else []
    return (*whole, *_volumes(assembly), *of_steps(assembly.pipeline, _of))


def _volumes(assembly: Assembly) -> Iterator[Obstacle]:
    pipeline = assembly.pipeline
    yield from notebook_volumes.obstacles(pipeline)
    had = set(volumes_of(pipeline))
    for each in notebook_volumes.notebook_volumes(pipeline):
        if each not in had:
            yield _read(StepName(""), f"volumes: {each.claim}")


def _of(step: Step) -> Iterator[Obstacle]:
    if step.resources.cache:
        yield Obstacle(
            step.name,
            "cache:enabled",
            "Argo runs every step of every run",
            "remove the tag, or retry a run that has failed: what has succeeded is kept then",
            grave=False,
        )
    for tag in verbatim(step.resources):
        if BRACES in tag:
            yield _read(step.name, tag)
    yield from refused.obstacles(step)


def _read(step: StepName, tag: str) -> Obstacle:
    why = f"Argo replaces what stands between {BRACES} and }}}}"
    return Obstacle(step, tag, why, f"write it without {BRACES}")
