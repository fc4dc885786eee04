"""What a target is to ``convert`` and ``submit``: what it finds of a pipeline, what files it makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from nbflow.codegen.readme import About
from nbflow.diagnostics import Finding
from nbflow.model import Json, Name, StepName
from nbflow.service.material import Material

REQUIREMENTS: Final = "requirements.txt"


def as_lines(requirements: Iterable[str]) -> str:
    """The text of a list of requirements."""
    return "".join(f"{line}\n" for line in requirements)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The text of the manifest, or why there is none; both are "" where a target has no manifest."""

    text: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """What is told to an engine besides the manifest: the steps' tasks, and the parameters' values.

    ``tasks`` are the names of tasks by their steps, ``arguments`` the values by their names in the manifest.
    """

    tasks: Mapping[StepName, str] = field(default_factory=dict)
    arguments: Mapping[str, Json] = field(default_factory=dict)


class Target(Protocol):
    """A kind of files that a notebook can be converted to."""

    def findings(self, material: Material) -> Iterable[Finding]:
        """What is to be told before anything is made; errors stand in its way."""

    def files(self, material: Material) -> dict[str, str | bytes]:
        """The files by their paths, without the README."""

    def requirements(self, material: Material) -> tuple[str, ...]:
        """What all steps together install."""

    def carried(self, material: Material) -> Mapping[str, int]:
        """The sizes of the files that go along packed, by their paths from the notebook's folder."""

    def compiled(self, material: Material, folder: Path, shown: Path) -> Compiled:
        """The manifest, which also lies in ``folder`` then, where the files lie.

        ``shown`` is the folder's name for the user.
        """

    def about(self, material: Material) -> About:
        """What the README says of it."""


class Submittable(Target, Protocol):
    """A target whose manifest an engine takes."""

    def submission(self, material: Material, values: Mapping[Name, Json]) -> Submission:
        """What the engine is told; ``values`` are those of parameters, of their types.

        Raises:
            ParameterError: a value cannot reach the steps unharmed.
        """
