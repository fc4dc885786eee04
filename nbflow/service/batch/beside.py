"""Members that ran side by side before it had shown that they touch each other's files.

The first member shows what steps do; another one may do more, as its values lead it elsewhere. What it and
those beside it have read may then come from each other, so all of them are to run once more.
"""

from __future__ import annotations

from collections.abc import Collection

from nbflow.model import StepName


class Beside:
    """Who ran at the same time as whom, and who has to run again."""

    def __init__(self) -> None:
        self._beside: dict[int, set[int]] = {}
        self._turns: dict[int, frozenset[StepName]] = {}
        #: The members that have to run again and have not begun to.
        self.again: set[int] = set()

    def begin(self, member: int, running: Collection[int], turns: frozenset[StepName]) -> None:
        """A member begins beside those that run; it waits for its turn at the steps ``turns``."""
        self._beside[member] = set(running)
        self._turns[member] = turns
        for other in running:
            self._beside[other].add(member)
        self.again.discard(member)

    def end(self, member: int, tied: frozenset[StepName] | None) -> frozenset[int]:
        """Who has to run again now that a member has shown the steps that need turns; None are all.

        Those of which that was said before are not among them.
        """
        known = tied is not None and tied <= self._turns[member]
        if known or not self._beside[member]:
            return frozenset()
        found = frozenset({member, *self._beside[member]}) - self.again
        self.again |= found
        return found
