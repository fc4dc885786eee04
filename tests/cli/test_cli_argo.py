"""Runs on Argo Workflows from the command line, against a small Kubernetes API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from argo_controller import Controller
from argo_engines import QUICK
from command_line import Caller
from kfp_team import notebook
from kubernetes_server import Close, Cluster, Drop, Refuse

from nbflow.engines import argo
from nbflow.profiles.file import ProfileFile

WAIT = 60


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    monkeypatch.setattr(argo, "Patience", lambda: QUICK)
    monkeypatch.setenv("NBFLOW_ENGINES", str(tmp_path / "engines.toml"))
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path)
    with Cluster() as found:
        settings = {"kubeconfig": str(found.kubeconfig(tmp_path)), "service_account": "runner"}
        ProfileFile().add("lab", {"kind": "argo", "server": "https://argo", **settings})
        yield found


@pytest.fixture
def call(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(capsys)


def workflow(cluster: Cluster) -> dict[str, Any]:
    """The one Workflow that there is."""
    (key,) = [key for key in cluster.objects if key[0] == "workflows"]
    return cluster.object(*key)


def controller(cluster: Cluster) -> Controller:
    return Controller(cluster, workflow(cluster)["metadata"]["name"])


@contextmanager
def moved(cluster: Cluster, failing: str = "") -> Iterator[None]:
    """While the block lasts, the next run that is submitted is brought to its end by Argo's controller."""

    def move() -> None:
        cluster.until(lambda: any(key[0] == "workflows" for key in cluster.objects), WAIT)
        hand = controller(cluster)
        if not failing:
            hand.all_succeed()
            return
        hand.begin()
        for task, after in (("runtime", ""), ("load", "runtime")):
            hand.start(task, after=after)
            hand.run(task)
            hand.write(task, f"{task} says hello")
            if task == failing:
                hand.fail(task, "cell 2, line 1: ValueError: no")
                break
            hand.succeed(task, {"auc": 0.5} if task == "load" else None)
        hand.omit("train-it", "load")
        hand.end("Failed", "child failed")

    thread = threading.Thread(target=move)
    thread.start()
    yield
    thread.join()


def test_submit(cluster: Cluster, call: Caller) -> None:
    answer = call("submit", "n.ipynb", "--engine", "argo", "-p", "n=5", "-p", "name={{x}} $(y)")
    made = workflow(cluster)
    name, uid = made["metadata"]["name"], made["metadata"]["uid"]
    assert answer.code == 0, answer.err
    assert answer.out.splitlines() == [
        "run 1 goes on on lab (argo), 2 steps",
        f"  there    {name} in lab",
        f"  id       {uid}",
        f"  page     https://argo/workflows/lab/{name}",
        "`nbflow show 1` tells how it goes, `nbflow logs 1 --follow` what it writes",
    ]
    values = {each["name"]: each["value"] for each in made["spec"]["arguments"]["parameters"]}
    assert {key: json.loads(value) for key, value in values.items()} == {
        "n": 5,
        "name": "{{x}} $(y)",
        "rate": 0.5,
    }
    assert "{{" not in values["name"]
    assert made["spec"]["serviceAccountName"] == "runner"


def test_run_and_what_is_left_of_it(cluster: Cluster, call: Caller) -> None:
    with moved(cluster):
        answer = call("run", "n.ipynb", "--engine", "lab")
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    for step, task in (("load", "load"), ("train_it", "train-it")):
        own = [line for line in lines if step in line.split("]")[0]]
        assert own[:2] == [f"◐ {step}", f"[{step}] {task} says hello"]
        assert own[2].startswith(f"● {step} done")
    cluster.fail("GET", ".*", Close(), times=1000)
    assert call("logs", "1").out == "[load] load says hello\n[train_it] train-it says hello\n"
    assert "● run 1 done" in call("show", "1").out


