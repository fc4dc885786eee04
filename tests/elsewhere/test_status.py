"""What an engine says, as events and as records: tables of what it says one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflow.engines.events import Event, RunState, StepEnded, StepLog, StepStarted, StepState
from nbflow.engines.remote import Status, TaskStatus
from nbflow.model import CellId, StepName
from nbflow.service.elsewhere.status import Telling, message, metrics, step_records, took
from nbflow.store import CellRecord, RemoteRecord, RunRecord, StepRecord

A, B = StepName("a"), StepName("b b")
TASKS = {A: "a", B: "b-b"}
WAITING = TaskStatus(StepState.WAITING)
RUNNING = TaskStatus(StepState.RUNNING, started=10.0)
DONE = TaskStatus(StepState.DONE, started=10.0, ended=12.5)
FAILED = TaskStatus(StepState.FAILED, started=10.0, ended=11.0, message="ValueError: no\n")
REUSED = TaskStatus(StepState.DONE, started=10.0, ended=10.0, reused=True)
HELD = TaskStatus(StepState.WAITING, message="the image x\ncannot be pulled")
GOES_ON, WELL, BADLY = RunState.RUNNING, RunState.DONE, RunState.FAILED


def status(state: RunState = GOES_ON, **tasks: TaskStatus) -> Status:
    return Status(state, {name.replace("_", "-"): task for name, task in tasks.items()})


START, END = StepStarted(A, 10.0), StepEnded(A, StepState.DONE, 2.5)
LOST = StepEnded(B, StepState.SKIPPED, 0.0)
WAITS = StepLog(A, CellId(""), "stderr", "waits: the image x cannot be pulled\n")


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ([status()], [[]]),
        ([status(a=WAITING), status(a=RUNNING), status(a=DONE)], [[], [START], [END]]),
        ([status(a=DONE)], [[START, END]]),
        ([status(a=DONE), status(a=DONE)], [[START, END], []]),
        (
            [status(a=RUNNING), status(BADLY, a=FAILED)],
            [[START], [StepEnded(A, StepState.FAILED, 1.0, "ValueError: no"), LOST]],
        ),
        (
            [status(a=REUSED)],
            [[StepEnded(A, StepState.DONE, 0.0, "an earlier result was used again")]],
        ),
        ([status(a=HELD), status(a=HELD), status(a=RUNNING)], [[WAITS], [], [START]]),
        ([status(a=HELD), status(a=WAITING), status(a=HELD)], [[WAITS], [], [WAITS]]),
        (
            [status(a=RUNNING), status(a=TaskStatus(StepState.RUNNING, started=14.0, tries=2))],
            [[START], [StepStarted(A, 14.0, again="try 2, as the last one failed")]],
        ),
        # What is still under way when the run has ended was stopped; what never began is left out.
        (
            [status(a=RUNNING), status(RunState.STOPPED, a=RUNNING)],
            [
                [START],
                [
                    StepEnded(A, StepState.STOPPED, 0.0),
                    StepEnded(B, StepState.STOPPED, 0.0),
                ],
            ],
        ),
        # What is no step says why it holds all of them up, and nothing else.
        (
            [status(runtime=HELD), status(runtime=HELD), status(runtime=RUNNING)],
            [[replace(WAITS, step=StepName("runtime"))], [], []],
        ),
        (
            [status(BADLY, runtime=FAILED)],
            [
                [
                    StepLog(StepName("runtime"), CellId(""), "stderr", "failed: ValueError: no\n"),
                    StepEnded(A, StepState.SKIPPED, 0.0),
                    LOST,
                ]
            ],
        ),
        (
            [status(WELL, a=DONE)],
            [[START, StepStarted(B, 99.0), END, StepEnded(B, StepState.DONE, 0.0)]],
        ),
    ],
)
def test_what_is_told(seen: list[Status], told: list[list[Event]]) -> None:
    telling = Telling(TASKS)
    assert [list(telling.events(each, 99.0)) for each in seen] == told


def record() -> RunRecord:
    cells = (CellRecord(CellId("c"), 1, "x = 1"),)
    steps = (StepRecord(A, 0, "waiting", cells=cells), StepRecord(B, 1, "waiting"))
    return RunRecord(
        "1",
        "/n.ipynb",
        "kfp",
        "running",
        5.0,
        "python",
        steps=steps,
        remote=RemoteRecord("team", "n", "n-1", {}, TASKS),
    )


@pytest.mark.parametrize(
    ("seen", "states"),
    [
        (status(), []),
        (status(a=RUNNING), [("a", "running", None, "", "")]),
        (status(a=HELD), [("a", "waiting", None, "", "the image x cannot be pulled")]),
        (status(a=DONE, b_b=REUSED), [
            ("a", "done", 2.5, "", ""),
            ("b b", "done", 0.0, "", "an earlier result was used again"),
        ]),
        (status(BADLY, a=FAILED), [
            ("a", "failed", 1.0, "ValueError: no", ""),
            ("b b", "skipped", None, "", ""),
        ]),
        (
            status(a=TaskStatus(StepState.DONE, started=1.0, ended=2.0, tries=3)),
            [("a", "done", 1.0, "", "3 tries")],
        ),
    ],
)  # fmt: skip
def test_what_is_recorded(
    seen: Status, states: list[tuple[str, str, float | None, str, str]]
) -> None:
    found = step_records(record(), seen)
    assert [(s.name, s.state, s.seconds, s.message, s.reason) for s in found] == states
    assert all(step.cells == record().steps[step.index].cells for step in found)


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (status(a=HELD), ""),
        (status(runtime=HELD), "runtime: the image x cannot be pulled"),
        (Status(BADLY, {"runtime": FAILED}, "it\nfailed"), "it failed; runtime: ValueError: no"),
    ],
)
def test_what_is_said_of_the_run(seen: Status, text: str) -> None:
    assert message(seen, TASKS) == text


def test_metrics_of_all_steps() -> None:
    seen = Status(
        WELL,
        {
            "a": TaskStatus(StepState.DONE, metrics={"auc": 0.5, "n": 1.0}),
            "b-b": TaskStatus(StepState.DONE, metrics={"auc": 0.75}),
            "runtime": TaskStatus(StepState.DONE, metrics={"other": 1.0}),
        },
    )
    assert metrics(seen, TASKS) == {"auc": 0.75, "n": 1.0}


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        (Status(GOES_ON), 7.0),
        (Status(GOES_ON, started=5.0), 5.0),
        (Status(WELL, started=5.0, ended=6.0), 1.0),
        (Status(WELL, started=6.0, ended=5.0), 0.0),
    ],
)
def test_how_long_it_took(seen: Status, seconds: float) -> None:
    assert took(seen, began=3.0, now=10.0) == seconds
