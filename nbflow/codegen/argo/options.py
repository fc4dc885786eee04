"""What a manifest depends on besides the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbflow.model import StepName


@dataclass(frozen=True, slots=True)
class Options:
    """How the pipeline is to run.

    ``requirements`` are the distributions (``NAME==VERSION``) that each step makes sure of before it runs.
    ``files`` is the text of the packed files that the steps ``reading`` are given (see ``carried``).
    ``pull_secrets`` are names of secrets. Without a ``service_account`` or ``namespace``, those of the
    place are taken that the manifest is submitted to.
    """

    image: str
    notebook: str
    requirements: Mapping[StepName, tuple[str, ...]] = field(default_factory=dict)
    files: str = ""
    reading: frozenset[StepName] = frozenset()
    namespace: str = ""
    service_account: str = ""
    pull_secrets: tuple[str, ...] = ()

    def carried(self, step: StepName) -> bool:
        """Whether the step is given the files."""
        return bool(self.files) and step in self.reading