def test_a_failing_cell_and_another_try(cluster: Cluster, call: Caller) -> None:
    with moved(cluster, "load"):
        answer = call("run", "n.ipynb", "--engine", "lab", "--json")
    assert answer.code == 1
    ended = [json.loads(line) for line in answer.out.splitlines() if "step-ended" in line]
    assert [(each["step"], each["state"]) for each in ended] == [
        ("load", "failed"),
        ("train_it", "skipped"),
    ]
    assert ended[0]["message"] == "cell 2, line 1: ValueError: no"
    assert "step load: cell 2, line 1: ValueError: no\n" in call("show", "1").out
    assert call("retry", "1").code == 0
    hand = controller(cluster)
    hand.start("load", after="runtime")
    hand.run("load")
    hand.succeed("load", {"auc": 0.75})
    hand.start("train-it", after="load")
    hand.run("train-it")
    hand.succeed("train-it")
    hand.end()
    rows = json.loads(call("runs", "--json").out)
    assert [(row["id"], row["state"]) for row in rows] == [("2", "done"), ("1", "failed")]
    assert "  metrics     auc = 0.75\n" in call("show", "2").out
    assert call("logs", "1").out == "[load] load says hello\n"


def test_why_a_step_waits(cluster: Cluster, call: Caller) -> None:
    call("submit", "n.ipynb", "--engine", "lab")
    hand = controller(cluster)
    hand.begin()
    hand.start("runtime")
    hand.wait("runtime", "ImagePullBackOff", "Back-off pulling image")
    assert "  message     runtime: the image python:3.11 cannot be pulled" in call("show", "1").out
    hand.run("runtime")
    hand.succeed("runtime")
    hand.start("load", after="runtime")
    hand.unscheduled("load", "0/3 nodes are available: 3 Insufficient memory")
    shown = call("show", "1").out
    assert "  message " not in shown
    assert "load      ○ waiting" in shown
    assert "3 Insufficient memory" in shown


def test_cancel(cluster: Cluster, call: Caller) -> None:
    call("submit", "n.ipynb", "--engine", "lab")
    controller(cluster).begin()
    assert call("cancel", "1").out.startswith("run 1 is told to stop; `nbflow retry 1`")
    assert workflow(cluster)["spec"]["shutdown"] == "Stop"


def test_a_watch_that_drops_and_a_log_that_drops(cluster: Cluster, call: Caller) -> None:
    cluster.fail("GET", "watch=true", Drop(1), Drop(0, half=True), Refuse(410, "Expired"))
    cluster.fail("GET", "/log", Close(), Refuse(500, "InternalError"))
    with moved(cluster):
        answer = call("run", "n.ipynb", "--engine", "lab")
    assert (answer.code, "[load] load says hello\n" in answer.out) == (0, True)


@pytest.mark.parametrize(
    "refusal",
    [
        Refuse(401, "Unauthorized", "Unauthorized"),
        Refuse(403, "Forbidden", "no"),
        Refuse(404, text="404 page not found\n"),
        Refuse(500, "InternalError"),
    ],
)
def test_what_the_cluster_refuses_is_a_sentence(
    cluster: Cluster, call: Caller, refusal: Refuse
) -> None:
    cluster.fail("POST", "/workflows", refusal, times=100)
    answer = call("submit", "n.ipynb", "--engine", "lab")
    assert (answer.code, answer.out) == (6, "")
    assert answer.err.splitlines()[-1].startswith("nbflow: ")
    assert "✖ run 1 failed" in call("show", "1").out


def test_a_lost_answer_makes_no_second_run(cluster: Cluster, call: Caller) -> None:
    assert call("submit", "n.ipynb", "--engine", "lab").code == 0
    first = workflow(cluster)
    assert yaml.safe_load(
        (Path(".nbflow") / "runs" / "1" / "manifest.yaml").read_text("utf-8")
    )["spec"]["templates"] == first["spec"]["templates"]  # fmt: skip


def test_engine_test(cluster: Cluster, call: Caller) -> None:
    assert call("engine", "test", "lab").code == 0
    cluster.denied = {"create workflows"}
    answer = call("engine", "test", "lab", "--json")
    assert answer.code == 6
    assert any(not each["good"] for each in json.loads(answer.out))


def test_a_member_of_a_batch_with_its_metrics(cluster: Cluster, call: Caller) -> None:
    with moved(cluster, failing="train-it"):
        answer = call("batch", "n.ipynb", "-p", "n=4", "--engine", "lab", "--name", "s", "--json")
    (member,) = json.loads(answer.out.splitlines()[-1])["members"]
    assert answer.code == 1
    assert (member["parameters"], member["state"], member["metrics"]) == (
        {"n": 4},
        "failed",
        {"auc": 0.5},
    )
