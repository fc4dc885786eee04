"""What tags become in the compiled manifest and its platform's part, which the engine reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from conversion import converted, write
from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes
from kfp.pipeline_spec import pipeline_spec_pb2 as spec

NOTEBOOK = """\
# %% step:load {tags}
x = 1
# %% step:show
print(x)
"""


def compiled(
    folder: Path, tags: str, settings: dict[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The manifest and its platform's part; both are what the messages of the engine take."""
    path = write(folder, NOTEBOOK.format(tags=tags), {"kubeflow_notebook": settings or {}})
    text = (converted(path).folder / "pipeline.yaml").read_text("utf-8")
    manifest, *platform = yaml.safe_load_all(text)
    json_format.ParseDict(manifest, spec.PipelineSpec())
    found: dict[str, Any] = {}
    if platform:
        found = platform[0]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    for each in found.values():
        json_format.ParseDict(each, kubernetes.KubernetesExecutorConfig())
    return manifest, found


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (
            "secret:db:password:PASS",
            {
                "secretAsEnv": [
                    {
                        "secretName": "db",
                        "keyToEnv": [{"secretKey": "password", "envVar": "PASS"}],
                        "optional": False,
                        "secretNameParameter": {"runtimeValue": {"constant": "db"}},
                    }
                ]
            },
        ),
        (
            "configmap:app:log.level:LEVEL",
            {
                "configMapAsEnv": [
                    {
                        "configMapName": "app",
                        "keyToEnv": [{"configMapKey": "log.level", "envVar": "LEVEL"}],
                        "optional": False,
                        "configMapNameParameter": {"runtimeValue": {"constant": "app"}},
                    }
                ]
            },
        ),
        (
            "secret-volume:gcp:/var/gcp",
            {
                "secretAsVolume": [
                    {
                        "secretName": "gcp",
                        "mountPath": "/var/gcp",
                        "optional": False,
                        "secretNameParameter": {"runtimeValue": {"constant": "gcp"}},
                    }
                ]
            },
        ),
        (
            "configmap-volume:app:/etc/app",
            {
                "configMapAsVolume": [
                    {
                        "configMapName": "app",
                        "mountPath": "/etc/app",
                        "optional": False,
                        "configMapNameParameter": {"runtimeValue": {"constant": "app"}},
                    }
                ]
            },
        ),
        (
            "shm:2Gi",
            {
                "emptyDirMounts": [
                    {
                        "volumeName": "dshm",
                        "mountPath": "/dev/shm",
                        "medium": "Memory",
                        "sizeLimit": "2Gi",
                    }
                ]
            },
        ),
        (
            "pull-secret:a pull-secret:b",
            {
                "imagePullSecret": [
                    {
                        "secretName": name,
                        "secretNameParameter": {"runtimeValue": {"constant": name}},
                    }
                    for name in ("a", "b")
                ]
            },
        ),
        (
            "run-as:1000:100",
            {
                "securityContext": {
                    "runAsUser": "1000",
                    "runAsGroup": "100",
                    "runAsNonRoot": True,
                }
            },
        ),
        ("timeout:2m", {"activeDeadlineSeconds": "120"}),
        ("node:disk:ssd", {"nodeSelector": {"labels": {"disk": "ssd"}}}),
        (
            "toleration:gpu:yes:NoSchedule",
            {
                "tolerations": [
                    {"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}
                ]
            },
        ),
        (
            "label:app:x annotation:a:b:c",
            {"podMetadata": {"labels": {"app": "x"}, "annotations": {"a": "b:c"}}},
        ),
    ],
)
def test_the_platforms_part(tmp_path: Path, tag: str, expected: dict[str, Any]) -> None:
    _, platform = compiled(tmp_path, tag)
    assert platform == {"exec-load": expected}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("limit:cpu:2 request:cpu:500m", {"resourceCpuLimit": "2", "resourceCpuRequest": "500m"}),
        (
            "limit:memory:1.5Gi request:memory:64Mi",
            {"resourceMemoryLimit": "1610612736", "resourceMemoryRequest": "64Mi"},
        ),
        ("gpu:1", {"accelerator": {"resourceType": "nvidia.com/gpu", "resourceCount": "1"}}),
        (
            "limit:nvidia.com/mig-1g.5gb:2",
            {"accelerator": {"resourceType": "nvidia.com/mig-1g.5gb", "resourceCount": "2"}},
        ),
        (
            "limit:amd.com/gpu:1",
            {"accelerator": {"resourceType": "amd.com/gpu", "resourceCount": "1"}},
        ),
    ],
)
def test_amounts(tmp_path: Path, tag: str, expected: dict[str, Any]) -> None:
    manifest, _ = compiled(tmp_path, tag)
    found = manifest["deploymentSpec"]["executors"]["exec-load"]["container"]["resources"]
    names = set(found) & set(expected)
    assert names == set(expected)
    for name, value in expected.items():
        if isinstance(value, dict):
            assert value.items() <= found[name].items()
        else:
            assert found[name] == value


