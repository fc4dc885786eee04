"""Steps in pods: notebooks give what Jupyter gives, in every order that their artifacts allow."""

from __future__ import annotations

import ast
import base64
import bz2
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from notebook_cells import code, written
from pods import END, Pods, Ran, Setting, analysed, ending, runtime_text

from nbflow.codegen import brought
from nbflow.codegen.assembly import assemble
from nbflow.model import GENERATORS, SET_BY_IMPORTS, Json, StepName
from nbflow.runtime import spec

#: The notebooks whose steps may go in another order.
FREE = (
    "parallel",
    "diamond",
    "a value that is read before it is changed",
    "a name that is bound again",
)
#: Cells by their tags, and what all of them print.
PRINTS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "linear": (
        [("step:a", "x = 1"), ("step:b", "y = x + 1\nprint(y)"), ("step:c", "print(x, y)")],
        "2\n1 2\n",
    ),
    "parallel": (
        [
            ("step:a", "x = 1\nprint('a')"),
            ("step:b", "y = 2\nprint('b')"),
            ("step:c", "print(x + y)"),
        ],
        "a\nb\n3\n",
    ),
    "diamond": (
        [
            ("step:a", "rows = [3, 1, 2]"),
            ("step:b", "low = min(rows)"),
            ("step:c", "ordered = sorted(rows)"),
            ("step:d", "print(low, ordered, rows)"),
        ],
        "1 [1, 2, 3] [3, 1, 2]\n",
    ),
    "lines in the place of tags": (
        [
            ("", "%load_ext nbflow\nn = 2"),
            ("", "%%step a --retry 1\nx = [n]\n%nbflow check"),
            ("", "\n%%step b --after a\nx.append(3)\nprint(x)"),
        ],
        "[2, 3]\n",
    ),
    "aliases": (
        [
            ("step:a", "a = [1]\nb = a"),
            ("step:b", "b.append(2)"),
            ("step:c", "print(a, b is a)"),
        ],
        "[1, 2] True\n",
    ),
    "a value that is read before it is changed": (
        [
            ("step:a", "x = [1]"),
            ("step:b", "y = list(x)"),
            ("step:c", "x.append(2)"),
            ("step:d", "print(x, y)"),
        ],
        "[1, 2] [1]\n",
    ),
    "a name that is bound again": (
        [
            ("step:a", "x = 1"),
            ("step:b", "y = x"),
            ("step:c", "x = 2"),
            ("step:d", "print(x, y)"),
        ],
        "2 1\n",
    ),
    "a name that is deleted": (
        [("step:a", "x = 1"), ("step:b", "del x"), ("step:c", "print('x' in globals())")],
        "False\n",
    ),
    "classes": (
        [
            (
                "step:a",
                "class P:\n    n = 0\n    def up(self):\n        P.n += 1\n        return self",
            ),
            ("step:b", "p = P().up()"),
            ("step:c", "print(P.n, type(p) is P)"),
        ],
        "1 True\n",
    ),
    "functions of the prelude": (
        [
            ("functions", "total = 0\ndef add(n):\n    global total\n    total += n"),
            ("step:a", "add(1)"),
            ("step:b", "add(2)"),
            ("step:c", "print(total)"),
        ],
        "3\n",
    ),
    "a generator that was seeded": (
        [
            ("imports", "import random"),
            ("step:a", "random.seed(7)"),
            ("step:b", "x = random.random()"),
            ("step:c", "r = random.Random(7)\nr.random()\nprint(random.random() == r.random())"),
        ],
        "True\n",
    ),
    "an environment variable": (
        [
            ("step:a", "import os\nos.environ['WORD'] = 'hello'"),
            ("step:b", "import os\nprint(os.environ['WORD'])"),
        ],
        "hello\n",
    ),
    "a result that ambient state and a name share": (
        [
            ("step:a", "xs = [1]\nxs"),
            ("step:b, prev:a", "Out[1].append(2)"),
            ("step:c, prev:b", "print(xs)"),
        ],
        "[1, 2]\n",
    ),
    "an object that a module of a library holds": (
        [
            ("step:a", "import sys\nx = [1]\nsys.hidden = x"),
            ("step:b", "import sys\nsys.hidden.append(2)"),
            ("step:c", "print(x)"),
            ("step:d", "import sys\nprint(sys.hidden is x)"),
        ],
        "[1, 2]\nTrue\n",
    ),
    "a view of a dictionary": (
        [
            ("step:a", "d = {'a': 1}\nkeys = d.keys()"),
            ("step:b, prev:a", "d['b'] = 2"),
            ("step:c, prev:b", "print(list(keys))"),
        ],
        "['a', 'b']\n",
    ),
    "the present context of decimal": (
        [
            ("step:a", "import decimal\nc = decimal.getcontext()"),
            ("step:b", "c.prec = 3"),
            ("step:c, prev:b", "print(decimal.Decimal(1) / 3)"),
        ],
        "0.333\n",
    ),
    "filters of warnings, set by a name": (
        [
            ("step:a", "import warnings\nadd = warnings.simplefilter"),
            ("step:b", "add('error')"),
            ("step:c", "try: warnings.warn('x')\nexcept UserWarning: print('raised')"),
        ],
        "raised\n",
    ),
    "an attribute of a module, set by its dictionary": (
        [
            ("step:a", "import math"),
            ("step:b", "vars(math)['pi'] = 3"),
            ("step:c", "print(math.pi)"),
        ],
        "3\n",
    ),
    "files, folders and links": (
        [
            ("step:a", "import os\nos.makedirs('out/deep')\nos.symlink('out', 'link')"),
            ("step:b", "open('link/deep/f.txt', 'w').write('x')"),
            ("step:c", "print(open('out/deep/f.txt').read())"),
        ],
        "x\n",
    ),
    "a file of another program": (
        [
            (
                "step:a",
                "import subprocess\nsubprocess.run('echo 1 > f.txt; chmod +x f.txt', shell=True)",
            ),
            ("step:b", "import os\nprint(open('f.txt').read(), os.access('f.txt', os.X_OK))"),
        ],
        "1\n True\n",
    ),
    "an absolute path in a variable": (
        [
            ("step:a", "import os\npath = os.path.abspath('f.txt')\nopen(path, 'w').write('x')"),
            ("step:b", "print(open(path).read())"),
        ],
        "x\n",
    ),
    "a file held open": (
        [
            ("step:a", "f = open('log.txt', 'w')\nf.write('1\\n')"),
            ("step:b", "f.write('2\\n')\nf.close()"),
            ("step:c", "print(open('log.txt').read())"),
        ],
        "1\n2\n\n",
    ),
    "a folder for temporary files": (
        [
            ("step:a", "import tempfile\nd = tempfile.mkdtemp()\nopen(d + '/f', 'w').write('x')"),
            ("step:b", "print(open(d + '/f').read())"),
        ],
        "x\n",
    ),
    "text of other programs in its place": (
        [("step:a", "import os\nprint(1, flush=True)\nos.system('echo 2')\nprint(3)")],
        "1\n2\n3\n",
    ),
    "text past Python's streams, many times": (
        [
            (
                "step:a",
                "import os\nfor n in range(300):\n    print(n, flush=True)\n    _ = os.write(1, b'-\\n')",
            )
        ],
        "".join(f"{n}\n-\n" for n in range(300)),
    ),
}


