"""Runs on Argo that are stopped, and that go on where they have failed.

The cases of ``argo retry`` are those of
https://github.com/argoproj/argo-workflows/blob/main/workflow/util/util_test.go, for graphs of one level.
"""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import argo_run
import pytest
from argo_controller import Controller
from argo_engines import manifest, order
from kubernetes_server import Close, Cluster, Refuse

from nbflow.engines.argo import ArgoEngine
from nbflow.engines.events import RunState, StepState
from nbflow.engines.remote import Handle
from nbflow.errors import EngineError

cluster = argo_run.cluster
argo = argo_run.argo
run = argo_run.run
controller = argo_run.controller

CONFLICT = Refuse(409, "Conflict", "the object has been modified")


def failed(controller: Controller) -> None:
    """A run whose second step has failed."""
    controller.start("load")
    controller.succeed("load")
    controller.start("train", after="load")
    controller.run("train")
    controller.fail("train", "cell 3: KeyError: 'x'")
    controller.omit("report", "train")
    controller.end("Failed", "child 'train' failed")


def strange(controller: Controller) -> None:
    """A failed run with a part of another kind."""
    failed(controller)
    controller.change("churn-1", type="Steps")
    controller.end("Failed")


def test_a_run_that_is_cancelled(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.start("load")
    controller.run("load")
    argo.cancel(run)
    assert controller.workflow["spec"]["shutdown"] == "Stop"
    argo.cancel(run)
    assert controller.workflow["spec"]["shutdown"] == "Terminate"
    controller.fail("load", reason="Error", code=143)
    controller.change(
        controller.id_of("load"), message="workflow shutdown with strategy:  Terminate"
    )
    controller.end("Failed", "Stopped with strategy 'Terminate'")
    asked = len(cluster.asked("PATCH", ""))
    argo.cancel(run)
    assert len(cluster.asked("PATCH", "")) == asked
    found = argo.poll(run)
    assert (found.state, found.tasks["load"].state) == (RunState.STOPPED, StepState.STOPPED)


@pytest.mark.parametrize("fault", [Refuse(500), Close(), Refuse(429)])
def test_cancelling_through_faults(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, fault: Any
) -> None:
    cluster.fail("PATCH", "/workflows/churn-1", fault)
    argo.cancel(run)
    assert controller.workflow["spec"]["shutdown"] == "Stop"


def test_a_run_goes_on(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    failed(controller)
    assert argo.retry(run) == run
    workflow = controller.workflow
    status, nodes = workflow["status"], workflow["status"]["nodes"]
    assert status["phase"] == "Running"
    assert "message" not in status
    assert "finishedAt" not in status
    assert status["conditions"][-1] == {"type": "Completed", "status": "False"}
    assert workflow["metadata"]["labels"] == {
        "app.kubernetes.io/managed-by": "nbflow",
        "workflows.argoproj.io/phase": "Running",
    }
    assert sorted(nodes) == sorted(["churn-1", controller.id_of("load")])
    assert nodes["churn-1"]["phase"] == "Running"
    assert nodes[controller.id_of("load")]["phase"] == "Succeeded"
    assert nodes[controller.id_of("load")]["children"] == []
    pods = [name for kind, _, name in cluster.objects if kind == "pods"]
    assert pods == [controller.pod_of("load")]
    found = argo.poll(run)
    assert (found.state, list(found.tasks)) == (RunState.RUNNING, ["load"])


def test_a_stopped_run_goes_on(argo: ArgoEngine, run: Handle, controller: Controller) -> None:
    argo.cancel(run)
    failed(controller)
    argo.retry(run)
    assert "shutdown" not in controller.workflow["spec"]
    assert argo.poll(run).state is RunState.RUNNING


def test_tries_begin_anew(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.start("load", retries=True)
    controller.fail("load(0)")
    controller.again("load", 1)
    controller.succeed("load(1)")
    controller.change(controller.id_of("load"), phase="Succeeded")
    controller.start("train", after="load(1)", retries=True)
    controller.fail("train(0)")
    controller.again("train", 1)
    controller.fail("train(1)")
    controller.change(controller.id_of("train"), phase="Failed", message="No more retries left")
    controller.omit("report", "train(1)")
    controller.end("Failed")
    argo.retry(run)
    nodes = controller.nodes
    kept = ["load", "load(0)", "load(1)", "train"]
    assert sorted(nodes) == sorted(["churn-1", *map(controller.id_of, kept)])
    train = nodes[controller.id_of("train")]
    assert (train["phase"], train["children"], "message" in train) == ("Running", [], False)
    assert nodes[controller.id_of("load(0)")]["phase"] == "Failed"
    pods = sorted(name for kind, _, name in cluster.objects if kind == "pods")
    assert pods == sorted(map(controller.pod_of, ["load(0)", "load(1)"]))


def test_packed_nodes_are_packed_again(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    failed(controller)
    workflow = controller.workflow
    nodes = workflow["status"].pop("nodes")
    text = base64.b64encode(gzip.compress(json.dumps(nodes).encode())).decode()
    workflow["status"]["compressedNodes"] = text
    cluster.put("workflows", "lab", workflow)
    argo.retry(run)
    packed = controller.workflow["status"]["compressedNodes"]
    found = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert sorted(found) == sorted(["churn-1", controller.id_of("load")])
    assert "finishedAt" not in found["churn-1"]


@pytest.mark.parametrize("faults", [(CONFLICT,), (CONFLICT, CONFLICT, Close()), (Refuse(500),)])
def test_changes_of_others_meanwhile(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller, faults: Any
) -> None:
    failed(controller)
    cluster.fail("PATCH", "/workflows/churn-1", *faults)
    argo.retry(run)
    assert controller.workflow["status"]["phase"] == "Running"


def test_changes_without_end(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    failed(controller)
    cluster.fail("PATCH", "/workflows/churn-1", CONFLICT, times=100)
    with pytest.raises(EngineError, match="changes all the while: try again in a minute"):
        argo.retry(run)


def test_the_change_is_for_the_version_that_was_read(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    failed(controller)
    version = controller.workflow["metadata"]["resourceVersion"]
    argo.retry(run)
    assert cluster.asked("PATCH", "")[0].body["metadata"]["resourceVersion"] == version


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda c: None, "still goes on: it can be retried when it has ended"),
        (lambda c: c.end(), "has gone well: there is nothing to retry"),
        (lambda c: c.end("Error", "invalid spec"), "no task of the run churn-1 has failed"),
        (
            strange,
            r"has parts that nbflow does not make \(Steps\): `argo retry churn-1` retries it",
        ),
    ],
)
def test_runs_that_are_not_retried(
    argo: ArgoEngine,
    run: Handle,
    cluster: Cluster,
    controller: Controller,
    prepare: Any,
    sentence: str,
) -> None:
    prepare(controller)
    with pytest.raises(EngineError, match=sentence):
        argo.retry(run)
    assert not cluster.asked("PATCH", "") + cluster.asked("DELETE", "")


def test_a_run_that_is_just_ending(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    failed(controller)
    workflow = controller.workflow
    del workflow["metadata"]["labels"]["workflows.argoproj.io/completed"]
    cluster.put("workflows", "lab", workflow)
    with pytest.raises(EngineError, match="changes all the while: try again in a minute"):
        argo.retry(run)
    assert not cluster.asked("PATCH", "")


def test_what_the_cluster_adds_to_runs(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    controller.start("load")
    controller.fail("load")
    controller.start("onExit")
    controller.change(controller.id_of("onExit"), nodeFlag={"hooked": True})
    controller.fail("onExit")
    controller.end("Failed")
    assert list(argo.poll(run).tasks) == ["load"]
    argo.retry(run)
    assert list(controller.nodes) == ["churn-1"]
    assert not [kind for kind, _, _ in cluster.objects if kind == "pods"]


def test_a_task_without_a_pod(
    argo: ArgoEngine, run: Handle, cluster: Cluster, controller: Controller
) -> None:
    """Argo keeps a task whose inputs it cannot make out as one that was passed over, with an error."""
    controller.omit("load", "")
    controller.change(
        controller.id_of("load"), phase="Error", message="unable to resolve references"
    )
    controller.end("Error")
    argo.retry(run)
    assert list(controller.nodes) == ["churn-1"]


def test_runs_of_others(argo: ArgoEngine, cluster: Cluster) -> None:
    metadata = {"name": "theirs", "labels": {"workflows.argoproj.io/completed": "true"}}
    other: Any = {"metadata": metadata, "spec": {}, "status": {"phase": "Failed"}}
    made = cluster.put("workflows", "lab", other)
    with pytest.raises(EngineError, match="was not submitted from here: `argo retry theirs`"):
        argo.retry(Handle(made["metadata"]["uid"], "theirs", "lab"))


def test_steps_side_by_side(argo: ArgoEngine, cluster: Cluster) -> None:
    """What has not failed is kept, also where its neighbour has."""
    run = argo.submit(order("wide", text=manifest({"a": "", "b": "", "c": ""})))
    controller = Controller(cluster, run.name)
    controller.begin()
    for task in ("a", "b", "c"):
        controller.start(task)
    controller.succeed("a")
    controller.fail("b")
    controller.fail("c")
    controller.end("Failed")
    argo.retry(run)
    assert sorted(controller.nodes) == sorted(["wide", controller.id_of("a")])
    assert controller.nodes["wide"]["children"] == [controller.id_of("a")]
