"""How long an engine waits, and for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds.

    ``connect``, ``repeat`` and ``outage`` mean what they mean for Kubeflow Pipelines (``kfp.patience``), with
    other limits. A request may take ``connect`` to reach the server, and ``answer`` for each piece of an
    answer and for all of one that does not go on. What fails in passing is asked ``tries`` times, with pauses
    that grow from ``first_pause`` to ``longest_pause``; no more, once ``repeat`` is over. A run is watched on
    while the server was not heard for less than ``outage``. One watch lasts ``quiet``, or ``glance`` while
    any task waits: then its pod is looked at.
    """

    connect: float = 10
    answer: float = 30
    repeat: float = 60
    tries: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30
    outage: float = 300
    glance: float = 15
    quiet: float = 60

    def pause(self, failures: int, asked: float = 0) -> float:
        """How long to wait after so many failures in a row; ``asked`` is what the server has asked for."""
        grown = self.first_pause * 2.0 ** min(max(failures - 1, 0), 16)
        return min(max(grown, asked), self.longest_pause)
