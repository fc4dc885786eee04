"""In the place of a lookout in a pod, where no step runs ahead, and none is used again."""

from __future__ import annotations

from typing import Any, Callable, Dict


class Unwatched:
    """Looks at nothing."""

    watching = False

    def begin(self, unchanged: Callable[[str], bool]) -> None:
        """Nothing."""

    def imported(self, library: str) -> None:
        """Nothing."""

    def found(self, *names: str) -> None:
        """Nothing."""

    def told(self) -> Dict[str, Any]:
        """Nothing was seen."""
        return {}


def prepare() -> None:
    """Nothing."""


def install(events: Any, release: Any) -> Unwatched:
    """What looks at nothing."""
    del events, release
    return Unwatched()
