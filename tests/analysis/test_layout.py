"""Cells to steps: what runs together, what is prelude, and what is demoted."""

from __future__ import annotations

import pytest
from percent import notebook

from nbflow.analysis import Analysis, analyse
from nbflow.analysis.proposal import headings, step_name, tags
from nbflow.model import Resources, Secret, Toleration, Volume


def laid_out(text: str) -> list[str]:
    """Each step as ``name: cells | prelude``, with the cells' numbers."""
    found = analyse(notebook(text))
    return [
        f"{step.name}: {_numbers(step.cells)}" + f" | {_numbers(step.prelude)}" * bool(step.prelude)
        for step in found.pipeline.steps
    ]


def _numbers(cells: tuple[str, ...]) -> str:
    return " ".join(cell.removeprefix("c") for cell in cells)


def codes(found: Analysis) -> list[str]:
    return [finding.code for finding in found.findings]


LAYOUTS: dict[str, tuple[str, list[str]]] = {
    "each tagged cell": ("# %% step:a\nx = 1\n# %% step:b\nx", ["a: 1", "b: 2"]),
    "untagged cells join the step before": (
        "# %% step:a\nx = 1\n# %%\ny = 1\n# %% step:b\ny",
        ["a: 1 2", "b: 3"],
    ),
    "the same name in a row": ("# %% step:a\nx = 1\n# %% step:a\ny = x", ["a: 1 2"]),
    "untagged cells before the first step": (
        "# %%\nx = 1\n# %% step:a\nx",
        ["setup: 1", "a: 2"],
    ),
    "untagged cell after the imports": (
        "# %% imports\nimport json\n# %%\nz = 1\n# %% step:a\nz",
        ["setup: 2 | 1", "a: 3 | 1"],
    ),
    "a step that is called setup": (
        "# %%\nx = 1\n# %% step:setup\ny = x\n# %% step:a\ny",
        ["setup: 1 2", "a: 3"],
    ),
    "a later step that is called setup": (
        "# %%\nx = 1\n# %% step:a\nx\n# %% step:setup\nx",
        ["setup-2: 1", "a: 2", "setup: 3"],
    ),
    "skipped cells": ("# %% skip\nx\n# %% step:a\n1\n# %% skip step:b\ny", ["a: 2"]),
    "blank cells": ("# %%\n\n# %%\n# only words\n# %% step:a\n1", ["a: 3 | 2"]),
    "blank cells alone": ("# %%\n\n# %%\n# only words", []),
    "prelude before each step": (
        "# %% imports\nimport json\n# %% step:a\n1\n# %% functions\ndef f(): pass\n# %% step:b\nf()",
        ["a: 2 | 1", "b: 4 | 1 3"],
    ),
    "parameters are prelude too": (
        "# %% imports\nimport json\n# %% parameters\nn = 1\n# %% step:a\nn",
        ["a: 3 | 1 2"],
    ),
    "metrics run last": (
        "# %% step:a\nx = 1\n# %% pipeline-metrics\nx\n# %% step:b\nx = 2",
        ["a: 1", "b: 3", "pipeline-metrics: 2"],
    ),
    "metrics cells form one step": (
        "# %% pipeline-metrics\n1\n# %% step:a\nx = 1\n# %% pipeline-metrics\nx",
        ["a: 2", "pipeline-metrics: 1 3"],
    ),
    "tags of other tools": ("# %% hide-input solution\nx = 1", ["notebook: 1"]),
    "prelude that nothing follows runs once": (
        "# %% step:a\n1\n# %% imports\nimport json",
        ["a: 1 2"],
    ),
    "only prelude": ("# %% imports\nimport json\n# %% functions\ndef f(): pass", ["setup: 1 2"]),
    "nothing": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layout(text: str, expected: list[str]) -> None:
    assert laid_out(text) == expected


#: A prelude cell as cell 3, after `x = 1` in step a, and the clause that says why it is demoted.
DEMOTED: dict[str, tuple[str, str]] = {
    "reads": ("y = x", "uses x, which a step before it has made or changed"),
    "mutates": ("x.append(1)", "uses x"),
    "rebinds": ("x = 2", "binds x, which a step before it has made"),
    "deletes": ("del x", "x"),
    "another module": ("import json as os", "binds os, which a step before it has made"),
    "ambient state": ("import warnings\nwarnings.filterwarnings('ignore')", "changes @warnings"),
    "file": ("open('a.txt', 'w').write('')", "a.txt"),
    "shell": ("!ls", "outside"),
    "any name": ("exec(input())", "any name"),
    "the clock": ("import time\nstart = time.time()", "reads the clock"),
    "the clock through a function": (
        "from datetime import datetime\ndef now(): return datetime.now()\nday = now()",
        "reads the clock",
    ),
    "random bits": ("import uuid\nrun = uuid.uuid4()", "asks for random bits"),
    "a folder with a name of its own": (
        "import tempfile\nfolder = tempfile.mkdtemp()",
        "asks for a name that nobody else has",
    ),
}


@pytest.mark.parametrize(("source", "clause"), DEMOTED.values(), ids=DEMOTED.keys())
def test_prelude_that_may_not_run_again_is_demoted(source: str, clause: str) -> None:
    text = f"# %% imports\nimport json\n# %% step:a\nx = [1]\nimport os\n# %% functions\n{source}\n"
    found = analyse(notebook(text + "# %% step:b\nprint(json)"))
    role = next(role for role in found.cells if role.cell == "c3")
    assert role.step == "a"
    assert clause in role.demoted
    assert "NB109" in codes(found)


KEPT: dict[str, str] = {
    "definitions": "def f(): return x",
    "the same import": "import os",
    "its own names": "limit = 3\nlimits = [limit]",
    "names of the prelude": "text = json.dumps([])",
    "functions that read the clock when they are called": (
        "import time\ndef timed(f):\n    def inner(*a):\n        start = time.time()\n        f(*a)\n"
        "        return time.time() - start\n    return inner\n@timed\ndef g(): pass"
    ),
    "a generator with a seed": "import random\nrng = random.Random(3)",
    "a field that takes the clock when an instance is made": (
        "import time\nfrom dataclasses import dataclass, field\n@dataclass\nclass R:\n"
        "    at: float = field(default_factory=time.time)"
    ),
}


@pytest.mark.parametrize("source", KEPT.values(), ids=KEPT.keys())
def test_prelude_that_may_run_again_is_kept(source: str) -> None:
    text = f"# %% imports\nimport json\n# %% step:a\nx = [1]\nimport os\n# %% functions\n{source}\n"
    found = analyse(notebook(text + "# %% step:b\nprint(json)"))
    assert found.pipeline.steps[-1].prelude == ("c1", "c3")
    assert "NB109" not in codes(found)


def test_parameters_that_read_the_clock_run_once() -> None:
    text = (
        "# %% parameters\nimport time\nn = 3\nday = time.time()\n# %% step:a\nn\n# %% step:b\nday"
    )
    found = analyse(notebook(text))
    assert laid_out(text) == ["setup: 1", "a: 2", "b: 3"]
    assert codes(found) == ["NB109"]
    assert [p.name for p in found.pipeline.parameters] == ["n", "day"]
    assert [(e.writer, e.reader, *e.variables) for e in found.pipeline.edges] == [
        ("setup", "a", "n"),
        ("setup", "b", "day"),
    ]


def test_parameters_behind_those_that_run_once_run_there_too() -> None:
    text = (
        "# %% parameters\nimport time\nn = 3\nday = time.time()\n# %% injected-parameters\nn = 4\n"
    )
    assert laid_out(f"{text}# %% step:a\nprint(n, day)") == ["setup: 1 2", "a: 3"]
    text = "# %% imports\nimport time\nday = time.time()\n# %% parameters\nname = f'run {day}'\n"
    assert laid_out(f"{text}# %% parameters\nn = 3\n# %% step:a\nn") == ["setup: 1 2", "a: 4 | 3"]


def test_parameters_behind_a_step_that_meet_it_are_refused() -> None:
    text = "# %% step:a\nx = 1\n# %% parameters\nn = x\n# %% step:b\nn"
    assert codes(analyse(notebook(text))) == ["NB110"]


def test_what_a_demoted_cell_makes_demotes_those_that_use_it() -> None:
    text = "# %% step:a\nx = 1\n# %% functions\ny = x\n# %% functions\nz = y\n# %% step:b\nz"
    assert laid_out(text) == ["a: 1 2 3", "b: 4"]


def test_outside_effects_before_all_steps_run_once() -> None:
    text = "# %% imports\n!ls\n# %% imports\nimport json\n# %% step:a\njson"
    assert laid_out(text) == ["setup: 1", "a: 3 | 2"]


def test_prelude_inside_of_a_step_runs_there() -> None:
    text = "# %% step:a\nx = 1\n# %% functions\ndef f(): pass\n# %%\nf()\n# %% step:b\nf()"
    found = analyse(notebook(text))
    assert laid_out(text) == ["a: 1 2 3", "b: 4"]
    assert codes(found) == ["NB109"]


def test_a_file_that_a_later_step_writes_is_read_once() -> None:
    text = (
        "# %% imports\nold = open('a.txt').read()\n"
        "# %% step:a\nopen('a.txt', 'w').write('x')\n# %% step:b\nprint(old)"
    )
    assert laid_out(text) == ["setup: 1", "a: 2", "b: 3"]


def test_misplaced_parameters_are_refused() -> None:
    text = "# %% step:a\nx = 1\n# %% parameters\nn = x\n# %% step:b\nn"
    assert "NB110" in codes(analyse(notebook(text)))


def test_parameters_that_are_all_there_is_are_not_misplaced() -> None:
    text = "# %% parameters\nn = 1\n# %% parameters\nn = 2"
    assert laid_out(text) == ["setup: 1 2"]
    assert codes(analyse(notebook(text))) == ["NB111"]


def test_settings_of_all_cells_of_a_step_over_the_defaults() -> None:
    text = (
        "# %% step:a gpu:1 limit:cpu:2 secret:s:k:E image:one label:x:a:b\nx = 1\n"
        "# %% limit:cpu:4 timeout:2m retry:3 volume:v:/d toleration:k:v:NoSchedule image:two\nx"
    )
    defaults = {"kubeflow_notebook": {"steps_defaults": ["limit:memory:1Gi", "limit:cpu:1"]}}
    (step,) = analyse(notebook(text, defaults)).pipeline.steps
    assert step.resources == Resources(
        limits=(("memory", "1Gi"), ("cpu", "4"), ("nvidia.com/gpu", "1")),
        labels=(("x", "a:b"),),
        tolerations=(Toleration("k", "v", "NoSchedule"),),
        secrets=(Secret("s", "k", "E"),),
        volumes=(Volume("v", "/d"),),
        image="two",
        retry=3,
        timeout=120,
    )


def test_metadata_of_the_pipeline() -> None:
    settings = {
        "pipeline_name": "churn",
        "experiment_name": "e",
        "pipeline_description": "d",
        "docker_image": "python:3.12",
        "volumes": [{"type": "pvc"}, "odd"],
    }
    pipeline = analyse(notebook("# %%\n1", {"kubeflow_notebook": settings})).pipeline
    info = pipeline.metadata
    assert (pipeline.name, info.experiment, info.description, info.image, info.volumes) == (
        "churn",
        "e",
        "d",
        "python:3.12",
        ({"type": "pvc"},),
    )


def test_metadata_of_the_wrong_shape_counts_as_absent() -> None:
    found = analyse(notebook("# %%\n1", {"kubeflow_notebook": {"volumes": 3, "pipeline_name": []}}))
    assert found.pipeline.name == "example"
    assert analyse(notebook("# %%\n1", {"kubeflow_notebook": "odd"})).pipeline.name == "example"


PROPOSALS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "headings": (
        "# %% [markdown]\n# Title\n# %%\nimport json\n# %% [markdown]\n## Load data\n# %%\nx = 1\n"
        "# %%\ny = 1\n# %% [markdown]\n## Nothing\n# %% [markdown]\n## Train\n# %%\nx",
        {
            "c2": ("imports",),
            "c4": ("step:load-data",),
            "c5": ("step:load-data",),
            "c8": ("step:train",),
        },
    ),
    "no headings": (
        "# %%\nimport json\n# %%\nx = 1\n# %%\nimport os",
        {"c1": ("imports",), "c2": ("step:notebook",), "c3": ("step:notebook",)},
    ),
    "code before the first heading": (
        "# %%\nx = 1\n# %% [markdown]\n# Setup\n# %%\nx",
        {"c1": ("step:setup",), "c3": ("step:setup-2",)},
    ),
    "headings twice": (
        "# %% [markdown]\n# A\n# %%\nx = 1\n# %% [markdown]\n# A\n# %%\nx",
        {"c2": ("step:a",), "c4": ("step:a-2",)},
    ),
    "imports with magics": (
        "# %%\n%matplotlib inline\nimport json\n# %%\n!ls\nimport os",
        {"c1": ("imports",), "c2": ("step:notebook",)},
    ),
    "given roles stay": (
        "# %% parameters\nn = 1\n# %% skip\nn\n# %%\nn",
        {"c3": ("step:notebook",)},
    ),
    "steps are there": ("# %%\nx = 1\n# %% step:a\nx", {}),
}