def test_the_tasks_part(tmp_path: Path) -> None:
    manifest, _ = compiled(tmp_path, "retry:3:30s:3 cache:disabled env:A:b image:my/image:1")
    task = manifest["root"]["dag"]["tasks"]["load"]
    assert task["retryPolicy"] == {
        "maxRetryCount": 3,
        "backoffDuration": "30s",
        "backoffFactor": 3.0,
        "backoffMaxDuration": f"{365 * 24 * 3600}s",
    }
    assert task["cachingOptions"] == {}
    container = manifest["deploymentSpec"]["executors"]["exec-load"]["container"]
    assert container["env"] == [{"name": "A", "value": "b"}]
    assert container["image"] == "my/image:1"


def test_pods_of_no_step_have_what_all_steps_are_to_have(tmp_path: Path) -> None:
    words = ["gpu:1", "limit:cpu:1", "toleration:team", "pull-secret:reg", "run-as:1000"]
    words += ["secret:s:k:KEY", "shm:1Gi", "image:own/image:1", "timeout:1m"]
    manifest, platform = compiled(tmp_path, "", {"steps_defaults": words})
    executors = manifest["deploymentSpec"]["executors"]
    assert {each["container"]["image"] for each in executors.values()} == {"own/image:1"}
    assert executors["exec-runtime"]["container"]["resources"] == {
        "resourceCpuLimit": "1",
        "cpuLimit": 1.0,
    }
    assert executors["exec-load"]["container"]["resources"]["accelerator"]
    assert set(platform["exec-runtime"]) == {"tolerations", "imagePullSecret", "securityContext"}
    assert {"tolerations", "emptyDirMounts", "secretAsEnv"} < set(platform["exec-show"])


def test_volumes_of_the_notebook(tmp_path: Path) -> None:
    volumes = [
        {"type": "pvc", "name": "raw-data", "mount_point": "/data", "expose_as_env_var": True},
        {
            "type": "new_pvc",
            "name": "work",
            "mount_point": "/work",
            "size": 5,
            "size_type": "Gi",
            "volume_access_mode": "",
        },
    ]
    settings = {
        "volumes": volumes,
        "storage_class_name": "fast",
        "volume_access_mode": "rwo",
    }
    manifest, platform = compiled(tmp_path, "volume:mine:/data/", settings)
    mounts = {
        name: [(each.get("constant"), each["mountPath"]) for each in own["pvcMount"]]
        for name, own in platform.items()
    }
    assert mounts == {
        "exec-load": [("mine", "/data/"), (None, "/work")],
        "exec-show": [("raw-data", "/data"), (None, "/work")],
    }
    tasks = manifest["root"]["dag"]["tasks"]
    made = tasks["createpvc"]["inputs"]["parameters"]
    assert {name: each["runtimeValue"]["constant"] for name, each in made.items()} == {
        "access_modes": ["ReadWriteOnce"],
        "pvc_name_suffix": "-work",
        "size": "5Gi",
        "storage_class_name": "fast",
    }
    executors = manifest["deploymentSpec"]["executors"]
    assert executors["exec-show"]["container"]["env"] == [
        {"name": "KALE_VOLUME_RAW_DATA", "value": "/data"}
    ]
    assert "env" not in executors["exec-load"]["container"]
