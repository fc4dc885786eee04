"""Several runs with one helper: imports are paid once, and no run sees anything of another."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from test_local import is_alive, stdout, write

from nbflow.engines.events import Event, StepLog
from nbflow.errors import EngineError, NbflowError
from nbflow.service.run import Helpers, Reuse, run
from nbflow.store import RunRecord

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere steps are not forked")

#: Prints the processes that the step comes from, up to nbflow's: its branch, and the helper.
LINE = """
import os
def parent(pid):
    return int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
branch = os.getppid()
helper = parent(branch)
print("line", branch, helper, parent(helper))
"""
#: The same, and then it waits, if it is asked to.
WAITS = (
    ("pipeline-parameters", "seconds = 0"),
    ("step:a", f"{LINE}import time\nprint('begun', os.getpid(), flush=True)\ntime.sleep(seconds)"),
    ("step:b", "print('ended', seconds)"),
)


def go(path: Path, helpers: Helpers, **asked: Any) -> RunRecord:
    return run(str(path), launchers=helpers.launcher, reuse=Reuse(off=True), **asked)


def line(text: str) -> tuple[int, int, int]:
    found = re.search(r"line (\d+) (\d+) (\d+)\n", text)
    assert found
    return int(found[1]), int(found[2]), int(found[3])


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.fixture
def helpers(pool: ThreadPoolExecutor) -> Iterator[Helpers]:
    with Helpers() as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, *WAITS)


def ends(pid: int) -> bool:
    """Whether a process that has been killed is soon no more."""
    late = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < late:
        time.sleep(0.01)
    return not is_alive(pid)


class _Stopped(Exception):  # noqa: N818  # no error
    """Somebody wants a run to end."""


@dataclass
class Going:
    """A run in a thread whose first step has begun and waits."""

    path: Path
    helpers: Helpers
    pool: ThreadPoolExecutor
    text: str = ""
    begun: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.run: Future[RunRecord] = self.pool.submit(
            go, self.path, self.helpers, parameters={"seconds": "600"}, on_event=self._hear
        )
        assert self.begun.wait(60), self.run
        self.branch, self.helper, self.nbflow = line(self.text)
        self.step = int(self.text.partition("begun ")[2].split()[0])

    def _hear(self, event: Event) -> None:
        if isinstance(event, StepLog) and event.stream == "stdout":
            self.text += event.text
            if re.search(r"begun \d+\n", self.text):
                self.begun.set()


def test_runs_after_each_other_share_a_helper(path: Path) -> None:
    with Helpers() as helpers:
        first, second = (line(stdout(go(path, helpers))) for _ in range(2))
        assert first[1:] == second[1:] == (first[1], os.getpid())
        assert first[0] != second[0]
        assert ends(first[0])
        assert is_alive(first[1])
    assert not is_alive(first[1])
    assert ends(second[0])


def test_what_one_run_imports_is_not_there_in_the_next(tmp_path: Path, helpers: Helpers) -> None:
    pytest.importorskip("bs4", reason="may be imported early")
    look = "import sys\nprint('bs4' in sys.modules)"
    path = write(tmp_path, ("step:a", look), ("step:b", "import bs4"), ("step:c", look))
    first, second = (stdout(go(path, helpers, jobs=1)) for _ in range(2))
    assert first == second
    assert first.startswith("False")


@pytest.mark.parametrize("what", ["environment", "imports"])
def test_a_run_that_begins_otherwise_gets_another_helper(
    path: Path, helpers: Helpers, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    _, before, _ = line(stdout(go(path, helpers)))
    if what == "environment":
        monkeypatch.setenv("NBFLOW_TEST_SHARING", "1")
    else:
        write(path.parent, ("imports", "import csv"), *WAITS)
    _, after, _ = line(stdout(go(path, helpers)))
    assert before != after
    assert not is_alive(before)  # nobody uses it


def test_a_step_that_is_killed_ends_no_other_run(
    path: Path, helpers: Helpers, pool: ThreadPoolExecutor
) -> None:
    one, other = Going(path, helpers, pool), Going(path, helpers, pool)
    assert (one.helper, one.nbflow) == (other.helper, os.getpid())
    assert one.branch != other.branch
    os.kill(one.step, signal.SIGKILL)
    assert one.run.result(60).state == "failed"
    assert is_alive(other.step)
    assert stdout(go(path, helpers)).endswith("ended 0\n")
    os.kill(other.step, signal.SIGKILL)
    assert other.run.result(60).state == "failed"


def test_a_branch_that_is_killed_ends_its_run_only(
    path: Path, helpers: Helpers, pool: ThreadPoolExecutor
) -> None:
    one = Going(path, helpers, pool)
    os.kill(one.branch, signal.SIGKILL)
    error = one.run.exception(60)
    assert isinstance(error, EngineError)
    assert str(error) == "the process that starts the steps of this run ended"
    assert ends(one.step)
    assert line(stdout(go(path, helpers)))[1] == one.helper


def test_a_helper_that_is_killed_takes_no_run_along(
    path: Path, helpers: Helpers, pool: ThreadPoolExecutor
) -> None:
    one = Going(path, helpers, pool)
    os.kill(one.helper, signal.SIGKILL)
    os.waitid(os.P_PID, one.helper, os.WEXITED | os.WNOWAIT)
    _, helper, _ = line(stdout(go(path, helpers)))
    assert helper != one.helper
    assert is_alive(one.step)
    os.kill(one.step, signal.SIGKILL)
    assert one.run.result(60).state == "failed"
    assert ends(one.branch)


def test_the_end_of_a_run_ends_its_steps_only(
    path: Path, helpers: Helpers, pool: ThreadPoolExecutor
) -> None:
    going = Going(path, helpers, pool)

    def stop(event: Event) -> None:
        if isinstance(event, StepLog) and "begun" in event.text:
            raise _Stopped

    with pytest.raises(_Stopped):
        go(path, helpers, parameters={"seconds": "600"}, on_event=stop)
    assert is_alive(going.step)
    os.kill(going.step, signal.SIGKILL)
    assert going.run.result(60).state == "failed"


def test_the_owner_ends_what_still_runs(path: Path, pool: ThreadPoolExecutor) -> None:
    with Helpers() as helpers:
        going = Going(path, helpers, pool)
    assert isinstance(going.run.exception(60), NbflowError)
    assert all(map(ends, (going.step, going.branch, going.helper)))


def test_why_no_step_can_be_run_is_told_to_each_run(
    path: Path, helpers: Helpers, tmp_path: Path
) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    for _ in range(2):
        with pytest.raises(NbflowError, match="IPython cannot be imported"):
            go(path, helpers, python=str(bare))
