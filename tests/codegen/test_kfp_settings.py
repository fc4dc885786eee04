"""What a step asks for, in the SDK's words; and what these cannot say."""

from __future__ import annotations

import pytest

from nbflow.analysis import settings
from nbflow.codegen import kfp_settings
from nbflow.model import Resources
from nbflow.tags import parse


def asked(*texts: str) -> Resources:
    return settings.resources(map(parse, texts))


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
        ("retry:2", 't.set_retry(2, backoff_duration="10s", backoff_factor=2.0)'),
        ("timeout:2m", "kubernetes.set_timeout(t, seconds=120)"),
        ("cache:disabled", "t.set_caching_options(False)"),
        ("node:disk:ssd", 'kubernetes.add_node_selector(t, label_key="disk", label_value="ssd")'),
        ("label:app:x", 'kubernetes.add_pod_label(t, label_key="app", label_value="x")'),
        (
            "annotation:a:b:c",
            'kubernetes.add_pod_annotation(t, annotation_key="a", annotation_value="b:c")',
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
        ("volume:data:/data", 'kubernetes.mount_pvc(t, pvc_name="data", mount_path="/data")'),
    ],
)
def test_each_tag_is_a_call(tag: str, line: str) -> None:
    found = [
        " ".join(part.strip() for part in each) for each in kfp_settings.settings("t", asked(tag))
    ]
    assert [each.replace("( ", "(").replace(", )", ")") for each in found] == [line]
    assert list(kfp_settings.beyond(asked(tag))) == []


@pytest.mark.parametrize(
    ("tags", "device", "count"),
    [
        (["gpu:1"], "nvidia.com/gpu", "1"),
        (["limit:amd.com/gpu:2"], "amd.com/gpu", "2"),
        (["limit:nvidia.com/mig-1g.5gb:1"], "nvidia.com/mig-1g.5gb", "1"),
        (["request:nvidia.com/gpu:1", "limit:nvidia.com/gpu:1"], "nvidia.com/gpu", "1"),
    ],
)
def test_devices(tags: list[str], device: str, count: str) -> None:
    assert list(kfp_settings.settings("t", asked(*tags))) == [
        [f't.set_accelerator_type("{device}")'],
        [f't.set_accelerator_limit("{count}")'],
    ]
    assert list(kfp_settings.beyond(asked(*tags))) == []


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (["limit:ephemeral-storage:1Gi"], ["`limit:ephemeral-storage:1Gi`"]),
        (["request:hugepages-2Mi:4Mi"], ["`request:hugepages-2Mi:4Mi`"]),
        (["gpu:1", "limit:amd.com/gpu:1"], ["`limit:amd.com/gpu:1`"]),
    ],
)
def test_what_cannot_be_said_is_told(tags: list[str], told: list[str]) -> None:
    assert [
        each.partition(": its")[0].partition(": a")[0] for each in kfp_settings.beyond(asked(*tags))
    ] == told
