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
    "a magic at the end shows nothing": ([("step:a", "x = 1\nx\n%matplotlib inline")], ""),
    "a magic within a text": (
        [("step:a", 'x = """\n%matplotlib\n"""\nprint(x)')],
        "\n%matplotlib\n\n",
    ),
    "text of several lines": (
        [("step:a", 'x = """a\n  b\n"""'), ("step:b", "print(x)")],
        "a\n  b\n\n",
    ),
    "a semicolon before a comment": (
        [("step:a", "1;  # not shown"), ("step:b", "2  # shown;")],
        "2\n",
    ),
    "statements on one line": ([("step:a", "x = 1; y = 2; x + y")], "3\n"),
    "a tuple over lines": ([("step:a", "x = 1\nx, \\\n  2  # two")], "(1, 2)\n"),
    "comments within what is shown": ([("step:a", "(1 +  # one\n 2)")], "3\n"),
    "an expression in the middle": ([("step:a", "1\n2\nif True:\n    3")], ""),
    "global": (
        [("step:a", "n = 0\ndef f():\n    global n\n    n += 1\nf()"), ("step:b", "f()\nprint(n)")],
        "2\n",
    ),
    "global in a cell": ([("step:a", "global n\nn = 1"), ("step:b", "print(n)")], "1\n"),
    "a function reads what a later step binds anew": (
        [("step:a", "k = 1\ndef f():\n    return k"), ("step:b", "k = 2\nprint(f())")],
        "2\n",
    ),
    "a function reads what only a later step binds": (
        [("functions", "def f():\n    return k"), ("step:a", "k = 1\nprint(f())")],
        "1\n",
    ),
    "a lambda, a generator, and what changes behind them": (
        [
            ("step:a", "k = 1\nf = lambda: k\ndef g():\n    return (k for _ in range(2))"),
            ("step:b", "k = 5\nprint(f(), list(g()))"),
        ],
        "5 [5, 5]\n",
    ),
    "bound in some cases": (
        [("step:a", "if 2 > 1:\n    x = 1\nelse:\n    y = 1"), ("step:b", "print(x)")],
        "1\n",
    ),
    "not bound in this case": (
        [
            ("step:a", "for x in []:\n    pass"),
            ("step:b", "try:\n    print(x)\nexcept NameError as e:\n    print(e)"),
        ],
        "name 'x' is not defined\n",
    ),
    "a name of a builtin that is bound later": (
        [
            ("step:a", "print(max([1, 2]))\nmax = 5"),
            ("step:b", "print(max)\ndel max\nprint(max([3]))"),
        ],
        "2\n5\n3\n",
    ),
    "deleted, and looked for": (
        [
            ("step:a", "x = 1"),
            ("step:b", "del x"),
            ("step:c", "try:\n    x\nexcept NameError:\n    print('gone')"),
        ],
        "gone\n",
    ),
    "the name of an exception is gone": (
        [
            ("step:a", "e = 1"),
            ("step:b", "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    pass"),
            (
                "step:c",
                "try:\n    e\nexcept NameError:\n    print('gone')",
            ),
        ],
        "gone\n",
    ),
    "the prelude's name bound anew": (
        [
            ("functions", "k = 1\ndef f():\n    return k"),
            ("step:a", "k = 7"),
            ("step:b", "print(f(), k)"),
        ],
        "7 7\n",
    ),
    "the body of a class reads a name that it binds": (
        [("step:a", "x = 1"), ("step:b", "class A:\n    x = x\nprint(A.x, A)")],
        "1 <class '__main__.A'>\n",
    ),
    "an annotation alone": (
        [
            ("step:a", "x = 1"),
            ("step:b", "x: int\ny: int = x\nf = lambda: y"),
            ("step:c", "y = 3\nprint(f())"),
        ],
        "3\n",
    ),
    "a class pickles, and shows its name": (
        [
            ("step:a", "import pickle\nfrom dataclasses import dataclass\nbase = 2"),
            ("step:b", "@dataclass\nclass P:\n    n: int = base\ndef f():\n    return base"),
            (
                "step:c",
                "print(pickle.loads(pickle.dumps(P(1))), pickle.loads(pickle.dumps(f))())\nP, f",
            ),
        ],
        "P(n=1) 2\n(__main__.P, <function __main__.f()>)\n",
    ),
    "a function that its decorator keeps": (
        [
            ("functions", "kept = []\ndef keep(f):\n    kept.append(f)\n    return f"),
            ("step:a", "print(kept)\n@keep\ndef g():\n    pass\nprint(kept[0].__qualname__)"),
        ],
        "[]\ng\n",
    ),
    "functions that call one another": (
        [
            (
                "step:a",
                "def even(n):\n    return n == 0 or odd(n - 1)\n"
                "def odd(n):\n    return n > 0 and even(n - 1)",
            ),
            ("step:b", "print(even(4))"),
        ],
        "True\n",
    ),
    "everything by name": (
        [("step:a", "from math import *\nx = 4"), ("step:b", "print(sqrt(x))")],
        "2.0\n",
    ),
    "from the future": (
        [
            ("imports", "from __future__ import annotations\nimport math"),
            ("step:a", "def f(x: Nope):\n    return x\nprint(f(1))"),
        ],
        "1\n",
    ),
    "a step of imports alone": (
        [("step:a", "import math"), ("step:b", "import math\nprint(math.pi > 3)")],
        "True\n",
    ),
    "a prelude that does something, in its place": (
        [
            ("imports", "print('first')"),
            ("step:a", "print('second')"),
            ("imports", "import json\nprint('third')"),
            ("step:b", "print(json.dumps(4))"),
        ],
        "first\nsecond\nthird\n4\n",
    ),
    "a prelude that needs a parameter": (
        [
            ("parameters", "n = 2"),
            ("functions", "names = ['a'] * n\ndef f():\n    return names"),
            ("step:a", "print(f())"),
        ],
        "['a', 'a']\n",
    ),
    "a prelude that shows something": (
        [("imports", "import sys\n1 + 1"), ("step:a", "pass")],
        "2\n",
    ),
    "names of the module's own": (
        [
            ("parameters", "argparse = 3"),
            ("step:main", "show = main = 1\nshow"),
            ("step:show", "print(show, main, argparse)"),
            ("step:x", "x = x_step = 1"),
            ("step:y", "print(x, x_step)"),
        ],
        "1\n1 1 3\n1 1\n",
    ),
    "containers as notebooks show them": (
        [("step:a", "{'key': ['x' * 30] * 3, 's': {3, 1, 2}, 'kind': int}")],
        "{'key': ['xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',\n"
        "  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],\n 's': {1, 2, 3},\n 'kind': int}\n",
    ),
    "displayed": (
        [
            ("imports", "from IPython.display import display"),
            ("step:a", "display('a', None)\nx = 1\ndisplay(x)"),
        ],
        "'a'\nNone\n1\n",
    ),
    "a context that ends a block early": (
        [
            (
                "step:a",
                "from contextlib import suppress\nx = 1\nwith suppress(ValueError):\n"
                "    int('a')\n    x = 2\n    y = 2",
            ),
            ("step:b", "print(x)\ntry:\n    y\nexcept NameError:\n    print('no y')"),
        ],
        "1\nno y\n",
    ),
    "a name that only a text spells": (
        [
            ("step:a", "import sys\nlimit = 2"),
            (
                "step:b",
                "class Frame:\n    def query(self, text):\n        return [limit, text]\n"
                "print(Frame().query('@limit'))",
            ),
        ],
        "[2, '@limit']\n",
    ),
    "the script itself": ([("step:a", "if __name__ == '__main__':\n    print('yes')")], "yes\n"),
    "metrics come last": (
        [("pipeline-metrics", "print(x)"), ("step:a", "x = 1\nprint('made')")],
        "made\n1\n",
    ),
    "no tags": (
        [("", "import math"), ("", "x = 1\nx"), ("", "print(x, math.pi > 3)")],
        "1\n1 True\n",
    ),
    "lines to nbflow": (
        [
            ("", "%load_ext nbflow\nimport math"),
            ("", "%%step a --gpu 1\nx = math.floor(1.5)\nx"),
            ("", "%%step b\n# of b\nif x:\n    %nbflow check\nprint(x + 1)\n%unload_ext nbflow"),
        ],
        "1\n2\n",
    ),
    "tabs": ([("step:a", "if True:\n\tx = 1\n\tif x:\n\t\ty = 2\nprint(y)")], "2\n"),
}


