"""Runs and batches on an engine elsewhere, from Python."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kfp_team import Team, team

import nbflow
from nbflow.engines.events import Event, StepEnded

FAILED = {"train-it": ("failed", "Traceback\nZeroDivisionError: no\n")}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    with team(tmp_path, monkeypatch, plays=True) as found:
        yield found


def test_a_run_elsewhere_and_what_it_left(there: Team) -> None:
    heard: list[Event] = []
    run = nbflow.run("n.ipynb", {"n": 5}, engine="team", check=True, on_event=heard.append)
    assert [each.parameters for each in there.server.runs] == [{"n": 5}]
    assert (run.state, run.parameters["n"]) == ("done", 5)
    assert [(step.name, step.state) for step in run.steps] == [
        ("load", "done"),
        ("train_it", "done"),
    ]
    ended = [event.step for event in heard if isinstance(event, StepEnded)]
    assert ended == ["load", "train_it"]
    assert run.record.engine == "kfp"
    assert [each.id for each in nbflow.runs("n.ipynb")] == [run.id]
    with pytest.raises(nbflow.NotMadeError, match="team"):
        run["load"].variables["x"]


def test_a_step_that_fails_elsewhere(there: Team) -> None:
    there.server.outcomes = FAILED
    run = nbflow.run("n.ipynb", engine="kfp")
    assert run.state == "failed"
    assert run["train_it"].message == "ZeroDivisionError: no"
    with pytest.raises(nbflow.RunFailedError, match=r"step train_it: ZeroDivisionError: no"):
        run.check()


def test_a_batch_elsewhere(there: Team) -> None:
    batch = nbflow.batch("n.ipynb", {"n": [4, 5]}, engine="team", image="python:3.11", check=True)
    assert [each.parameters for each in there.server.runs] == [{"n": 4}, {"n": 5}]
    assert [(each.state, each.run.state) for each in batch.members] == [("done", "done")] * 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"engine": "team", "jobs": 2, "cache": False}, r"^jobs, cache: for runs on this machine"),
        ({"image": "python:3.11"}, "name an engine as well"),
        ({"image": "python:3.11", "engine": "local"}, "name an engine as well"),
        ({"engine": "nobody"}, "nobody"),
    ],
)
def test_what_does_not_go_together_is_refused(
    there: Team, asked: dict[str, object], message: str
) -> None:
    with pytest.raises(nbflow.NbflowError, match=message):
        nbflow.run("n.ipynb", **asked)  # type: ignore[arg-type]
    assert there.server.runs == []


def test_the_local_engine_is_this_machine(there: Team) -> None:
    run = nbflow.run("n.ipynb", engine="local", jobs=1, check=True)
    assert (there.server.runs, run["load"].variables["x"]) == ([], 6)
