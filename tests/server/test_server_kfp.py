"""A run on Kubeflow Pipelines, asked for over HTTP from its start to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kfp_server import KfpServer, kfp_server
from lab_server import Server
from small_notebooks import code, write

pytest_plugins = ["lab_fixtures"]

CELLS = (
    code("n = 3", "pipeline-parameters"),
    code("x = n * 2\nprint(x)", "step:load"),
    code("y = x + 1", "step:train"),
)


@pytest.fixture
def team(shared: Server) -> Iterator[KfpServer]:
    """A server of Kubeflow Pipelines that the Jupyter Server knows as ``team``."""
    file = shared.root.parent / "home" / "engines.toml"
    with kfp_server() as found:
        file.write_text(
            f'[engines.team]\nkind = "kfp"\nhost = "{found.url}"\nauth = "none"\n', encoding="utf-8"
        )
        yield found
    file.unlink()


def started(lab: Server, folder: Path) -> dict[str, Any]:
    write(folder, *CELLS)
    order = {"path": f"{folder.name}/n.ipynb", "engine": "team", "parameters": {"n": 4}}
    answer = lab.ask("POST", "/runs", order)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def test_a_run_there_from_its_start_to_its_end(
    shared: Server, folder: Path, team: KfpServer
) -> None:
    run = started(shared, folder)
    assert (run["engine"], run["profile"], run["state"]) == ("kfp", "team", "running")
    address, query = f"/runs/{run['id']}", {"folder": folder.name}
    (sent,) = team.runs
    sent.to("RUNNING")
    sent.workflow.move("load", "running", "half of it")
    found = shared.ask("GET", address, **query).body
    assert [step["state"] for step in found["steps"]] == ["running", "waiting"]
    log = shared.ask("GET", f"{address}/log", **query, step="load").body
    assert [piece["text"] for piece in log["pieces"]] == ["half of it"]
    told = shared.ask("GET", f"{address}/events", **query).body
    assert [event["event"] for event in told["events"]] == ["run-started", "step-started"]
    sent.workflow.move("load", "done", ", and the rest\n")
    sent.workflow.move("train", "done", "trained\n")
    sent.to("SUCCEEDED")
    rest = shared.ask("GET", f"{address}/events", **query, since=told["cursor"], wait=20).body
    assert (rest["events"][-1]["event"], rest["state"]) == ("run-ended", "done")
    whole = shared.ask("GET", f"{address}/log.txt", **query).body.decode()
    assert whole == "== load (done)\nhalf of it, and the rest\n== train (done)\ntrained\n"
    told_code = shared.ask("GET", f"{address}/code", **query, step="load").body
    assert told_code["cells"][-1]["source"] == "x = n * 2\nprint(x)"
    for path, status in (("report", 409), ("preview", 404)):
        answer = shared.ask("GET", f"{address}/{path}", **query, step="load", variable="x")
        assert answer.status == status
        assert "on team stays there" in answer.body["message"]


def test_beside_a_run_on_this_machine(shared: Server, folder: Path, team: KfpServer) -> None:
    there = started(shared, folder)
    for task in ("load", "train"):
        team.runs[0].workflow.move(task, "done")
    team.runs[0].to("SUCCEEDED")
    here = shared.ask("POST", "/runs", {"path": f"{folder.name}/n.ipynb"}).body
    shared.ended(here["id"], folder.name)
    runs = f"{there['id']},{here['id']}"
    found = shared.ask("GET", "/comparisons", folder=folder.name, runs=runs).body
    (engine,) = (each for each in found["settings"] if each["name"] == "engine")
    assert engine["values"] == {there["id"]: "team (kfp)", here["id"]: "local"}
    assert [run["state"] for run in found["runs"]] == ["done", "done"]
    assert found["parameters"][0]["values"] == {there["id"]: 4}
    assert (found["code"][0]["changes"], found["cells"]) == ([], [])


def test_a_run_is_stopped(shared: Server, folder: Path, team: KfpServer) -> None:
    run = started(shared, folder)
    address, query = f"/runs/{run['id']}", {"folder": folder.name}
    team.runs[0].to("RUNNING")
    team.runs[0].workflow.move("load", "running")
    assert shared.ask("POST", f"{address}/cancel", **query).status == 200
    assert team.runs[0].state == "CANCELING"
    team.runs[0].workflow.move("load", "failed")
    team.runs[0].workflow.move("train", "omitted")
    team.runs[0].to("FAILED")
    found = shared.ask("GET", address, **query).body
    assert found["state"] in ("failed", "stopped")
    wrong = shared.ask("POST", f"{address}/resume", {"step": "train"}, **query)
    assert wrong.status == 400
    assert "team goes on where a run has failed" in wrong.body["message"]
    again = shared.ask("POST", f"{address}/resume", **query)
    assert again.status == 201, again.body
    assert team.runs[0].state == "RUNNING"


def test_what_only_this_machine_can_do_is_told(
    shared: Server, folder: Path, team: KfpServer
) -> None:
    write(folder, *CELLS)
    order = {"path": f"{folder.name}/n.ipynb", "engine": "team", "fresh": True}
    answer = shared.ask("POST", "/runs", order)
    assert answer.status == 400
    assert "a fresh run is one on this machine" in answer.body["message"]
    assert team.runs == []
