"""What a notebook asks for and a target cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nbflow.model import Resources, StepName
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
