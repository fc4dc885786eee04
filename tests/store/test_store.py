"""The run store: what goes in comes out, and it says in one sentence what it cannot do."""

from __future__ import annotations

import importlib
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from nbflow.errors import StoreError
from nbflow.model import CellId, Effect, Learned, StepName
from nbflow.store import CellRecord, FindingRecord, ResultRecord, StepRecord, Store, VariableRecord
from nbflow.store.database import MIGRATIONS


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    return Store.open(tmp_path, create=True)


FINDING = FindingRecord("NB201", "warning", "what", "way out", CellId("c"), 3, 2)
STEP = StepRecord(
    name=StepName("train"),
    index=0,
    state="done",
    started=1.5,
    seconds=2.5,
    peak_bytes=7,
    source="digest",
    changed=("@files", "x"),
    cells=(
        CellRecord(
            CellId("c"),
            3,
            "print(1)",
            1,
            0.5,
            ({"output_type": "stream", "name": "stdout", "text": "1\n"},),
        ),
    ),
    variables=(VariableRecord("x", "int", "", 5, "hash", "1"),),
)


def test_steps_of_before_it_was_kept_what_they_change_do_not_tell_it(tmp_path: Path) -> None:
    (tmp_path / ".nbflow").mkdir(mode=0o700)
    db = sqlite3.connect(tmp_path / ".nbflow" / "nbflow.db")
    for statements in MIGRATIONS[:6]:
        db.executescript(statements)
    db.execute("INSERT INTO runs (notebook, engine, python, state, started, parameters)"
               " VALUES ('/n/a.ipynb', 'local', 'python', 'done', 1.0, '{}')")  # fmt: skip
    db.execute("INSERT INTO steps (run, position, name, state) VALUES (1, 0, 'train', 'done')")
    db.execute("PRAGMA user_version = 6")
    db.commit()
    db.close()
    with Store.open(tmp_path) as store:
        (step,) = store.run("1").steps
        assert (step.name, step.source, step.changed) == ("train", "", None)
        run = begin(store)
        store.record_step(run, STEP)
        assert store.run(run).steps == (STEP,)


def begin(store: Store, notebook: str = "/n/a.ipynb") -> str:
    return store.begin(
        notebook=notebook,
        engine="local",
        python="/usr/bin/python3",
        parameters={"n": -1, "xs": [1, None]},
        findings=[FINDING],
    )


def test_a_run_comes_back_as_it_was_recorded(store: Store) -> None:
    with store:
        run = begin(store)
        store.record_step(run, STEP)
        store.end(run, "done", 4.0, {"auc": 0.5})
        record = store.run(run)
        assert record.steps == (STEP,)
        assert record.findings == (FINDING,)
        assert (record.state, record.seconds, record.metrics) == ("done", 4.0, {"auc": 0.5})
        assert record.parameters == {"n": -1, "xs": [1, None]}
        assert STEP.log == ((CellId("c"), "stdout", "1\n"),)


def test_recording_a_step_again_replaces_what_was_known(store: Store) -> None:
    with store:
        run = begin(store)
        store.record_step(run, StepRecord(StepName("train"), 0, "running", cells=STEP.cells))
        store.record_step(run, STEP)
        assert store.run(run).steps == (STEP,)


def test_runs_are_listed_newest_first_and_by_notebook(store: Store) -> None:
    with store:
        first, second = begin(store), begin(store, "/n/b.ipynb")
        assert [row.id for row in store.runs()] == [second, first]
        assert [row.id for row in store.runs("a.ipynb")] == [first]
        assert [row.id for row in store.runs("/n/b.ipynb")] == [second]


def test_the_store_is_private_and_ignored_by_git(store: Store) -> None:
    with store:
        assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
        assert (store.folder / ".gitignore").read_text() == "*\n"


def test_an_unknown_run_and_a_folder_without_runs_are_told(store: Store, tmp_path: Path) -> None:
    with store, pytest.raises(StoreError, match="no run 99"):
        store.run("99")
    with pytest.raises(StoreError, match="no runs are recorded"):
        Store.open(tmp_path / "elsewhere")


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NBFLOW_HOME", str(tmp_path / "file"))
    with pytest.raises(StoreError, match="set NBFLOW_HOME"):
        Store.open(tmp_path, create=True)


def test_nbflow_home_moves_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_HOME", str(tmp_path / "home"))
    with Store.open(tmp_path, create=True) as store:
        assert store.folder == tmp_path / "home"


def test_a_store_of_a_newer_version_is_refused(store: Store, tmp_path: Path) -> None:
    store.close()
    db = sqlite3.connect(store.folder / "nbflow.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="newer nbflow"):
        Store.open(tmp_path)


def test_eight_writers_at_once_lose_nothing(store: Store, tmp_path: Path) -> None:
    others = [Store.open(tmp_path) for _ in range(8)]
    runs = {begin(other) for other in others for _ in range(3)}
    for other in others:
        other.close()
    with store:
        assert {row.id for row in store.runs()} == runs
        assert len(runs) == 24


def test_a_store_that_cannot_be_written_can_still_be_read(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin(store)
    store.close()
    database = importlib.import_module("nbflow.store.database")

    def full(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(database, "_opened", full)
    with Store.open(tmp_path) as reader:
        assert [row.id for row in reader.runs()] == [run]


def test_what_was_learned_is_kept_once(store: Store) -> None:
    fact = Learned(StepName("a"), "digest", "x", Effect.CHANGES)
    with store:
        run, other = begin(store), begin(store)
        store.learn("/n/a.ipynb", run, [fact])
        store.learn("/n/a.ipynb", other, [fact])
        assert store.learned("/n/a.ipynb") == (replace(fact, run=run),)
        assert store.learned("/n/b.ipynb") == ()


def test_a_run_says_that_it_was_verified(store: Store) -> None:
    with store:
        run = begin(store)
        assert store.run(run).verified == ""
        store.note_verified(run, "same")
        assert store.run(run).verified == "same"


def test_results_are_found_by_what_their_parameters_were(store: Store) -> None:
    """The newest of all comes along: it tells why there is no other."""
    with store:
        run = begin(store)
        for depth, size in ((1, "[1, 2]"), (2, '"a \\"b\\""'), (1, "null"), (3, "null")):
            inputs = {"parameter depth": str(depth), "parameter size": size, "zone": "z"}
            made = ResultRecord(run, "/n", StepName("s"), "code", inputs, {}, {}, (), (), "{}")
            store.keep_result(made, {"cells": {}, "displays": []})

        def found(**inputs: str) -> list[int]:
            asked = {f"parameter {name}": value for name, value in inputs.items()}
            return [each.id for each in store.results(StepName("s"), "code", asked)]

        assert found() == [4, 3, 2, 1]
        assert found(depth="1") == [4, 3, 1]
        assert found(depth="3") == [4]
        assert found(depth="2", size='"a \\"b\\""') == [4, 2]
        assert found(depth="1", size="[1, 2]") == [4, 1]
        assert found(depth="1", size="3") == [4]
        assert not list(store.results(StepName("s"), "other", {"parameter depth": "1"}))