@pytest.mark.parametrize(("cells", "expected"), RIGHT.values(), ids=RIGHT)
def test_the_module_does_what_the_notebook_does(
    cells: list[tuple[str, str]], expected: str, tmp_path: Path
) -> None:
    path = notebook(tmp_path, *cells)
    text = text_of(path)
    assert output(text, tmp_path) == expected
    assert text_of(path) == text


WRONG = {
    "`globals` looks": [("step:a", "print(globals())")],
    "`eval` looks": [("step:a", "x = 1\nprint(eval('x'))")],
    "`!ls` is no plain Python": [("step:a", "!ls")],
    "`%%time` is no plain Python": [("step:a", "%%time\nx = 1")],
    "`import *`": [("step:a", "print(1)\nfrom math import *")],
    "`await`": [("step:a", "import asyncio\nawait asyncio.sleep(0)")],
    "`Out` is there": [("step:a", "1"), ("step:b", "Out[1]")],
    "`__file__`": [("step:a", "try:\n    __file__\nexcept NameError:\n    print('none')")],
    "`sys.argv`": [("step:a", "import sys\nprint(len(sys.argv))")],
    "`getsource`": [("step:a", "import inspect\ndef f(): pass\nprint(inspect.getsource(f))")],
    "`__main__`": [("step:a", "x = 1\nimport __main__\nprint(__main__.x)")],
    "`from __future__`": [("step:a", "x = 1"), ("step:b", "from __future__ import annotations")],
    "may fail": [("step:a raises-exception", "1 / 0")],
    "`display` with options": [("step:a", "display(1, display_id='x')")],
    "`init_printing`": [("step:a", "from sympy import init_printing\ninit_printing()")],
    "`pwd` is there": [("step:a", "pwd")],
    "more than once": [("parameters", "n = 1\nprint(n)\nn = 2"), ("step:a", "print(n)")],
}


