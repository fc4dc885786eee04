"""What Kale keeps in a notebook's metadata, as settings of steps."""

from __future__ import annotations

from typing import Any

import pytest
from percent import notebook

from nbflow.analysis import analyse
from nbflow.analysis.settings import resources
from nbflow.model import Pipeline, Resources
from nbflow.tags import parse


def pipeline(settings: object) -> Pipeline:
    return analyse(notebook("# %% step:a\nx = 1", {"kubeflow_notebook": settings})).pipeline


def asked(*texts: str) -> Resources:
    return resources(map(parse, texts))


@pytest.mark.parametrize(
    ("settings", "tags"),
    [
        ({}, []),
        ({"steps_defaults": []}, []),
        ({"steps_defaults": {}}, []),
        ({"steps_defaults": ["limit:cpu:1", "gpu:1"]}, ["limit:cpu:1", "gpu:1"]),
        ({"steps_defaults": {"labels": {"a": "b"}}}, ["label:a:b"]),
        ({"steps_defaults": {"annotations": {"a/b": "c:d"}}}, ["annotation:a/b:c:d"]),
        ({"steps_defaults": {"limits": {"amd.com/gpu": "1"}}}, ["limit:amd.com/gpu:1"]),
        ({"steps_defaults": {"base_image": "a:1"}}, ["image:a:1"]),
        ({"steps_defaults": {"enable_caching": False}}, ["cache:disabled"]),
        ({"steps_defaults": {"enable_caching": True}}, ["cache:enabled"]),
        ({"steps_defaults": {"generate_html_report": False}}, ["report:disabled"]),
        ({"steps_defaults": {"retry_count": 2}}, ["retry:2"]),
        ({"steps_defaults": {"retry_count": 2, "retry_interval": "20"}}, ["retry:2:20s"]),
        (
            {"steps_defaults": {"retry_count": 2, "retry_interval": "1m", "retry_factor": 3}},
            ["retry:2:1m:3"],
        ),
        ({"steps_defaults": {"timeout": 90}}, ["timeout:90s"]),
        ({"enable_caching": True}, []),
        ({"enable_caching": False}, ["cache:disabled"]),
        (
            {"enable_caching": False, "steps_defaults": ["cache:enabled"]},
            ["cache:enabled"],
        ),
        ({"security_context": {}}, ["run-as:65534:0"]),
        ({"security_context": {"run_as_user": 1000, "run_as_group": 100}}, ["run-as:1000:100"]),
        ({"security_context": {"enabled": False, "run_as_user": 1}}, []),
        ({"security_context": None}, []),
        ({"steps_defaults": 3, "security_context": "odd", "enable_caching": "no"}, []),
        ("odd", []),
    ],
)
def test_settings_are_tags(settings: object, tags: list[str]) -> None:
    found = pipeline(settings)
    assert found.metadata.defaults == asked(*tags)
    assert found.steps[0].resources == asked(*tags)


@pytest.mark.parametrize(
    ("settings", "experiment", "image"),
    [
        ({"experiment_name": "a", "experiment": {"id": "1", "name": "b"}}, "a", ""),
        ({"experiment_name": "", "experiment": {"id": "1", "name": "b"}}, "b", ""),
        ({"experiment": "c"}, "c", ""),
        ({"experiment": {"name": 3}}, "", ""),
        ({"base_image": "", "docker_image": "a:1"}, "", "a:1"),
        ({"base_image": "b:2", "docker_image": "a:1"}, "", "b:2"),
        ({"steps_defaults": ["image:c:3"]}, "", "c:3"),
        ({"base_image": "b:2", "steps_defaults": ["image:c:3"]}, "", "b:2"),
    ],
)
def test_settings_of_the_pipeline(settings: dict[str, Any], experiment: str, image: str) -> None:
    found = pipeline(settings).metadata
    assert (found.experiment, found.image) == (experiment, image)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"katib_run": True}, ["katib_run"]),
        ({"katib_run": False, "katib_metadata": {"maxTrialCount": 3}}, []),
        ({"timeout": 600, "katib_run": True}, ["katib_run", "timeout"]),
        ({"autosnapshot": True, "snapshot_volumes": True}, []),
        ({}, []),
    ],
)
def test_what_does_nothing_is_told(settings: dict[str, Any], told: list[str]) -> None:
    found = analyse(notebook("# %% step:a\nx = 1", {"kubeflow_notebook": settings})).findings
    texts = [each.message for each in found if each.code == "NB120"]
    assert len(texts) == len(told)
    assert all(any(f"`{name}`" in text for text in texts) for name in told)


def test_what_is_malformed_is_told() -> None:
    settings = {
        "steps_defaults": {"limits": {"memory": "4GB"}},
        "security_context": {"run_as_user": "me"},
    }
    found = analyse(notebook("# %% step:a\nx = 1", {"kubeflow_notebook": settings})).findings
    assert [each.code for each in found] == ["NB101", "NB101"]


def test_defaults_of_all_volumes() -> None:
    volumes = [{"name": "a"}, {"name": "b", "storage_class_name": "own", "volume_access_mode": ""}]
    settings = {"volumes": volumes, "storage_class_name": "fast", "volume_access_mode": "rwo"}
    assert [dict(each) for each in pipeline(settings).metadata.volumes] == [
        {"name": "a", "storage_class_name": "fast", "volume_access_mode": "rwo"},
        {"name": "b", "storage_class_name": "own", "volume_access_mode": "rwo"},
    ]
