"""Batches whose members run elsewhere: sent, followed, left, found again, and not sent twice."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Caller
from kfp_team import Team, team

from nbflow.service.batch import batch as service
from nbflow.service.batch.events import BatchEvent, MemberEnded, MemberStarted
from nbflow.service.batch.planning import Grid, Rows

BATCH = ("batch", "n.ipynb", "--engine", "team", "--name", "s")
FAILED = {"train-it": ("failed", "Traceback\nZeroDivisionError: no\n")}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    with team(tmp_path, monkeypatch, plays=True) as found:
        yield found


@pytest.fixture
def call(there: Team, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(capsys)


def sent(there: Team) -> list[object]:
    return [run.parameters for run in there.server.runs]


def test_members_are_sent_with_their_parameters(there: Team, call: Caller) -> None:
    answer = call(*BATCH, "-p", "n=4,5", "-p", "rate=1", "--image", "python:3.11")
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    assert lines[0] == "batch s: n.ipynb, 2 members, 2 to run, on team"
    assert lines[1] == "◐ 1/2 n=4, rate=1.0: run 1"
    assert lines[2].startswith("● 1/2 n=4, rate=1.0 done ")
    assert sent(there) == [{"n": 4, "rate": 1.0}, {"n": 5, "rate": 1.0}]
    assert len(there.server.pipelines) == 1
    shown = call("batch", "show", "s").out
    assert "\n  engine      team\n" in shown
    assert shown.count("● done") == 2
    again = call("batch", "resume", "s")
    assert (again.code, len(there.server.runs)) == (0, 2)


def test_what_has_failed_is_sent_again_and_nothing_else(there: Team, call: Caller) -> None:
    assert call(*BATCH, "-p", "n=4").code == 0
    there.server.outcomes = FAILED
    answer = call("batch", "n.ipynb", "--name", "s", "-p", "n=5", "--json")
    assert answer.code == 1
    ended = json.loads(answer.out.splitlines()[-1])
    assert [m["state"] for m in ended["members"]] == ["done", "failed"]
    assert ended["members"][1]["error"] == "train_it: ZeroDivisionError: no"
    there.server.outcomes = {}
    assert call("batch", "resume", "s").code == 0
    assert sent(there) == [{"n": 4}, {"n": 5}, {"n": 5}]


def test_so_many_run_at_once(there: Team) -> None:
    heard: list[BatchEvent] = []
    grid = Grid({"n": [1, 2, 3, 4, 5]})
    batch = service.start("n.ipynb", Rows(), grid, jobs=2, engine="team", on_event=heard.append)
    assert [member.state for member in batch.members] == ["done"] * 5
    assert len(there.server.versions) == 1
    running, most = 0, 0
    for event in heard:
        running += isinstance(event, MemberStarted) - isinstance(event, MemberEnded)
        most = max(most, running)
    assert (most, running) == (2, 0)
    assert len(there.server.pipelines) == 1


def test_an_interrupt_leaves_the_runs_and_resume_follows_them(there: Team, call: Caller) -> None:
    there.server.plays = False
    following = there.start(*BATCH, "-p", "n=4,5,6", "--jobs", "2")
    assert following.stdout is not None
    _, *begun = (following.stdout.readline() for _ in range(3))
    assert sorted(line[:5] for line in begun) == ["◐ 1/3", "◐ 2/3"]
    os.kill(following.pid, signal.SIGINT)
    _, err = following.communicate(timeout=60)
    assert following.returncode == 130
    assert (
        "nbflow: no longer watching, what runs on team goes on: `nbflow batch resume s` goes on with it"
        in err
    )
    assert [m.state for m in service.show("s").members] == ["running", "running", "waiting"]
    assert [row.members for row in service.rows()] == [{"running": 2, "waiting": 1}]
    done = there.server.runs[1]
    for task in ("load", "train-it"):
        done.workflow.move(task, "done", "")
    done.to("SUCCEEDED")
    shown = call("batch", "show", "s").out
    assert (shown.count("● done"), shown.count("◐ running")) == (1, 1)
    there.server.plays = True
    assert call("batch", "resume", "s", "--jobs", "2").code == 0
    assert sorted(map(str, sent(there))) == ["{'n': 4}", "{'n': 5}", "{'n': 6}"]


def test_a_run_that_was_removed_there_is_sent_anew(there: Team, call: Caller) -> None:
    there.server.plays = False
    following = there.start(*BATCH, "-p", "n=4")
    assert following.stdout is not None
    assert [following.stdout.readline() for _ in range(2)][1].startswith("◐ 1/1 n=4: run 1")
    following.kill()
    following.communicate(timeout=60)
    there.server.runs.clear()
    there.server.plays = True
    answer = call("batch", "resume", "s")
    assert (answer.code, [m.state for m in service.show("s").members]) == (1, ["stopped"])
    assert "member 1: " in answer.err
    assert call("batch", "resume", "s").code == 0
    assert sent(there) == [{"n": 4}]


def test_one_that_was_perhaps_sent_is_no_second_run(there: Team, call: Caller) -> None:
    there.server.fault("POST", "/runs$", "hang")
    sending = there.start(*BATCH, "-p", "n=4")
    while not there.server.count("POST", ".*/runs"):
        assert sending.poll() is None
    sending.kill()
    sending.communicate(timeout=60)
    assert [m.state for m in service.show("s").members] == ["stopped"]
    answer = call("batch", "resume", "s")
    assert answer.code == 0, answer.err
    assert sent(there) == [{"n": 4}]
    assert [m.run for m in service.show("s").members] == ["1"]


@pytest.mark.parametrize(
    ("words", "exit_code", "told"),
    [
        (("--output", "{n}.ipynb"), 4, "executed notebooks are for batches on this machine"),
        (("-p", "name={{x}}"), 4, "the value of name holds `{{`"),
        (("--engine", "local", "--image", "x"), 4, "an image is for batches elsewhere"),
        (("--engine", "nowhere"), 6, "there is no engine nowhere"),
    ],
)
def test_what_does_not_go_elsewhere_is_refused_before_anything_is_sent(
    there: Team, call: Caller, words: tuple[str, ...], exit_code: int, told: str
) -> None:
    answer = call(*BATCH, "-p", "n=4", *words)
    assert answer.code == exit_code
    assert told in answer.err
    assert not there.server.runs
    assert not Path(".nbflow", "nbflow.db").exists()


def test_an_engine_that_takes_no_runs_ends_the_batch(there: Team, call: Caller) -> None:
    there.server.fault("POST", "/runs$", status=403, times=1000)
    answer = call(*BATCH, "-p", "n=4,5")
    assert answer.code == 6
    assert [m.state for m in service.show("s").members] == ["failed", "waiting"]
