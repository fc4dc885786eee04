"""What the local engine looks at while a step runs: effects on the outside, chance, generators."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from . import gate, observed, seeding
from .events import Events


class Lookout:
    """Looks at one step. ``watching`` is true while the notebook's own code runs."""

    def __init__(self, own: gate.Gate) -> None:
        self._gate = own
        self._observed = observed.install(lambda: own.watching, own.asked)

    @property
    def watching(self) -> bool:
        """Whether the notebook's own code runs."""
        return self._gate.watching

    @watching.setter
    def watching(self, value: bool) -> None:
        self._gate.watching = value

    def begin(self, unchanged: Callable[[str], bool]) -> None:
        """The step begins; ``unchanged(name)`` says whether a generator is as the step has found it."""
        self._seeding = seeding.begin(unchanged)

    def imported(self, library: str) -> None:
        """A library has been imported."""
        seeding.wrap_library(library)

    def found(self, *names: str) -> None:
        """Generators have been given the state that the step finds."""
        self._seeding.found(*names)

    def told(self) -> Dict[str, Any]:
        """What was seen, as parts of the step's outcome."""
        own = self._gate
        return {
            "environ": sorted(self._observed.environ),
            "passing": self._passing(),
            "seeded": sorted(self._seeding.seeded),
            "outside": own.passed,
            "files_read": sorted(own.read),
            "files_asked": sorted(own.asked_for),
            "files_seen": own.seen,
            "files_written": sorted(own.written),
        }

    def _passing(self) -> List[str]:
        """Why the same step may give something else at another time: what it has used."""
        chance = ["chance that no seed repeats"] if self._observed.chance else []
        updated = [f"{path}, which it changed" for path in self._gate.updated]
        return [*self._gate.reached, *chance, *updated]


def prepare() -> None:
    """Before libraries take what is looked at for their own."""
    observed.install()


def install(events: Events, release: Optional[int]) -> Lookout:
    """A lookout that sees this process from now on (see ``gate.install``)."""
    return Lookout(gate.install(events, release))
