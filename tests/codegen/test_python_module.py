"""The plain module does what the notebook does, or it is said why it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from notebook_cells import code, written
from pods import analysed

from nbflow.codegen.python import module, problems
from nbflow.codegen.python.layout import Layout, lay_out
from nbflow.model import StepName

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def notebook(folder: Path, *cells: tuple[str, str]) -> Path:
    found = [code(n, source, tags.split()) for n, (tags, source) in enumerate(cells)]
    return written(folder / "nb.ipynb", found)


def laid_out(path: Path, **titles: str) -> Layout:
    return lay_out(analysed(path)[0], {StepName(step): text for step, text in titles.items()})


def text_of(path: Path, **titles: str) -> str:
    layout = laid_out(path, **titles)
    assert problems(layout) == []
    return module(layout, analysed(path)[0].pipeline, path.name)


def output(text: str, folder: Path, *words: str) -> str:
    (folder / "made.py").write_text(text, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "made.py", *words],
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=True,
    )
    return answer.stdout


RIGHT = {
    "values go from step to step": (
        [("step:a", "x = 1\ny = [x]"), ("step:b", "y.append(2)"), ("step:c", "print(x, y)")],
        "1 [1, 2]\n",
    ),
    "a step of the name of a variable": (
        [("step:x", "x = 1"), ("step:print", "print(x)")],
        "1\n",
    ),
    "a value is bound anew": (
        [("step:a", "x = 1"), ("step:b", "x = x + 1"), ("step:c", "print(x)")],
        "2\n",
    ),
    "a value that is bound in one case": (
        [("step:a", "x = 1"), ("step:b", "if x > 5:\n    x = 0"), ("step:c", "print(x)")],
        "1\n",
    ),
    "results are shown": ([("step:a", "x = 'a'\nx"), ("step:b", "x;")], "'a'\n"),
    "functions of the prelude": (
        [
            ("functions", "def f(n):\n    return n + 1"),
            ("step:a", "x = f(1)"),
            ("step:b", "print(f(x))"),
        ],
        "3\n",
    ),
    "a function of a step": (
        [("step:a", "k = 2\ndef f(n):\n    return n * k"), ("step:b", "print(f(4))")],
        "8\n",
    ),
    "a loop without a use for its variable": (
        [("step:a", "xs = [0 for _ in range(2)]\nfor _ in xs:\n    print(_)")],
        "0\n0\n",
    ),
    "harmless magics": ([("step:a", "%matplotlib inline\nx = 1"), ("step:b", "print(x)")], "1\n"),
    "text of several lines": (
        [("step:a", 'x = """a\n  b\n"""'), ("step:b", "print(x)")],
        "a\n  b\n\n",
    ),
}


@pytest.mark.parametrize(("cells", "expected"), RIGHT.values(), ids=RIGHT)
def test_the_module_does_what_the_notebook_does(
    cells: list[tuple[str, str]], expected: str, tmp_path: Path
) -> None:
    assert output(text_of(notebook(tmp_path, *cells)), tmp_path) == expected


WRONG = {
    "global x": [("step:a", "x = 1\ndef f():\n    global x\n    x = 2\nf()")],
    "`globals`": [("step:a", "print(globals())")],
    "no plain Python": [("step:a", "!ls")],
    "import *": [("step:a", "from math import *")],
    "`await`": [("step:a", "import asyncio\nawait asyncio.sleep(0)")],
    "a later step binds it anew": [
        ("step:a", "k = 1\ndef f():\n    return k"),
        ("step:b", "k = 2\nprint(f())"),
    ],
    "as a global name": [("functions", "def f():\n    return k"), ("step:a", "k = 1\nprint(f())")],
    "in some cases only": [
        ("step:a", "import sys\nif len(sys.argv) < 99:\n    x = 1"),
        ("step:b", "print(x)"),
    ],
}


@pytest.mark.parametrize(("text", "cells"), WRONG.items(), ids=WRONG)
def test_what_a_function_cannot_mean_is_told(
    text: str, cells: list[tuple[str, str]], tmp_path: Path
) -> None:
    found = problems(laid_out(notebook(tmp_path, *cells)))
    assert any(text in each.message for each in found), found
    assert all(each.hint.endswith(".") and each.location.number for each in found)


def test_parameters_are_options(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        ("parameters", "n = 2\nname = 'a'\nflags = [1, 2]\non = True\nm = 2 * n  # computed"),
        ("functions", "def f(x):\n    return x + n"),
        ("step:a", "print(f(1), name, flags, on, m)"),
    )
    text = text_of(path)
    assert output(text, tmp_path) == "3 a [1, 2] True 4\n"
    words = ("--n", "5", "--name", "b c", "--flags", "[3]", "--no-on")
    assert output(text, tmp_path, *words) == "6 b c [3] False 10\n"


def test_comments_docstrings_and_what_is_used_stay(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        ("imports", "import os\nimport json  # for the end"),
        (
            "functions",
            "# of no use\ndef unused():\n    pass\n\n# doubles\ndef twice(x):\n    return 2 * x",
        ),
        ("step:a", "x = twice(2)  # four"),
        ("step:b", "# the end\nprint(json.dumps(x))"),
    )
    text = text_of(path, a="Make it")
    for line in (
        "import json  # for the end",
        "# doubles",
        '    """Make it"""',
        "# four",
        "# the end",
    ):
        assert line in text
    assert "import os" not in text
    assert "unused" not in text
    assert output(text, tmp_path) == "4\n"


@pytest.mark.parametrize("name", ["digits", "text", "timeseries"])
def test_examples_give_what_they_give_as_notebooks(name: str, tmp_path: Path) -> None:
    text = text_of(NOTEBOOKS / f"{name}.ipynb")
    made = tmp_path / "made.py"
    made.write_text(text, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, str(made)],
        cwd=NOTEBOOKS,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == shown_in(NOTEBOOKS / f"{name}.ipynb", tmp_path)


def shown_in(path: Path, folder: Path) -> str:
    """What the cells print and show, as their notebook runs in a kernel."""
    words = ["run", "--quiet", "--no-cache", str(path), "--output", str(folder / "executed.ipynb")]
    env = {**os.environ, "NBFLOW_HOME": str(folder / "store")}
    subprocess.run(
        [sys.executable, "-m", "nbflow", *words], check=True, capture_output=True, env=env
    )
    document = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    found = []
    for each in (o for cell in document["cells"] for o in cell.get("outputs", ())):
        if each["output_type"] == "execute_result":
            found.append("".join(each["data"]["text/plain"]) + "\n")
        elif each["output_type"] == "stream" and each["name"] == "stdout":
            found.append("".join(each["text"]))
    return "".join(found)
