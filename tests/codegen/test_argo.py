"""Manifests for Argo Workflows as data: their parts, their bytes, and what holds against others' models."""

from __future__ import annotations

import base64
import copy
import itertools
import json
import lzma
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from hera.workflows.models import Workflow
from manifests import Cells, assembly, code, data, options, text, written

from nbflow.codegen import argo
from nbflow.codegen.argo.references import DanglingError, check
from nbflow.model import StepName

ROOT = Path(__file__).parent.parent.parent
SETTINGS: dict[str, Any] = {
    "name": "My Pipeline: {{x}}",
    "pipeline_description": "What it does,\nin {{two}} lines",
    "volumes": [
        {"type": "pvc", "name": "shared.data", "mount_point": "/shared"},
        {
            "type": "new_pvc",
            "name": "scratch",
            "mount_point": "/scratch",
            "size": 5,
            "size_type": "Gi",
            "volume_access_mode": "rom",
            "storage_class_name": "fast",
        },
    ],
}
TAGGED: Cells = (
    ("imports", "import math"),
    ("parameters", "n = 3"),
    (
        "step:train model, limit:cpu:2, limit:memory:4Gi, limit:ephemeral-storage:10Gi, gpu:1, "
        "limit:amd.com/gpu:2, request:cpu:500m, node:zone:a, toleration:gpu, "
        "toleration:dedicated:ml:NoSchedule, label:team:ml, annotation:note:a:b, env:MODE:fast, "
        "secret:store:key:PASSWORD, volume:data:/data, image:my/image:1, retry:3, timeout:10m, "
        "configmap:app:log.level:LEVEL, secret-volume:store:/var/store, configmap-volume:app:/etc/app, "
        "shm:2Gi, pull-secret:registry, service-account:trainer, run-as:1000:100",
        "x = n + math.pi",
    ),
    ("step:5 odd", "print(x)"),
    ("pipeline-metrics", "print(x)"),
)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """A notebook with every tag."""
    return written(tmp_path, TAGGED, SETTINGS)


def template(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(t for t in manifest["spec"]["templates"] if t["name"] == name)
    return found


def test_every_tag_is_there(tagged: Path) -> None:
    found = template(data(tagged), "train-model")
    container = found["container"]
    assert container["image"] == "my/image:1"
    assert container["resources"] == {
        "requests": {"cpu": "500m"},
        "limits": {
            "cpu": "2",
            "memory": "4Gi",
            "ephemeral-storage": "10Gi",
            "nvidia.com/gpu": "1",
            "amd.com/gpu": "2",
        },
    }
    assert found["nodeSelector"] == {"zone": "a"}
    assert found["tolerations"] == [
        {"key": "gpu", "operator": "Exists"},
        {"key": "dedicated", "operator": "Equal", "value": "ml", "effect": "NoSchedule"},
    ]
    assert found["metadata"] == {
        "annotations": {"note": "a:b", "nbflow/step": "train model"},
        "labels": {"team": "ml"},
    }
    assert container["env"] == [
        {"name": "MODE", "value": "fast"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "store", "key": "key"}}},
        {"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": "app", "key": "log.level"}}},
        {"name": "NBFLOW_PARAMETER_n", "value": "{{inputs.parameters.n}}"},
        {"name": "NBFLOW_RUN", "value": "{{workflow.uid}}"},
    ]
    assert found["activeDeadlineSeconds"] == 600
    assert found["retryStrategy"] == {
        "limit": 3,
        "retryPolicy": "Always",
        "backoff": {"duration": "10s", "factor": 2},
    }
    assert container["volumeMounts"] == [
        {"name": "shared-data", "mountPath": "/shared"},
        {"name": "scratch", "mountPath": "/scratch"},
        {"name": "data", "mountPath": "/data"},
        {"name": "store", "mountPath": "/var/store"},
        {"name": "app", "mountPath": "/etc/app"},
        {"name": "shm", "mountPath": "/dev/shm"},
    ]
    assert found["serviceAccountName"] == "trainer"
    assert container["securityContext"] == {
        "runAsUser": 1000,
        "runAsGroup": 100,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }


