"""What every target promises: the same bytes each time, and the names under which engines know its parts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from conversion import converted, write

from nbflow.errors import ParameterError
from nbflow.model import Json
from nbflow.service.material import Material, material
from nbflow.service.request import request
from nbflow.service.targets import SUBMITTABLE, TARGETS

NOTEBOOK = """\
# %% parameters
n = 3
name = "x"
odd = "{{workflow.name}}"
# %% step:Étape-1
a = [n, name, odd]
# %% step:sum
print(a)
# %% step:Sum
print(a)
# %% step:runtime
print(a)
"""


def taken_apart(folder: Path, text: str = NOTEBOOK) -> Material:
    asked = request(str(write(folder, text)), {}, ())
    return material(asked, python=sys.executable, image=None)


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_bytes_each_time(target: str, tmp_path: Path) -> None:
    path = write(tmp_path, NOTEBOOK)
    made = [converted(path, tmp_path / name, target=target) for name in ("one", "two")]
    assert made[0].files == made[1].files
    for each in made[0].files:
        assert (tmp_path / "one" / each).read_bytes() == (tmp_path / "two" / each).read_bytes()


def tasks(target: str, manifest: Path) -> tuple[set[str], Mapping[str, Any]]:
    """The names of tasks and the parameters with their defaults in a manifest."""
    first = next(yaml.safe_load_all(manifest.read_text("utf-8")))
    if target == "kfp":
        root = first["root"]
        given = root["inputDefinitions"]["parameters"]
        return set(root["dag"]["tasks"]), {n: p["defaultValue"] for n, p in given.items()}
    entry = next(t for t in first["spec"]["templates"] if "dag" in t)
    given = first["spec"]["arguments"]["parameters"]
    return {t["name"] for t in entry["dag"]["tasks"]}, {p["name"]: p["value"] for p in given}


@pytest.mark.parametrize("target", SUBMITTABLE)
def test_engines_know_tasks_and_parameters_by_the_manifest(target: str, tmp_path: Path) -> None:
    found = taken_apart(tmp_path)
    values = {each.name: each.default for each in found.source.pipeline.parameters}
    told = SUBMITTABLE[target].submission(found, values)
    made = converted(found.path, tmp_path / "made", target=target)
    manifest = next(f for f in made.files if f.endswith(".yaml"))
    named, given = tasks(target, tmp_path / "made" / manifest)
    assert len(set(told.tasks.values())) == 4
    assert set(told.tasks) == {"Étape-1", "sum", "Sum", "runtime"}
    assert set(told.tasks.values()) <= named
    if target == "argo":  # the engine writes values as the manifest has its defaults: as JSON
        given = {name: json.loads(value) for name, value in given.items()}
    assert told.arguments == given


VALUES: list[tuple[str, Json, Json, Json]] = [
    # parameter, value, as Kubeflow Pipelines is told, as Argo is told
    ("n", 5, 5, 5),
    ("name", "a b", "a b", "a b"),
    ("name", "{{x}}", None, "{{x}}"),
    ("odd", "{{x}}", '"\\u007b\\u007bx}}"', "{{x}}"),
]


@pytest.mark.parametrize(("name", "value", "kfp", "argo"), VALUES)
def test_values_arrive_or_are_refused(
    name: str, value: Json, kfp: Json, argo: Json, tmp_path: Path
) -> None:
    found = taken_apart(tmp_path)
    assert SUBMITTABLE["argo"].submission(found, {name: value}).arguments == {name: argo}
    if kfp is None:
        with pytest.raises(ParameterError, match="the value of name holds"):
            SUBMITTABLE["kfp"].submission(found, {name: value})
    else:
        assert SUBMITTABLE["kfp"].submission(found, {name: value}).arguments == {name: kfp}


def test_a_module_takes_the_name_of_none_that_it_imports(tmp_path: Path) -> None:
    found = taken_apart(tmp_path, "# %% step:a\nimport yaml\nprint(yaml.safe_load('1'))\n")
    for stem, name in (
        ("yaml", "yaml_steps.py"),
        ("random", "random_steps.py"),
        ("plan", "plan.py"),
    ):
        named = replace(found, path=found.path.with_name(f"{stem}.ipynb"))
        assert name in TARGETS["python"].files(named)


def test_a_module_imports_what_lies_beside_the_notebook_in_its_turn(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("print('imported')\n", encoding="utf-8")
    path = write(tmp_path, "# %% step:a\nprint('first')\n# %% step:b\nimport helper\n")
    folder = converted(path, target="python").folder
    run = [sys.executable, "example.py"]
    answer = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=True)
    assert answer.stdout == "first\nimported\n"
