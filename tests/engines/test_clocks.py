"""Clocks that are wrong or are set, and time zones: neither order nor what is used again hangs on them."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_local import stdout, write

from nbflow.engines.events import Event, StepLog
from nbflow.service import history
from nbflow.service.run import resume, run

FAR = 4_000_000_000  # in the year 2096
LONG_AGO = 1_000_000


@pytest.fixture(autouse=True)
def _same_code_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.delenv("TZ", raising=False)


def reused(path: Path) -> list[bool]:
    return [bool(step.reused) for step in run(str(path)).steps]


@pytest.mark.parametrize("moment", [FAR, LONG_AGO])
def test_the_last_run_is_the_one_that_began_last(tmp_path: Path, moment: int) -> None:
    path = write(tmp_path, ("parameters", "n = 1"), ("step:a", "x = n"), ("step:b", "1 / 0"))
    for n in ("1", "2", "3"):
        run(str(path), parameters={"n": n})
    with sqlite3.connect(tmp_path / ".nbflow" / "nbflow.db") as database:
        database.execute("UPDATE runs SET started = ? WHERE id = 2", (moment,))
    database.close()
    assert [row.id for row in history.runs(folder=tmp_path)] == ["3", "2", "1"]
    assert history.run("last", tmp_path).id == "3"
    record = resume("last", tmp_path)
    assert (record.id, record.parameters) == ("4", {"n": 3})
    assert record.steps[0].reused == "3"


@pytest.mark.parametrize("moment", [FAR, LONG_AGO])
def test_the_time_of_a_file_does_not_count_but_its_content(tmp_path: Path, moment: int) -> None:
    path = write(tmp_path, ("step:a", "t = open('data.txt').read()\nprint(t)"))
    for text in ("one", "two"):
        (tmp_path / "data.txt").write_text(text)
        os.utime(tmp_path / "data.txt", (moment, moment))
        assert reused(path) == [False]
        assert reused(path) == [True]
    assert stdout(history.run("last", tmp_path)) == "two\n"


WAITING = """
t = open('data.txt').read()
print('read')
n = open('gate').read()
print(t)
"""


def open_gate(pipe: Path) -> None:
    """Let the reader of a named pipe go on, which comes soon."""
    deadline = time.monotonic() + 10
    while True:
        try:
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:  # it is not there yet
            assert time.monotonic() < deadline
            time.sleep(0.01)
        else:
            return


def change(folder: Path, moment: int | None) -> Callable[[Event], None]:
    """Change what the step has read while it waits, and let it go on."""

    def hear(event: Event) -> None:
        if isinstance(event, StepLog) and event.text.startswith("read"):
            (folder / "data.txt").write_text("new")
            if moment is not None:
                os.utime(folder / "data.txt", (moment, moment))
            open_gate(folder / "gate")

    return hear


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
@pytest.mark.parametrize("moment", [FAR, LONG_AGO, None])
def test_a_file_that_changes_while_a_step_runs_is_seen_by_any_clock(
    tmp_path: Path, moment: int | None
) -> None:
    os.mkfifo(tmp_path / "gate")
    (tmp_path / "data.txt").write_text("old")
    path = write(tmp_path, ("step:a", WAITING.strip()))
    first = run(str(path), on_event=change(tmp_path, moment))
    assert stdout(first) == "read\nold\n"
    second = run(str(path), on_event=change(tmp_path, None))
    assert stdout(second) == "read\nnew\n"
    assert second.steps[0].reason == "it has used data.txt, which changed meanwhile"


def test_results_hold_for_their_time_zone_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import datetime\nprint(datetime.datetime.fromtimestamp(0).hour)"
    path = write(tmp_path, ("step:a", source), ("step:b", "print(datetime.date(2000, 1, 1))"))
    hours = {"Pacific/Auckland": "12", "America/Los_Angeles": "16"}
    for again in (False, True):
        for zone, hour in hours.items():
            monkeypatch.setenv("TZ", zone)
            record = run(str(path))
            assert [bool(step.reused) for step in record.steps] == [again, again]
            assert stdout(record) == f"{hour}\n2000-01-01\n"
    assert [int(row.id) for row in history.runs(folder=tmp_path)] == [4, 3, 2, 1]


def test_times_that_a_run_records_are_those_of_the_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, ("step:a", "x = 1"))
    found = []
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        found.append(run(str(path)).started)
    assert 0 <= found[1] - found[0] < 60
