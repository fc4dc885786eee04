"""What tags ask for that a manifest cannot say: told, never dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbflow.codegen.argo.claims import KINDS, is_known
from nbflow.codegen.argo.values import BRACES
from nbflow.codegen.assembly import Assembly
from nbflow.model import Step, StepName


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a tag of ``step`` ("" for a setting of the whole notebook) means nothing to Argo, and a way out.

    ``grave`` says that the run would not be what the tag asks for; else it only takes longer.
    """

    step: StepName
    tag: str
    why: str
    hint: str
    grave: bool = True


def obstacles(assembly: Assembly) -> tuple[Obstacle, ...]:
    """All of them, in notebook order."""
    steps = assembly.pipeline.steps
    image = f"image:{assembly.pipeline.metadata.image}"
    whole = [_read(StepName(""), image)] if BRACES in image else []
    return (*whole, *_volumes(assembly), *(each for step in steps for each in _of(step)))


def _volumes(assembly: Assembly) -> Iterator[Obstacle]:
    for entry in assembly.pipeline.metadata.volumes:
        if not is_known(entry):
            yield Obstacle(
                StepName(""),
                f"volumes: {entry.get('name', '')}",
                f"a volume of type {entry.get('type', 'pvc')!r} cannot be had, only {' and '.join(KINDS)} "
                "with a name, a mount_point and (if it is new) a size, and no snapshot of any",
                "make the claim beforehand and mount it with a `volume:` tag",
            )


def _of(step: Step) -> Iterator[Obstacle]:
    if step.resources.cache:
        yield Obstacle(
            step.name,
            "cache:enabled",
            "Argo runs every step of every run",
            "remove the tag, or retry a run that has failed: what has succeeded is kept then",
            grave=False,
        )
    for tag in _texts(step):
        if BRACES in tag:
            yield _read(step.name, tag)


def _read(step: StepName, tag: str) -> Obstacle:
    why = f"Argo replaces what stands between {BRACES} and }}}}"
    return Obstacle(step, tag, why, f"write it without {BRACES}")


def _texts(step: Step) -> Iterator[str]:
    """The tags whose texts stand in the manifest as they are."""
    own = step.resources
    for word, pairs in (
        ("annotation", own.annotations),
        ("label", own.labels),
        ("node", own.node_selector),
    ):
        yield from (f"{word}:{key}:{text}" for key, text in pairs)
    yield from (f"toleration:{each.key}:{each.value}" for each in own.tolerations)
    yield from (f"volume:{each.claim}:{each.path}" for each in own.volumes)
    yield f"image:{own.image}"