@pytest.mark.parametrize(
    ("tags", "where", "expected"),
    [
        ("retry:2:1m:3", "retryStrategy.backoff", {"duration": "60s", "factor": 3}),
        ("retry:2:30s", "retryStrategy.backoff", {"duration": "30s", "factor": 2}),
        ("run-as:0", "container.securityContext", {"runAsUser": 0}),
        (
            "limit:nvidia.com/mig-1g.5gb:1",
            "container.resources",
            {"limits": {"nvidia.com/mig-1g.5gb": "1"}},
        ),
        (
            "gpu:1, request:ephemeral-storage:1Gi",
            "container.resources",
            {"requests": {"ephemeral-storage": "1Gi"}, "limits": {"nvidia.com/gpu": "1"}},
        ),
        (
            "limit:habana.ai/gaudi:8, limit:google.com/tpu:4",
            "container.resources.limits",
            {"habana.ai/gaudi": "8", "google.com/tpu": "4"},
        ),
        (
            "secret-volume:same:/a, configmap-volume:same:/b, volume:same:/c",
            "container.volumeMounts",
            [
                {"name": "same", "mountPath": "/a"},
                {"name": "same-2", "mountPath": "/b"},
                {"name": "same-3", "mountPath": "/c"},
            ],
        ),
    ],
)
def test_what_a_tag_becomes(tmp_path: Path, tags: str, where: str, expected: Any) -> None:
    path = written(tmp_path, [(f"step:a, {tags}", "x = 1")])
    check(yaml.safe_load(text(path)))
    assert _at(template(data(path), "a"), where) == expected


def test_volumes_of_the_notebook(tmp_path: Path) -> None:
    volumes = [
        {"name": "raw-data", "type": "pvc", "mount_point": "/data", "expose_as_env_var": True},
        {
            "name": "work",
            "type": "new_pvc",
            "mount_point": "/work/",
            "size": 2,
            "size_type": "Mi",
            "volume_access_mode": "",
            "annotations": [{"key": "owner", "value": "ml"}, {"key": "", "value": ""}],
            "snapshot": True,
        },
    ]
    settings = {"volumes": volumes, "storage_class_name": "fast", "volume_access_mode": "rwo"}
    cells = (("step:a, volume:mine:/data", "x = 1"), ("step:b, shm:1Gi", "y = 1"))
    path = written(tmp_path, cells, settings)
    found = data(path)
    check(yaml.safe_load(text(path)))
    a, b = (template(found, name)["container"] for name in "ab")
    assert [each["name"] for each in a["volumeMounts"]] == ["mine", "work"]
    assert [each["name"] for each in b["volumeMounts"]] == ["raw-data", "work", "shm"]
    exposed = {"name": "KALE_VOLUME_RAW_DATA", "value": "/data"}
    assert exposed in b["env"]
    assert exposed not in a["env"]
    assert found["spec"]["volumeClaimTemplates"] == [
        {
            "metadata": {"name": "work", "annotations": {"owner": "ml"}},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "fast",
                "resources": {"requests": {"storage": "2Mi"}},
            },
        }
    ]
    told = [(each.tag, each.why) for each in argo.obstacles(assembly(path))]
    assert [tag for tag, _ in told] == ["volumes: work, snapshot"]


def test_a_volume_for_temporary_files_holds_nothing_of_ours(tmp_path: Path) -> None:
    path = written(tmp_path, [("step:a, volume:data:/tmp", "x = 1"), ("step:b", "print(x)")])
    found = data(path)
    check(yaml.safe_load(text(path)))
    container = template(found, "a")["container"]
    assert {each["mountPath"]: each["name"] for each in container["volumeMounts"]} == {
        "/tmp": "data",
        "/tmp/nbflow-in": "nbflow-in",
        "/tmp/nbflow-out": "nbflow-out",
        "/tmp/nbflow-packages": "nbflow-packages",
        "/tmp/nbflow-tmp": "nbflow-tmp",
    }
    assert {"name": "TMPDIR", "value": "/tmp/nbflow-tmp"} in container["env"]
    assert {"name": "nbflow-in", "emptyDir": {}} in found["spec"]["volumes"]
    assert "volumeMounts" not in template(found, "b")["container"]


def test_pods_of_no_step_have_what_all_steps_are_to_have(tmp_path: Path) -> None:
    words = ["gpu:1", "limit:cpu:1", "toleration:team", "pull-secret:reg", "run-as:1000"]
    words += ["secret:s:k:KEY", "shm:1Gi", "image:own/image:1", "service-account:ml", "retry:1"]
    path = written(tmp_path, [("step:a", "x = 1")], {"steps_defaults": words})
    found = data(path)
    own = template(found, "runtime")
    assert own["container"]["resources"] == {"limits": {"cpu": "1"}}
    assert own["container"]["securityContext"]["runAsUser"] == 1000
    assert own["tolerations"] == [{"key": "team", "operator": "Exists"}]
    assert own["serviceAccountName"] == "ml"
    assert own["retryStrategy"]["limit"] == 1
    assert "env" not in own["container"]
    assert found["spec"]["imagePullSecrets"] == [{"name": "reg"}]
    assert template(found, "a")["container"]["image"] == "own/image:1"


