"""How long to wait for what: each request has its limits, and so has what is done when it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Waits and limits in seconds.

    ``connect``, ``silence`` and ``whole`` are those of one request: until it is connected, between two
    pieces of the answer, until the answer is there. Looks at a run begin ``first`` apart and become
    ``growth`` times rarer, up to ``most``. A request that fails in passing is repeated for up to
    ``repeat``; ``outage`` is how long a watched run may give no answer.
    """

    connect: float = 10.0
    silence: float = 30.0
    whole: float = 120.0
    first: float = 1.0
    growth: float = 1.5
    most: float = 15.0
    repeat: float = 30.0
    outage: float = 600.0
    sleep: Callable[[float], None] = time.sleep

    def waits(self) -> Iterator[float]:
        """The waits between one look and the next, without an end."""
        wait = self.first
        while True:
            yield wait
            wait = min(wait * self.growth, self.most)


def pause(wait: float, asked: float | None) -> float:
    """How long to wait where ``wait`` was meant; ``asked`` is what the server has asked for, in seconds."""
    return max(wait, asked or 0.0)
