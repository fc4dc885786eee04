"""Runs started, watched, stopped and resumed over HTTP, by real processes."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lab_server import Server, server
from small_notebooks import code, write

from nbflow.store import Store
from nbflow.store.alive import is_running, pid_of

pytest_plugins = ["lab_fixtures"]

SLOW = (
    code("n = 3", "pipeline-parameters"),
    code("print('begun', n, flush=True)\nx = [n] * 4", "step:first"),
    code(
        "import time, pathlib\nprint('waiting for', x, flush=True)\n"
        "while not pathlib.Path('go').exists():\n    time.sleep(0.05)\nprint('went')",
        "step:second",
    ),
)


def started(lab: Server, folder: Path, *cells: dict[str, object], **order: Any) -> dict[str, Any]:
    """The summary of a run of a new notebook in the folder."""
    path = write(folder, *cells)
    answer = lab.ask("POST", "/runs", {"path": f"{folder.name}/{path.name}", **order})
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def told(lab: Server, run: str, folder: str, since: int = 0) -> list[dict[str, Any]]:
    """All events of a run from a cursor on, to its end."""
    events: list[dict[str, Any]] = []
    while True:
        answer = lab.ask("GET", f"/runs/{run}/events", folder=folder, since=since, wait=20).body
        events += answer["events"]
        if answer["state"] != "running" and not answer["events"]:
            return events
        since = answer["cursor"]


def waited(lab: Server, run: str, folder: str, text: str) -> int:
    """The cursor behind the event in which ``text`` stands."""
    since, seen = 0, ""
    while text not in seen:
        answer = lab.ask("GET", f"/runs/{run}/events", folder=folder, since=since, wait=20).body
        assert answer["events"], seen
        seen, since = seen + str(answer["events"]), answer["cursor"]
    return since


def test_a_run_from_its_start_to_its_end(shared: Server, folder: Path) -> None:
    run = started(
        shared,
        folder,
        code("n = 3", "pipeline-parameters"),
        code("print('hello', n)\nx = [n] * 4", "step:one"),
        code("y = sum(x)\ny", "step:two"),
        code("print(y)", "pipeline-metrics"),
        parameters={"n": 5},
    )
    assert (run["folder"], run["notebook"]) == (folder.name, f"{folder.name}/n.ipynb")
    assert (run["engine"], run["parameters"]) == ("local", {"n": 5})
    events = told(shared, run["id"], folder.name)
    kinds = [event["event"] for event in events]
    assert kinds[0] == "run-started"
    assert kinds[-1] == "run-ended"
    assert kinds.count("step-started") == kinds.count("step-ended") == 3
    assert "hello 5\n" in [event.get("text") for event in events]
    found = shared.ask("GET", f"/runs/{run['id']}", folder=folder.name).body
    assert (found["state"], found["metrics"]) == ("done", {"y": 20.0})
    assert [step["state"] for step in found["steps"]] == ["done"] * 3
    (variable,) = (v for v in found["steps"][0]["variables"] if v["name"] == "x")
    assert (variable["type"], variable["shape"]) == ("list", "(4,)")
    assert variable["preview"] == "[5, 5, 5, 5]"
    assert variable["bytes"] > 0
    query = {"folder": folder.name, "step": "one"}
    log = shared.ask("GET", f"/runs/{run['id']}/log", **query).body
    assert log == {
        "step": "one",
        "pieces": [{"cell": "b", "stream": "stdout", "text": "hello 5\n"}],
        "cut": 0,
    }
    query = {"folder": folder.name, "step": "two"}
    (cell,) = shared.ask("GET", f"/runs/{run['id']}/outputs", **query).body["cells"]
    assert cell["outputs"][0]["data"] == {"text/plain": "20"}
    listed = shared.ask("GET", "/runs", notebook=f"{folder.name}/n.ipynb").body
    assert [row["id"] for row in listed["runs"]] == [run["id"]]
    assert shared.ask("GET", "/runs", folder=folder.name, limit=0).body["more"]


def test_a_run_is_seen_while_it_goes_on(shared: Server, folder: Path) -> None:
    run = started(shared, folder, *SLOW)
    cursor = waited(shared, run["id"], folder.name, "waiting for [3")
    found = shared.ask("GET", f"/runs/{run['id']}", folder=folder.name).body
    assert [step["state"] for step in found["steps"]] == ["done", "running"]
    assert found["steps"][1]["started"]
    query = {"folder": folder.name, "step": "second"}
    pieces = shared.ask("GET", f"/runs/{run['id']}/log", **query).body["pieces"]
    assert [piece["text"] for piece in pieces] == ["waiting for [3, 3, 3, 3]\n"]
    (folder / "go").touch()
    assert [e["event"] for e in told(shared, run["id"], folder.name, cursor)] == [
        "step-log",
        "step-ended",
        "run-ended",
    ]


def test_waiting_for_events_ends(shared: Server, folder: Path) -> None:
    run = started(shared, folder, *SLOW)
    cursor = waited(shared, run["id"], folder.name, "waiting for [3")
    query = {"folder": folder.name, "since": cursor}
    began = time.monotonic()
    answer = shared.ask("GET", f"/runs/{run['id']}/events", **query, wait=1).body
    assert 0.9 < time.monotonic() - began < 10
    assert answer == {"events": [], "cursor": cursor, "state": "running", "live": True}
    for wrong_query in ({"since": cursor - 1}, {"since": cursor + 1}, {"since": -1}, {"wait": 31}):
        wrong = shared.ask("GET", f"/runs/{run['id']}/events", folder=folder.name, **wrong_query)
        assert wrong.status in (400, 409)
    (folder / "go").touch()
    shared.ended(run["id"], folder.name)


def test_a_run_that_is_stopped_and_resumed(shared: Server, folder: Path) -> None:
    run = started(shared, folder, *SLOW)
    waited(shared, run["id"], folder.name, "waiting for [3")
    early = shared.ask("POST", f"/runs/{run['id']}/resume", folder=folder.name)
    assert early.status == 409
    assert "still going on" in early.body["message"]
    assert shared.ask("POST", f"/runs/{run['id']}/cancel", folder=folder.name).status == 200
    found = shared.ended(run["id"], folder.name)
    assert [step["state"] for step in found["steps"]] == ["done", "stopped"]
    again = shared.ask("POST", f"/runs/{run['id']}/cancel", folder=folder.name)
    assert again.status == 409
    (folder / "go").touch()
    resumed = shared.ask("POST", f"/runs/{run['id']}/resume", folder=folder.name)
    assert resumed.status == 201
    ended = shared.ended(resumed.body["id"], folder.name)
    assert ended["state"] == "done"
    assert [step["reused"] for step in ended["steps"]] == [run["id"], ""]


def test_a_run_whose_process_was_killed_is_shown_as_stopped(shared: Server, folder: Path) -> None:
    run = started(shared, folder, *SLOW, code("z = 1", "step:third", "prev:second"))
    waited(shared, run["id"], folder.name, "waiting for [3")
    with Store.open(folder) as store:
        pid = pid_of(store.run(run["id"]).process)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    found = shared.ended(run["id"], folder.name)
    states = {step["name"]: step["state"] for step in found["steps"]}
    assert found["state"] == "stopped"
    assert states["first"] == "done"
    assert states["second"] == "stopped"
    (folder / "go").touch()
    resumed = shared.ask("POST", f"/runs/{run['id']}/resume", folder=folder.name).body
    assert shared.ended(resumed["id"], folder.name)["state"] == "done"


def test_a_cell_that_fails_is_shown_with_its_error(shared: Server, folder: Path) -> None:
    run = started(shared, folder, code("1 / 0", "step:one"), code("x = 1", "step:two", "prev:one"))
    found = shared.ended(run["id"], folder.name)
    assert found["state"] == "failed"
    failure = found["steps"][0]["failure"]
    assert (failure["cell"], failure["ename"]) == ("a", "ZeroDivisionError")
    assert failure["traceback"]
    assert [step["state"] for step in found["steps"]] == ["failed", "skipped"]


def test_a_run_outlives_its_server(tmp_path: Path) -> None:
    root = tmp_path / "root"
    folder = root / "work"
    folder.mkdir(parents=True)
    with server(root, tmp_path / "home") as lab:
        run = started(lab, folder, *SLOW)
        cursor = waited(lab, run["id"], "work", "waiting for [3")
        with Store.open(folder) as store:
            process = store.run(run["id"]).process
    with server(root, tmp_path / "home") as lab:
        assert pid_of(process)
        assert lab.ask("GET", f"/runs/{run['id']}", folder="work").body["state"] == "running"
        (folder / "go").touch()
        events = told(lab, run["id"], "work", cursor)
        assert [e["event"] for e in events] == ["step-log", "step-ended", "run-ended"]
        assert lab.ended(run["id"], "work")["state"] == "done"


def test_a_server_that_was_killed_finds_its_runs_again(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "one").mkdir(parents=True)
    (root / "two").mkdir()
    with server(root, tmp_path / "home") as lab:
        runs = {name: started(lab, root / name, *SLOW)["id"] for name in ("one", "two")}
        for name, run in runs.items():
            waited(lab, run, name, "waiting for [3")
        with Store.open(root / "two") as store:
            process = pid_of(store.run(runs["two"]).process)
        assert process is not None
        for pid in (lab.process.pid, process):  # as where a whole container is killed
            os.kill(pid, signal.SIGKILL)
        lab.process.wait()
    with server(root, tmp_path / "home") as lab:
        going = lab.ask("GET", f"/runs/{runs['one']}", folder="one").body
        assert [step["state"] for step in going["steps"]] == ["done", "running"]
        gone = lab.ask("GET", f"/runs/{runs['two']}", folder="two").body
        assert gone["state"] == "stopped"
        assert [step["state"] for step in gone["steps"]] == ["done", "stopped"]
        (listed,) = lab.ask("GET", "/runs", folder="two").body["runs"]
        assert (listed["id"], listed["state"]) == (runs["two"], "stopped")
        for name in runs:
            (root / name / "go").touch()
        resumed = lab.ask("POST", f"/runs/{runs['two']}/resume", folder="two").body
        ended = lab.ended(resumed["id"], "two")
        assert [step["reused"] for step in ended["steps"]] == [runs["two"], ""]
        assert {ended["state"], lab.ended(runs["one"], "one")["state"]} == {"done"}


def test_no_process_is_left_when_a_run_has_ended(shared: Server, folder: Path) -> None:
    run = started(shared, folder, code("x = 1", "step:one"))
    with Store.open(folder) as store:
        pid = int(store.run(run["id"]).process.split(":")[1])
    shared.ended(run["id"], folder.name)
    for _ in range(100):
        if not is_running(pid):
            return
        time.sleep(0.05)
    pytest.fail("the process of the run was not waited for")


@pytest.mark.parametrize(
    ("order", "status", "sentence"),
    [
        ({"parameters": {"m": 1}}, 422, "has no parameter `m`"),
        ({"parameters": {"n": "many"}}, 422, "the parameter n is an int"),
        ({"parameters": [1]}, 400, "the field 'parameters' has to be an object"),
        ({"engine": "nowhere"}, 409, "there is no engine nowhere"),
        ({"image": "python:3.12"}, 400, "an image is for runs elsewhere"),
    ],
)
def test_what_cannot_run_is_told(
    shared: Server, folder: Path, order: dict[str, Any], status: int, sentence: str
) -> None:
    path = write(folder, code("n = 3", "pipeline-parameters"), code("print(n)", "step:one"))
    answer = shared.ask("POST", "/runs", {"path": f"{folder.name}/{path.name}", **order})
    assert answer.status == status
    assert sentence in answer.body["message"]
    assert not (folder / ".nbflow").exists()


def test_a_notebook_with_errors_is_not_run(shared: Server, folder: Path) -> None:
    path = write(folder, code("print(", "step:one"))
    answer = shared.ask("POST", "/runs", {"path": f"{folder.name}/{path.name}"})
    assert answer.status == 422
    assert [finding["code"] for finding in answer.body["findings"]] == ["NB108"]


def test_what_is_not_there_is_told(shared: Server, folder: Path) -> None:
    assert shared.ask("GET", "/runs", folder=folder.name).body == {
        "runs": [],
        "notes": [],
        "more": False,
    }
    assert shared.ask("GET", "/runs/1", folder=folder.name).status == 404
    run = started(shared, folder, code("x = 1", "step:one"))
    shared.ended(run["id"], folder.name)
    assert shared.ask("GET", "/runs/99", folder=folder.name).status == 404
    for path in ("log", "outputs"):
        answer = shared.ask("GET", f"/runs/{run['id']}/{path}", folder=folder.name, step="no")
        assert answer.status == 404
        assert "has no step 'no'" in answer.body["message"]


def test_much_output_is_cut(shared: Server, folder: Path) -> None:
    run = started(shared, folder, code("print('x' * (3 << 20))\nprint('the end')", "step:one"))
    shared.ended(run["id"], folder.name)
    query = {"folder": folder.name, "step": "one"}
    log = shared.ask("GET", f"/runs/{run['id']}/log", **query).body
    assert sum(len(piece["text"]) for piece in log["pieces"]) == 1 << 20
    assert log["pieces"][-1]["text"].endswith("the end\n")
    assert log["cut"] > 0
    answer = shared.ask("GET", f"/runs/{run['id']}/events", folder=folder.name)
    assert len(str(answer.body)) < 2 << 20
    texts = [event.get("text", "") for event in told(shared, run["id"], folder.name)]
    assert len("".join(texts)) == (3 << 20) + 1 + len("the end\n")


def test_engines(shared: Server) -> None:
    home = shared.root.parent / "home"
    (home / "engines.toml").write_text(
        'default = "team"\n[engines.team]\nkind = "kfp"\nhost = "https://kfp.example.com"\n'
        'namespace = "us"\nauth = "bearer"\ntoken = "env:A_SECRET"\n[engines.odd]\nkind = "odd"\n',
        encoding="utf-8",
    )
    try:
        answer = shared.ask("GET", "/engines")
    finally:
        (home / "engines.toml").unlink()
    here, team, odd = answer.body["engines"]
    assert (here["name"], here["default"]) == ("local", False)
    assert team == {
        "name": "team",
        "kind": "kfp",
        "where": "https://kfp.example.com",
        "namespace": "us",
        "default": True,
        "problem": "",
    }
    assert "kind" in odd["problem"]
    assert "A_SECRET" not in str(answer.body)


def test_a_long_error_is_cut(shared: Server, folder: Path) -> None:
    run = started(shared, folder, code("raise ValueError('x' * (2 << 20))", "step:one"))
    (step,) = shared.ended(run["id"], folder.name)["steps"]
    assert len(step["error"]) == len(step["failure"]["evalue"]) == 1 << 16
    assert len(str(told(shared, run["id"], folder.name))) < 1 << 19


def test_those_who_wait_are_in_nobodys_way(shared: Server, folder: Path) -> None:
    run = started(shared, folder, *SLOW)
    cursor = waited(shared, run["id"], folder.name, "waiting for [3")
    address = f"/runs/{run['id']}/events"
    with ThreadPoolExecutor(12) as threads:
        waiting = [
            threads.submit(shared.ask, "GET", address, folder=folder.name, since=cursor, wait=20)
            for _ in range(12)
        ]
        for _ in range(5):
            assert shared.ask("GET", "/engines").status == 200
            assert shared.ask("GET", f"/runs/{run['id']}", folder=folder.name).status == 200
        assert not any(each.done() for each in waiting)
        (folder / "go").touch()
        answers = [each.result().body["events"][0]["text"] for each in waiting]
    assert answers == ["went\n"] * 12
    shared.ended(run["id"], folder.name)
