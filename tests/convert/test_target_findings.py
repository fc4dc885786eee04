"""What is told of a pipeline before it goes to a cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conversion import findings, write

from nbflow.errors import ParameterError
from nbflow.model import Name
from nbflow.service.target_findings import check_values

IMPORTS = "# %% imports\ntry:\n    import cupy\nexcept ImportError:\n    cupy = None\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# %% step:a\nm.cuda()", ["NB407"]),
        ("# %% step:a gpu:1\nm.cuda()", []),
        ("# %% step:a limit:amd.com/gpu:1\nm.cuda()", []),
        ("# %% step:a limit:cpu:1\nm.cuda()", ["NB407"]),
        ("# %% step:a\nimport jax", ["NB408"]),
        ("# %% step:a\nm.cuda()\nm.cuda()\n# %% step:b\nm.cuda()", ["NB407", "NB407"]),
        (f"{IMPORTS}# %% step:a\nx = 1\n# %% step:b\ny = 2", ["NB408"]),
        (f"{IMPORTS}# %% step:a\nx = 1\n# %% step:b gpu:1\ny = 2", []),
        (f"{IMPORTS}# %% step:a\nm.cuda()\n# %% step:b gpu:1\ny = 2", ["NB407"]),
        ("# %% functions\ndef f():\n    m.cuda()\n# %% step:a\nx = 1\n# %% step:b\nf()", ["NB407"]),
    ],
)
def test_gpus(tmp_path: Path, text: str, told: list[str]) -> None:
    codes = [each.code for each in findings(write(tmp_path, text))]
    assert [code for code in codes if code in ("NB407", "NB408")] == told


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("python:3.9", True),
        ("docker.io/library/python:3.99-slim", True),
        ("quay.io/jupyter/scipy-notebook:python-3.99", True),
        ("registry:5000/team/python:3.99.1", True),
        ("python:{own}", False),
        ("python:{own}-slim", False),
        ("python:3", False),
        ("python", False),
        ("micropython:3.9", False),
        ("team/train:3.9", False),
    ],
)
def test_images_with_another_python(tmp_path: Path, image: str, told: bool) -> None:
    own = f"{sys.version_info[0]}.{sys.version_info[1]}"
    text = f"# %% step:a\nx = 1\n# %% step:b image:{image.format(own=own)}\nx"
    assert ("NB416" in [each.code for each in findings(write(tmp_path, text))]) == told


def test_volumes_that_cannot_be_made(tmp_path: Path) -> None:
    volumes = [
        {"type": "pvc", "name": "there", "mount_point": "/there"},
        {
            "type": "new_pvc",
            "name": "plain",
            "mount_point": "/plain",
            "size": 1,
            "storage_class_name": "std",
        },
        {"type": "new_pvc", "name": "any-class", "mount_point": "/any", "size": 1},
        {"type": "clone", "name": "copy", "mount_point": "/copy"},
        {"type": "pvc", "name": "saved", "mount_point": "/saved", "snapshot": True},
    ]
    path = write(tmp_path, "# %% step:a\nx = 1", {"kubeflow_notebook": {"volumes": volumes}})
    told = [each.message for each in findings(path) if each.code == "NB401"]
    assert [
        name for name in ("any-class", "copy", "saved") if not any(name in m for m in told)
    ] == []
    assert len(told) == 3


def test_a_volume_that_no_step_can_have_is_told_once(tmp_path: Path) -> None:
    volumes = [{"type": "pvc", "name": "team.data", "mount_point": "/data"}]
    text = "# %% step:a\nx = 1\n# %% step:b\ny = 2"
    path = write(tmp_path, text, {"kubeflow_notebook": {"volumes": volumes}})
    told = [each.message for each in findings(path) if each.code == "NB401"]
    assert len(told) == 1
    assert told[0].startswith("`volumes: team.data` cannot be told to Kubeflow Pipelines")


def test_what_all_steps_ask_for_is_told_once(tmp_path: Path) -> None:
    text = "# %% step:a\nx = 1\n# %% step:b\ny = 2"
    settings = {"steps_defaults": ["label:team:a b"]}
    found = findings(write(tmp_path, text, {"kubeflow_notebook": settings}))
    (told,) = [each for each in found if each.code == "NB401"]
    assert told.message.startswith("`steps_defaults: label:team:a b` cannot be told to Kubeflow")
    assert told.location is None


def test_installed_packages_are_no_files_of_the_notebook(tmp_path: Path) -> None:
    text = "# %% step:a\n%pip install rich\n# %% step:b\nimport json"
    assert "NB411" not in [each.code for each in findings(write(tmp_path, text))]


@pytest.mark.parametrize("target", ["kfp", "argo"])
def test_parameters_that_no_pod_can_be_told(tmp_path: Path, target: str) -> None:
    text = "# %% parameters\nsmall = 'x'\nlarge = '{}'\n# %% step:a\nsize = len(small + large)"
    path = write(tmp_path, text.format("x" * 100_000))
    told = [each.message for each in findings(path, target) if each.code == "NB409"]
    assert len(told) == 1
    assert told[0].startswith("the parameter large has 97 KB")
    path = write(tmp_path, text.format("x" * 90_000))
    assert "NB409" not in [each.code for each in findings(path, target)]


def test_values_that_no_pod_can_be_told() -> None:
    with pytest.raises(ParameterError, match="the value of text has 97 KB"):
        check_values({Name("n"): 1, Name("text"): "x" * 100_000})
    check_values({Name("text"): "x" * 90_000})


def test_a_module_that_a_step_writes_is_no_unknown_distribution(tmp_path: Path) -> None:
    text = "# %% step:a\n%%writefile written.py\nZ = 1\n# %% step:b\nimport written\nimport no_such"
    told = [each.message for each in findings(write(tmp_path, text)) if each.code == "NB403"]
    assert len(told) == 1
    assert "no_such" in told[0]