def notebook(folder: Path, cells: Iterable[tuple[str, str]]) -> Path:
    """A notebook of code cells, each of which has the tags before its source."""
    found = [code(n, source, tags.split(", ")) for n, (tags, source) in enumerate(cells, 1)]
    return written(folder / "notebook.ipynb", found, {})


def ran(
    folder: Path,
    cells: Iterable[tuple[str, str]],
    *,
    backwards: bool = False,
    **parameters: Json,
) -> Ran:
    """What the notebook of these cells gives."""
    source, _ = analysed(notebook(folder, cells))
    return Pods(assemble(source), folder / "run", Setting(backwards=backwards)).run(parameters)


def printed(found: Ran, cells: int) -> str:
    """What the cells have printed, in their order; no step has failed."""
    assert found.failed == {}
    assert found.crashed == {}
    return "".join(found.stdout(f"c{number}") for number in range(1, cells + 1))


@pytest.mark.parametrize("name", PRINTS)
def test_steps_print_what_the_notebook_prints(name: str, tmp_path: Path) -> None:
    cells, expected = PRINTS[name]
    assert printed(ran(tmp_path, cells), len(cells)) == expected


@pytest.mark.parametrize("name", FREE)
def test_the_order_of_independent_steps_does_not_matter(name: str, tmp_path: Path) -> None:
    cells, expected = PRINTS[name]
    found = ran(tmp_path, cells, backwards=True)
    assert found.order != sorted(found.order)
    assert printed(found, len(cells)) == expected


