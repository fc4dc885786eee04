"""Runs on an engine elsewhere, asked for over HTTP, against a small Kubernetes API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argo_controller import Controller
from kubernetes_server import Cluster
from lab_server import Server
from small_notebooks import code, write

pytest_plugins = ["lab_fixtures"]


@pytest.fixture
def cluster(shared: Server, tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that the server knows as ``lab``."""
    file = shared.root.parent / "home" / "engines.toml"
    with Cluster() as found:
        place = found.kubeconfig(tmp_path)
        file.write_text(f'[engines.lab]\nkind = "argo"\nkubeconfig = "{place}"\n', encoding="utf-8")
        yield found
    file.unlink()


@pytest.fixture
def run(shared: Server, folder: Path, cluster: Cluster) -> dict[str, Any]:
    """A run that was sent to the cluster."""
    write(
        folder,
        code("n = 3", "pipeline-parameters"),
        code("x = n", "step:load"),
        code("y = x", "step:show"),
    )
    order = {"path": f"{folder.name}/n.ipynb", "engine": "lab", "parameters": {"n": 4}}
    answer = shared.ask("POST", "/runs", order)
    assert answer.status == 201, answer.body
    found: dict[str, Any] = answer.body
    return found


def controller(cluster: Cluster) -> Controller:
    (key,) = [key for key in cluster.objects if key[0] == "workflows"]
    return Controller(cluster, cluster.object(*key)["metadata"]["name"])


def test_a_run_elsewhere(
    shared: Server, folder: Path, cluster: Cluster, run: dict[str, Any]
) -> None:
    assert (run["engine"], run["profile"], run["state"]) == ("argo", "lab", "running")
    address = f"/runs/{run['id']}"
    begun = shared.ask("GET", f"{address}/events", folder=folder.name).body
    assert [event["event"] for event in begun["events"]] == ["run-started"]
    assert (begun["state"], begun["live"]) == ("running", False)
    waiting = shared.ask("GET", address, folder=folder.name).body
    assert [step["state"] for step in waiting["steps"]] == ["waiting", "waiting"]
    controller(cluster).all_succeed()
    found = shared.ask("GET", address, folder=folder.name).body
    assert (found["state"], found["parameters"]) == ("done", {"n": 4})
    assert [step["state"] for step in found["steps"]] == ["done", "done"]
    told = shared.ask("GET", f"{address}/events", folder=folder.name, since=begun["cursor"]).body
    assert [(event["event"], event.get("step")) for event in told["events"]] == [
        ("step-started", "load"),
        ("step-ended", "load"),
        ("step-started", "show"),
        ("step-ended", "show"),
        ("run-ended", None),
    ]
    last = shared.ask("GET", f"{address}/events", folder=folder.name, since=told["cursor"]).body
    assert (last["events"], last["state"]) == ([], "done")
    listed = shared.ask("GET", "/runs", folder=folder.name).body
    assert [(row["profile"], row["state"]) for row in listed["runs"]] == [("lab", "done")]
    log = shared.ask("GET", f"{address}/log", folder=folder.name, step="load")
    assert log.status == 200


def test_a_run_elsewhere_is_stopped(shared: Server, folder: Path, run: dict[str, Any]) -> None:
    answer = shared.ask("POST", f"/runs/{run['id']}/cancel", folder=folder.name)
    assert answer.status == 200
    again = shared.ask("POST", f"/runs/{run['id']}/resume", folder=folder.name)
    assert again.status == 409
    assert "nothing to retry" in again.body["message"]


def test_an_engine_that_does_not_answer_is_told(
    shared: Server, folder: Path, cluster: Cluster
) -> None:
    write(folder, code("x = 1", "step:one"))
    cluster.kubeconfig(folder).unlink()
    file = shared.root.parent / "home" / "engines.toml"
    file.write_text(
        '[engines.lab]\nkind = "argo"\nkubeconfig = "/no/such/file"\n', encoding="utf-8"
    )
    answer = shared.ask("POST", "/runs", {"path": f"{folder.name}/n.ipynb", "engine": "lab"})
    assert answer.status == 409
    assert "/no/such/file" in answer.body["message"]
