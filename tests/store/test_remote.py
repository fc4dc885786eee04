"""Runs elsewhere in the store: what is known of them comes back, and what it means for their state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nbflow.model import StepName
from nbflow.store import RemoteRecord, StepRecord, Store
from nbflow.store.database import MIGRATIONS
from nbflow.store.step_logs import LIMIT, StepLogs

REMOTE = RemoteRecord("team", "churn", "churn-1", {"n": [1, None]}, {StepName("a b"): "a-b"})
SENT = replace(
    REMOTE,
    id="id",
    name="churn-1",
    namespace="ns",
    url="http://h",
    message="m",
    seen=2.5,
    kept=True,
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    return Store.open(tmp_path, create=True)


def begin(store: Store, remote: RemoteRecord | None = REMOTE) -> str:
    return store.begin(
        notebook="/n/a.ipynb",
        engine="kfp" if remote else "local",
        python="python",
        parameters={},
        remote=remote,
    )


def test_what_is_known_comes_back(store: Store) -> None:
    with store:
        run, here = begin(store), begin(store, None)
        assert store.run(run).remote == REMOTE
        assert store.run(here).remote is None
        store.note_remote(run, SENT, state="done")
        assert store.run(run).remote == SENT
        assert [(row.profile, row.state) for row in store.runs()] == [
            ("", "running"),
            ("team", "done"),
        ]


@pytest.mark.parametrize(("remote", "state"), [(REMOTE, "stopped"), (SENT, "running")])
def test_a_run_goes_on_without_the_process_that_sent_it(
    tmp_path: Path, store: Store, remote: RemoteRecord, state: str
) -> None:
    with store:
        run = begin(store)
        store.note_remote(run, remote)
        assert store.run(run).state == "running"
    with Store.open(tmp_path) as again:
        assert again.run(run).state == again.runs()[0].state == state


def test_a_run_that_goes_on_elsewhere_is_not_cleared_away(tmp_path: Path, store: Store) -> None:
    with store:
        going, ended = begin(store), begin(store)
        store.note_remote(going, SENT)
        store.note_remote(ended, SENT, state="failed")
    with Store.open(tmp_path) as again, again.clearing() as clearing:
        assert {each.run.id: each.needed for each in clearing.held()} == {
            going: True,
            ended: False,
        }
        clearing.remove([going, ended])
        assert [row.id for row in again.runs()] == [going]


def test_what_steps_took_elsewhere_says_nothing_of_this_machine(store: Store) -> None:
    with store:
        for remote in (None, REMOTE):
            run = begin(store, remote)
            peak = 100 if remote is None else 0
            step = StepRecord(StepName("a"), 0, "done", 1.0, 2.0, peak_bytes=peak, cpu_seconds=1.0)
            store.record_step(run, step)
        assert store.peaks("/n/a.ipynb") == {"a": 100}
        assert [each.peak_bytes for each in store.figures("/n/a.ipynb")] == [100]


def test_the_migration_is_there() -> None:
    assert sum("CREATE TABLE remote" in each for each in MIGRATIONS) == 1


# Logs


def test_logs_are_there_when_all_of_them_has_come(tmp_path: Path) -> None:
    logs = StepLogs(tmp_path)
    pieces = logs.kept(0, iter(["a\r\n", "b\udc80 ä"]))
    assert next(pieces) == "a\r\n"
    assert not logs.has(0)
    assert list(pieces) == ["b\udc80 ä"]
    assert logs.has(0)
    assert logs.text(0) == "a\r\nb? ä"
    assert logs.text(1) == ""
    assert [each.name for each in (tmp_path / "logs").iterdir()] == ["000.log"]


def test_logs_that_break_off_leave_nothing(tmp_path: Path) -> None:
    logs = StepLogs(tmp_path)
    pieces = logs.kept(0, iter(["a"]))
    next(pieces)
    pieces.close()
    assert not logs.has(0)
    assert list((tmp_path / "logs").iterdir()) == []


def test_long_logs_are_cut_in_the_store_only(tmp_path: Path) -> None:
    logs = StepLogs(tmp_path)
    long = "x" * (LIMIT // 2 + 1)
    assert [len(each) for each in logs.kept(0, [long, long, "y"])] == [len(long), len(long), 1]
    text = logs.text(0)
    assert len(text) < LIMIT + 100
    assert text.endswith("nbflow: the rest of what this step has written is not kept here\n")