def test_large_arrays_travel_and_are_described(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    cells = [
        ("step:a", "import numpy as np\nx = np.arange(3_000_000)\ny = x[::2]"),
        ("step:b", "print(x.sum(), y.base is x, y.flags.writeable)"),
    ]
    found = ran(tmp_path, cells)
    assert printed(found, 2) == "4499998500000 True True\n"
    assert found.described["x"]["shape"] == "(3000000,)"


def test_parameters_are_data(tmp_path: Path) -> None:
    cells = [
        ("pipeline-parameters", "n = 1\ntext = 'a'\nm = 2 * n"),
        ("step:a", "print(n, m, text)"),
    ]
    text = "'''\n\"\"\" {{workflow}} ${x} \\ ' é"
    found = ran(tmp_path, cells, n=4, text=text)
    assert printed(found, 2) == f"4 8 {text}\n"


def test_numbers_that_a_metrics_step_reads_are_metrics(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    cells = [
        ("step:a", "import numpy as np\nscore = np.float64(0.5)\nrows = 3\nname = 'x'"),
        ("pipeline-metrics", "print(score)\nprint(rows)\nprint(name)"),
    ]
    assert ran(tmp_path, cells).metrics == {"score": 0.5, "rows": 3.0}


def test_a_failing_cell_fails_its_step_with_place_and_traceback(tmp_path: Path) -> None:
    cells = [
        ("step:a", "x = 0\nprint('so far')"),
        ("step:b", "y = 1\ny / x"),
        ("step:c", "print(y)"),
    ]
    found = ran(tmp_path, cells)
    assert found.failed == {"b": "cell 2, line 2: ZeroDivisionError: division by zero"}
    assert found.order == ["a"]
    assert found.texts["a"][0] == "so far\n"
    assert "----> 2 y / x" in found.texts["b"][1] or "line 2" in found.texts["b"][1]


def test_a_step_that_was_killed_is_told(tmp_path: Path) -> None:
    cells = [
        ("step:a", "import os, signal\nprint(1, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)")
    ]
    found = ran(tmp_path, cells)
    assert found.failed == {
        "a": "step `a` was killed by signal 9, perhaps for its memory; raise its limit with a"
        " `limit:memory:` tag"
    }
    assert found.texts["a"][0] == "1\n"


def test_a_step_that_fails_leaves_nothing_behind_and_can_be_run_again(tmp_path: Path) -> None:
    cells = [
        ("step:a", "x = 1"),
        ("step:b", f"import os\nfirst = not os.path.exists({str(tmp_path / 'mark')!r})\n"
         f"open({str(tmp_path / 'mark')!r}, 'w').close()\nopen('left.txt', 'x').close()\n"
         "assert not first\ny = x + 1"),
        ("step:c", "print(y)"),
    ]  # fmt: skip
    source, _ = analysed(notebook(tmp_path, cells))
    pods = Pods(assemble(source), tmp_path / "run")
    first, second, third = pods.order()
    pods.step(first, {})
    pods.step(second, {})
    assert list(pods.ran.failed) == ["b"]
    pods.ran.failed.clear()
    pods.step(second, {})
    pods.step(third, {})
    assert printed(pods.ran, 3) == "2\n"


def test_a_library_that_comes_with_what_a_step_is_given_sees_the_notebook(tmp_path: Path) -> None:
    asks = "try:\n    get_ipython()\n    found = True\nexcept NameError:\n    found = False"
    cells = [
        ("step:a", f"%%writefile asks.py\n{asks}"),
        ("step:b", "import asks"),
        ("step:c", "print(asks.found)"),
    ]
    assert printed(ran(tmp_path, cells), 3).endswith("True\n")


def test_a_change_that_a_later_step_would_miss_fails_with_the_way_out(tmp_path: Path) -> None:
    cells = [
        ("step:a", "%%writefile reg.py\nITEMS = [1]"),
        ("step:b", "from reg import ITEMS"),
        ("step:c", "import reg\nreg.ITEMS.append(2)"),
        ("step:d", "print(ITEMS)"),
    ]
    assert ran(tmp_path, cells).failed == {
        "b": "step `b` changes `reg.ITEMS` in a way that could not be foreseen, and step `c` reads it"
        " without waiting; tag `c` with `prev:b`"
    }


#: What the first step does, and whether it has changed the module that it and the second one import.
TOOLS = {
    "nothing": ("x = 1", False),
    "a use": ("x = tools.NAME", False),
    "another file": ("with open('rows.csv', 'w') as f: print(1, file=f)", False),
    "its file": (
        "with open('to' + 'ols.py', 'w') as f: print('NAME = 22', file=f)\n"
        "getattr(__import__('importlib'), 'daoler'[::-1])(tools)",
        True,
    ),
}


@pytest.mark.parametrize("name", TOOLS)
def test_a_module_that_steps_import_is_changed_with_its_file_alone(
    name: str, tmp_path: Path
) -> None:
    source, changes = TOOLS[name]
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "tools.py").write_text("NAME = 1")
    cells = [
        ("imports", "import tools"),
        ("step:a", source),
        ("step:b", "y = tools.NAME"),
        ("step:c", "print(y, tools.NAME)"),
    ]
    found, _ = analysed(notebook(tmp_path, cells))
    pods = Pods(assemble(found), tmp_path / "run", Setting(beside=tmp_path / "beside"))
    assert "tools" in pods.assembly.component(StepName("a")).task.missed
    ran = pods.run({})
    sentence = (
        "step `a` changes `tools` in a way that could not be foreseen, and step `b` reads it without"
        " waiting; tag `b` with `prev:a`"
    )
    assert ran.failed == ({"a": sentence} if changes else {})


KINDS = (
    "class Base:\n    kinds = {}\n    def __init_subclass__(cls, **rest):\n"
    "        Base.kinds[cls.__name__] = cls\n"
)
#: A module, what the first step does to what it holds, what the second one asks, and the name that is told.
HELD = {
    "a table": ("ROWS = {}", "vars(m)['ROWS']['a'] = 1", "print(m.ROWS)", "m.ROWS"),
    "a generator": (
        "import random\nR = random.Random(3)\nR.random()",
        "getattr(m, 'R').random()",
        "print(m.R.random())",
        "m.R",
    ),
    "a class": (KINDS, "class X(m.Base): pass", "print(m.Base.kinds)", "m.Base.*"),
    "under another name": (
        "ROWS = {}",
        "vars(m)['ROWS']['a'] = 1",
        "from m import ROWS as rows\nprint(rows)",
        "m.ROWS",
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_what_a_module_holds_is_told_where_a_later_step_would_miss_it(
    name: str, tmp_path: Path
) -> None:
    text, change, use, held = HELD[name]
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "m.py").write_text(text)
    (tmp_path / "m.py").write_text(text)
    cells = [("imports", "import m"), ("step:a", change), ("step:b", use)]
    found, _ = analysed(notebook(tmp_path, cells))
    ran = Pods(assemble(found), tmp_path / "run", Setting(beside=tmp_path / "beside")).run({})
    assert ran.failed == {
        "a": f"step `a` changes `{held}` in a way that could not be foreseen, and step `b` may see it"
        " without waiting; tag `b` with `prev:a`"
    }


def test_a_module_that_another_imports_late_from_a_changed_file_is_missed(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "inner.py").write_text("NAME = 1")
    (tmp_path / "beside" / "outer.py").write_text(
        "def get():\n    import inner\n    return inner.NAME"
    )
    cells = [
        ("imports", "import outer"),
        ("step:a", "with open('inner.py', 'w') as f: print('NAME = 22', file=f)"),
        ("step:b, prev:a", "print(outer.get())"),
        ("step:c", "with open('inner.py', 'w') as f: print('NAME = 333', file=f)"),
        ("step:d, prev:c", "print(outer.get())"),
    ]
    found, _ = analysed(notebook(tmp_path, cells))
    pods = Pods(assemble(found), tmp_path / "run", Setting(beside=tmp_path / "beside"))
    assert pods.run({}).failed == {
        "b": "step `b` changes `outer` in a way that could not be foreseen, and step `d` reads it without"
        " waiting; tag `d` with `prev:b`"
    }


@pytest.mark.parametrize("value", ["3", "'x'", "True", "None", "1.5"])
def test_what_no_one_has_given_is_bound_by_the_cells_alone(value: str, tmp_path: Path) -> None:
    cells = [
        ("parameters", "n = 5\nm = 2 * n"),
        ("injected-parameters", f"n = {value}"),
        ("step:a", "print(n, m)"),
    ]
    found, _ = analysed(notebook(tmp_path, cells))
    ran = Pods(assemble(found), tmp_path / "run").run({})
    assert "".join(text for texts in ran.texts.values() for text in texts[:1]) == (
        f"{ast.literal_eval(value)} 10\n"
    )


def test_what_repairs_it_does(tmp_path: Path) -> None:
    cells = [
        ("step:a", "%%writefile reg.py\nITEMS = [1]"),
        ("step:b", "from reg import ITEMS"),
        ("step:c, prev:b", "import reg\nreg.ITEMS.append(2)"),
        ("step:d, prev:c", "print(ITEMS)"),
    ]
    assert printed(ran(tmp_path, cells), 4).endswith("[1, 2]\n")


MAYBE = [
    ("pipeline-parameters", "n = 1"),
    ("step:a", "x, do = [1], [len, list.clear]"),
    ("step:b", "do[n > 5](x)"),
    ("step:c", "print(x)"),
]


@pytest.mark.parametrize("n", [1, 9])
def test_an_edge_that_a_run_has_shown_to_be_needless_is_told_if_it_is_not(
    n: int, tmp_path: Path
) -> None:
    source, _ = analysed(notebook(tmp_path, MAYBE), changed={StepName("b"): frozenset()})
    pods = Pods(assemble(source), tmp_path / "run")
    assert StepName("b") not in pods.assembly.component(StepName("c")).after
    found = pods.run({"n": n})
    sentence = (
        "step `b` changes `x` in a way that could not be foreseen, and step `c` reads it without waiting;"
        " tag `c` with `prev:b`"
    )
    assert found.failed == ({} if n == 1 else {"b": sentence})


def test_state_that_any_step_may_see_is_told_of_steps_that_do_not_wait(tmp_path: Path) -> None:
    cells = [
        ("step:a", "import decimal"),
        ("step:b", "getattr(decimal, 'txetnocteg'[::-1])().prec = 3"),
        ("step:c", "print(decimal.Decimal(1) / 3)"),
    ]
    assert ran(tmp_path, cells).failed == {
        "b": "step `b` changes `decimal` in a way that could not be foreseen, and step `c` may see it"
        " without waiting; tag `c` with `prev:b`"
    }


def test_state_that_means_what_it_has_meant_is_no_change(tmp_path: Path) -> None:
    make = "def make(m):\n    return lambda o, p, c: p.text(f'{m.__name__} {o}')"
    register = "get_ipython().display_formatter.formatters['text/plain'].for_type"
    cells = [
        ("step:a", f"import xml\nm = {{}}\nexec({make!r}, m)\n{register}(int, m['make'](xml))"),
        ("step:b", "import xml.dom"),
        ("step:c", "_ = display(3)"),
    ]
    found = ran(tmp_path, cells)
    assert found.failed == {}
    assert "xml 3" in found.pages[StepName("c")]


def test_the_runtime_knows_what_the_model_says_of_state() -> None:
    assert GENERATORS | SET_BY_IMPORTS | {"@annotations"} == spec.USUAL


def test_a_class_that_a_step_changes_unforeseen_is_told(tmp_path: Path) -> None:
    cells = [
        ("step:a", "class A:\n    n = 0\nclass B(A): pass"),
        ("step:b", "B.__mro__[1].n += 1"),
        ("step:c", "print(A.n)"),
    ]
    assert ran(tmp_path, cells).failed == {
        "b": "step `b` changes `A` in a way that could not be foreseen, and step `c` reads it without"
        " waiting; tag `c` with `prev:b`"
    }


#: How cells write, read and ask so that no analysis sees it.
HIDDEN = (
    "import io, os, subprocess\nhidden = getattr(io, 'nepo'[::-1])\n"
    "ask = getattr(os.path, 'stsixe'[::-1])"
)
WRITES = (
    "step:w",
    f"{HIDDEN}\nwith hidden('f.txt', 'w') as f: done = f.write('1')\ndel f, hidden, ask",
)
#: What a step does that does not come after the one that writes f.txt, and whether it looks for that.
LOOKS: dict[str, tuple[str, bool]] = {
    "asks": ("seen = ask('f.txt')", True),
    "reads": ("try: seen = hidden('f.txt').read()\nexcept OSError: seen = ''", True),
    "adds": ("with hidden('f.txt', 'a') as f: seen = f.tell()\ndel f", True),
    "lists": ("seen = getattr(os, 'ridtsil'[::-1])('.')", True),
    "imports": ("try:\n    import f\nexcept ImportError:\n    seen = 1", False),
    "asks for another": ("seen = ask('g.txt')", False),
    "lists another": ("seen = getattr(os, 'ridtsil'[::-1])('..')", False),
    "writes anew": ("with hidden('f.txt', 'w') as f: seen = f.write('2')\ndel f", False),
    "writes, then reads": (
        "with hidden('f.txt', 'w') as f: f.write('2')\nseen = hidden('f.txt').read()\ndel f", False,
    ),
    "makes a folder": ("if not ask('f'): getattr(os, 'sridekam'[::-1])('f')\nseen = 1", False),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_at_a_file_that_was_not_there_yet_is_told(name: str, tmp_path: Path) -> None:
    look, told = LOOKS[name]
    cells = [
        WRITES,
        ("step:r", f"{HIDDEN}\n{look}\ndel hidden, ask"),
        ("step:e", "print(done, seen)"),
    ]
    found = ran(tmp_path, cells)
    sentence = (
        "step `r` has looked for the file f.txt without what step `w` has changed there, which could not be"
        " foreseen; tag `r` with `prev:w`"
    )
    assert found.failed == ({"e": sentence} if told else {})
    assert found.crashed == {}


def test_another_program_may_have_looked_at_any_file(tmp_path: Path) -> None:
    run = "seen = getattr(subprocess, 'nur'[::-1])(['ls'], capture_output=True).stdout"
    cells = [
        WRITES,
        ("step:r", f"{HIDDEN}\n{run}\ndel hidden, ask"),
        ("step:e", "print(done, seen)"),
    ]
    assert "step `r` has looked for the file f.txt" in ran(tmp_path, cells).failed["e"]


def test_the_tag_lets_the_step_see_the_file(tmp_path: Path) -> None:
    look = f"{HIDDEN}\nseen = ask('f.txt')\ndel hidden, ask"
    cells = [WRITES, ("step:r, prev:w", look), ("step:e", "print(done, seen)")]
    assert printed(ran(tmp_path, cells), 3) == "1 True\n"


def test_a_file_that_a_step_reads_and_nobody_foresees_fails_where_no_step_sees_both(
    tmp_path: Path,
) -> None:
    cells = [WRITES, ("step:r", "import os\nprint(os.path.exists('f.txt'))")]
    assert ran(tmp_path, cells).failed == {
        "w": "step `w` changes `f.txt` in a way that could not be foreseen, and step `r` reads it without"
        " waiting; tag `r` with `prev:w`"
    }


def test_the_end_of_a_run_can_be_looked_at(tmp_path: Path) -> None:
    cells = [("step:a", "x = [1]\nf = (n for n in x)"), ("step:b", "y = 2")]
    source, _ = analysed(notebook(tmp_path, cells))
    pods = Pods(assemble(ending(source)), tmp_path / "run")
    assert END in pods.run().order
    assert {"x", "y"} <= pods.left().keys()
    assert pods.obstacles() == {"f"}


# The runtime as it travels


def files() -> dict[str, str]:
    """The files that travel, by their paths."""
    found: dict[str, str] = json.loads(bz2.decompress(base64.b64decode(runtime_text())))
    return found


def test_the_packed_runtime_is_small_and_always_the_same() -> None:
    assert len(base64.b64decode(runtime_text())) <= brought.LARGEST
    runtime_text.cache_clear()
    first = runtime_text()
    runtime_text.cache_clear()
    assert runtime_text() == first


def test_the_runtime_is_of_python_3_9() -> None:
    for name, text in files().items():
        ast.parse(text, filename=name, feature_version=(3, 9))


def test_python_3_9_takes_every_module_of_the_runtime(tmp_path: Path) -> None:
    python = shutil.which("python3.9")
    if python is None or subprocess.run([python, "-c", ""], check=False).returncode:
        pytest.skip("needs python3.9")
    for name, text in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    modules = [name.removesuffix(".py").replace("/", ".") for name in files()]
    imports = [
        f"import {name.removesuffix('.__init__')}" for name in modules if "__main" not in name
    ]
    code = "\n".join((f"import sys; sys.path.insert(0, {str(tmp_path)!r})", *imports))
    subprocess.run([python, "-I", "-c", code], check=True)


BARE = {
    '"""Doc."""\nx = 1': "x = 1\n",
    "def f(a: int) -> str:\n    '''Doc.'''": "def f(a):\n    pass\n",
    "from typing import Any, List\nx: Any = List": "from typing import List\nx = List\n",
    "from typing import Any\ndef f(x: Any): return x": "def f(x):\n    return x\n",
    "class A:\n    x: str = y": "class A:\n    x: int = y\n",
    "# why\nx = 'a' # told": "x = 'a'\n",
    "def f(n):\n    total = n\n    return total": "def f(n):\n    a = n\n    return a\n",
    "def f(a):\n    total = a\n    return total": "def f(a):\n    b = a\n    return b\n",
    "def f(n):\n    n = n + 1\n    return n": "def f(n):\n    n = n + 1\n    return n\n",
    "def f():\n    xs = [x for x in y]\n    g(xs, x)": "def f():\n    a = [x for x in y]\n    g(a, x)\n",
    "def f():\n    x = 1\n    return lambda: x": "def f():\n    x = 1\n    return lambda: x\n",
    "def f():\n    global x\n    x = 1": "def f():\n    global x\n    x = 1\n",
    "def f():\n    x = 1\n    return locals()": "def f():\n    x = 1\n    return locals()\n",
    "def f():\n    try:\n        g()\n    except E as error:\n        h(error)": (
        "def f():\n    try:\n        g()\n    except E as a:\n        h(a)\n"
    ),
    "from __future__ import annotations\nx = 1": "x = 1\n",
    "def _one(): return _two(_a)\ndef _two(n): return n": (
        "def _b():\n    return _c(_a)\n\ndef _c(n):\n    return n\n"
    ),
    "_LIMIT = 3\n_at = [0]\ndef f(_at): return _at[_LIMIT]": (
        "_a = 3\n_at = [0]\n\ndef f(_at):\n    return _at[_a]\n"
    ),
    "_now = 0\ndef f():\n    global _now\n    _now = 1": (
        "_now = 0\n\ndef f():\n    global _now\n    _now = 1\n"
    ),
    "class A:\n    def _one(self): pass\n    def two(self): self._one()": (
        "class A:\n\n    def _a(self):\n        pass\n\n    def two(self):\n        self._a()\n"
    ),
    "class A(B):\n    def _one(self): self._one()": (
        "class A(B):\n\n    def _one(self):\n        self._one()\n"
    ),
    "class A:\n    def _one(self): other._one()": (
        "class A:\n\n    def _one(self):\n        other._one()\n"
    ),
    "def _one(): return [_two]\ndef _two(): pass": (
        "def _a():\n    return [_two]\n\ndef _two():\n    pass\n"
    ),
}


@pytest.mark.parametrize("text", BARE)
def test_what_only_readers_need_stays_behind(text: str) -> None:
    assert brought.bare(text) == BARE[text]


def test_private_functions_that_another_file_names_keep_their_names() -> None:
    text = "def _one():\n    pass\n\ndef _two():\n    pass\n"
    assert brought.bare(text, "from one import _one") == text.replace("_two", "_a")
