"""The progress of a batch on a terminal."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from command_line import ANSI, code, write
from rich.console import Console

from nbflow.cli.batch_live import BatchLive
from nbflow.engines.events import CellError, Event, StepEnded, StepStarted, StepState
from nbflow.model import Cell, CellId, CellKind, Notebook, StepName
from nbflow.service.batch.events import (
    BatchEnded,
    BatchEvent,
    BatchNote,
    BatchStarted,
    MemberEnded,
    MemberHeard,
    MemberStarted,
)
from nbflow.store import BatchRecord, MemberRecord

FIT = StepName("fit")
B = CellId("b")
NOTEBOOK = Notebook("n", (Cell(B, CellKind.CODE, "1/0", 2),))
DONE = [
    MemberRecord(n, {"depth": n}, str(n), "done", 0.0, 1.0, {"score": 0.5}, 3, n - 1, 1.5 * (n - 1))
    for n in (1, 2)
]
BAD = MemberRecord(3, {"depth": 3}, "3", "failed", 0.0, 1.0, {}, 1, 1, 2.0, "fit: E: no")


def heard(position: int, event: Event) -> BatchEvent:
    return MemberHeard(position, event)


BEGIN: list[BatchEvent] = [
    BatchStarted("s", "/n.ipynb", 5, 4, 0, seed=7),
    BatchNote("one at a time"),
]


def shown(events: Sequence[BatchEvent]) -> tuple[str, str]:
    """What was printed, and the state that is drawn below it."""
    screen, state = io.StringIO(), io.StringIO()
    options = {"width": 100, "highlight": False, "legacy_windows": False}
    console = Console(file=screen, force_terminal=True, height=24, **options)  # type: ignore[arg-type]
    live = BatchLive("n.ipynb", lambda: NOTEBOOK, console)
    try:
        for event in events:
            live.event(event)
        Console(file=state, **options).print(live.state())  # type: ignore[arg-type]
    finally:
        live.close()
    return ANSI.sub("", screen.getvalue()), ANSI.sub("", state.getvalue())


def test_a_bar_and_the_members_that_run() -> None:
    first, second = DONE
    error = CellError(B, "ZeroDivisionError", "division by zero", ("boom",))
    _, state = shown(BEGIN)
    assert "1/5 members, 0.0" in state
    printed, state = shown(
        [
            *BEGIN,
            MemberStarted(first),
            MemberEnded(first),
            MemberStarted(second),
            heard(2, StepStarted(FIT, 0.0)),
            MemberStarted(BAD),
        ]
    )
    assert "batch s: n.ipynb, 5 members, 4 to run, seed 7" in printed
    assert "note: one at a time" in printed
    assert "● 1/5 depth=1 done 1.00s: 3 steps, score = 0.5" in printed
    rows = [line.split() for line in state.splitlines()]
    assert rows[0][:4] == ["◐", "2/5", "depth=2", "fit"]
    assert rows[1][:3] == ["◐", "3/5", "depth=3"]
    assert "2/5 members," in state
    printed, state = shown(
        [
            *BEGIN,
            *map(MemberEnded, DONE),
            MemberStarted(BAD),
            heard(3, StepEnded(FIT, StepState.FAILED, 1.0, "cell 2 failed", error)),
            MemberEnded(BAD, trouble="no memory"),
        ]
    )
    assert "step fit, cell 2:\nboom" in printed
    assert "✖ 3/5 depth=3 failed" in printed
    assert "member 3: no memory" in printed
    assert "4/5 members, 1 failed, 2 steps shared, 3.50s saved, " in state
    assert "◐" not in state


def test_the_closing_line_stands_below_the_bar() -> None:
    record = BatchRecord("s", "/n.ipynb", 0.0, members=(*DONE, BAD))
    printed, _ = shown([*BEGIN, *map(MemberEnded, (*DONE, BAD)), BatchEnded(record, 3.0)])
    assert printed.rstrip().splitlines()[-2] == (
        "✖ batch s in 3.00s: 2 done, 1 failed; 2 of 7 steps shared, 3.50s saved"
    )


def test_of_many_that_run_some_are_shown() -> None:
    many = [MemberStarted(MemberRecord(n, {"depth": n}, str(n), "running")) for n in range(1, 12)]
    _, state = shown([BatchStarted("s", "/n.ipynb", 20, 20, 20), *many])
    assert state.count("◐") == 8
    assert "and 3 more" in state


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_in_a_real_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    write(tmp_path, code("depth = 2", "parameters"), code("print(depth)", "step:fit"))
    ours, theirs = os.openpty()
    command = "import sys; from nbflow.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "batch", "n.ipynb", "-p", "depth=1,2", "--name", "s"],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 4096):
            parts.append(part)
    except OSError:  # the terminal is closed: the process has ended
        pass
    finally:
        os.close(ours)
    assert process.wait(timeout=60) == 0
    text = ANSI.sub("", b"".join(parts).decode())
    assert "● 2/2 depth=2 done" in text
    assert "2/2 members" in text
    assert "● batch s in " in text
