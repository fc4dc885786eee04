"""Batches that run: what is shared, failed, stopped, killed, and gone on with."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_notebooks import code, write

from nbflow.engines.events import StepStarted
from nbflow.errors import ParameterError, StoreError
from nbflow.service.batch import batch as service
from nbflow.service.batch.code import CHANGED
from nbflow.service.batch.events import (
    BatchEvent,
    BatchNote,
    BatchStarted,
    MemberEnded,
    MemberHeard,
    MemberStarted,
)
from nbflow.service.batch.planning import Grid, Rows
from nbflow.service.run import Refused, cores, resume, run
from nbflow.store import BatchRecord, Store

COMMAND = [sys.executable, "-c", "import sys; from nbflow.cli.main import main; main()", "batch"]
PARAMETERS = code("depth = 2\nlr = 0.1\nlimit = 100", "parameters")


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)


def three_steps(folder: Path, *, pause: float = 0.0, fit: str = "y = x * depth") -> Path:
    """A notebook whose second step reads ``depth``, and whose third reads ``lr`` and ``limit``."""
    wait = f"import time\ntime.sleep({pause})\n" if pause else ""
    return write(
        folder,
        PARAMETERS,
        code(f"{wait}x = 10", "step:load"),
        code(f"{wait}{fit}", "step:fit"),
        code(f"{wait}assert y < limit\nscore = y * lr", "step:score"),
        code("print(score)", "pipeline-metrics"),
    )


def table(batch: BatchRecord) -> list[tuple[object, ...]]:
    """Values, state, metric and number of shared steps of each member."""
    return [
        (*m.parameters.values(), m.state, (m.metrics or {}).get("score"), m.shared)
        for m in batch.members
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_parameters_do_not_reach_is_computed_once(tmp_path: Path, jobs: int) -> None:
    path = three_steps(tmp_path)
    heard: list[BatchEvent] = []
    grid = Grid({"depth": ["2", "4"], "lr": ["0.5", "2"]})
    batch = service.start(str(path), Rows(), grid, name="sweep", jobs=jobs, on_event=heard.append)
    assert table(batch) == [
        (2, 0.5, "done", 10.0, 0),
        (2, 2.0, "done", 40.0, 2),
        (4, 0.5, "done", 20.0, 1),
        (4, 2.0, "done", 80.0, 2),
    ]
    assert not batch.running
    assert heard[0] == BatchStarted("sweep", str(path), 4, 4, 4)
    assert service.show("last", tmp_path) == batch
    assert computed(tmp_path) == {"load": 1, "fit": 2, "score": 4}
    assert all(member.saved > 0 for member in batch.members[1:])


def computed(folder: Path) -> dict[str, int]:
    """How many results of each step are kept; metrics are left out."""
    with sqlite3.connect(folder / ".nbflow" / "nbflow.db") as db:
        rows = db.execute("SELECT step, COUNT(*) FROM results GROUP BY step").fetchall()
    db.close()
    return {step: count for step, count in rows if step in ("load", "fit", "score")}


def test_members_that_draw_differ_as_separate_runs_do(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        PARAMETERS,
        code("import random\nx = random.random()", "step:draw"),
        code("score = x + 0 * depth", "step:use"),
        code("score", "pipeline-metrics"),
    )
    batch = service.start(str(path), Rows(), Grid({"depth": [1, 2, 3]}))
    assert len({(member.metrics or {})["score"] for member in batch.members}) == 3
    seeded = json.loads(path.read_text(encoding="utf-8"))
    seeded["cells"][1]["source"] = "import random\nrandom.seed(1)\nx = random.random()"
    path.write_text(json.dumps(seeded), encoding="utf-8")
    batch = service.start(str(path), Rows(), Grid({"depth": [1, 2, 3]}))
    assert batch.name == "n-2"
    assert len({(member.metrics or {})["score"] for member in batch.members}) == 1


def test_what_one_member_shows_of_steps_is_known_to_the_next(tmp_path: Path) -> None:
    hidden = "import sys, time\ntime.sleep(1)\nvars(sys.modules['__main__'])['x'] = depth"
    path = write(
        tmp_path,
        PARAMETERS,
        code("x = 1", "step:a"),
        code(hidden, "step:b"),
        code("score = x", "step:c"),
        code("score", "pipeline-metrics"),
    )
    heard: list[BatchEvent] = []
    batch = service.start(str(path), Rows(), Grid({"depth": [5, 6]}), on_event=heard.append)
    assert [m.metrics for m in batch.members] == [{"score": 5.0}, {"score": 6.0}]
    again = [
        (told.position, told.event.step)
        for told in heard
        if isinstance(told, MemberHeard)
        and isinstance(told.event, StepStarted)
        and told.event.again
    ]
    assert {position for position, _ in again} == ({1} if cores() > 1 else set())


def test_a_batch_goes_on_after_a_failed_member_and_tries_it_again(tmp_path: Path) -> None:
    path = three_steps(tmp_path)
    batch = service.start(str(path), Rows(), Grid({"depth": [2, 30, 4]}), name="s")
    assert [m.state for m in batch.members] == ["done", "failed", "done"]
    assert batch.members[1].error == "score: AssertionError: "
    mended = path.read_text(encoding="utf-8").replace("y < limit", "True")
    path.write_text(mended, encoding="utf-8")
    heard: list[BatchEvent] = []
    again = service.resume("s", tmp_path, on_event=heard.append)
    assert [m.state for m in again.members] == ["done", "done", "done"]
    (begun,) = (event.member for event in heard if isinstance(event, MemberStarted))
    assert (begun.run, begun.state) == (again.members[1].run, "running")
    assert (begun.seconds, begun.metrics, begun.steps, begun.error) == (None, {}, 0, "")
    assert [a.run == b.run for a, b in zip(batch.members, again.members, strict=True)] == [
        True,
        False,
        True,
    ]
    assert again.members[1].shared == 2


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("deep = 1", "member 2: the notebook has no parameter `depth`; its parameters are: deep"),
        ("depth = [1]", "member 2: the parameter depth is a list"),
    ],
)
def test_members_that_do_not_fit_the_notebook_of_now_do_not_run(
    tmp_path: Path, now: str, told: str
) -> None:
    cells = code("assert depth < 3\nscore = depth", "step:fit"), code("score", "pipeline-metrics")
    write(tmp_path, code("depth = 2", "parameters"), *cells)
    path = str(tmp_path / "n.ipynb")
    batch = service.start(path, Rows(), Grid({"depth": [2, 4]}), name="s")
    changed = now.partition(" ")[0]
    write(
        tmp_path,
        code(now, "parameters"),
        code(f"score = len(str({changed}))", "step:fit"),
        code("score", "pipeline-metrics"),
    )
    with pytest.raises(ParameterError, match=told):
        service.resume("s", tmp_path)
    with pytest.raises(ParameterError, match=told):
        service.start(path, Rows((("", {}),)), Grid(), name="s")
    assert service.show("s", tmp_path).members == batch.members


def test_a_batch_of_another_notebook_is_none_to_add_to(tmp_path: Path) -> None:
    path = three_steps(tmp_path)
    service.start(str(path), Rows(), Grid({"depth": [30]}), name="s")  # which fails, and waits
    other = path.rename(tmp_path / "other.ipynb")
    write(tmp_path, code("wide = 1", "parameters"), code("wide", "step:fit"))
    with pytest.raises(StoreError, match=r"the batch s is one of .*n\.ipynb; take another"):
        service.start(str(other), Rows(), Grid({"depth": [2]}), name="s")


def test_a_notebook_is_the_same_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = three_steps(tmp_path)
    (tmp_path / "far" / "beside").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "far" / "beside")
    service.start(str(path), Rows(), Grid({"depth": [2]}), name="s")
    monkeypatch.chdir(tmp_path / "far")
    for place in ("../n.ipynb", "beside/../../n.ipynb", "../link/../../n.ipynb"):
        batch = service.start(place, Rows(), Grid({"depth": [2]}), name="s")
        assert (batch.notebook, len(batch.members)) == (str(path), 1)


def test_members_are_added(tmp_path: Path) -> None:
    path = str(three_steps(tmp_path))
    first = service.start(path, Rows(), Grid({"depth": [2, 4]}), name="s")
    rows = Rows((("r, line 2", {"depth": "4"}), ("r, line 3", {"depth": "6"})))
    heard: list[BatchEvent] = []
    more = service.start(path, rows, Grid(), name="s", on_event=heard.append)
    assert heard[0] == BatchStarted("s", path, 3, 1, 1)
    assert more.members[:2] == first.members
    assert table(more)[2] == (6, "done", 6.0, 1)


def test_a_notebook_that_has_changed_is_told_where_members_stay_as_they_are(tmp_path: Path) -> None:
    path = three_steps(tmp_path)
    heard: list[BatchEvent] = []
    service.start(str(path), Rows(), Grid({"depth": [2, 30]}), name="s", on_event=heard.append)
    service.resume("s", tmp_path, on_event=heard.append)
    assert BatchNote(CHANGED) not in heard
    three_steps(tmp_path, fit="y = x + depth")
    for _ in range(2):  # as long as the first member stays as it is
        heard.clear()
        service.resume("s", tmp_path, on_event=heard.append)
        assert heard[1] == BatchNote(CHANGED)


def test_what_cannot_be_a_batch_is_refused_before_anything_is_recorded(tmp_path: Path) -> None:
    path = three_steps(tmp_path)
    with pytest.raises(ParameterError, match="no parameter `dep`"):
        service.start(str(path), Rows(), Grid({"dep": [1]}))
    for jobs in (0, -1):
        with pytest.raises(ParameterError, match=f"at least 1, not {jobs}"):
            service.start(str(path), Rows(), Grid({"depth": [1]}), jobs=jobs)
        with pytest.raises(ParameterError, match=f"at least 1, not {jobs}"):
            run(str(path), jobs=jobs)
    with pytest.raises(ParameterError, match="'last' is no name for a batch"):
        service.start(str(path), Rows(), Grid({"depth": [1]}), name="last")
    path.write_text(path.read_text(encoding="utf-8").replace("x * depth", "x *"), encoding="utf-8")
    with pytest.raises(Refused):
        service.start(str(path), Rows(), Grid({"depth": [1]}))
    with Store.open(tmp_path) as store:
        assert (store.batches.names(), store.runs()) == ([], [])
        with pytest.raises(StoreError, match="there is no batch x"):
            store.batches.batch("x")


@pytest.mark.parametrize(
    "fit",
    [
        "with open('f', 'w') as file:\n    file.write(str(depth))\ny = x * depth",
        "import os\ngetattr(os, 'mk' + 'dir')(f'd{depth}')\ny = x * depth",
    ],
)
def test_members_that_write_files_run_one_at_a_time(tmp_path: Path, fit: str) -> None:
    path = three_steps(tmp_path, fit=fit)
    heard: list[BatchEvent] = []
    grid = Grid({"depth": [2, 4, 6]})
    batch = service.start(str(path), Rows(), grid, jobs=3, on_event=heard.append)
    assert [m.state for m in batch.members] == ["done"] * 3
    assert len([event for event in heard if isinstance(event, BatchNote)]) == 1
    at_work = [event.position for event in heard if isinstance(event, MemberHeard)]
    assert at_work == sorted(at_work)


@pytest.mark.parametrize(("jobs", "at_once"), [(None, 2), (1, 1)])
def test_as_many_members_run_at_once_as_before(
    tmp_path: Path, jobs: int | None, at_once: int
) -> None:
    path = three_steps(tmp_path, fit="1 / 0")
    service.start(str(path), Rows(), Grid({"depth": [2, 4, 6]}), name="s", jobs=2)
    three_steps(tmp_path, pause=0.2)
    running, most = set[int](), 0

    def hear(event: BatchEvent) -> None:
        nonlocal most
        if isinstance(event, MemberStarted):
            running.add(event.member.position)
        elif isinstance(event, MemberEnded):
            running.discard(event.member.position)
        most = max(most, len(running))

    service.resume("s", tmp_path, jobs=jobs, on_event=hear)
    assert most == at_once


def test_a_batch_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    path = str(three_steps(tmp_path))
    service.start(path, Rows(), Grid({"depth": [2]}), name="s")
    with Store.open(tmp_path) as store:
        store.batches.claim("s", path, "", ())
        with pytest.raises(StoreError, match="the batch s is still going on"):
            service.resume("s", tmp_path)
        with pytest.raises(StoreError, match="the batch s is one of"):
            store.batches.claim("s", "/other.ipynb", "", ())
        store.batches.release("s")


def test_a_run_that_is_removed_leaves_its_member_waiting(tmp_path: Path) -> None:
    path = str(three_steps(tmp_path))
    batch = service.start(path, Rows(), Grid({"depth": [2, 4]}), name="s")
    with Store.open(tmp_path) as store, store.clearing() as clearing:
        clearing.remove([batch.members[0].run])
    assert [m.state for m in service.show("s", tmp_path).members] == ["waiting", "done"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_stops_a_batch_and_resume_goes_on(tmp_path: Path, jobs: str) -> None:
    path = write(
        tmp_path,
        PARAMETERS,
        code("x = 1", "step:load"),
        code("import time\nprint('here', flush=True)\ntime.sleep(600 * (depth > 2))", "step:wait"),
    )
    process = subprocess.Popen(
        [*COMMAND, str(path), "-p", "depth=1,3,4", "--jobs", jobs, "--name", "s", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "step-log" and event["member"] == 2:
            break
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"`nbflow batch resume s --folder {tmp_path}` goes on with it" in stderr
    stopped = service.show("s", tmp_path)
    assert [m.state for m in stopped.members][:2] == ["done", "stopped"]
    assert not stopped.running
    path.write_text(path.read_text(encoding="utf-8").replace("600", "0"), encoding="utf-8")
    assert [m.state for m in service.resume("s", tmp_path).members] == ["done"] * 3


@pytest.mark.parametrize(
    ("jobs", "kills", "many"),
    [("1", 4, 3), ("2", 4, 3), pytest.param("2", 50, 24, marks=pytest.mark.slow)],
)
def test_nothing_that_was_committed_is_computed_twice_after_kills(
    tmp_path: Path, jobs: str, kills: int, many: int
) -> None:
    path = three_steps(tmp_path, pause=0.1)
    moments = random.Random(5)
    lrs = range(1, many + 1)
    given = ["-p", "depth=1,2,3", "-p", f"lr={','.join(map(str, lrs))}", "--jobs", jobs]
    words = [str(path), *given, "--name", "s"]
    for _ in range(kills):
        process = subprocess.Popen(
            [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()  # the batch is recorded by now
        time.sleep(moments.uniform(0.05, 0.9))
        process.kill()
        process.communicate(timeout=60)
        words = ["resume", "s", "--folder", str(tmp_path), "--jobs", jobs]
    batch = service.resume("s", tmp_path, jobs=int(jobs))
    assert [(m.state, (m.metrics or {})["score"]) for m in batch.members] == [
        ("done", 10.0 * depth * lr) for depth in (1, 2, 3) for lr in lrs
    ]
    assert computed(tmp_path) == {"load": 1, "fit": 3, "score": 3 * many}


def test_a_run_that_did_not_come_far_hands_on_what_it_resumes(tmp_path: Path) -> None:
    """Its process was killed before it used what the run before had computed."""
    path = write(
        tmp_path,
        code("import time\nt = time.time()", "step:clock"),
        code("assert False, t", "step:fail"),
    )
    first = run(str(path))
    with Store.open(tmp_path) as store:
        second = store.begin(
            notebook=str(path), engine="local", python=first.python, parameters={}, resumes=first.id
        )
        store.end(second, "stopped", 0.0, {})
    assert resume(second, tmp_path).steps[0].reason == "unchanged since run 1"
