"""Values that travel: they come back as they were, and what nothing has changed has the same hash."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from trips import Notebook

#: What a first step makes, and an expression that is true then and in the next step.
ALIKE = {
    "numbers": ("x = [1, 2.5, 3j, True, None, ...]", "x == [1, 2.5, 3j, True, None, ...]"),
    "dict of strs": ("x = {w: w * 2 for w in 'abc'}", "list(x.items())[0] == ('a', 'aa')"),
    "set of strs": ("x = {f'w{i}' for i in range(50)}", "x == {f'w{i}' for i in range(50)}"),
    "counter": ("from collections import Counter\nx = Counter('aab')", "x['a'] == 2"),
    "defaultdict": (
        "from collections import defaultdict\nx = defaultdict(lambda: [k])\nk = 1\nx['a']",
        "x == {'a': [1]} and x.default_factory() == [k]",
    ),
    "ordered dict": (
        "from collections import OrderedDict\nx = OrderedDict(b=1, a=2)",
        "list(x) == ['b', 'a']",
    ),
    "deque": ("from collections import deque\nx = deque([1, 2], maxlen=2)", "x.maxlen == 2"),
    "dates": (
        "import datetime as dt\nx = [dt.datetime(2020, 1, 2), dt.timedelta(3)]",
        "len(x) == 2",
    ),
    "path": ("from pathlib import Path\nx = Path('a') / 'b'", "x.name == 'b'"),
    "decimal": ("from decimal import Decimal\nx = [Decimal('1.10')]", "str(x[0]) == '1.10'"),
    "fraction": (
        "from fractions import Fraction\nx = {Fraction(1, 3): 1}",
        "x[Fraction(1, 3)] == 1",
    ),
    "pattern": ("import re\nx = [re.compile('a+', re.I)]", "x[0].match('A') is not None"),
    "bytes": ("x = (b'ab', bytearray(b'cd'))", "x[1] == b'cd'"),
    "list that holds itself": ("x = [1]\nx.append(x)", "x[1] is x"),
    "shared parts": ("p = [1]\nx = {'a': p, 'b': p}", "x['a'] is x['b'] is p"),
    "nan": ("x = [1.0, float('nan')]\nx.append(x[1])", "x[1] is x[2] and x[1] in x"),
    "nan of math": ("import math\nx = {math.nan: [math.nan]}", "x[math.nan].index(math.nan) == 0"),
    "named nan": ("n = float('nan')\nx = (n, [n])", "n in x and n in x[1]"),
    "several nans": ("x = [float('nan'), float('nan')]", "x[0] is not x[1]"),
    "nan among bytes": ("import math\nx = [math.nan, b'G' * 90000, 'n' * 70000]", "math.nan in x"),
    "closure": (
        "def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n"
        "    return up, lambda: n\nup, seen = make()\nup()",
        "seen() == up() - 1 == seen() - 1",
    ),
    "closures of a library": (
        "made = {}\nexec('def make():\\n    n = 0\\n    def up():\\n        nonlocal n\\n        n += 1\\n"
        "        return n\\n    return up, lambda: n', made)\nup, seen = made['make']()\nup()",
        "seen() == up() - 1 == seen() - 1",
    ),
    "recursion in a library": (
        "made = {}\nexec('def make():\\n    def f(n):\\n        return n and n * f(n - 1) or 1\\n"
        "    return lambda n: f(n)', made)\nx = made['make']()",
        "x(4) == 24",
    ),
    "recursive lambda": (
        "def make():\n    f = lambda n: n and n * f(n - 1) or 1\n    return f\nx = make()",
        "x(4) == 24",
    ),
    "lambdas of one place": (
        "def make(n):\n    return lambda x=n: x\nf, g = make(1), make(2)",
        "(f(), g()) == (1, 2) and f is not g",
    ),
    "method of a list": ("x = [1]\nadd = x.append", "add.__self__ is x"),
    "cached function": (
        "from functools import lru_cache\n@lru_cache(8)\ndef sq(n):\n    return n * n\nsq(3)",
        "sq.cache_info().currsize == 1 and sq(3) == 9",
    ),
    "partial": ("from functools import partial\np = partial(int, base=2)", "p('101') == 5"),
    "iterator": ("it = iter([1, 2, 3])\nnext(it)", "it.__length_hint__() == 2"),
    "named module": ("import os.path\nx = [os]", "x[0] is os"),
    "module of the notebook": (
        "import types\nm = types.ModuleType('settings')\nm.depth = [1]\nd = m.depth",
        "m.depth is d and type(m).__name__ == 'module' and m.__name__ == 'settings'",
    ),
    "exception that rewrites its text": (
        "class Oops(Exception):\n    def __init__(self, code):\n"
        "        super().__init__(f'code {code}')\n        self.code = code\nx = Oops(7)",
        "(str(x), x.code, x.args) == ('code 7', 7, ('code 7',))",
    ),
    "error of the system": (
        "class Gone(FileNotFoundError):\n    pass\nx = Gone(2, 'gone', 'f.txt')",
        "(x.errno, x.filename) == (2, 'f.txt')",
    ),
    "cause": (
        "try:\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n"
        "        raise KeyError('k') from e\nexcept KeyError as e:\n    x = e",
        "type(x.__cause__) is ZeroDivisionError and x.__suppress_context__",
    ),
    "array": ("import numpy as np\nx = np.arange(6).reshape(2, 3)", "x.sum() == 15"),
    "view of a subclass": (
        "import numpy as np\nclass A(np.ndarray):\n    pass\nx = np.zeros(5).view(A)\n"
        "x.unit = 'm'\nv = x[1:3]",
        "np.shares_memory(x, v) and type(x) is type(v) is A and (x.unit, v.shape) == ('m', (2,))",
    ),
    "view of a subclass that has its own memory": (
        "import numpy as np\nclass A(np.ndarray):\n    pass\nx = np.zeros(5).view(A).copy()\nv = x[1:3]\n"
        "w = np.asarray(x)",
        "np.shares_memory(x, v) and np.shares_memory(x, w) and (type(v), type(w)) == (A, np.ndarray)",
    ),
    "fields of records": (
        "import numpy as np\nx = np.rec.array([(1, 2.0), (3, 4.0)], names='x,y')\nv = [x.x, x[1:]]",
        "np.shares_memory(x, v[0]) and np.shares_memory(x, v[1]) and v[1].y[0] == x.y[1] == 4.0",
    ),
    "rows of a matrix": (
        "import numpy as np\nx = np.array([[1, 2], [3, 4]]).view(np.matrix)\nv = [x[1], x.T]",
        "np.shares_memory(x, v[0]) and (type(v[1]), v[1].tolist()) == (np.matrix, [[1, 3], [2, 4]])",
    ),
    "match": (
        "import re\nx = re.compile('(?<=b)(a+?)').search('aabaa', 1)\nv = re.fullmatch('(a+?)b*', 'aabb')\n"
        "w = list(re.finditer(b'a', b'aba'))[1]",
        "(x.span(), x.group(1), x.pos, x.re.pattern) == ((3, 4), 'a', 1, '(?<=b)(a+?)')"
        " and (v.span(), v[1]) == ((0, 4), 'aa') and w.start() == 2",
    ),
    "view": ("import numpy as np\nx = np.zeros(5)\nv = x[1:3]", "np.shares_memory(x, v)"),
    "array of objects": (
        "import numpy as np\np = []\nx = np.array([1, p, np.nan], dtype=object)",
        "x[1] is p and x[2] is np.nan",
    ),
    "structured array": (
        "import numpy as np\nx = np.zeros(2, dtype=[('a', 'i4'), ('b', 'f8')])",
        "x['b'].tolist() == [0, 0]",
    ),
    "frame": (
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2], 'b': ['x', None], 'c': [.5, float('nan')]})",
        "df.shape == (2, 3) and df['a'].sum() == 3",
    ),
    "frame with categories and dates": (
        "import pandas as pd\ndf = pd.DataFrame({'c': pd.Categorical(list('aba')),"
        " 't': pd.date_range('2020', periods=3)}).set_index('t')",
        "list(df['c'].cat.categories) == ['a', 'b']",
    ),
    "estimator": (
        "from sklearn.linear_model import LinearRegression\n"
        "m = LinearRegression().fit([[0.], [1.]], [0., 2.])",
        "abs(m.predict([[2.]])[0] - 4) < 1e-9",
    ),
    "instance of a dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass P:\n    a: int\n"
        "    b: list = field(default_factory=list)\nx = P(1, [2])",
        "x == P(1, [2]) and type(x) is P",
    ),
}


@pytest.mark.parametrize(("source", "true"), ALIKE.values(), ids=ALIKE.keys())
def test_a_value_is_the_same_in_the_next_step(source: str, true: str, tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    assert eval(true, dict(notebook.step(source)))
    assert notebook.refused == {}
    space = notebook.step("")
    assert notebook.written == set()
    assert eval(true, space)


#: What a first step makes, what a second does, and what is true in a third.
CHANGED = {
    "method of a list": ("x = []\nadd = x.append", "add(1)", "x == [1] and add.__self__ is x"),
    "attribute of a module": (
        "import types\nm = types.ModuleType('settings')\nm.depth = 1",
        "m.depth += 1",
        "m.depth == 2",
    ),
    "defaults of a function": (
        "def f(n=1):\n    return n",
        "f.__defaults__ = (5,)",
        "f() == 5",
    ),
    "nan put into a list": ("n = float('nan')\nx = [n]", "x.append(1)", "n in x"),
    "attributes of a function": ("def f():\n    pass", "f.calls = 1", "f.calls == 1"),
    "cell of a closure": (
        "def make(n):\n    def up():\n        nonlocal n\n        n += 1\n        return n\n"
        "    return up\nup = make(1)",
        "up()",
        "up() == 3",
    ),
}


@pytest.mark.parametrize(("made", "change", "true"), CHANGED.values(), ids=CHANGED.keys())
def test_a_change_is_seen(made: str, change: str, true: str, tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.step(made)
    notebook.step(change)
    assert eval(true, notebook.step(""))


def test_a_change_of_what_the_prelude_made_is_seen(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path, prelude="def f(n=1):\n    return n\ntable = {'f': f}")
    notebook.step("f.__defaults__ = (5,)")
    assert eval("f() == 5 and table['f'] is f", notebook.step(""))


def test_a_module_comes_with_the_submodules_that_cells_have_imported(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.step("import xml")
    notebook.step("import xml.sax.saxutils")
    assert notebook.written == {"xml"}
    space = notebook.step("")
    assert notebook.written == set()
    assert eval("xml.sax.saxutils.escape('<') == '&lt;'", space)


def test_a_nan_of_a_library_is_its_own(tmp_path: Path) -> None:
    assert eval("x[0] is m", {**Notebook(tmp_path).step(""), "x": [math.nan], "m": math.nan})
