"""Notebooks that call others, converted: what is made of them, what goes along, and what they give."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from called_notebooks import Cells, write
from conversion import converted, findings
from test_kfp_local import manifest, printed

from nbflow.codegen.kfp_references import dangling
from nbflow.engines.local.keeping import Keep
from nbflow.model import Volume
from nbflow.service.needs import step_needs
from nbflow.service.request import plan_of, request
from nbflow.service.run import run
from nbflow.service.shipped import Shipped, shipped

MAIN: Cells = (
    ("parameters", "n = 2\nq = 5"),
    ("imports", "import tools"),
    ("step:load", "data = [3, 1]\nprint(tools.NAME, open('rows.csv').read())"),
    ("notebook:train notebook_path=../sub/train.ipynb", "# trains"),
    ("step:keep", "first = model"),
    (
        'notebook:again notebook_path=../sub/train.ipynb notebook_parameters={"k":[1]}'
        ' notebook_outputs=["model"]',
        "",
    ),
    ("step:report", "print(first, model, data, q)"),
    ("pipeline-metrics", "print(n)"),
)
TRAIN: Cells = (
    ("imports", "import os\nimport tools"),
    ("parameters", "n = 3\nk = [1, 2]\nm = n * len(k)"),
    (
        "step:sort",
        "data.sort()\nprint(tools.NAME, open('rows.csv').read(), os.path.basename(os.getcwd()))",
    ),
    ("notebook:inner notebook_path=inner.ipynb", ""),
    ("step:fit", "model = (data, n, m, deep)\nprint(model)\nscore = m"),
    ("pipeline-metrics", "print(score)"),
)
INNER: Cells = (("step:one", "deep = [each + 1 for each in data]"),)
#: What lies beside the notebooks.
BESIDE = {
    "books/tools.py": "NAME = 'main'\n",
    "books/rows.csv": "1",
    "books/x.txt": "x",
    "sub/tools.py": "import more\nNAME = 'sub' + more.END\nTABLE = 'table.csv'\n",
    "sub/more.py": "END = '!'\n",
    "sub/rows.csv": "2",
    "sub/table.csv": "3",
    "sub/data/one.csv": "1",
}


def project(folder: Path, main: Cells = MAIN, train: Cells = TRAIN) -> Path:
    """The path of a notebook that calls one in the folder beside it, and that one another."""
    for name, text in BESIDE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    write(folder / "sub" / "train.ipynb", train)
    write(folder / "sub" / "inner.ipynb", INNER)
    return write(folder / "books" / "main.ipynb", main)


def search(folder: Path, train: str) -> Shipped:
    calls = ("notebook:train notebook_path=../sub/train.ipynb", "")
    own: Cells = (("step:a", train), ("step:b", "print(x)"))
    path = project(folder, (("step:a", "y = 1"), calls), own)
    plan = plan_of(request(str(path), {}, ()), Keep.ALL)
    return shipped(path, plan, step_needs(plan), {"json"}.__contains__)


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ("x = 1", []),
        ("x = open('rows.csv').read()", ["../sub/rows.csv"]),
        ("x = open('../books/rows.csv').read()", ["rows.csv"]),
        ("x = open('../sub/rows.csv').read()", ["../sub/rows.csv"]),
        ("x = '.'", []),
        ("import tools\nx = tools.NAME", ["../sub/more.py", "../sub/table.csv", "../sub/tools.py"]),
        (
            "import glob\nx = [open(n).read() for n in glob.glob('data/*.csv')]",
            ["../sub/data/one.csv"],
        ),
        (
            "import os\nx = [open(f'data/{n}').read() for n in os.listdir('data')]",
            ["../sub/data/one.csv"],
        ),
        ("open('rows.csv', 'w').write('4')\nx = open('../sub/rows.csv').read()", []),
    ],
)
def test_what_goes_along_from_the_called_notebooks_folder(
    tmp_path: Path, source: str, paths: list[str]
) -> None:
    found = search(tmp_path, source)
    assert list(found.sizes) == paths
    assert ("train/a" in found.steps) == bool(paths)
    assert found.steps <= {"train/a", "train/b"}


def test_what_is_found_in_the_called_notebook_is_told_where_it_is_called(tmp_path: Path) -> None:
    main: Cells = (("step:a", "y = 1"), ("notebook:train notebook_path=../sub/train.ipynb", ""))
    train: Cells = (("imports", "import json"), ("step:a", "x = open('/srv/rows.csv').read()"))
    (found,) = [each for each in findings(project(tmp_path, main, train)) if each.code == "NB405"]
    assert found.message.startswith("in ../sub/train.ipynb, cell 2: the path /srv/rows.csv is")
    assert found.location is not None
    assert (found.location.cell, found.location.number) == ("c1", 2)


def test_a_plain_module_cannot_call_notebooks(tmp_path: Path) -> None:
    found = [each for each in findings(project(tmp_path), "python") if each.code == "NB415"]
    assert [each.location and each.location.number for each in found[:1]] == [4]
    assert not any(each.message.startswith("in ") for each in found)
    assert found[0].message.startswith("the step train calls the notebook ../sub/train.ipynb")


def with_settings(path: Path, settings: Mapping[str, object]) -> None:
    """Write settings of Kale's kind into a notebook."""
    document = json.loads(path.read_text())
    document["metadata"]["kubeflow_notebook"] = settings
    path.write_text(json.dumps(document))