def test_the_workflow_has_what_the_notebook_says(tagged: Path) -> None:
    found = data(tagged, namespace="team", service_account="runner", pull_secrets=("registry",))
    assert found["metadata"] == {
        "generateName": "my-pipeline-x-",
        "namespace": "team",
        "labels": {"app.kubernetes.io/managed-by": "nbflow"},
        "annotations": {
            "workflows.argoproj.io/title": "My Pipeline: { {x}}",
            "workflows.argoproj.io/description": "What it does, in { {two}} lines",
        },
    }
    spec = found["spec"]
    assert (spec["serviceAccountName"], spec["imagePullSecrets"]) == (
        "runner",
        [{"name": "registry"}],
    )
    assert data(tagged)["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert spec["volumes"] == [
        {"name": "shared-data", "persistentVolumeClaim": {"claimName": "shared.data"}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "store", "secret": {"secretName": "store"}},
        {"name": "app", "configMap": {"name": "app"}},
        {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}},
    ]
    assert spec["volumeClaimTemplates"] == [
        {
            "metadata": {"name": "scratch"},
            "spec": {
                "accessModes": ["ReadOnlyMany"],
                "storageClassName": "fast",
                "resources": {"requests": {"storage": "5Gi"}},
            },
        }
    ]
    assert spec["arguments"] == {"parameters": [{"name": "n", "value": "3"}]}


def test_steps_hang_together_as_in_the_notebook(tagged: Path) -> None:
    tasks = {task["name"]: task for task in template(data(tagged), "pipeline")["dag"]["tasks"]}
    before = {name: task.get("dependencies") for name, task in tasks.items()}
    assert before == {
        "runtime": None,
        "train-model": ["runtime"],
        "x-5-odd": ["train-model"],
        "pipeline-metrics": ["train-model"],
    }
    assert tasks["x-5-odd"]["arguments"]["artifacts"] == [
        {"name": "runtime", "from": "{{tasks.runtime.outputs.artifacts.runtime}}"},
        {"name": "x-of-train-model", "from": "{{tasks.train-model.outputs.artifacts.x}}"},
        {"name": "state-of-train-model", "from": "{{tasks.train-model.outputs.artifacts.state}}"},
    ]


def test_names_are_legal_and_apart(tmp_path: Path) -> None:
    long = "a" * 80
    steps = ["Train", "train", "train-2", "runtime", "pipeline", "漢", "字", long, long + "b"]
    path = written(tmp_path, [(f"step:{name}", f"x{n} = 1") for n, name in enumerate(steps)])
    names = [each["name"] for each in data(path)["spec"]["templates"]]
    assert names == [
        *("pipeline", "train-3", "train", "train-2", "runtime-2", "pipeline-2", "x", "x-2"),
        *("a" * 63, "a" * 61 + "-2", "runtime"),
    ]


def test_what_cannot_be_said_is_told(tmp_path: Path) -> None:
    cells = (
        ("step:a, cache:enabled, annotation:note:{{x}}, image:{{y}}, volume:data:/{{z}}", "x = 1"),
        ("step:b, cache:disabled, env:A:{{workflow.uid}}, label:a:b", "print(x)"),
    )
    path = written(
        tmp_path, cells, {"volumes": [{"type": "clone", "name": "old"}], "base_image": "{{z}}"}
    )
    found = [(each.step, each.tag, each.grave) for each in argo.obstacles(assembly(path))]
    assert found == [
        ("", "image:{{z}}", True),
        ("", "volumes: old", True),
        ("a", "cache:enabled", False),
        ("a", "annotation:note:{{x}}", True),
        ("a", "volume:data:/{{z}}", True),
        ("a", "image:{{y}}", True),
    ]
    assert template(data(path), "a")["container"]["image"] == "python:3.11"


