"""Converted notebooks run by the SDK's own local runner: each step in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conversion import converted, write

from nbflow.codegen.kfp_references import dangling

pytest.importorskip("kfp", reason="the SDK of Kubeflow Pipelines is not installed")

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
#: Runs the module in the folder given: steps install nothing, as everything is there.
RUN = """
import json, sys
from pathlib import Path
from kfp import dsl, local
real = dsl.component
def component(**options):
    options.pop("packages_to_install", None)
    return real(install_kfp_package=False, **options)
dsl.component = component
local.init(runner=local.SubprocessRunner(use_venv=False), pipeline_root=sys.argv[2])
sys.path.insert(0, sys.argv[1])
import pipeline
pipeline.pipeline(**json.loads(sys.argv[3]))
"""


def printed(folder: Path, **parameters: object) -> list[str]:
    """The lines that the steps have printed, as the runner shows them."""
    scratch = folder.parent / "scratch"  # the launcher of each step leaves a folder there
    scratch.mkdir(exist_ok=True)
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            RUN,
            folder,
            folder.parent / "root",
            json.dumps(parameters),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder.parent,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(scratch)},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return [line.strip() for line in (done.stdout + done.stderr).splitlines()]


def manifest(folder: Path) -> Any:
    return next(iter(yaml.safe_load_all((folder / "pipeline.yaml").read_text("utf-8"))))


ODD = """
# %% parameters
i = 3
big = 1152921504606846977
f = 1.0
s = "{{workflow.name}} {{$.inputs}} $(HOME) ' \\" é漢"
n = None
mixed = [1, 2.0, True, None, {"a": [3]}]
ints = [1, 2]
runtime = 6
state = 7
# %% step:load
import helper
print([i, big, f, s, n, mixed, ints, runtime, state])
x, X, report, files_1, größe = helper.twice(i), 2, 3, 4, 5
# %% step:str
print([x, X, report, files_1, größe, ints])
with open("out.txt", "w") as file:
    file.write("hi")
# %% step:class
print(open("out.txt").read(), open("../above.txt").read(), x)
print("{{workflow}}", r"\\n", '$(HOME) \\'')
"""


@pytest.mark.slow
def test_names_parameters_and_files_arrive(tmp_path: Path) -> None:
    folder = tmp_path / "notebook"
    folder.mkdir()
    (tmp_path / "above.txt").write_text("up")
    (folder / "helper.py").write_text("def twice(value):\n    return 2 * value\n")
    made = converted(write(folder, ODD))
    assert dangling(manifest(made.folder)) == []
    text = "{{workflow.name}} {{$.inputs}} $(HOME) ' \" é漢"
    values = [
        3,
        1152921504606846977,
        1.0,
        text,
        None,
        [1, 2.0, True, None, {"a": [3]}],
        [1, 2],
        6,
        7,
    ]
    lines = printed(made.folder)
    wanted = [str(values), "[6, 2, 3, 4, 5, [1, 2]]", "hi up 6", "{{workflow}} \\n $(HOME) '"]
    assert [line for line in wanted if line not in lines] == []
    again = printed(made.folder, i=4, n="[5]", ints=[7, 8], s="plain")
    values[0], values[3], values[4], values[6] = 4, "plain", [5], [7, 8]
    assert str(values) in again
    assert "[8, 2, 3, 4, 5, [7, 8]]" in again


@pytest.mark.slow
def test_the_example_with_a_file_gives_what_it_gives_here(tmp_path: Path) -> None:
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    path = tmp_path / "notebooks" / "churn.ipynb"
    made = converted(path)
    assert list(made.carried) == ["data/churn.csv"]
    words = [sys.executable, "-m", "nbflow", "run", str(path), "--python", sys.executable]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    here = [line.partition("] ")[2] for line in done.stdout.splitlines() if line.startswith("[")]
    there = printed(made.folder)
    assert len(here) > 4
    assert [line for line in here if line not in there] == []


def test_types_of_artifacts_are_those_that_a_run_has_seen(tmp_path: Path) -> None:
    text = "# %% step:a\nimport pandas as pd\nmodel = pd.DataFrame({'a': [1]})\ndata = 1\n"
    text += "# %% step:b\nprint(model, data)"
    path = write(tmp_path, text)
    before = manifest(converted(path, tmp_path / "before").folder)
    words = [
        sys.executable,
        "-m",
        "nbflow",
        "run",
        str(path),
        "--python",
        sys.executable,
        "--quiet",
    ]
    subprocess.run(words, capture_output=True, check=True)
    after = manifest(converted(path, tmp_path / "after").folder)
    found = [
        {
            name: about["artifactType"]["schemaTitle"]
            for name, about in each.items()
            if name in ("model", "data")
        }
        for spec in (before, after)
        for each in [spec["components"]["comp-a"]["outputDefinitions"]["artifacts"]]
    ]
    assert found[0] == {"model": "system.Artifact", "data": "system.Artifact"}
    assert found[1] == {"model": "system.Dataset", "data": "system.Artifact"}


@pytest.mark.slow
def test_a_verified_run_is_known_while_the_code_is_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, "# %% step:a\nx = 1\n# %% step:b\nprint(x)")

    def told() -> bool:
        return "NB410" in [each.code for each in converted(path).findings]

    assert told()
    words = [sys.executable, "-m", "nbflow", "run", str(path), "--verify", "--quiet"]
    subprocess.run(words, capture_output=True, check=True)
    assert not told()
    write(tmp_path, "# %% step:a\nx = 2\n# %% step:b\nprint(x)")
    assert told()


SETTINGS = """
# %% step:a limit:cpu:1 limit:memory:1.5Gi request:cpu:500m gpu:1 retry:2 timeout:2m cache:disabled env:A:b
x = 1
# %% step:b node:disk:ssd label:app:x annotation:a:b:c toleration:gpu:yes:NoSchedule secret:db:password:P
print(x)
# %% step:c volume:data:/data toleration:any report:disabled image:own:1
print(x)
"""


def test_the_sdk_takes_every_tag(tmp_path: Path) -> None:
    volumes = [
        {"type": "pvc", "name": "there", "mount_point": "/there"},
        {
            "type": "new_pvc",
            "name": "New One",
            "mount_point": "/new",
            "size": 2,
            "storage_class_name": "std",
        },
    ]
    path = write(tmp_path, SETTINGS, {"kubeflow_notebook": {"volumes": volumes}})
    made = converted(path)
    assert made.missing == ""
    spec, platform = yaml.safe_load_all((made.folder / "pipeline.yaml").read_text("utf-8"))
    assert dangling(spec) == []
    executors = spec["deploymentSpec"]["executors"]
    resources = executors["exec-a"]["container"]["resources"]
    assert resources["accelerator"]["resourceCount"] == "1"
    assert executors["exec-c"]["container"]["image"] == "own:1"
    pods = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    assert set(pods["exec-b"]) >= {"nodeSelector", "podMetadata", "secretAsEnv", "tolerations"}
    assert [mount["mountPath"] for mount in pods["exec-c"]["pvcMount"]] == [
        "/data",
        "/there",
        "/new",
    ]
    assert pods["exec-a"]["activeDeadlineSeconds"] == "120"
