"""Events as JSON carries them, and back."""

from __future__ import annotations

import json

import pytest

from nbflow.engines.events import (
    CellError,
    Event,
    RunEnded,
    RunStarted,
    RunState,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
    event_of,
    record_of,
)
from nbflow.model import CellId, StepName

STEP, CELL = StepName("train"), CellId("c1")


@pytest.mark.parametrize(
    "event",
    [
        RunStarted("3", "n.ipynb", (StepName("load"), STEP)),
        StepStarted(STEP, 2.5, again="`x` has changed", why="it has no earlier result"),
        StepLog(STEP, CELL, "stderr", "50%\r"),
        StepEnded(STEP, StepState.DONE, 0.5, reused="2"),
        StepEnded(
            STEP, StepState.FAILED, 0.5, "cell 1 failed", CellError(CELL, "E", "no", ("a", "b"))
        ),
        RunEnded(RunState.STOPPED, 3.5),
    ],
)
def test_there_and_back(event: Event) -> None:
    assert event_of(json.loads(json.dumps(record_of(event)))) == event
