"""Called notebooks in pods: what each notebook gives alone, and what goes into and out of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from called_notebooks import AFTER, BEFORE, INNER, Cells, cells, generated, write
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pods import END, Pods, Ran, Setting, analysed, ending

from nbflow.codegen.assembly import assemble
from nbflow.model import Json, StepName
from nbflow.service.verify import verify

CALL = "notebook:train notebook_path=sub/train.ipynb"
#: Notebooks by their paths (the first one is run), and what all their cells print in run order.
PRINTS: dict[str, tuple[dict[str, Cells], str]] = {
    "data go in and come back": (
        {
            "main.ipynb": (
                ("step:load", "data = [1, 2]\nother = 5"),
                (CALL, "# trains"),
                ("step:report", "print(model)"),
            ),
            "sub/train.ipynb": (
                ("step:clean", "clean = [2 * x for x in data]"),
                ("step:fit", "model = sum(clean)"),
                ("step:side", "side = 1\nprint('other' in globals())"),
            ),
        },
        "False\n6\n",
    ),
    "each has its own names": (
        {
            "main.ipynb": (
                ("step:a", "x = 1"),
                (f'{CALL} notebook_outputs=["y"]', ""),
                ("step:b", "print(x, y, 'z' in globals())"),
            ),
            "sub/train.ipynb": (
                ("step:a", "x = 5\nz = 6"),
                ("step:b", "y = x + z\nprint(x, y)"),
            ),
        },
        "5 11\n1 11 False\n",
    ),
    "it works on copies": (
        {
            "main.ipynb": (
                ("step:a", "data = [3, 1]\nalias = data"),
                (CALL, ""),
                ("step:b", "print(data, best, alias is data)"),
            ),
            "sub/train.ipynb": (
                ("step:a", "data.sort()\nprint(alias, alias is data)"),
                ("step:b", "best = data[-1]\ndata.append(9)\nprint(alias)"),
            ),
        },
        "[1, 3] True\n[1, 3, 9]\n[3, 1] 3 True\n",
    ),
    "arguments win at the cell of parameters": (
        {
            "main.ipynb": (
                ("step:a", "n = 6"),
                (f'{CALL} notebook_parameters={{"k":[4]}}', ""),
                ("step:b", "print(n, made)"),
            ),
            "sub/train.ipynb": (
                ("parameters", "n = 3\nk = [1]\nm = n * len(k)\nprint(n, m)"),
                ("step:a", "print(n, k, m)\nn = n + 1"),
                ("step:b", "made = (n, m)\nprint(n, k, m)"),
            ),
        },
        "6 6\n6 [4] 6\n7 [4] 6\n6 (7, 6)\n",
    ),
    "nested calls": (
        {
            "main.ipynb": (
                ("step:a", "data = [3, 1]"),
                (CALL, ""),
                ("step:b", "print(fit, deep)"),
            ),
            "sub/train.ipynb": (
                ("step:sort", "data.sort()"),
                ("notebook:inner notebook_path=more/inner.ipynb", ""),
                ("step:fit", "fit = sum(deep)\nprint(data)"),
            ),
            "sub/more/inner.ipynb": (
                ("step:one", "import os\ndeep = [each + 1 for each in data]\ndata.clear()"),
                ("step:two", "print(os.path.basename(os.getcwd()), data)"),
            ),
        },
        "more []\n[1, 3]\n6 [2, 4]\n",
    ),
    "the same notebook twice": (
        {
            "main.ipynb": (
                (f'notebook:one {CALL.partition(" ")[2]} notebook_parameters={{"n":1}}', ""),
                ("step:keep", "first = made"),
                (
                    f'notebook:two {CALL.partition(" ")[2]} notebook_parameters={{"n":2}}'
                    ' notebook_outputs=["made"]',
                    "",
                ),
                ("step:show", "print(first, made)"),
            ),
            "sub/train.ipynb": (("parameters", "n = 0"), ("step:a", "made = [n]\nprint(n)")),
        },
        "1\n2\n[1] [2]\n",
    ),
    "each has its own folder": (
        {
            "main.ipynb": (
                ("step:a", "open('main.txt', 'w').write('main')\nopen('sub/in.txt', 'w').close()"),
                (CALL, ""),
                ("step:b", "print(open('sub/own.txt').read())"),
            ),
            "sub/train.ipynb": (
                ("step:a", "print(open('../main.txt').read())"),
                ("step:b", "open('own.txt', 'w').write('own')"),
                ("step:c", "import os\nprint(open('own.txt').read(), os.path.exists('in.txt'))"),
            ),
        },
        "main\nown True\nown\n",
    ),
    "a notebook that lies beside the folder": (
        {
            "books/main.ipynb": (
                ("step:a", "open('x.txt', 'w').write('x')"),
                ("notebook:train notebook_path=../sub/train.ipynb", ""),
                ("step:b", "import os\nprint(os.path.basename(os.getcwd()))"),
            ),
            "sub/train.ipynb": (
                ("step:a", "import os\nprint(open('../books/x.txt').read())"),
                ("step:b", "print(os.path.basename(os.getcwd()))"),
            ),
        },
        "x\nsub\nbooks\n",
    ),
    "ambient state stays at home": (
        {
            "main.ipynb": (
                ("step:a", "import os, random\nos.environ['OWN'] = '1'\nrandom.seed(7)"),
                (CALL, ""),
                ("step:b", "print(os.environ['OWN'], 'THEIRS' in os.environ)"),
                ("step:c", "print(random.random() == random.Random(7).random())"),
            ),
            "sub/train.ipynb": (
                ("step:a", "import os, random\nos.environ['THEIRS'] = '2'\nrandom.seed(8)"),
                ("step:b", "print('OWN' in os.environ, os.environ['THEIRS'])"),
                ("step:c", "print(random.random() == random.Random(8).random())\nos.makedirs('d')"),
                ("step:d", "os.chdir('d')"),
                ("step:e", "print(os.path.basename(os.getcwd()))"),
            ),
        },
        "False 2\nTrue\nd\n1 False\nTrue\n",
    ),
    "random numbers are its own": (
        {
            "main.ipynb": (
                ("imports", "import random"),
                ("step:a", "x = random.random()"),
                (f"notebook:one {CALL.partition(' ')[2]}", ""),
                ("step:b", "y = made"),
                (f'notebook:two {CALL.partition(" ")[2]} notebook_outputs=["made"]', ""),
                ("step:c", "print(len({x, y, made, random.random()}))"),
            ),
            "sub/train.ipynb": (("step:a", "import random\nmade = random.random()"),),
        },
        "4\n",
    ),
    "the prelude of each": (
        {
            "main.ipynb": (
                ("functions", "rows = [1]\ndef more():\n    return rows + [2]\nprint('main')"),
                (CALL, ""),
                ("step:b", "print(more(), made)"),
            ),
            "sub/train.ipynb": (
                ("functions", "def more():\n    return rows * 2\nprint('train')"),
                ("step:a", "print(more())"),
                ("step:b", "rows.append(3)\nmade = more()"),
            ),
        },
        "main\ntrain\n[1, 1]\n[1, 2] [1, 3, 1, 3]\n",
    ),
    "results by their numbers": (
        {
            "main.ipynb": (("step:a", "[1]"), (CALL, ""), ("step:b", "print(Out[1], In[1])")),
            "sub/train.ipynb": (("step:a", "[2]"), ("step:b", "print(Out[1], len(In))")),
        },
        "[2] 3\n[1] [1]\n",
    ),
    "what is listed replaces": (
        {
            "main.ipynb": (
                ("step:a", "x = [1]"),
                (f'{CALL} notebook_outputs=["x"]', ""),
                ("step:b", "print(x)"),
                ("step:c", "x = 0"),
                ("step:d", "print(x)"),
            ),
            "sub/train.ipynb": (("step:a", "x.append(2)"),),
        },
        "[1, 2]\n0\n",
    ),
    "a name that the called notebook deletes": (
        {
            "main.ipynb": (
                (f'{CALL} notebook_outputs=["x"]', ""),
                ("step:b", "print('x' in globals())"),
            ),
            "sub/train.ipynb": (("step:a", "x = 1"), ("step:b", "if x:\n    del x")),
        },
        "False\n",
    ),
    "a name that nobody sees being made": (
        {
            "main.ipynb": (
                ("step:a", "exec('hid' + 'den = 4')"),
                (CALL, ""),
                ("step:b", "print(hidden, made)"),
            ),
            "sub/train.ipynb": (("step:a", "exec('m' + 'ade = hidden + 1')\nmade = made"),),
        },
        "4 5\n",
    ),
    "what comes back and is perhaps bound again": (
        {
            "main.ipynb": (
                (CALL, ""),
                ("step:a", "if len(s) > 1:\n    s = s + s"),
                ("step:b", "print(s)\nif len(s) > 2:\n    del s"),
                ("step:c", "print(s)"),
            ),
            "sub/train.ipynb": (("step:a", "s = [1]"),),
        },
        "[1]\n[1]\n",
    ),
    "a value that nobody saw being made gives way": (
        {
            "main.ipynb": (
                ("step:a", "globals().__setitem__('hid' + 'den', 0)\nx = 1"),
                (CALL, ""),
                ("step:b", "print(hidden)"),
            ),
            "sub/train.ipynb": (("step:a", "hidden = 4 + x"),),
        },
        "5\n",
    ),
    "what the prelude of the caller computes": (
        {
            "main.ipynb": (
                ("parameters", "n = 1\nm = 2 * n"),
                ("functions", "rows = [n]"),
                (CALL, ""),
                ("step:b", "print(made)"),
            ),
            "sub/train.ipynb": (("step:a", "made = (m, rows)"),),
        },
        "(2, [1])\n",
    ),
    "a step that waits for all of it": (
        {
            "main.ipynb": (
                (CALL, ""),
                ("step:b prev:train", "import os\nprint(os.path.exists('sub/' + 'f'))"),
            ),
            "sub/train.ipynb": (("step:a", "open('f', 'w').close()"), ("step:b", "y = 1")),
        },
        "True\n",
    ),
    "classes of each": (
        {
            "main.ipynb": (
                ("step:a", "class P:\n    n = 1\np = P()"),
                (CALL, ""),
                ("step:b", "print(p.n, P.n, made)"),
            ),
            "sub/train.ipynb": (
                ("step:a", "class P:\n    n = 2\nq = P()"),
                ("step:b", "P.n += 1\nmade = q.n"),
            ),
        },
        "1 1 3\n",
    ),
}


def project(folder: Path, notebooks: Mapping[str, Cells]) -> Path:
    """The path of the first of the notebooks."""
    paths = [write(folder / name, each) for name, each in notebooks.items()]
    return paths[0]


def ran(
    path: Path, folder: Path, *, backwards: bool = False, **parameters: Json
) -> tuple[Ran, Pods]:
    """What the pods of a notebook give, and these."""
    source, _ = analysed(path)
    beside = Setting(backwards=backwards)
    pods = Pods(assemble(ending(source)), folder / "pods", beside)
    return pods.run(parameters), pods


def printed(found: Ran, path: Path) -> str:
    """What the cells have printed, in run order; no step has failed."""
    assert (found.failed, found.crashed) == ({}, {})
    steps = analysed(path)[0].pipeline.steps
    order = dict.fromkeys(cell for step in steps for cell in (*step.prelude, *step.cells))
    return "".join(found.stdout(cell) for cell in order)


@pytest.mark.parametrize("name", PRINTS)
def test_pods_print_what_the_notebooks_print(name: str, tmp_path: Path) -> None:
    notebooks, expected = PRINTS[name]
    path = project(tmp_path, notebooks)
    found, _ = ran(path, tmp_path)
    assert printed(found, path) == expected
    assert END in found.order


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTS)
def test_so_do_kernels_and_the_local_engine(name: str, tmp_path: Path) -> None:
    notebooks, expected = PRINTS[name]
    path = project(tmp_path, notebooks)
    found = verify(str(path), python=sys.executable)
    assert found.same, found.comparison.differences
    steps = analysed(path)[0].pipeline.steps
    order = dict.fromkeys(cell for step in steps for cell in (*step.prelude, *step.cells))
    texts = (each for cell in order for each in found.record.outputs.get(cell, ()))
    assert "".join(str(each["text"]) for each in texts if "text" in each) == expected


@pytest.mark.parametrize(
    "name", ["data go in and come back", "nested calls", "the same notebook twice"]
)
def test_the_order_of_independent_steps_does_not_matter(name: str, tmp_path: Path) -> None:
    notebooks, expected = PRINTS[name]
    path = project(tmp_path, notebooks)
    assert printed(ran(path, tmp_path, backwards=True)[0], path) == expected


def test_only_what_comes_back_is_left(tmp_path: Path) -> None:
    found, pods = ran(project(tmp_path, PRINTS["data go in and come back"][0]), tmp_path)
    assert found.failed == {}
    assert pods.left().keys() == {"clean", "data", "model", "other", "side"}


def test_parameters_of_the_pipeline_reach_the_called_notebook(tmp_path: Path) -> None:
    main = (("parameters", "n = 1\nk = 5"), (CALL, ""), ("step:b", "print(made)"))
    train = (("parameters", "n = 3\nm = 2 * n"), ("step:a", "made = (n, m)"))
    path = project(tmp_path, {"main.ipynb": main, "sub/train.ipynb": train})
    assert printed(ran(path, tmp_path, n=4)[0], path) == "(4, 8)\n"


def test_metrics_have_the_name_of_their_call(tmp_path: Path) -> None:
    metrics = ("pipeline-metrics", "print(score)")
    inner = (("step:a", "score = 3"), metrics)
    train = (
        ("step:a", "score = 2"),
        ("notebook:inner notebook_path=inner.ipynb notebook_outputs=[]", ""),
        metrics,
    )
    main = (
        ("step:a", "score = 1"),
        (f"{CALL} notebook_outputs=[]", ""),
        metrics,
    )
    path = project(
        tmp_path, {"main.ipynb": main, "sub/train.ipynb": train, "sub/inner.ipynb": inner}
    )
    found, _ = ran(path, tmp_path)
    assert found.metrics == {"score": 1.0, "train/score": 2.0, "train/inner/score": 3.0}


def test_a_page_shows_the_cells_of_the_called_notebook(tmp_path: Path) -> None:
    path = project(tmp_path, PRINTS["data go in and come back"][0])
    found, _ = ran(path, tmp_path)
    assert "<h1>train/fit</h1>" in found.pages[StepName("train/fit")]
    assert "model = sum(clean)" in found.pages[StepName("train/fit")]


CODE = (
    "it holds functions or classes of a notebook, and only data crosses the call `train`: put them into a"
    " module beside the notebooks"
)
#: Cells of the notebook and of the one that it calls, and the sentences with which steps fail.
FAILS: dict[str, tuple[Cells, Cells, dict[str, str]]] = {
    "an instance goes in": (
        (("step:a", "class P: pass\np = P()"), (CALL, "")),
        (("step:b", "print(p)"),),
        {"train/b": f"`p` was made in step `train` and cannot travel: {CODE}"},
    ),
    "an instance comes back": (
        ((CALL, ""), ("step:b", "print(q)")),
        (("step:a", "class P: pass"), ("step:b", "q = [P()]")),
        {"b": f"`q` was made in step `train/b` and cannot travel: {CODE}"},
    ),
    "what cannot be stored goes in": (
        (("step:a", "g = [__import__('threading').Lock()]"), (CALL, "")),
        (("step:b", "print(g)"),),
        {
            "train": "`g` was made in step `a` and cannot travel: a list cannot be stored (cannot pickle"
            " '_thread.lock' object); run the two as one step"
        },
    ),
    "what cannot be stored within": (
        ((CALL, ""),),
        (("step:a", "g = [__import__('threading').Lock()]"), ("step:b", "print(g)")),
        {
            "train/b": "`g` was made in step `train/a` and cannot travel: a list cannot be stored"
            " (cannot pickle '_thread.lock' object); run the two as one step"
        },
    ),
    "an error": (
        ((CALL, ""), ("step:b", "print(y)")),
        (("step:a", "x = 1\ny = x / 0"),),
        {"train/a": "cell 1, line 2: ZeroDivisionError: division by zero"},
    ),
    "a change that a step of the caller would miss": (
        ((CALL, ""), ("step:b", "print(y)")),
        (("step:a", "y = 1"), ("step:b", "globals().__setitem__('y', 2)")),
        {
            "train/b": "step `train/b` changes `y` in a way that could not be foreseen, and step `b` reads it"
            " without waiting; tag `b` with `prev:train`"
        },
    ),
}


@pytest.mark.parametrize("name", FAILS)
def test_what_cannot_be_is_told(name: str, tmp_path: Path) -> None:
    main, train, expected = FAILS[name]
    path = project(tmp_path, {"main.ipynb": main, "sub/train.ipynb": train})
    assert ran(path, tmp_path)[0].failed == expected


# Generated ones

#: To make a failing case smaller takes longer than to read it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def check(
    before: list[str], inner: list[str], after: list[str], backwards: bool, folder: Path
) -> None:
    path, order, expected = generated(folder, before, inner, after)
    source, _ = analysed(path)
    found = Pods(assemble(source), folder / "pods", Setting(backwards=backwards)).run()
    assert found.crashed == {}
    if found.failed:  # what could not be foreseen, with the tag that repairs it
        assert [why for why in found.failed.values() if "; tag `" not in why] == []
        return
    assert "".join(found.stdout(cell) for cell in order) == expected


@settings(max_examples=2, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(cells(BEFORE, 2), cells(INNER, 2), cells(AFTER, 2), st.booleans())
def test_any_notebooks_give_what_their_order_gives(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[str],
    inner: list[str],
    after: list[str],
    backwards: bool,
) -> None:
    check(before, inner, after, backwards, tmp_path_factory.mktemp("calls"))


@pytest.mark.slow
@settings(max_examples=30, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
@given(cells(BEFORE, 3), cells(INNER, 4), cells(AFTER, 3), st.booleans())
def test_many_notebooks_give_what_their_order_gives(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[str],
    inner: list[str],
    after: list[str],
    backwards: bool,
) -> None:
    check(before, inner, after, backwards, tmp_path_factory.mktemp("calls"))


def test_a_look_for_a_file_of_another_notebook_is_told_with_the_tag_of_the_call(
    tmp_path: Path,
) -> None:
    """In the notebook that both steps are a part of, the reader is called what the call is."""
    hidden = "import io, os\nhidden = getattr(io, 'nepo'[::-1])\n"
    ask = "seen = getattr(os.path, 'stsixe'[::-1])('f.txt')\n"
    notebooks: dict[str, Cells] = {
        "main.ipynb": (
            ("step:w", f"{hidden}with hidden('sub/f.txt', 'w') as f: done = 1\ndel f, hidden"),
            (f'{CALL} notebook_outputs=["seen"]', ""),
            ("step:e", "print(done, seen)"),
        ),
        "sub/train.ipynb": (("step:r", f"{hidden}{ask}del hidden"),),
    }
    found, _ = ran(project(tmp_path, notebooks), tmp_path)
    assert found.failed == {
        "e": "step `train/r` has looked for the file sub/f.txt without what step `w` has changed there, which"
        " could not be foreseen; tag `train` with `prev:w`"
    }
