"""What ``nbflow run`` hands on to the service and prints of a run, in a pipe and on a terminal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from command_line import ANSI, Caller, code, write
from rich.console import Console

from nbflow.cli.live import Live
from nbflow.diagnostics import Finding, Rule, Severity
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
)
from nbflow.engines.local.launcher import launcher
from nbflow.errors import ParameterError
from nbflow.model import Cell, CellId, CellKind, Location, Notebook, StepName
from nbflow.service.run import Keep, Reuse
from nbflow.store import RunRecord, StepRecord
from nbflow.wording.progress import Lines

LOAD, TRAIN, PLOT = StepName("load"), StepName("train"), StepName("plot")
B = CellId("b")
ERROR = CellError(B, "ZeroDivisionError", "no", ("\x1b[31mTraceback\x1b[0m", "1/0", "no"))
GOOD: tuple[Event, ...] = (
    RunStarted("3", "n.ipynb", (LOAD,)),
    StepStarted(LOAD, 0.0),
    StepLog(LOAD, CellId("a"), "stdout", "10%\r100"),
    StepLog(LOAD, CellId("a"), "stderr", "careful\n"),
    StepLog(LOAD, CellId("a"), "stdout", "%\nlast"),
    StepEnded(LOAD, StepState.DONE, 0.5),
    RunEnded(RunState.DONE, 0.6),
)
BAD: tuple[Event, ...] = (
    RunStarted("3", "n.ipynb", (LOAD, TRAIN, PLOT)),
    StepStarted(LOAD, 0.0),
    StepEnded(LOAD, StepState.DONE, 0.25),
    StepStarted(TRAIN, 0.0),
    StepEnded(TRAIN, StepState.FAILED, 75.0, "cell 2 failed", ERROR),
    StepEnded(PLOT, StepState.SKIPPED, 0.0, "train failed"),
    RunEnded(RunState.FAILED, 76.0),
)
FINDINGS = (
    Finding(Rule("NB201", "x", Severity.WARNING), "w", "Do.", Location(CellId("a"), 1, 1)),
    Finding(Rule("NB301", "y", Severity.INFO), "i", "Do."),
)


def record(events: Sequence[Event], **rest: object) -> RunRecord:
    ended = [event for event in events if isinstance(event, StepEnded)]
    steps = [
        StepRecord(event.step, place, event.state.value, seconds=event.seconds)
        for place, event in enumerate(ended)
    ]
    state = next(event for event in events if isinstance(event, RunEnded))
    return RunRecord(
        id="3",
        notebook="/n.ipynb",
        engine="local",
        state=state.state.value,
        started=0.0,
        python="python",
        seconds=state.seconds,
        steps=tuple(steps),
        executed="/runs/3/n.ipynb",
    )


@dataclass
class FakeRun:
    """Stands in for the service: remembers what it was asked, and tells a given run."""

    events: Sequence[Event]
    findings: tuple[Finding, ...] = ()
    asked: dict[str, object] = field(default_factory=dict)

    def __call__(
        self,
        path: str,
        *,
        on_event: Callable[[Event], None],
        on_findings: Callable[[tuple[Finding, ...]], None],
        **asked: object,
    ) -> RunRecord:
        self.asked = {"path": path, **asked}
        on_findings(self.findings)
        for event in self.events:
            on_event(event)
        return record(self.events)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, code("x = 1", "step:load"), code("1/0", "step:train"))
    return Path("n.ipynb")


Install = Callable[[FakeRun], FakeRun]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    def replace(fake: FakeRun) -> FakeRun:
        monkeypatch.setattr("nbflow.service.run.run", fake)
        return fake

    return replace


def test_a_good_run(path: Path, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(FakeRun(GOOD))
    answer = Caller(capsys)("run", path)
    assert answer.code == 0
    assert answer.out == (
        "run 3: n.ipynb, 1 step\n"
        "◐ load\n"
        "[load] 100%\n"
        "[load] last\n"
        "● load done 0.50s\n"
        "● run 3 done in 0.60s: 1 done\n"
        "  executed notebook: /runs/3/n.ipynb\n"
    )
    assert answer.err == "[load] careful\n"


def test_a_run_that_fails(path: Path, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(FakeRun(BAD))
    answer = Caller(capsys)("run", path)
    assert answer.code == 1
    assert "✖ train failed 1m15s: cell 2 failed\n⊘ plot skipped: train failed\n" in answer.out
    assert "✖ run 3 failed in 1m16s: 1 done, 1 failed, 1 skipped\n" in answer.out
    assert answer.err == "step train, cell 2:\nTraceback\n1/0\nno\n"


def test_quiet(path: Path, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(FakeRun(BAD, FINDINGS))
    answer = Caller(capsys)("run", path, "--quiet")
    assert answer.code == 1
    assert answer.out.startswith("✖ run 3 failed")
    assert answer.err == "step train, cell 2:\nTraceback\n1/0\nno\n"


def test_quiet_tells_nothing_of_a_step_that_ran_again(
    path: Path, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    again = StepStarted(TRAIN, 1.0, "it failed before its turn")
    done = StepEnded(TRAIN, StepState.DONE, 1.0), RunEnded(RunState.DONE, 2.0)
    install(FakeRun((*BAD[:5], again, *done)))
    answer = Caller(capsys)("run", path, "--quiet")
    assert answer.err == ""


def test_json(path: Path, install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install(FakeRun(BAD, FINDINGS))
    answer = Caller(capsys)("run", path, "--json")
    assert answer.code == 1
    events = [json.loads(line) for line in answer.out.splitlines()]
    assert [event["event"] for event in events] == [
        *["finding"] * 2,
        "run-started",
        *["step-started", "step-ended"] * 2,
        "step-ended",
        "run-ended",
        "run-recorded",
    ]
    assert events[6] == {
        "event": "step-ended",
        "step": "train",
        "state": "failed",
        "seconds": 75.0,
        "message": "cell 2 failed",
        "error": {
            "cell": "b",
            "ename": "ZeroDivisionError",
            "evalue": "no",
            "traceback": ["\x1b[31mTraceback\x1b[0m", "1/0", "no"],
        },
        "reused": "",
    }
    assert events[-1]["executed"] == "/runs/3/n.ipynb"


def test_findings_are_told_before_the_run(
    path: Path, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(FakeRun(GOOD, FINDINGS))
    answer = Caller(capsys)("run", path)
    assert answer.err.startswith(
        "n.ipynb: cell 1, line 1: NB201 warning: w. Do.\n  1 | x = 1\n    | ^\n"
        "n.ipynb: 1 note; nbflow check shows them\n"
    )


def test_what_is_asked_of_the_service(
    path: Path, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = install(FakeRun(GOOD))
    Caller(capsys)("run", path)
    assert callable(fake.asked.pop("launchers"))
    assert fake.asked == {
        "path": "n.ipynb",
        "parameters": {},
        "python": None,
        "jobs": None,
        "steps": [],
        "output": None,
        "report": None,
        "reuse": Reuse(),
        "keep": Keep.ALL,
        "fork": True,
    }
    options = "-p n=1 -p n=2 --parameter q=a=b --python /p --jobs 2 --steps a,b --steps c"
    options += " --output o --report r --no-cache --force a,b --no-fork --keep edges"
    Caller(capsys)("run", path, *options.split())
    assert fake.asked.pop("launchers") is launcher
    assert fake.asked == {
        "path": "n.ipynb",
        "parameters": {"n": "2", "q": "a=b"},
        "python": "/p",
        "jobs": 2,
        "steps": ["a", "b", "c"],
        "output": "o",
        "report": "r",
        "keep": Keep.EDGES,
        "reuse": Reuse(off=True, forced=frozenset({StepName("a"), StepName("b")})),
        "fork": False,
    }


def test_an_error_of_the_service_is_one_sentence(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> RunRecord:
        raise ParameterError("the notebook has no parameter `x`")

    monkeypatch.setattr("nbflow.service.run.run", refuse)
    answer = Caller(capsys)("run", path, "-p", "x=1")
    assert (answer.code, answer.err) == (4, "nbflow: the notebook has no parameter `x`\n")


def drawn(events: Sequence[Event], height: int = 24) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen,
        force_terminal=True,
        width=80,
        height=height,
        highlight=False,
        legacy_windows=False,
    )
    notebook = Notebook("n", (Cell(B, CellKind.CODE, "1/0", 2),))
    live = Live("n.ipynb", lambda: notebook, console)
    try:
        for event in events:
            live.event(event)
        live.end(record(events))
    finally:
        live.close()
    return ANSI.sub("", screen.getvalue())


def test_on_a_terminal() -> None:
    text = drawn(BAD)
    assert "step train, cell 2:" in text
    assert "run 3: n.ipynb" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["●", "load", "done", "0.25s"] in rows
    assert ["✖", "train", "failed", "1m15s", "cell", "2", "failed"] in rows
    assert ["⊘", "plot", "skipped", "train", "failed"] in rows
    assert "[load] 100%" in drawn(GOOD)


def test_on_a_small_terminal_what_runs_is_shown_first() -> None:
    names = tuple(StepName(f"s{number}") for number in range(50))
    events: list[Event] = [RunStarted("3", "n.ipynb", names)]
    for name in names[:40]:
        events += [StepStarted(name, 0.0), StepEnded(name, StepState.DONE, 0.1)]
    live = Live("n", lambda: Notebook("n", ()), Console(file=io.StringIO(), height=10, width=80))
    for event in [*events, StepStarted(names[40], 0.0)]:
        live.event(event)
    live.close()
    screen = io.StringIO()
    Console(file=screen, width=80).print(live.table())
    shown = screen.getvalue()
    assert "s40" in shown
    assert "and 46 more: 9 waiting, 1 running, 40 done" in shown


@pytest.mark.parametrize(
    ("texts", "lines", "rest"),
    [
        (["a\nb\n"], ["a", "b"], []),
        (["a", "b\nc"], ["ab"], ["c"]),
        (["1%\r2%\r\n"], ["2%"], []),
        (["1%\r", "2%"], [], ["2%"]),
        (["a\r\nb\r\n"], ["a", "b"], []),
        (["\n"], [""], []),
    ],
)
def test_lines(texts: list[str], lines: list[str], rest: list[str]) -> None:
    cutter = Lines()
    assert [line for part in texts for line in cutter.add(LOAD, "stdout", part)] == lines
    assert [line for _, line in cutter.rest(LOAD)] == rest
    assert cutter.rest(LOAD) == []