def test_a_device_that_is_requested_has_a_limit(tmp_path: Path) -> None:
    path = written(tmp_path, [("step:a, request:nvidia.com/gpu:1, request:cpu:2", "x = 1")])
    assert template(data(path), "a")["container"]["resources"] == {
        "requests": {"cpu": "2", "nvidia.com/gpu": "1"},
        "limits": {"nvidia.com/gpu": "1"},
    }


def test_no_data_is_a_reference(tmp_path: Path) -> None:
    odd = "{{workflow.name}} {{=1}} $(HOME)"
    cells = (
        ("parameters", f"name = '{odd}'"),
        (f"step:{odd}, env:A:{odd}", f"{{{{1}}}}\nprint('{odd}', name)"),
    )
    path = written(tmp_path, cells, {"name": odd, "pipeline_description": odd})
    found = text(path)
    references = set(re.findall(r"\{\{.*?\}\}", found))
    assert references == {
        "{{inputs.parameters.name}}",
        "{{tasks.runtime.outputs.artifacts.runtime}}",
        "{{workflow.parameters.name}}",
        "{{workflow.uid}}",
    }
    (parameter,) = yaml.safe_load(found)["spec"]["arguments"]["parameters"]
    assert json.loads(parameter["value"]) == odd


@pytest.mark.parametrize(
    "value", [0, -1.5, True, None, "", "a", "{{{{x", "$$$(A)", [1, {"a": "{{"}], {"$(": ["é"]}]
)
def test_values_come_back_and_are_no_references(value: Any) -> None:
    written_value = argo.value(value)
    assert json.loads(written_value) == value
    assert not re.search(r"\{\{|\$\(|\$\$", written_value)


def test_the_manifest_is_the_same_every_time(tagged: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom manifests import text\n"
        "sys.stdout.buffer.write(text(Path(sys.argv[1])).encode())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script, str(tagged)],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parent,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {text(tagged).encode()}


def test_cells_lie_beside_the_manifest(tagged: Path) -> None:
    found = argo.files(assembly(tagged), code(), options(tagged))
    assert sorted(found) == [
        "steps/pipeline_metrics.json",
        "steps/pipeline_metrics.py",
        "steps/train_model.json",
        "steps/train_model.py",
        "steps/x_5_odd.json",
        "steps/x_5_odd.py",
        "workflow.yaml",
    ]
    assert found["workflow.yaml"].startswith(
        "# The pipeline My Pipeline: { {x}} of nb.ipynb, for Argo"
    )


def test_a_step_says_what_it_needs(tagged: Path) -> None:
    found = data(tagged, requirements={StepName("5 odd"): ("pandas==2.2.3", "numpy==2.1")})
    assert template(found, "x-5-odd")["container"]["args"][1:] == ["pandas==2.2.3", "numpy==2.1"]
    assert len(template(found, "train-model")["container"]["args"]) == 1


def test_an_order_is_the_task_and_where_artifacts_lie(tagged: Path) -> None:
    argument = template(data(tagged), "x-5-odd")["container"]["args"][0]
    order = json.loads(lzma.decompress(base64.b64decode(argument)))
    assert order.pop("task")["step"] == "5 odd"
    assert order == {
        "taken": ["/tmp/nbflow-in/x-of-train-model", "/tmp/nbflow-in/state-of-train-model"],
        "given": {},
        "state": "/tmp/nbflow-out/state",
        "parameters": {},
        "packages": "/tmp/nbflow-packages",
        "page": "/tmp/nbflow-out/report.html",
    }


# What others have to say of it


def test_holds_against_the_models_of_hera(tagged: Path) -> None:
    found = yaml.safe_load(text(tagged))
    known = Workflow.model_validate(found).model_dump(by_alias=True, exclude_none=True, mode="json")
    assert _lost(found, known) == []


def _lost(given: Any, known: Any, where: str = "") -> list[str]:
    """The fields of ``given`` that the models have no place for."""
    if isinstance(given, dict):
        missing = [f"{where}.{key}" for key in given if key not in known]
        there = [key for key in given if key in known]
        return missing + [
            m for key in there for m in _lost(given[key], known[key], f"{where}.{key}")
        ]
    if isinstance(given, list):
        pairs = zip(given, known, strict=True)
        return [m for n, (g, k) in enumerate(pairs) for m in _lost(g, k, f"{where}[{n}]")]
    return [] if given == known or str(given) == str(known) else [where]


def test_pods_hold_against_the_schema_of_kubernetes(tagged: Path) -> None:
    manifest = yaml.safe_load(text(tagged))
    spec = manifest["spec"]
    volumes = list(spec["volumes"])
    for each in spec["volumeClaimTemplates"]:
        claim = {"claimName": each["metadata"]["name"]}
        volumes.append({"name": each["metadata"]["name"], "persistentVolumeClaim": claim})
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **each}, "1.34", strict=True
        )
    for each in spec["templates"][1:]:
        own = {
            key: each[key]
            for key in (
                "nodeSelector",
                "tolerations",
                "activeDeadlineSeconds",
                "serviceAccountName",
            )
            if key in each
        }
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": each["name"], **each.get("metadata", {})},
            "spec": {
                "containers": [{"name": "main", **each["container"]}],
                "volumes": volumes,
                "imagePullSecrets": spec["imagePullSecrets"],
                "restartPolicy": "Never",
                **own,
            },
        }
        kubernetes_validate.validate(pod, "1.34", strict=True)


