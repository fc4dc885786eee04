"""Notebooks that call others: one pipeline of them all, with exact steps, edges and findings."""

from __future__ import annotations

import pytest
from percent import notebook, project

from nbflow.analysis import Analysis, Options, Source, analyse

TRAIN = "# %% notebook:train notebook_path=train.ipynb"


def analysed(text: str) -> Analysis:
    return analyse(*project(text))


def shown(analysis: Analysis) -> list[str]:
    """The steps, each with what it takes from which others."""
    lines = []
    for step in analysis.pipeline.steps:
        edges = [edge for edge in analysis.pipeline.edges if edge.reader == step.name]
        taken = "; ".join(f"{edge.writer} {' '.join(edge.variables)}".strip() for edge in edges)
        lines.append(f"{step.name}: {taken}".rstrip(": "))
    return lines


STEPS: list[tuple[str, list[str]]] = [
    (  # what comes in is read from the step that calls, what goes out from the step that makes it
        f"# %% step:load\ndata = [1]\n{TRAIN}\n# %% step:report\nprint(model)\n"
        "# in train.ipynb\n# %% step:clean\nclean = data[1:]\n# %% step:fit\nmodel = sum(clean)",
        [
            "load",
            "train: load data",
            "train/clean: train data",
            "train/fit: train/clean clean",
            "report: train/fit model",
        ],
    ),
    (  # steps that need nothing of each other run side by side, whatever notebook they are of
        f"# %% step:load\ndata = [1]\n{TRAIN}\n# %% step:other\nprint(data)\n"
        "# in train.ipynb\n# %% step:fit\nmodel = 1",
        ["load", "train", "train/fit", "other: load data"],
    ),
    (  # the same names in two notebooks are two variables
        f"# %% step:a\nx = 1\n{TRAIN}\n# %% step:b\ny = 2\n"
        "# in train.ipynb\n# %% step:a\nx = 2\n# %% step:b\nprint(x)",
        ["a", "train", "train/a", "train/b: train/a x", "b"],
    ),
    (  # ambient state is a matter of one notebook, files are the same for all
        "# %% step:a\nimport os\nos.environ['A'] = '1'\nopen('m/f.csv', 'w').write('1')\n"
        "# %% notebook:train notebook_path=m/train.ipynb\n# %% step:b\nopen('m/g.csv').read()\n"
        "# in m/train.ipynb\n# %% step:c\nopen('f.csv').read()\n"
        "# %% step:d\nopen('g.csv', 'w').write('1')",
        [
            "a",
            "train: a @environ",
            "train/c: a @file:m/f.csv",
            "train/d",
            "b: a @environ; train/d @file:m/g.csv",
        ],
    ),
    (  # every step of the called notebook waits for its arguments, if it may use them
        f"# %% step:load\nn = 1\nk = 2\n{TRAIN}\n"
        "# in train.ipynb\n# %% parameters\nn = 3\nm = 4\n# %% step:a\nprint(n)\n# %% step:b\nprint(m)",
        ["load", "train: load n", "train/a: train n", "train/b"],
    ),
    (
        f"# %% step:load\nn = 1\n{TRAIN}\n"
        "# in train.ipynb\n# %% parameters\nn = 3\nm = 4 * n\n# %% step:a\nprint(m)",
        ["load", "train: load n", "train/a: train n"],
    ),
    (  # ``prev:`` of and to a call is meant for all its steps
        "# %% step:a\n1\n# %% notebook:t notebook_path=t.ipynb prev:a\n# %% step:z prev:t\n2\n"
        "# in t.ipynb\n# %% step:x\n3\n# %% step:y\n4",
        ["a", "t: a", "t/x: t", "t/y: t", "z: t; t/x; t/y"],
    ),
    (  # nested
        "# %% step:a\nx = 1\n# %% notebook:n notebook_path=d/n.ipynb\n# %% step:b\nprint(z)\n"
        "# in d/n.ipynb\n# %% step:a\ny = x\n# %% notebook:n notebook_path=../n2.ipynb\n"
        "# in n2.ipynb\n# %% step:a\nz = y",
        ["a", "n: a x", "n/a: n x", "n/n: n/a y", "n/n/a: n/n y", "b: n/n/a z"],
    ),
    (  # metrics come last in their notebook
        f"{TRAIN}\n# %% pipeline-metrics\nprint(score)\n"
        "# in train.ipynb\n# %% pipeline-metrics\nprint(score)\n# %% step:fit\nscore = 1",
        [
            "train",
            "train/fit",
            "train/pipeline-metrics: train/fit score",
            "pipeline-metrics: train/fit score",
        ],
    ),
    (  # a conditional write of the called notebook is one that its caller may have from before it
        f"{TRAIN}\n# %% step:b\nprint(x)\n"
        "# in train.ipynb\n# %% step:a\nx = 1\n# %% step:b\nif x:\n    x = 2",
        ["train", "train/a", "train/b: train/a x", "b: train/b x"],
    ),
]


