"""Runs on Argo as they are looked at and watched, through faults of all kinds."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import argo_run
import pytest
from argo_controller import Controller
from argo_engines import QUICK, engine, order
from kubernetes_server import Close, Cluster, Drop, Half, Refuse, Silence

from nbflow.engines.argo import ArgoEngine
from nbflow.engines.argo.state import why
from nbflow.engines.events import RunState, StepState
from nbflow.engines.remote import Handle, NoSuchRunError, Status, TaskStatus
from nbflow.errors import EngineError

cluster = argo_run.cluster
argo = argo_run.argo
run = argo_run.run

PULL = 'Back-off pulling image "python:3.99"'


@pytest.fixture
def controller(cluster: Cluster, run: Handle) -> Controller:
    return Controller(cluster, run.name)


def states(status: Status) -> dict[str, str]:
    return {name: task.state.value for name, task in status.tasks.items()}


def test_before_the_controller_has_seen_it(argo: ArgoEngine, run: Handle) -> None:
    found = argo.poll(run)
    assert (found.state, found.tasks) == (RunState.RUNNING, {})
    assert "see that its controller runs, and looks after the namespace lab" in found.message


def test_a_run_that_goes_well(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    controller.begin()
    controller.start("load")
    assert states(argo.poll(run)) == {"load": "waiting"}
    controller.run("load")
    assert states(argo.poll(run)) == {"load": "running"}
    controller.succeed("load", {"rows": 3, "accuracy": 0.5})
    controller.start("train", after="load")
    controller.run("train")
    controller.succeed("train")
    controller.end()
    found = argo.poll(run)
    assert found.state is RunState.DONE
    assert found.tasks["load"].metrics == {"rows": 3.0, "accuracy": 0.5}
    assert found.tasks["load"].started == 1795341603.0
    assert found.tasks["load"].ended is not None
    assert states(found) == {"load": "done", "train": "done"}


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (
            {"why": "cell 5, line 2: ZeroDivisionError: division by zero"},
            "cell 5, line 2: ZeroDivisionError: division by zero",
        ),
        (
            {
                "code": 64,
                "why": 'workflowtaskresults.argoproj.io is forbidden: User "x" cannot create',
            },
            "the service account of the steps may not report to Argo (workflowtaskresults.argoproj.io is "
            'forbidden: User "x" cannot create): give it a role with that right (docs: Argo Workflows, '
            "Rights)",
        ),
        ({}, "its container ended with exit code 1 and has not said why: see its log"),
        (
            {"reason": "OOMKilled", "code": 137},
            "it has used more memory than it may (OOMKilled): give the step more with a tag "
            "`limit:memory:...`",
        ),
    ],
)
def test_why_a_task_has_failed(
    argo: ArgoEngine, run: Handle, controller: Controller, failure: Any, message: str
) -> None:
    controller.begin()
    controller.start("load")
    controller.fail("load", **failure)
    controller.omit("train", "load")
    controller.end("Failed", "child 'load' failed")
    found = argo.poll(run)
    assert (found.state, found.message) == (RunState.FAILED, "child 'load' failed")
    assert (found.tasks["load"].state, found.tasks["load"].message) == (StepState.FAILED, message)
    assert found.tasks["train"].state is StepState.SKIPPED


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("main: Error (exit code 1): cell 1: a\nb", "cell 1: a\nb"),
        ("Error (exit code 1): cell 1", "cell 1"),
        (
            "Error (exit code 3)",
            "its container ended with exit code 3 and has not said why: see its log",
        ),
        (
            "wait: Error (exit code 64): no bucket",
            "what it hands on could not be stored: no bucket",
        ),
        ("init: Error (exit code 1): no key", "what it takes could not be fetched: no key"),
        (
            "Pod was active on the node longer than the specified deadline",
            "it has taken longer than it may: see the step's tag `timeout:`",
        ),
        ("The node was low on resource: memory.", "The node was low on resource: memory."),
    ],
)
def test_what_argo_writes_of_failures(message: str, told: str) -> None:
    assert why(message) == told


def test_tries(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    controller.begin()
    controller.start("load", retries=True)
    assert argo.poll(run).tasks["load"].state is StepState.WAITING
    controller.run("load(0)")
    controller.fail("load(0)", "cell 1: OSError")
    between = argo.poll(run).tasks["load"]
    assert (between.state, between.message) == (
        StepState.RUNNING,
        "tries again after: cell 1: OSError",
    )
    controller.again("load", 1)
    controller.wait("load(1)", "ImagePullBackOff", PULL)
    waits = argo.poll(run).tasks["load"]
    assert (waits.state, waits.tries) == (StepState.WAITING, 2)
    assert "cannot be pulled" in waits.message
    controller.run("load(1)")
    controller.succeed("load(1)")
    controller.change(controller.id_of("load"), phase="Succeeded")
    done = argo.poll(run).tasks["load"]
    assert (done.state, done.message, done.tries) == (StepState.DONE, "", 2)


@pytest.mark.parametrize("other", [{}, {"nodes": {}}])
def test_nodes_of_large_runs_are_packed(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, other: Any
) -> None:
    controller.begin()
    controller.start("load")
    workflow = controller.workflow
    nodes = workflow["status"].pop("nodes")
    text = base64.b64encode(gzip.compress(json.dumps(nodes).encode())).decode()
    workflow["status"] |= {"compressedNodes": text, **other}
    cluster.put("workflows", "lab", workflow)
    assert states(argo.poll(run)) == {"load": "waiting"}


def test_nodes_that_argo_keeps_itself(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.begin()
    workflow = controller.workflow
    workflow["status"] = {"phase": "Running", "offloadNodeStatusVersion": "fnv:784644215"}
    cluster.put("workflows", "lab", workflow)
    found = argo.poll(run)
    assert found.tasks == {}
    assert "in its own database" in found.message


@pytest.mark.parametrize(
    ("reason", "said", "message"),
    [
        ("ErrImagePull", "not found", "the image python:3.11 cannot be pulled: not found."),
        ("ImagePullBackOff", PULL, f"the image python:3.11 cannot be pulled: {PULL}."),
        ("InvalidImageName", "", "`python:3.11` is no name of an image"),
        (
            "CreateContainerConfigError",
            'secret "store" not found',
            'its container cannot be made: secret "store" not found',
        ),
        ("ContainerCreating", "", ""),
        ("PodInitializing", "", ""),
    ],
)
def test_pods_that_hang(
    argo: ArgoEngine, run: Handle, controller: Controller, reason: str, said: str, message: str
) -> None:
    controller.begin()
    controller.start("load")
    controller.wait("load", reason, said)
    found = argo.poll(run).tasks["load"]
    assert found.state is StepState.WAITING
    assert found.message.startswith(message)
    assert bool(found.message) == bool(message)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
            "no machine of the cluster can take it: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
        ),
        (
            '0/1 nodes are available: persistentvolumeclaim "data" not found.',
            "the volume claim data is not there: make it, or see the step's `volume:`",
        ),
    ],
)
def test_pods_without_a_machine(
    argo: ArgoEngine, run: Handle, controller: Controller, said: str, message: str
) -> None:
    controller.begin()
    controller.start("load")
    controller.unscheduled("load", said)
    assert argo.poll(run).tasks["load"] == TaskStatus(
        StepState.WAITING, started=1795341603.0, message=message
    )


@pytest.mark.parametrize(
    ("reason", "denied", "message"),
    [
        (
            "FailedMount",
            "",
            'a volume of it cannot be mounted: MountVolume.SetUp failed for volume "keys" : secret "keys" '
            "not found",
        ),
        ("Unhealthy", "", ""),
        ("FailedMount", "list events", ""),
    ],
)
def test_pods_without_their_volumes(
    argo: ArgoEngine,
    run: Handle,
    cluster: Cluster,
    controller: Controller,
    reason: str,
    denied: str,
    message: str,
) -> None:
    cluster.denied.add(denied)
    controller.begin()
    controller.start("load")
    controller.warn(
        "load", reason, 'MountVolume.SetUp failed for volume "keys" : secret "keys" not found'
    )
    assert argo.poll(run).tasks["load"].message == message


def test_pods_that_may_not_be_looked_at(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    cluster.denied.add("list pods")
    controller.begin()
    controller.start("load")
    controller.change(controller.id_of("load"), message="Unschedulable: 0/1 nodes are available")
    assert argo.poll(run).tasks["load"].message == "Unschedulable: 0/1 nodes are available"


def test_a_run_that_is_watched(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    seen = argo.watch(run)
    assert next(seen).tasks == {}
    controller.begin()
    controller.start("load")
    controller.run("load")
    while states(now := next(seen)) != {"load": "running"}:
        assert now.state is RunState.RUNNING
    controller.succeed("load")
    controller.end()
    assert [each.state for each in seen][-1] is RunState.DONE
    assert all(each.query["fieldSelector"] == "metadata.name=churn-1" for each in cluster.watches())


def test_a_pod_that_hangs_is_told_while_it_is_watched(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.begin()
    controller.start("load")
    seen = argo.watch(run)
    assert next(seen).tasks["load"].message == ""
    # The Workflow itself does not change with it.
    controller.wait("load", "ImagePullBackOff", PULL)
    assert "cannot be pulled" in next(seen).tasks["load"].message
    controller.run("load")
    assert next(seen).tasks["load"] == TaskStatus(StepState.RUNNING, started=1795341603.0)
    seen.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "faults",
    [
        (Drop(),),
        (Drop(lines=1),),
        (Drop(lines=1, half=True),),
        (Drop(lines=2, half=True), Drop(lines=1), Close()),
        (Refuse(500, "InternalError"), Refuse(503), Refuse(429, headers={"Retry-After": "0"})),
        (Refuse(410, "Expired", "too old resource version"),),
        (Refuse(410, "Gone"), Refuse(410, "Gone"), Drop()),
        (Refuse(504, text="<html>gateway time-out</html>"),),
    ],
)
def test_a_watch_goes_on(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, faults: Any
) -> None:
    cluster.fail("GET", "watch=true", *faults)
    seen = argo.watch(run)
    next(seen)
    controller.all_succeed()
    found = list(seen)[-1]
    assert found.state is RunState.DONE
    assert states(found) == {"load": "done", "train": "done", "report": "done"}


def test_a_watch_is_resumed_where_it_was(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    cluster.fail("GET", "watch=true", Drop(lines=1))
    seen = argo.watch(run)
    next(seen)
    controller.begin()
    version = controller.workflow["metadata"]["resourceVersion"]
    next(seen)
    controller.end()
    assert list(seen)[-1].state is RunState.DONE
    assert cluster.watches()[1].query["resourceVersion"] == version
    assert (
        len([each for each in cluster.asked("GET", "/workflows$") if "watch" not in each.query])
        == 1
    )


def test_versions_that_are_no_longer_kept(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    cluster.oldest = cluster.version + 2
    seen = argo.watch(run)
    next(seen)
    controller.begin()
    controller.end()
    assert list(seen)[-1].state is RunState.DONE


def test_bookmarks_move_a_watch_on(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    seen = argo.watch(run)
    next(seen)
    cluster.bookmark()
    marked = str(cluster.version)
    cluster.fail("GET", "watch=true", Drop(lines=1))
    controller.begin()
    next(seen)
    controller.end()
    list(seen)
    assert all(int(each.query["resourceVersion"]) >= int(marked) - 1 for each in cluster.watches())


@pytest.mark.parametrize("headers", [True, False])
def test_a_server_that_falls_silent(
    cluster: Cluster, tmp_path: Path, controller: Controller, run: Handle, headers: bool
) -> None:
    cluster.fail("GET", "watch=true", Silence(headers=headers))
    seen = engine(cluster, tmp_path, replace(QUICK, answer=1)).watch(run)
    next(seen)
    controller.begin()
    controller.end()
    assert list(seen)[-1].state is RunState.DONE


def test_a_server_that_is_gone_for_long(
    cluster: Cluster, tmp_path: Path, run: Handle, controller: Controller
) -> None:
    controller.begin()
    seen = engine(cluster, tmp_path, replace(QUICK, outage=0.2)).watch(run)
    next(seen)
    cluster.fail("GET", "/workflows", Refuse(503, "ServiceUnavailable", "leader lost"), times=1000)
    with pytest.raises(
        EngineError, match=r"was not heard of .*; it goes on by itself. Last: cannot"
    ):
        list(seen)


@pytest.mark.parametrize(
    "fault", [Refuse(401, "Unauthorized", "Unauthorized"), Refuse(403, "Forbidden")]
)
def test_faults_that_no_patience_helps(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, fault: Refuse
) -> None:
    controller.begin()
    seen = argo.watch(run)
    next(seen)
    cluster.fail("GET", "watch=true", fault, times=100)
    with pytest.raises(EngineError, match="cannot watch the run churn-1"):
        list(seen)
    assert len(cluster.watches()) <= 2


def test_half_an_answer_is_asked_for_again(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.begin()
    cluster.fail("GET", "/workflows/churn-1", Half(), Close(), Refuse(500))
    assert argo.poll(run).state is RunState.RUNNING


def test_runs_that_are_gone(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.begin()
    seen = argo.watch(run)
    next(seen)
    cluster.remove("workflows", "lab", "churn-1")
    with pytest.raises(
        NoSuchRunError, match="was removed from the namespace lab while it was watched"
    ):
        list(seen)
    for lost in (lambda: argo.poll(run), lambda: list(argo.watch(run)), lambda: argo.cancel(run)):
        with pytest.raises(
            NoSuchRunError, match=r"churn-1 is not \(or no more\) in the namespace lab"
        ):
            lost()
    argo.submit(order())
    with pytest.raises(NoSuchRunError):
        argo.poll(run)
