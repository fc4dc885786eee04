"""Batches from Python: members with their runs, the frame of all of them, and going on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_notebooks import code, write

import nbflow
from nbflow.api import _alternatives
from nbflow.model import Json
from nbflow.service.batch.draws import Draws
from nbflow.service.batch.events import BatchEvent, MemberEnded
from nbflow.service.batch.frame import frame
from nbflow.service.batch.table import Row, Table
from nbflow.service.gc import Policy, gc

Rewrite = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write(
        tmp_path,
        code("depth = 2\nlr = 0.1", "parameters"),
        code("x = 10", "step:load"),
        code("assert depth < 9\nscore = x * depth * lr", "step:fit"),
        code("score", "pipeline-metrics"),
    )


def test_a_batch_and_what_its_members_left(notebook: Path) -> None:
    heard: list[BatchEvent] = []
    batch = nbflow.batch(notebook, {"depth": [2, 4], "lr": 0.5}, name="s", on_event=heard.append)
    assert (batch.name, batch.notebook) == ("s", notebook)
    assert repr(batch) == "<nbflow batch s: n.ipynb, 2 of 2 done>"
    assert len([event for event in heard if isinstance(event, MemberEnded)]) == 2
    first, second = batch.check().members
    assert repr(first) == "<nbflow member 1: {'depth': 2, 'lr': 0.5}, done>"
    assert (second.number, second.parameters) == (2, {"depth": 4, "lr": 0.5})
    assert (second.state, second.metrics, second.error) == ("done", {"score": 20.0}, "")
    assert (first.shared, second.shared) == (0, 1)
    assert second.seconds is not None
    assert second.run.id == "2"
    assert second.run["fit"].variables["score"] == 20.0
    (again,) = nbflow.batches(notebook)
    assert again.record == batch.record
    assert nbflow.batches(folder=notebook.parent)[0].name == "s"
    assert nbflow.batches(notebook.with_name("other.ipynb")) == []


def test_draws_and_executed_notebooks(notebook: Path) -> None:
    draw = {"lr": "uniform(0, 1)", "depth": "int(2, 5)"}
    place = notebook.parent / "out" / "{member}.ipynb"
    batch = nbflow.batch(notebook, draw=draw, draws=2, seed=7, output=place).check()
    drawn = Draws(draw, 7, 0, 2).sets()
    assert [member.parameters for member in batch.members] == drawn
    written = [place.with_name(f"{number}.ipynb") for number in (1, 2)]
    assert [each.record.output for each in batch.members] == list(map(str, written))
    assert all(each.exists() for each in written)
    again = nbflow.batch(notebook, draw=draw, draws=2, seed=7)
    assert [member.parameters for member in again.members] == drawn
    with pytest.raises(nbflow.ParameterError, match="not said how many sets of values"):
        nbflow.batch(notebook, draw=draw)


def test_there_are_no_batches_where_nothing_has_run(tmp_path: Path) -> None:
    assert nbflow.batches(folder=tmp_path) == []


def test_a_member_that_fails_is_returned_and_tried_again(notebook: Path) -> None:
    rows: list[dict[str, Json]] = [{"depth": 2}, {"depth": 10}, {}]
    batch = nbflow.batch(notebook, rows=rows)
    assert [member.state for member in batch.members] == ["done", "failed", "done"]
    assert batch.members[1].error == "fit: AssertionError: "
    with pytest.raises(nbflow.RunFailedError) as told:
        batch.check()
    assert str(told.value) == (
        "1 of 3 members of batch n-1 did not end well: member 2 is failed: step fit: AssertionError: "
    )
    assert (told.value.run, told.value.step) == ("2", "fit")
    with pytest.raises(nbflow.RunFailedError):
        nbflow.batch(notebook, {"depth": 11}, check=True)
    mended = notebook.read_text(encoding="utf-8").replace("depth < 9", "depth < 99")
    notebook.write_text(mended, encoding="utf-8")
    assert [member.metrics["score"] for member in batch.resume().check().members] == [2, 10, 2]


def test_a_member_whose_run_was_removed(notebook: Path) -> None:
    batch = nbflow.batch(notebook, {"depth": 3}, name="s")
    gc(Policy(keep=0), notebook.parent)
    (member,) = nbflow.batches(notebook)[0].members
    assert member.state == "waiting"
    with pytest.raises(nbflow.NotMadeError, match="member 1 is waiting: it has no run"):
        _ = member.run
    with pytest.raises(nbflow.RunFailedError, match="member 1 is waiting"):
        nbflow.batches(notebook)[0].check()
    assert batch.members[0].state == "done"


@pytest.mark.parametrize(
    ("grid", "rows", "told"),
    [
        (None, None, "nothing varies: give a grid, rows or draws"),
        ({}, None, "nothing varies"),
        ({"depth": [1]}, [], "nothing varies"),
        ({"deep": [1]}, None, "no parameter `deep`"),
        (None, {"depth": [1, 2]}, "rows are a list of dictionaries"),
        (None, [{"depth": 1}, {"depth": "x"}], "row 2: the parameter depth is an int"),
    ],
)
def test_what_cannot_be_a_batch_is_refused(
    notebook: Path,
    grid: dict[str, list[Json]] | None,
    rows: Any,
    told: str,
) -> None:
    with pytest.raises(nbflow.ParameterError, match=told):
        nbflow.batch(notebook, grid, rows=rows)
    assert nbflow.batches(notebook) == []


def _generated() -> Iterator[Json]:
    yield from (1, 2)


def test_alternatives() -> None:
    numpy = pytest.importorskip("numpy")
    given = [
        3, "ab", None, [1, 2], (1, 2), range(2), {"a": 1}, _generated(), numpy.arange(2), numpy.int64(3),
        [numpy.float64(0.5)], [[1, 2], [3]],
    ]  # fmt: skip
    assert [_alternatives(each) for each in given] == [
        [3], ["ab"], [None], [1, 2], [1, 2], [0, 1], [{"a": 1}], [1, 2], [0, 1], [3], [0.5], [[1, 2], [3]],
    ]  # fmt: skip


def _row(member: int, parameters: dict[str, Json], metrics: dict[str, float]) -> Row:
    return Row(member, parameters, metrics, str(member), "done", 86400.0, 2.0, 3, 2, 1.25, "")


def test_the_frame_of_a_batch() -> None:
    pandas = pytest.importorskip("pandas")
    waiting = Row(3, {"depth": 8, "fast": None}, {}, "", "waiting", None, None, 0, 0, 0.0, "")
    rows = (
        _row(1, {"depth": 2, "kind": "a", "fast": True, "size": 4}, {"auc": 0.5, "n": 1.0}),
        _row(2, {"depth": 4, "kind": [1], "fast": False}, {"auc": 0.75, "n": 2.0}),
        waiting,
    )
    found = frame(Table(("depth", "kind", "fast", "size"), ("auc", "n"), rows))
    assert list(found.index) == [1, 2, 3]
    assert {name: str(kind) for name, kind in found.dtypes.items() if name in found.columns[:6]} == {
        "depth": "int64", "kind": "object", "fast": "boolean", "size": "Int64",
        "auc": "float64", "n": "float64",
    }  # fmt: skip
    assert list(found.columns[6:]) == [
        "run", "state", "started", "seconds", "steps", "shared", "saved", "error",
    ]  # fmt: skip
    assert found["started"][1] == pandas.Timestamp("1970-01-02", tz="UTC")
    assert found.isna().sum().to_dict() == {
        **dict.fromkeys(found.columns, 0),
        "kind": 1, "fast": 1, "size": 2, "auc": 1, "n": 1, "started": 1, "seconds": 1,
    }  # fmt: skip


def test_the_frame_of_a_batch_that_ran(notebook: Path) -> None:
    pytest.importorskip("pandas")
    found = nbflow.batch(notebook, {"depth": [2, 4]}).frame()
    assert found["depth"].tolist() == [2, 4]
    assert found["score"].tolist() == [2.0, 4.0]
    assert found["state"].tolist() == ["done", "done"]


def test_without_pandas_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(nbflow.EngineError, match=r"pip install 'nbflow\[tables\]'"):
        frame(Table((), (), ()))
