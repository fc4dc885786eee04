"""Tries and time limits of steps, and how many may run beside one another."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from test_local import is_alive, states, stdout, write

from nbflow.engines.events import Event, StepStarted
from nbflow.engines.local import attempts
from nbflow.engines.local.launcher import Pipes
from nbflow.engines.local.memory import Memory
from nbflow.engines.local.running import Running
from nbflow.model import Backoff, Resources, Step, StepName
from nbflow.service.run import run

FAILS_TWICE = (
    "n = 1\nwith open('tries.txt', 'a') as f:\n    f.write('x')\n"
    "if len(open('tries.txt').read()) < 3:\n    raise OSError('busy')\nprint('well')"
)


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.05)


def test_a_step_is_tried_again_as_often_as_it_may(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a retry:2", FAILS_TWICE), ("step:b", "print('after')"))
    events: list[Event] = []
    record = run(str(path), on_event=events.append)
    assert (record.state, stdout(record)) == ("done", "well\nafter\n")
    again = [e.again for e in events if isinstance(e, StepStarted) and e.again]
    assert again == [f"try {n} of 3, since it failed: cell 1: OSError: busy" for n in (2, 3)]


def test_a_step_that_fails_each_time_fails(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a retry:1", FAILS_TWICE), ("step:b", "x = n"))
    record = run(str(path))
    assert states(record) == {"a": "failed", "b": "skipped"}
    assert (tmp_path / "tries.txt").read_text() == "xx"


@pytest.mark.parametrize(
    ("backoff", "waits"),
    [
        (None, [1, 2, 4, 8, 16, 32, 60, 60]),
        (Backoff(30), [30, 60, 120]),
        (Backoff(30, 1), [30, 30, 30]),
        (Backoff(2, 9), [2, 18, 162]),
    ],
)
def test_how_long_a_step_waits(
    backoff: Backoff | None, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FIRST_WAIT", 1.0)
    step = Step(StepName("a"), (), resources=Resources(retry=9, backoff=backoff))
    tried = attempts.Attempts()
    for wait in waits:
        assert tried.again(step, "busy")
        found = tried.wait([step])
        assert found is not None
        # Each wait is drawn from a tenth around; a loaded machine is late to ask.
        assert wait * 0.9 - 0.9 < found <= wait * 1.1


def test_a_step_that_takes_too_long_is_ended_with_all_its_processes(tmp_path: Path) -> None:
    slow = "import subprocess, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + (
        "p = subprocess.Popen(['sleep', '60'])\nopen('pid.txt', 'w').write(str(p.pid))\np.wait()"
    )
    path = write(tmp_path, ("step:a timeout:5s", slow))
    began = time.monotonic()
    record = run(str(path))
    assert time.monotonic() - began < 30
    assert states(record) == {"a": "failed"}
    assert record.steps[0].message == "it took longer than its timeout of 5 s"
    assert not is_alive(int((tmp_path / "pid.txt").read_text()))


def test_waiting_for_its_turn_takes_none_of_the_time_of_a_step() -> None:
    read, write_ = os.pipe()
    running = Running(
        Step(StepName("a"), ()),
        0,
        0,
        Path(),
        Pipes(-1, -1, -1, write_),
        started=0.0,
        began=time.monotonic() - 10,
        order=(),
        hidden=frozenset(),
        texts={},
    )
    assert running.taken() >= 10
    running.hold()
    running.waits_since -= 7
    assert running.taken() < 10
    running.release()
    assert running.taken() < 10
    os.close(read)
    os.close(write_)


@pytest.mark.parametrize(
    ("total", "peak", "others", "room"),
    [(10, 5, [5], True), (10, 6, [5], False), (10, 20, [], True), (None, 20, [20], True)],
)
def test_steps_run_side_by_side_while_there_is_memory(
    total: int | None, peak: int, others: list[int], room: bool
) -> None:
    assert Memory(total).has_room(peak, others) is room
