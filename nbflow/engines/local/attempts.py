"""Steps that get another try when they fail, and steps that may take only so long."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterable
from typing import Final

from nbflow.engines.local.running import Running
from nbflow.model import Step, StepName

#: Seconds before the second try where the tag names no wait; each further one waits twice as long, up to
#: the longest wait.
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0


class Attempts:
    """How often each step has been tried, and when it may be tried again."""

    def __init__(self) -> None:
        self._made: dict[StepName, int] = {}
        self._due: dict[StepName, float] = {}

    def again(self, step: Step, why: str) -> str:
        """What to say of the next try of a step that has failed, "" where it gets none."""
        tries = self._made[step.name] = self._made.get(step.name, 1)
        if tries > step.resources.retry:
            return ""
        self._made[step.name] = tries + 1
        self._due[step.name] = time.monotonic() + _wait(step, tries) * random.uniform(0.9, 1.1)
        return f"try {tries + 1} of {step.resources.retry + 1}, since it failed: {why}"

    def is_due(self, step: Step) -> bool:
        """Whether the step need not wait for its next try."""
        return time.monotonic() >= self._due.get(step.name, 0.0)

    def wait(self, waiting: Iterable[Step]) -> float | None:
        """Seconds until the next try of one of the steps is due, None where none waits for that."""
        now = time.monotonic()
        times = [self._due[step.name] for step in waiting if self._due.get(step.name, 0.0) > now]
        return max(0.0, min(times) - now) if times else None


def _wait(step: Step, tries: int) -> float:
    """Seconds until the next try of a step that has had so many."""
    backoff = step.resources.backoff
    if backoff is not None:
        return backoff.seconds * math.pow(backoff.factor, tries - 1)
    return min(LONGEST_WAIT, FIRST_WAIT * math.pow(2, tries - 1))


def overdue(running: Iterable[Running]) -> list[Running]:
    """The steps that have taken longer than their ``timeout:`` allows."""
    return [each for each in running if 0 < each.step.resources.timeout < each.taken()]


def time_left(running: Iterable[Running]) -> float | None:
    """Seconds until the first of the steps is overdue, None where nothing limits them."""
    limits = [
        each.step.resources.timeout - each.taken()
        for each in running
        if each.step.resources.timeout and not each.held
    ]
    return max(0.0, min(limits)) if limits else None