@pytest.mark.parametrize(("text", "expected"), PROPOSALS.values(), ids=PROPOSALS.keys())
def test_proposal(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert tags(notebook(text)) == expected


HEADINGS: list[tuple[str, list[str]]] = [
    ("# A\ntext\n## B ##", ["A", "B"]),
    ("no heading", []),
    ("```\n# a comment\n```\n# A", ["A"]),
    ("Title\n=====\nSub\n---", ["Title", "Sub"]),
    ("- item\n---", []),
    ("<h2 class='x'>A <b>b</b></h2>", ["A <b>b</b>"]),
    ("#hashtag", ["hashtag"]),
    ("####### seven", []),
]


@pytest.mark.parametrize(("text", "expected"), HEADINGS, ids=[each[0] for each in HEADINGS])
def test_headings(text: str, expected: list[str]) -> None:
    assert list(headings(text)) == expected


NAMES: list[tuple[str, str]] = [
    ("Load the data", "load-the-data"),
    ("1. **Load** [the data](http://x)!", "1-load-the-data"),
    ("Données d'entrée", "données-d'entrée"),
    ("数据", "数据"),
    ("A <b>b</b> &amp; c_d", "a-b-c-d"),
    ("🚀", "step"),
    ("word " * 20, "word-word-word-word-word-word-word-word"),
    ("x" * 60, "x" * 40),
]


@pytest.mark.parametrize(("heading", "expected"), NAMES, ids=[each[0][:12] for each in NAMES])
def test_step_names(heading: str, expected: str) -> None:
    assert step_name(heading) == expected


def test_the_proposal_is_what_is_run() -> None:
    text = PROPOSALS["headings"][0]
    assert laid_out(text) == ["load-data: 4 5 | 2", "train: 8 | 2"]


LEADING: list[tuple[str, tuple[str, ...]]] = [
    ("# %%\nimport a.b, c\nfrom d.e import f\n# %%\nimport g", ("a.b", "c", "d.e", "g")),
    ("# %%\nimport a\nx = 1\nimport b", ("a",)),
    ("# %%\n'doc'\n# words\n%matplotlib inline\nimport a", ("a",)),
    ("# %%\nimport os\nos.environ['A'] = '1'\n# %%\nimport a", ("os",)),
    ("# %%\ntry:\n    import a\nexcept ImportError:\n    pass", ()),
    ("# %%\nfrom . import a\nimport b", ()),
    ("# %%\n%%time\nimport a", ()),
    ("# %% skip\nx = 1\n# %%\nimport a", ("a",)),
    ("# %% pipeline-metrics\nx = 1\n# %%\nimport a", ("a",)),
    ("# %%\nimport a\n# %%\nx = = 1\n# %%\nimport b", ("a",)),
    ("# %%\n!pip install a\n# %%\nimport a", ()),
]


@pytest.mark.parametrize(("text", "expected"), LEADING, ids=[each[0] for each in LEADING])
def test_leading_imports(text: str, expected: tuple[str, ...]) -> None:
    assert analyse(notebook(text)).pipeline.leading_imports == expected
