"""The server of these tests speaks as the real one: the SDK's own client and models understand it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import kfp
import kfp_server_api
import pytest
from kfp_orders import MANIFEST, client, order
from kfp_server import kfp_server

from nbflow.engines.kfp import nodes


@pytest.fixture
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK's client of an address."""
    monkeypatch.setattr(kfp.Client, "_LOCAL_KFP_CONTEXT", str(tmp_path / "context.json"))

    def made(host: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return kfp.Client(host=host, namespace="team")

    return made


def test_the_sdk_reads_the_same_run(sdk: Any) -> None:
    with kfp_server() as server:
        handle = client(server).submit(order(n=2))
        run = server.run("churn-1")
        run.to("RUNNING")
        run.workflow.move("right", "running")
        run.workflow.again("right")
        told = sdk(server.url).get_run(handle.id)
        assert isinstance(told, kfp_server_api.V2beta1Run)
        assert (told.display_name, told.state, told.runtime_config.parameters) == (
            "churn-1",
            "RUNNING",
            {"n": 2},
        )
        names = [detail.display_name for detail in told.run_details.task_details]
        assert names[1:] == [
            "root-driver",
            "root",
            "right-driver",
            "right",
            "executor",
            "executor(0)",
            "executor(1)",
        ]
        assert [s.state for s in told.state_history] == ["PENDING", "RUNNING"]


def test_the_sdk_finds_what_was_made(sdk: Any, tmp_path: Path) -> None:
    with kfp_server() as server:
        client(server).submit(order())
        theirs = sdk(server.url)
        pipeline = theirs.get_pipeline_id("churn")
        versions = theirs.list_pipeline_versions(pipeline).pipeline_versions
        assert [v.display_name for v in versions] == [server.versions[0]["display_name"]]
        assert theirs.get_experiment(experiment_name="Default").display_name == "Default"
        assert [r.display_name for r in theirs.list_runs().runs] == ["churn-1"]


def test_an_upload_of_the_sdk_is_understood(tmp_path: Path) -> None:
    with kfp_server() as server:
        client(server).submit(order())
        (tmp_path / "pipeline.yaml").write_text(MANIFEST)
        config = kfp_server_api.Configuration(host=server.url)
        upload = kfp_server_api.PipelineUploadServiceApi(kfp_server_api.ApiClient(config))
        made = upload.upload_pipeline_version(
            str(tmp_path / "pipeline.yaml"),
            name="theirs",
            pipelineid=server.pipelines[0]["pipeline_id"],
        )
        assert made.display_name == "theirs"
        ours, theirs = (a for a in server.asked if a.path.endswith("upload_version"))
        assert set(ours.query) == set(theirs.query)


def node(name: str, *below: str, state: str = "RUNNING") -> dict[str, Any]:
    """A node as the API tells it."""
    children = [{"pod_name": each} for each in below]
    return {"display_name": name, "state": state, "child_tasks": children}


def test_names_of_tasks_that_look_like_those_of_nodes() -> None:
    flow = "w-x1"

    def known(name: str) -> str:
        return nodes._id(flow, f"{flow}.root.{name}")

    details = [
        node(flow, f"{flow}-1"),
        node("root-driver", f"{flow}-2"),
        node("root", known("train-driver")),
        node("train-driver", known("train")),
        node("train", known("train.executor")),
        node("executor"),
        node("train-driver-driver", known("train-driver")),
        node("train-driver", known("train-driver.executor")),
        node("executor-driver", known("executor")),
        node("late-driver", known("late")),
    ]
    found = nodes.tasks(details)
    assert set(found) == {"executor", "late", "train", "train-driver"}
    assert found["train-driver"].main is details[7]
    assert found["train"].main is details[4]
    assert found["late"].main is None
    assert found["train"].pods[0][1] == (
        f"{flow}-system-container-impl-{known('train.executor').rpartition('-')[2]}"
    )


def test_ids_of_nodes_are_those_of_argo() -> None:
    """The values of TestNodeID and of pod names in argoproj/argo-workflows would be the same hash."""
    assert nodes._id("w", "") == "w-2166136261"
    assert nodes._id("w", "a") == "w-3826002220"
    assert nodes._id("w", "foobar") == "w-3214735720"


def test_a_pipeline_that_is_a_task_has_tasks() -> None:
    flow = "w-x1"
    inner = nodes._id(flow, f"{flow}.root.sub.train.executor")
    details = [
        node(flow, f"{flow}-1"),
        node("root-driver", f"{flow}-2"),
        node("root", f"{flow}-3"),
        node("sub-driver", f"{flow}-4"),
        node("sub", f"{flow}-5"),
        node("train-driver", f"{flow}-6"),
        node("train", inner),
        node("executor", nodes._id(flow, f"{flow}.root.sub.train.executor(0)")),
        node("executor(0)"),
    ]
    found = nodes.tasks(details)
    assert set(found) == {"sub", "train"}
    assert len(found["train"].tries) == 1
