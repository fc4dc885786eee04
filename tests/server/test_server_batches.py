"""Batches as lists and as tables, and the runs that belong to them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from lab_server import Server
from small_notebooks import code, write

from nbflow.service.batch import batch
from nbflow.service.batch.planning import Grid, Rows
from nbflow.service.run import run
from nbflow.store import Store

pytest_plugins = ["lab_fixtures"]

CELLS = (
    code("n = 3\nkind = 'a'", "parameters"),
    code("x = 1", "step:one"),
    code("assert n < 9\ny = x * n", "step:two"),
    code("print(y)", "pipeline-metrics"),
)


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)


def test_a_batch_is_a_line_and_a_table(shared: Server, folder: Path) -> None:
    notebook = f"{folder.name}/n.ipynb"
    assert shared.ask("GET", "/batches", notebook=notebook).body == {"batches": []}
    path = str(write(folder, *CELLS))
    alone = run(path)
    batch.start(path, Rows(), Grid({"n": ["1", "9", "2"]}), name="a sweep")
    (line,) = shared.ask("GET", "/batches", notebook=notebook).body["batches"]
    assert shared.ask("GET", "/batches", folder=folder.name).body["batches"] == [line]
    assert line["started"] > line["made"] > 0
    assert line["state"] == "failed"
    assert (line["folder"], line["notebook"]) == (folder.name, notebook)
    assert (line["name"], line["members"], line["states"]) == (
        "a sweep",
        3,
        {"done": 2, "failed": 1},
    )
    found = shared.ask("GET", "/batch", folder=folder.name, batch="a sweep").body
    assert {name: found[name] for name in line} == line
    assert (found["parameters"], found["metrics"], found["cut"]) == (["n"], ["y"], 0)
    rows = found["rows"]
    assert [(each["member"], each["parameters"]["n"], each["state"]) for each in rows] == [
        (1, 1, "done"),
        (2, 9, "failed"),
        (3, 2, "done"),
    ]
    assert [each["metrics"] for each in rows] == [{"y": 1.0}, {}, {"y": 2.0}]
    assert "AssertionError" in rows[1]["error"]
    runs = shared.ask("GET", "/runs", notebook=notebook).body["runs"]
    assert [(each["id"], each["batch"]) for each in runs] == [
        *((each["run"], "a sweep") for each in reversed(rows)),
        (alone.id, ""),
    ]
    assert shared.ask("GET", f"/runs/{rows[0]['run']}", folder=folder.name).body["batch"]


def test_a_batch_that_was_not_reached_waits(shared: Server, folder: Path) -> None:
    path = str(write(folder, *CELLS))
    with Store.open(folder, create=True) as store:
        store.batches.claim("new", path, "", [{"n": 1}, {}])
        asked = {"notebook": f"{folder.name}/n.ipynb"}
        (going,) = shared.ask("GET", "/batches", **asked).body["batches"]
        store.batches.release("new")
    (left,) = shared.ask("GET", "/batches", **asked).body["batches"]
    assert (going["state"], left["state"]) == ("running", "waiting")
    assert left["states"] == {"waiting": 2}
    assert left["started"] == left["made"]
    rows = shared.ask("GET", "/batch", folder=folder.name, batch="new").body["rows"]
    assert [(each["parameters"], each["run"]) for each in rows] == [({"n": 1}, ""), ({}, "")]


def test_a_batch_goes_on_in_a_process_of_its_own(shared: Server, folder: Path) -> None:
    path = str(write(folder, *CELLS))
    batch.start(path, Rows(), Grid({"n": ["9", "1"]}), name="sweep")
    write(folder, *CELLS[:2], code("y = x * n", "step:two"), CELLS[3])
    asked = {"folder": folder.name, "batch": "sweep"}
    begun = shared.ask("POST", "/batch/resume", **asked)
    assert begun.status == 201, begun.body
    first = shared.ask("GET", "/batch", **asked).body["rows"][0]
    assert shared.ended(first["run"], folder.name)["state"] == "done"
    found = left(shared, asked)
    assert found["states"] == {"done": 2}
    assert [each["metrics"] for each in found["rows"]] == [{"y": 9.0}, {"y": 1.0}]
    assert shared.ask("POST", "/batch/resume", **asked).body["state"] == "done"


def left(lab: Server, asked: dict[str, str]) -> dict[str, Any]:
    """A batch when nothing works on it any more."""
    for _ in range(600):
        found: dict[str, Any] = lab.ask("GET", "/batch", **asked).body
        if found["state"] != "running":
            return found
        time.sleep(0.1)
    raise AssertionError("the batch does not end")


def test_a_batch_stops_with_the_run_of_a_member(shared: Server, folder: Path) -> None:
    wait = "import os, time\nwhile not os.path.exists('go'):\n    time.sleep(0.05)"
    path = str(write(folder, CELLS[0], code(wait, "step:one"), *CELLS[2:]))
    with Store.open(folder, create=True) as store:
        store.batches.claim("sweep", path, "", [{"n": 1}, {"n": 2}])
        store.batches.release("sweep")
    asked = {"folder": folder.name, "batch": "sweep"}
    assert shared.ask("POST", "/batch/resume", **asked).body["state"] == "running"
    run = shared.ask("GET", "/batch", **asked).body["rows"][0]["run"]
    assert shared.ask("POST", f"/runs/{run}/cancel", folder=folder.name).status == 200
    found = left(shared, asked)
    assert (found["state"], found["states"]) == ("stopped", {"stopped": 1, "waiting": 1})


def test_a_batch_that_cannot_go_on_is_told(shared: Server, folder: Path) -> None:
    path = str(write(folder, *CELLS))
    asked = {"folder": folder.name, "batch": "sweep"}
    with Store.open(folder, create=True) as store:
        store.batches.claim("sweep", path, "", [{"n": 1}])
        answer = shared.ask("POST", "/batch/resume", **asked)
        store.batches.release("sweep")
    assert (answer.status, "still going on" in answer.body["message"]) == (409, True)
    write(folder, code("n = 3", "parameters"), code("print(", "step:two"))
    refused = shared.ask("POST", "/batch/resume", **asked)
    assert refused.status == 422
    assert refused.body["findings"]


def test_a_large_batch_leaves_room_for_other_runs(shared: Server, folder: Path) -> None:
    path = str(write(folder, *CELLS))
    with Store.open(folder, create=True) as store:
        alone = [_begun(store, path) for _ in range(3)]
        store.batches.claim("wide", path, "", [{"n": n} for n in range(1, 31)])
        members = [_begun(store, path) for _ in range(30)]
        for position, each in enumerate(members, start=1):
            store.batches.note_run("wide", position, each)
    answer = shared.ask("GET", "/runs", folder=folder.name).body
    assert [each["id"] for each in answer["runs"]] == [*members[:9:-1], *alone[::-1]]
    assert not answer["more"]
    few = shared.ask("GET", "/runs", folder=folder.name, limit=2).body
    assert [each["id"] for each in few["runs"]] == [*members[:27:-1], *alone[:0:-1]]
    assert few["more"]


def _begun(store: Store, notebook: str) -> str:
    run = store.begin(notebook=notebook, engine="local", python="", parameters={})
    store.end(run, "done", 0.1, {})
    return run


@pytest.mark.parametrize(("name", "status"), [("none", 404), ("", 404), ("../x", 404)])
def test_a_batch_that_is_not_there_is_told(
    shared: Server, folder: Path, name: str, status: int
) -> None:
    run(str(write(folder, *CELLS)))
    answer = shared.ask("GET", "/batch", folder=folder.name, batch=name)
    assert answer.status == status
    assert answer.body["message"] == f"there is no batch {name}"
    assert shared.ask("GET", "/batch", folder=folder.name).status == 400