@pytest.mark.parametrize(("text", "cells"), WRONG.items(), ids=WRONG)
def test_what_a_module_cannot_mean_is_told(
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


def test_options_of_every_kind(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        (
            "parameters",
            "on = False\nno_on = True\nnone = None\nhelp = 'h'\n"
            "_low = -1.5  # 100 % low\nπ = {'a': [1]}\ntext = 'x'",
        ),
        ("step:a", "print(on, no_on, none, help, _low, π, text)\nπ['b'] = 2"),
    )
    text = text_of(path)
    assert output(text, tmp_path) == "False True None h -1.5 {'a': [1]} x\n"
    words = (
        "--on",
        "true",
        "--no-no-on",
        "--none",
        "[1]",
        "--parameter-help",
        "i",
        "--_low",
        "-2",
        "--π",
        "{}",
    )
    assert output(text, tmp_path, *words, "--text=-y") == "True False [1] i -2.0 {} -y\n"
    assert "None as a text" not in output(text, tmp_path, "--none", "a text")
    assert "100 % low (default: -1.5)" in output(text, tmp_path, "--help")


def test_a_function_has_what_the_notebook_has_by_name(tmp_path: Path) -> None:
    path = notebook(
        tmp_path,
        ("imports", "import math"),
        ("step:a", "k = 1  # one\n\n# of k\ndef f():\n    return k"),
        ("step:b", "k = 2\nx = f()\nprint(x)"),
    )
    text = text_of(path, a='# First\n\nIt is \\\\ "so".')
    assert "    global k\n" in text
    assert "import math" not in text
    assert "    # of k\n" in text
    assert "def b(f):" in text or "def b():" in text
    assert output(text, tmp_path) == "2\n"


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
