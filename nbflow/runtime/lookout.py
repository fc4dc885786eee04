"""What the local engine looks at while a step runs: effects on the outside, chance, generators."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional

from . import early, gate, observed, portraits, seeding
from .events import Events
from .spec import Spec
from .variables import Stored


class Lookout:
    """Looks at one step. ``watching`` is true while the notebook's own code runs."""

    def __init__(self, own: gate.Gate) -> None:
        self._gate = own
        self._observed = observed.install(lambda: own.watching, own.asked)
        self._last: Callable[[], None] = lambda: None

    @property
    def watching(self) -> bool:
        """Whether the notebook's own code runs."""
        return self._gate.watching

    @watching.setter
    def watching(self, value: bool) -> None:
        self._gate.watching = value

    def stored(self, spec: Spec, own: Any, values: Mapping[str, Any], stored: Stored) -> None:
        """All is stored that the step leaves: its variables are shown when the process ends."""
        portraits.hide(stored, spec.store, spec.secrets)
        show = partial(portraits.keep, values, stored.written, spec.store, spec.secrets)
        self._last = lambda: _within(own, show)

    def end(self) -> None:
        """The process is about to end, and nothing of the notebook runs any more."""
        self.watching = False
        self._last()

    def begin(self, unchanged: Callable[[str], bool], folder: str) -> None:
        """The step begins in ``folder``; ``unchanged(name)`` is whether nobody drew of a generator."""
        early.hand_over(self._observed, self._gate, folder)
        self._seeding = seeding.begin(unchanged)

    def sought(self, path: str) -> None:
        """An import has looked for a file."""
        if self._gate.watching:
            self._gate.asked(path, False)

    def opened(self, path: str) -> None:
        """A file that an earlier step has opened is open again."""
        self._gate.opened(path, None, os.O_RDONLY)

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
            "environ_listed": self._observed.environ_listed,
            "passing": self._passing(),
            "seeded": sorted(self._seeding.seeded),
            "outside": own.passed,
            "files_read": sorted(own.read),
            "files_asked": sorted(own.asked_for),
            "files_seen": own.seen,
            "files_written": sorted(own.written),
            "files_left": own.left(),
        }

    def _passing(self) -> List[str]:
        """Why the same step may give something else at another time: what it has used."""
        chance = ["chance that no seed repeats"] if self._observed.chance else []
        updated = [f"{path}, which it changed" for path in self._gate.updated]
        return [*self._gate.reached, *chance, *updated]


def _within(own: Any, work: Callable[[], None]) -> None:
    """Do the work with modules of Python as they were before cells have changed them."""
    with suppress(BaseException), own():
        work()


def prepare() -> None:
    """Before libraries take what is looked at for their own."""
    observed.install()


def install(events: Events, release: Optional[int]) -> Lookout:
    """A lookout that sees this process from now on (see ``gate.install``)."""
    return Lookout(gate.install(events, release))
