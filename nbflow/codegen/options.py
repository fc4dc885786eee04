"""What files of every target depend on besides the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbflow.model import StepName


@dataclass(frozen=True, slots=True)
class CommonOptions:
    """How a pipeline is to run, wherever it runs.

    ``requirements`` are the distributions (``NAME==VERSION``) that are there, or installed, for each step.
    ``files`` is the text of the packed files that the steps ``reading`` are given (see ``carried``).
    """

    image: str
    notebook: str
    requirements: Mapping[StepName, tuple[str, ...]] = field(default_factory=dict)
    files: str = ""
    reading: frozenset[StepName] = frozenset()

    def carried(self, step: StepName) -> bool:
        """Whether the step is given the files."""
        return bool(self.files) and step in self.reading
