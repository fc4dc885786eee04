"""The steps of a run as they stand, told by what has happened: what a table or a picture of them shows."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from nbflow.engines.events import Event, RunStarted, StepEnded, StepStarted, StepState
from nbflow.model import StepName
from nbflow.wording.words import duration


@dataclass(slots=True)
class StepRow:
    """What is known of a step; ``began`` is in seconds since the epoch, ``reused`` as in ``StepEnded``."""

    state: StepState = StepState.WAITING
    message: str = ""
    reused: str = ""
    began: float = 0.0
    seconds: float = 0.0

    def time(self) -> str:
        """How long it has taken, up to now where it runs."""
        if self.state is StepState.RUNNING:
            return duration(max(0.0, time.time() - self.began))
        return duration(self.seconds) if self.seconds else ""


class Steps:
    """The steps of one run, at first those that are ``known``."""

    def __init__(self, known: Iterable[StepName] = ()) -> None:
        self.rows = {step: StepRow() for step in known}

    def hear(self, event: Event) -> None:
        """Take in what has happened."""
        match event:
            case RunStarted(steps=steps):
                self.rows = {step: StepRow() for step in steps}
            case StepStarted(step, began, again, why):
                message = f"again: {again}" if again else why
                self.rows[step] = StepRow(StepState.RUNNING, message, began=began)
            case StepEnded(step, state, seconds, message, _, reused):
                row = self.rows.setdefault(step, StepRow())
                told = f"unchanged since run {reused}" if reused else message
                row.state, row.seconds, row.message = state, seconds, told or row.message
                row.reused = reused

    def counts(self) -> str:
        """How many steps are in which state: 9 waiting, 1 running, 40 done."""
        states = [row.state for row in self.rows.values()]
        return ", ".join(
            f"{states.count(state)} {state.value}" for state in StepState if state in states
        )