def _without(path: str, place: int = 0) -> Callable[[dict[str, Any]], None]:
    """A fault: the item of the list at ``path`` is not there."""

    def fault(manifest: dict[str, Any]) -> None:
        _at(manifest, path).pop(place)

    return fault


def _set(path: str, key: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def fault(manifest: dict[str, Any]) -> None:
        _at(manifest, path)[key] = value

    return fault


def _at(manifest: Any, path: str) -> Any:
    for word in path.split("."):
        manifest = manifest[int(word)] if word.isdigit() else manifest[word]
    return manifest


_TASKS = "spec.templates.0.dag.tasks"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (_set("spec", "entrypoint", "nowhere"), "no template nowhere"),
        (_without("spec.templates", -1), "task runtime has no template runtime"),
        (_set("spec.templates.2", "name", "train-model"), "template train-model is there twice"),
        (_without(_TASKS), "waits for runtime, which is no task"),
        (_set(f"{_TASKS}.1", "dependencies", ["x-5-odd"]), "task train-model waits for itself"),
        (
            _set(f"{_TASKS}.2", "dependencies", ["runtime"]),
            "names tasks.train-model.outputs.artifacts.x, which is not there",
        ),
        (
            _without("spec.templates.1.outputs.artifacts"),
            "names tasks.train-model.outputs.artifacts.x, which is not there",
        ),
        (_without(f"{_TASKS}.2.arguments.artifacts", 1), "does not give x-of-train-model"),
        (
            _without("spec.templates.2.inputs.artifacts", 1),
            "gives x-of-train-model, which is not taken",
        ),
        (_without("spec.arguments.parameters"), "names workflow.parameters.n, which is not there"),
        (
            _without("spec.templates.1.inputs.parameters"),
            "names inputs.parameters.n, which is not there",
        ),
        (_without(f"{_TASKS}.1.arguments.parameters"), "does not give n"),
        (_without("spec.volumes", -1), "mounts shm, which is no volume"),
        (_without("spec.volumeClaimTemplates"), "mounts scratch, which is no volume"),
        (
            _set("spec.templates.1.outputs.artifacts.0", "path", "/tmp/nbflow-out/state"),
            "path /tmp/nbflow-out/state is there twice",
        ),
        (_set("spec.templates.1.container", "image", "{{a.b}}"), "names a.b, which is not there"),
    ],
)
def test_what_hangs_in_the_air_is_found(
    fault: Callable[[dict[str, Any]], None], told: str, tagged: Path
) -> None:
    manifest = yaml.safe_load(text(tagged))
    check(manifest)
    broken = copy.deepcopy(manifest)
    fault(broken)
    with pytest.raises(DanglingError, match=re.escape(told)):
        check(broken)


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_examples_make_whole_manifests(path: Path) -> None:
    found = yaml.safe_load(text(path))
    assert found == json.loads(json.dumps(argo.workflow(assembly(path), code(), options(path))))
    Workflow.model_validate(found)


def test_fifty_steps_are_far_from_what_a_cluster_stores(tmp_path: Path) -> None:
    drawn = random.Random(4)
    words = ["".join(drawn.choices("abcdefghij", k=7)) for _ in range(400)]
    cells = [("parameters", "n = 3")]
    for number in range(50):
        lines = [
            f"{w}_{number} = {v!r} * n" for w, v in itertools.pairwise(drawn.sample(words, 40))
        ]
        read = f"x{number - 1} + " if number else ""
        cells.append((f"step:step {number}", "\n".join([*lines, f"x{number} = {read}n"])))
    assert len(text(written(tmp_path, cells))) < 500_000
