"""What a step asks for, in the SDK's words; and what these cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.analysis import settings
from nbflow.codegen import kfp_settings, kfp_volumes
from nbflow.model import Pipeline, PipelineMetadata, Resources, Step, StepName
from nbflow.tags import parse

OTHERWISE = 'backoff_max_duration="365d"'


def asked(*texts: str) -> Resources:
    return settings.resources(map(parse, texts))


def pipeline(own: Resources, *volumes: dict[str, Any]) -> Pipeline:
    metadata = PipelineMetadata(volumes=tuple(volumes))
    return Pipeline("p", (Step(StepName("s"), (), resources=own),), metadata=metadata)


def statements(*tags: str) -> list[str]:
    own = asked(*tags)
    mounts = kfp_volumes.mounts(pipeline(own), own)
    found = [
        " ".join(part.strip() for part in each) for each in kfp_settings.settings("t", own, mounts)
    ]
    return [each.replace("( ", "(").replace(", )", ")") for each in found]


def obstacles(own: Resources, *volumes: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.tag, each.why) for each in kfp_settings.obstacles(pipeline(own, *volumes))]


@pytest.mark.parametrize(
    ("tag", "line"),
    [
        ("limit:cpu:2", 't.set_cpu_limit("2")'),
        ("limit:cpu:500m", 't.set_cpu_limit("500m")'),
        ("limit:cpu:1e-1", 't.set_cpu_limit("100m")'),
        ("request:cpu:0.1", 't.set_cpu_request("0.1")'),
        ("limit:memory:4Gi", 't.set_memory_limit("4Gi")'),
        ("limit:memory:1.5Gi", 't.set_memory_limit("1610612736")'),
        ("limit:memory:512k", 't.set_memory_limit("512000")'),
        ("env:A:b\"c'", 't.set_env_variable(name="A", value="b\\"c\'")'),
        (
            "retry:2",
            f't.set_retry(2, backoff_duration="10s", backoff_factor=2.0, {OTHERWISE})',
        ),
        (
            "retry:2:1m:3",
            f't.set_retry(2, backoff_duration="60s", backoff_factor=3.0, {OTHERWISE})',
        ),
        ("timeout:2m", "kubernetes.set_timeout(t, seconds=120)"),
        ("cache:disabled", "t.set_caching_options(False)"),
        ("node:disk:ssd", 'kubernetes.add_node_selector(t, label_key="disk", label_value="ssd")'),
        ("label:app:x", 'kubernetes.add_pod_label(t, label_key="app", label_value="x")'),
        (
            "annotation:a:b:c",
            'kubernetes.add_pod_annotation(t, annotation_key="a", annotation_value="b:c")',
        ),
        ("label:app:", 'kubernetes.add_pod_label(t, label_key="app", label_value="")'),
        (
            "annotation:a:",
            'kubernetes.add_pod_annotation(t, annotation_key="a", annotation_value="")',
        ),
        ("toleration:gpu", 'kubernetes.add_toleration(t, key="gpu", operator="Exists")'),
        (
            "toleration:gpu:yes:NoSchedule",
            'kubernetes.add_toleration(t, key="gpu", operator="Equal", value="yes", effect="NoSchedule")',
        ),
        (
            "secret:db:password:PASS",
            'kubernetes.use_secret_as_env(t, secret_name="db", secret_key_to_env={"password": "PASS"})',
        ),
        (
            "configmap:app:level:LEVEL",
            "kubernetes.use_config_map_as_env("
            't, config_map_name="app", config_map_key_to_env={"level": "LEVEL"})',
        ),
        ("volume:data:/data", 'kubernetes.mount_pvc(t, pvc_name="data", mount_path="/data")'),
        (
            "secret-volume:gcp:/var/gcp",
            'kubernetes.use_secret_as_volume(t, secret_name="gcp", mount_path="/var/gcp")',
        ),
        (
            "configmap-volume:app:/etc/app",
            'kubernetes.use_config_map_as_volume(t, config_map_name="app", mount_path="/etc/app")',
        ),
        (
            "shm:2Gi",
            'kubernetes.empty_dir_mount(t, volume_name="dshm", mount_path="/dev/shm",'
            ' medium="Memory", size_limit="2Gi")',
        ),
        ("pull-secret:reg", 'kubernetes.set_image_pull_secrets(t, secret_names=["reg"])'),
        ("run-as:0", "kubernetes.set_security_context(t, run_as_user=0)"),
    ],
)
def test_each_tag_is_a_call(tag: str, line: str) -> None:
    assert statements(tag) == [line]
    assert obstacles(asked(tag)) == []


@pytest.mark.parametrize(
    ("tags", "device", "count"),
    [
        (["gpu:1"], "nvidia.com/gpu", "1"),
        (["limit:amd.com/gpu:2"], "amd.com/gpu", "2"),
        (["limit:gpu.intel.com/i915:1"], "gpu.intel.com/i915", "1"),
        (["limit:habana.ai/gaudi:8"], "habana.ai/gaudi", "8"),
        (["limit:google.com/tpu:4"], "google.com/tpu", "4"),
        (["limit:nvidia.com/mig-1g.5gb:1"], "nvidia.com/mig-1g.5gb", "1"),
        (["request:nvidia.com/gpu:1", "limit:nvidia.com/gpu:1"], "nvidia.com/gpu", "1"),
    ],
)
def test_devices(tags: list[str], device: str, count: str) -> None:
    assert statements(*tags) == [
        f't.set_accelerator_type("{device}")',
        f't.set_accelerator_limit("{count}")',
    ]
    assert obstacles(asked(*tags)) == []


@pytest.mark.parametrize(
    ("tags", "told", "why"),
    [
        (["limit:ephemeral-storage:1Gi"], "limit:ephemeral-storage:1Gi", "one kind of device only"),
        (["request:hugepages-2Mi:4Mi"], "request:hugepages-2Mi:4Mi", "one kind of device only"),
        (["gpu:1", "limit:amd.com/gpu:1"], "limit:amd.com/gpu:1", "here nvidia.com/gpu"),
        (["service-account:a"], "service-account:a", "the account of the run"),
        (["volume:d:/a", "volume:d:/b"], "volume:d:/b", "one volume called 'd'"),
        (["secret-volume:d:/a", "configmap-volume:d:/b"], "configmap-volume:d:/b", "called 'd'"),
        (["volume:dshm:/a", "shm:1Gi"], "volume:dshm:/a", "called 'dshm'"),
        (["secret-volume:a.b:/a"], "secret-volume:a.b:/a", "no dots"),
        (["label:a:{{x}}"], "label:a:{{x}}", "filled in"),
        (["image:{{x}}"], "image:{{x}}", "filled in"),
    ],
)
def test_what_cannot_be_said_is_told_and_left_out(tags: list[str], told: str, why: str) -> None:
    found = obstacles(asked(*tags))
    assert [tag for tag, _ in found] == [told]
    assert why in found[0][1]
    if "volume:" in told:
        assert not any(told.rpartition(":")[2] in line for line in statements(*tags))


def test_a_user_who_is_not_root_has_a_place_for_packages() -> None:
    who = (
        "kubernetes.set_security_context("
        "t, run_as_user=1000, run_as_group=100, run_as_non_root=True)"
    )
    place = 't.set_env_variable(name="PYTHONUSERBASE", value="/tmp/nbflow-tmp/python")'
    assert statements("run-as:1000:100") == [who, place]
    own = 't.set_env_variable(name="PYTHONUSERBASE", value="/mine")'
    assert statements("run-as:1000:100", "env:PYTHONUSERBASE:/mine") == [own, who]


def test_no_device_is_nothing_to_tell() -> None:
    assert statements("gpu:0") == []
    assert obstacles(asked("gpu:0")) == []


def test_a_volume_for_temporary_files_holds_nothing_of_ours() -> None:
    assert statements("volume:data:/tmp/") == [
        'kubernetes.mount_pvc(t, pvc_name="data", mount_path="/tmp/")',
        'kubernetes.empty_dir_mount(t, volume_name="nbflow-tmp", mount_path="/tmp/nbflow-tmp")',
        'kubernetes.empty_dir_mount(t, volume_name="nbflow-outputs", mount_path="/tmp/kfp_outputs")',
        't.set_env_variable(name="TMPDIR", value="/tmp/nbflow-tmp")',
    ]


def test_a_value_with_braces_is_set_by_the_runtime_alone() -> None:
    assert statements("env:A:{{workflow.uid}}", "env:B:b") == [
        't.set_env_variable(name="B", value="b")'
    ]
    assert obstacles(asked("env:A:{{workflow.uid}}")) == []


@pytest.mark.parametrize(
    ("volume", "told", "kept"),
    [
        ({"type": "pvc", "name": "d", "mount_point": "/d"}, [], True),
        ({"name": "d", "mount_point": "/d"}, [], True),
        (
            {"type": "pvc", "name": "d", "mount_point": "/d", "snapshot": True},
            ["no snapshot"],
            True,
        ),
        ({"type": "clone", "name": "d", "mount_point": "/d"}, ["type 'clone'"], False),
        ({"type": "pv", "name": "d", "mount_point": "/d"}, ["type 'pv'"], False),
        ({"type": "pvc", "mount_point": "/d"}, ["no `name`"], False),
        ({"type": "pvc", "name": "d"}, ["no `mount_point`"], False),
        ({"type": "new_pvc", "name": "d", "mount_point": "/d"}, ["no `size`"], False),
        (
            {"type": "new_pvc", "name": "d", "mount_point": "/d", "size": 1},
            ["default class"],
            False,
        ),
        (
            {
                "type": "new_pvc",
                "name": "d",
                "mount_point": "/d",
                "size": 1,
                "storage_class_name": "c",
                "annotations": [{"key": "a", "value": "b"}],
            },
            ["annotations"],
            True,
        ),
    ],
)
def test_volumes_of_the_notebook(volume: dict[str, Any], told: list[str], kept: bool) -> None:
    found = [why for _, why in obstacles(Resources(), volume)]
    assert len(found) == len(told)
    assert all(words in why for words, why in zip(told, found, strict=True))
    assert bool(kfp_volumes.volumes(pipeline(Resources(), volume))) is kept


def test_a_new_volume_has_what_the_notebook_says() -> None:
    volume = {
        "type": "new_pvc",
        "name": "Work_Dir",
        "mount_point": "/work",
        "size": 5,
        "size_type": "Mi",
        "storage_class_name": "fast",
        "volume_access_mode": "rwo",
    }
    (found,) = kfp_volumes.volumes(pipeline(Resources(), volume))
    made = " ".join(line.strip() for line in kfp_volumes.new_volume("v", found))
    assert made == (
        'v = kubernetes.CreatePVC( pvc_name_suffix="-work-dir", access_modes=["ReadWriteOnce"],'
        ' size="5Mi", storage_class_name="fast", )'
    )


def test_a_tag_takes_the_place_of_the_notebooks_volume() -> None:
    volume = {"type": "pvc", "name": "shared", "mount_point": "/data/"}
    own = asked("secret-volume:mine:/data")
    found = kfp_volumes.mounts(pipeline(own, volume), own)
    assert (found.notebook, [each.name for each in found.tags], found.left) == ((), ["mine"], ())


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["env:A:1", "secret:s:k:A"], asked("secret:s:k:A")),
        (["secret:s:k:A", "configmap:c:k:A"], asked("configmap:c:k:A")),
        (["configmap:c:k:A", "env:A:1"], asked("env:A:1")),
        (["volume:a:/x", "secret-volume:b:/x/"], asked("secret-volume:b:/x/")),
        (["volume:a:/dev/shm", "shm:1Gi"], asked("shm:1Gi")),
        (["shm:1Gi", "volume:a:/dev/shm"], asked("volume:a:/dev/shm")),
        (["shm:1Gi", "shm:2Gi"], asked("shm:2Gi")),
        (["retry:3:1m", "retry:1"], asked("retry:1")),
        (["run-as:1:2", "run-as:3"], asked("run-as:3")),
        (
            ["pull-secret:a", "pull-secret:b", "pull-secret:a"],
            asked("pull-secret:a", "pull-secret:b"),
        ),
    ],
)
def test_the_last_tag_for_a_place_counts(tags: list[str], expected: Resources) -> None:
    assert asked(*tags) == expected
