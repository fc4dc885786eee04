"""What a notebook asks for and a target cannot be told."""

from __future__ import annotations

from dataclasses import dataclass

from nbflow.model import StepName


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