@pytest.mark.parametrize(("text", "steps"), STEPS)
def test_one_pipeline(text: str, steps: list[str]) -> None:
    found = analysed(text)
    assert [f.message for f in found.findings if f.severity.value != "info"] == []
    assert shown(found) == steps
    assert [effects.step for effects in found.effects] == [s.name for s in found.pipeline.steps]
    assert [use.step for use in found.uses] == [s.name for s in found.pipeline.steps]


CALLS: list[tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = [
    ("", "y = x\nz = 1", ("x",), ("y", "z"), ()),
    ("", "import math as m\ndef f(): pass\nclass C: pass\n_h = 1\ng = lambda: 1", (), (), ()),
    ("", "x = 1\ndel x\ny = 2", (), ("y",), ()),
    ("", "x.append(1)\nx = x + [2]", ("x",), (), ()),
    ("", "print(len(display), Out)", (), (), ()),
    ("n = 1", "# %% parameters\nn = 2\n# %% step:b\nm = n", ("n",), ("m",), ("n",)),
    ("", "# %% parameters\nn = 2\n# %% step:b\nm = n", (), ("m",), ()),
    ("n = 1", "# %% step:b\nn = 2", (), (), ()),  # its caller keeps its own
    ("", "# %% functions\nk = 1\ndef f(): return y\n# %% step:b\nx = f()", ("y",), ("x",), ()),
]


@pytest.mark.parametrize(("own", "called", "taken", "given", "arguments"), CALLS)
def test_what_crosses(
    own: str,
    called: str,
    taken: tuple[str, ...],
    given: tuple[str, ...],
    arguments: tuple[str, ...],
) -> None:
    body = called if called.startswith("# %%") else f"# %% step:a\n{called}"
    found = analysed(f"# %% step:own\n{own}\n{TRAIN}\n# in train.ipynb\n{body}")
    (call,) = found.pipeline.calls
    assert (call.taken, call.given, call.arguments) == (taken, given, arguments)


def test_calls_of_calls() -> None:
    found = analysed(
        "# %% notebook:a notebook_path=d/a.ipynb\n"
        '# in d/a.ipynb\n# %% notebook:b notebook_path=e/b.ipynb notebook_parameters={"n":2}\n'
        "# in d/e/b.ipynb\n# %% parameters\nn = 1\n# %% step:x\ny = n"
    )
    assert [(c.name, c.within, c.path, c.given, dict(c.values)) for c in found.pipeline.calls] == [
        ("a", "", "d/a.ipynb", ("y",), {}),
        ("a/b", "a", "d/e/b.ipynb", ("y",), {"n": 2}),
    ]
    assert [step.cells for step in found.pipeline.steps] == [("c1",), ("a/c1",), ("a/b/c2",)]
    assert [step.call for step in found.pipeline.steps] == ["", "a", "a/b"]
    assert {name: each.cells[0].id for name, each in found.notebooks.items()} == {
        "a": "a/c1",
        "a/b": "a/b/c1",
    }


LAYOUTS: list[tuple[str, list[tuple[str, tuple[str, ...]]]]] = [
    ("# %%\n# words\n# %% step:b\n2", [("t", ("c1",)), ("b", ("c3",))]),
    ("# %%\n1\n# %% step:b\n2", [("t", ("c1",)), ("b", ("c2", "c3"))]),
    ("# %%\n1\n# %%\n2", [("t", ("c1",)), ("after-t", ("c2", "c3"))]),
    (
        "# %%\n1\n# %% pipeline-metrics\n2",
        [("t", ("c1",)), ("after-t", ("c2",)), ("pipeline-metrics", ("c3",))],
    ),
    (
        "# %%\n1\n# %% notebook:u notebook_path=u.ipynb",
        [("t", ("c1",)), ("after-t", ("c2",)), ("u", ("c3",))],
    ),
]


@pytest.mark.parametrize(("text", "steps"), LAYOUTS)
def test_cells_behind_a_call_belong_to_the_next_step(
    text: str, steps: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = analyse(notebook(f"# %% notebook:t notebook_path=t.ipynb\n{text}"))
    assert [(step.name, step.cells) for step in found.pipeline.steps] == steps


def told(text: str) -> list[str]:
    return [f"{f.code} {f.message}" for f in analysed(text).findings if f.severity.value != "info"]


FINDINGS: list[tuple[str, list[str]]] = [
    (
        "# %% notebook:t",
        ["NB113 the cell calls the notebook t, but does not say where it is."],
    ),
    (
        "# %% notebook:t notebook_path=t.ipynb",
        ["NB113 the notebook t cannot be read: there is no file t.ipynb; check the path."],
    ),
    (
        "# %% notebook:t notebook_path=./d/../example.ipynb\n# in example.ipynb\n# %%\n1",
        ["NB114 the notebook calls itself: example.ipynb → example.ipynb."],
    ),
    (
        "# %% notebook:a notebook_path=a.ipynb\n"
        "# in a.ipynb\n# %% notebook:b notebook_path=b.ipynb\n"
        "# in b.ipynb\n# %% notebook:a notebook_path=a.ipynb",
        [
            "NB114 in a.ipynb, cell 1: in b.ipynb, cell 1: "
            "the notebook calls itself: a.ipynb → b.ipynb → a.ipynb."
        ],
    ),
    (
        f"{TRAIN} step:x\n# in train.ipynb\n# %%\n1",
        ["NB102 the cell has tags that contradict each other: `notebook:train`, `step:x`."],
    ),
    (
        f"{TRAIN}\n{TRAIN}\n# in train.ipynb\n# %%\n1",
        [
            "NB116 the name train is that of another step; a cell that calls a notebook needs its own."
        ],
    ),
    (
        f"# %% step:train/x\n1\n{TRAIN}\n# in train.ipynb\n# %% step:x\n1",
        ["NB116 a step of this notebook is called train/x, as is one of the notebook train."],
    ),
    (
        f'{TRAIN} notebook_parameters={{"n":"many"}}\n# in train.ipynb\n# %% parameters\nn = 1\n# %%\nn',
        [
            "NB117 the parameter n is an int (1 in the notebook), 'many' does not fit, in train.ipynb."
        ],
    ),
    (
        f"{TRAIN} notebook_parameters=[1]\n# in train.ipynb\n# %%\n1",
        ["NB117 `notebook_parameters` is no table of names and values."],
    ),
    (
        f"# %% parameters\nn = 'a'\n{TRAIN}\n# in train.ipynb\n# %% parameters\nn = 1\n# %%\nn",
        ["NB117 the parameter n is of type str here, and of type int in train.ipynb."],
    ),
    (f"# %% parameters\nn = 1\n{TRAIN}\n# in train.ipynb\n# %% parameters\nn = 1.5\n# %%\nn", []),
    (
        f"{TRAIN} notebook_outputs=x\n# in train.ipynb\n# %%\nx = 1",
        ["NB118 `notebook_outputs` is no list of names."],
    ),
    (
        f'{TRAIN} notebook_outputs=["x"]\n# in train.ipynb\n# %%\nexec(open("a").read())',
        [],
    ),
    (
        f"{TRAIN}\n# in train.ipynb\n# %%\nprint(nobody)",
        [
            "NB201 the name nobody is used by the notebook that is called here, but no cell before binds it."
        ],
    ),
    (
        f"{TRAIN}\n# in train.ipynb\n# %% step:a prev:b\n1",
        [
            "NB103 in train.ipynb, cell 1: `prev:b` names a step that the notebook does not have.",
        ],
    ),
    (
        "# %% notebook:a notebook_path=a.ipynb\n# %% notebook:b notebook_path=a.ipynb\n"
        "# %% step:c\nprint(x)\n# in a.ipynb\n# %%\nx = 1",
        [
            "NB211 x is made by a.ipynb and, before it, by this notebook or another that it calls; "
            "which of them later cells mean cannot be told."
        ],
    ),
    (  # nobody reads it
        "# %% step:b\nx = 1\n# %% notebook:a notebook_path=a.ipynb\n# %% step:c\nx = 2\nprint(x)\n"
        "# in a.ipynb\n# %%\nx = 1",
        [],
    ),
    (
        f"{TRAIN}\n# %% step:b\nhelp_me()\n# in train.ipynb\n# %%\ndef help_me(): pass",
        [
            "NB201 the name help_me is used, but no cell before binds it.",
            "NB213 a later cell uses help_me, a function or class of train.ipynb; only data comes out of it.",
        ],
    ),
]


@pytest.mark.parametrize(("text", "findings"), FINDINGS)
def test_findings(text: str, findings: list[str]) -> None:
    assert sorted(told(text)) == findings


def test_findings_stand_at_the_cell_that_calls() -> None:
    found = analysed(f"# %% step:a\n1\n{TRAIN}\n# in train.ipynb\n# %%\nx = = 1")
    assert [(f.code, f.location and f.location.number) for f in found.findings] == [("NB108", 2)]


def test_two_paths_to_one_file_are_one_in_a_cycle() -> None:
    inner = notebook("# %% notebook:b notebook_path=link/a.ipynb")
    sources = {"a.ipynb": Source("/a", inner), "link/a.ipynb": Source("/a", inner)}
    found = analyse(notebook("# %% notebook:a notebook_path=a.ipynb"), Options(notebooks=sources))
    assert [f.code for f in found.findings] == ["NB114"]


def test_tags_of_the_call_and_defaults_of_the_caller_hold_in_the_called_notebook() -> None:
    book, options = project(
        f"{TRAIN} limit:cpu:2 env:A:1\n# in train.ipynb\n# %% step:a limit:cpu:3\n1\n# %% step:b\n1"
    )
    found = analyse(book, options)
    limits = {
        str(step.name): (step.resources.limits, step.resources.env) for step in found.pipeline.steps
    }
    assert limits["train/a"] == ((("cpu", "3"),), (("A", "1"),))
    assert limits["train/b"] == ((("cpu", "2"),), (("A", "1"),))