def test_the_called_notebook_has_its_own_image_and_claims(tmp_path: Path) -> None:
    path = project(tmp_path)
    volumes = [
        {"type": "pvc", "name": "claim", "mount_point": "/data"},
        {"type": "new_pvc", "name": "new", "mount_point": "/new", "size": 1},
    ]
    with_settings(tmp_path / "sub" / "train.ipynb", {"base_image": "own:1", "volumes": volumes})
    analysis = request(str(path), {}, ()).analysis
    found = {str(step.name): step.resources for step in analysis.pipeline.steps}
    assert (found["train/fit"].image, found["train/fit"].volumes) == (
        "own:1",
        (Volume("claim", "/data"),),
    )
    assert (found["keep"].image, found["keep"].volumes) == ("", ())
    told = [each.message for each in findings(path) if each.code == "NB401"]
    assert [
        text
        for text in told
        if "../sub/train.ipynb asks in its metadata for the volume new" in text
    ]


def test_the_files_of_a_called_notebook_lie_in_a_folder_of_their_own(tmp_path: Path) -> None:
    made = converted(project(tmp_path))
    own = [name for name in made.files if name.startswith("steps/") and name.endswith(".py")]
    assert own == [
        "steps/again.py",
        "steps/again/fit.py",
        "steps/again/inner.py",
        "steps/again/inner/one.py",
        "steps/again/pipeline_metrics.py",
        "steps/again/sort.py",
        "steps/keep.py",
        "steps/load.py",
        "steps/pipeline_metrics.py",
        "steps/report.py",
        "steps/train.py",
        "steps/train/fit.py",
        "steps/train/inner.py",
        "steps/train/inner/one.py",
        "steps/train/pipeline_metrics.py",
        "steps/train/sort.py",
    ]
    assert "steps/CALL/NAME.py" in (made.folder / "README.md").read_text()
    assert "model = (data, n, m, deep)" in (made.folder / "steps/train/fit.py").read_text()
    assert list(made.carried) == [
        "../sub/more.py",
        "../sub/rows.csv",
        "../sub/table.csv",
        "../sub/tools.py",
        "rows.csv",
        "tools.py",
    ]
    assert dangling(manifest(made.folder)) == []
    text = (made.folder / "pipeline.py").read_text()
    assert "def train_inner_one(" in text
    assert str(tmp_path) not in text
    again = converted(tmp_path / "books" / "main.ipynb", tmp_path / "again")
    assert (again.folder / "pipeline.yaml").read_bytes() == (
        made.folder / "pipeline.yaml"
    ).read_bytes()


@pytest.mark.slow
def test_the_sdk_runs_what_it_runs_here(tmp_path: Path) -> None:
    path = project(tmp_path)
    record = run(str(path), python=sys.executable, parameters={"n": "4"})
    here = [
        line
        for outputs in record.outputs.values()
        for each in outputs
        for line in str(each["text"]).splitlines()
    ]
    assert "([1, 3], 4, 8, [2, 4]) ([1, 3], 4, 4, [2, 4]) [3, 1] 5" in here
    there = printed(converted(path).folder, n=4)
    assert [line for line in here if line not in there] == []
