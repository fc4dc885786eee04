"""A manifest that was made of a notebook, submitted and watched on a small Kubernetes API."""

from __future__ import annotations

from pathlib import Path

from argo_controller import Controller
from argo_engines import engine
from hera.workflows.models import Workflow
from kubernetes_server import Cluster
from manifests import Cells, text, written

from nbflow.codegen.argo import check
from nbflow.engines.events import RunState, StepState
from nbflow.engines.remote import Order

CELLS: Cells = (
    ("parameters", "n = 3\nname = 'ü {{workflow.name}} $(HOME)'"),
    ("step:Étape 1, retry:2, secret:store:key:PASSWORD", "x = [n, name, '{{x}}']"),
    ("step:train model", "y = x * n"),
    ("pipeline-metrics", "print(len(y))"),
)


def test_a_notebook_from_its_manifest_to_its_end(tmp_path: Path) -> None:
    manifest = text(written(tmp_path, CELLS))
    with Cluster() as cluster:
        argo = engine(cluster, tmp_path, service_account="runner")
        order = Order(manifest, "nb", "nb-1", {"name": "{{second}}", "n": 5})
        run = argo.submit(order)
        kept = cluster.object("workflows", "lab", "nb-1")
        check(kept)
        assert Workflow.model_validate(kept).spec.service_account_name == "runner"
        values = {each["name"]: each["value"] for each in kept["spec"]["arguments"]["parameters"]}
        assert values == {"name": '"\\u007b{second}}"', "n": "5"}
        controller = Controller(cluster, "nb-1")
        seen = argo.watch(run)
        assert next(seen).state is RunState.RUNNING
        controller.begin()
        controller.start("runtime")
        controller.succeed("runtime")
        controller.start("etape-1", after="runtime", retries=True)
        controller.run("etape-1(0)")
        controller.write("etape-1(0)", "hello")
        assert list(argo.logs(run, "etape-1")) == ["hello\n"]
        controller.fail("etape-1(0)", "cell 2, line 1: KeyError: 'x'")
        controller.change(
            controller.id_of("etape-1"), phase="Failed", message="No more retries left"
        )
        controller.omit("train-model", "etape-1(0)")
        controller.end("Failed", "child 'etape-1' failed")
        last = list(seen)[-1]
        assert last.state is RunState.FAILED
        assert last.tasks["etape-1"].message == "cell 2, line 1: KeyError: 'x'"
        assert {name: each.state for name, each in last.tasks.items()} == {
            "runtime": StepState.DONE,
            "etape-1": StepState.FAILED,
            "train-model": StepState.SKIPPED,
        }
        argo.retry(run)
        assert argo.submit(order) == run
        assert list(argo.poll(run).tasks) == ["runtime", "etape-1"]
