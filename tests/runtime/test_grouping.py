"""Which variables travel together: those that share an object that can change, and no others."""

from __future__ import annotations

import builtins

import pytest

from nbflow.runtime import grouping, live, pickling

#: Cells, and the groups of the names that they bind (those of one name are left out).
TOGETHER = {
    "one list, two names": ("a = []\nb = a", ["a b"]),
    "a part": ("a = []\nb = {'k': a}", ["a b"]),
    "through a third": ("p = []\na = [p]\nb = [p]", ["a b p"]),
    "two pairs": ("a = []\nb = [a]\nc = []\nd = [c]", ["a b", "c d"]),
    "equal, not the same": ("a = [1]\nb = [1]", []),
    "strings and numbers": ("s = 'text'\na = [s, 10**9]\nb = [s, a[1]]", []),
    "a tuple of a list": ("p = []\na = (p,)\nb = (p,)", ["a b p"]),
    "a tuple of numbers": ("p = (1, 2)\na = [p]\nb = [p]", []),
    "a method of a list": ("a = []\nb = a.append", ["a b"]),
    "a method of an instance": (
        "class C:\n    def f(self): ...\na = C()\nb = a.f",
        ["a b"],
    ),
    "two methods of one object": ("a = {}.get\nb = [a]", ["a b"]),
    "a plain function": ("def f(): ...\na = [f]\nb = [f]", []),
    "a function with a closure": (
        "def make():\n    n = []\n    return lambda: n\na = make()\nb = [a]",
        ["a b"],
    ),
    "closures over one cell": (
        "def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n"
        "    return up, lambda: n\na, b = make()",
        ["a b"],
    ),
    "a function with a mutable default": ("p = []\ndef f(x=p): ...", ["f p"]),
    "a class": ("class C: ...\na = C()\nb = C()", []),
    "a module": ("import math\na = [math]\nb = [math]", []),
    "a module of the notebook": (
        "import types\nm = types.ModuleType('m')\na = [m]\nb = [m]",
        ["a b m"],
    ),
    "a view of a dict": ("a = {}\nb = a.keys()", ["a b"]),
    "a library's own object": (
        "import logging\na = [logging.getLogger('x')]\nb = [logging.getLogger('x')]",
        [],
    ),
    "one nan": ("a = float('nan')\nb = [a]", ["a b"]),
    "the nan of math": ("import math\na = [math.nan]\nb = [math.nan]", []),
    "one enum member": ("import enum\nE = enum.Enum('E', 'A')\na = [E.A]\nb = [E.A]", []),
    "an array and its view": ("import numpy as np\na = np.zeros(9)\nb = a[2:]", ["a b"]),
    "views of one array": ("import numpy as np\na, b = np.split(np.zeros(8), 2)", ["a b"]),
    "views of records": (
        "import numpy as np\na = np.rec.array([(1, 2.0)], names='x,y')\nb = a.x\nc = a[:1]",
        ["a b c"],
    ),
    "a copy": ("import numpy as np\na = np.zeros(9)\nb = a[2:].copy()", []),
    "a dtype": ("import numpy as np\na = np.zeros(3)\nb = [a.dtype]", []),
    "frames cut from one frame": (
        "import pandas as pd\na = pd.DataFrame({'x': [1, 2]})\nb = a[a['x'] > 1].copy()",
        [],
    ),
    "two frames": (
        "import pandas as pd\na = pd.DataFrame({'x': list('ab')})\nb = pd.DataFrame({'y': [1.5]})",
        [],
    ),
    "a frame in a list": ("import pandas as pd\na = pd.DataFrame({'x': [1]})\nb = [a]", ["a b"]),
    "a figure and its axes": (
        "from matplotlib.figure import Figure\na = Figure()\nb = a.add_subplot()",
        ["a b"],
    ),
}


@pytest.mark.parametrize(("source", "expected"), TOGETHER.values(), ids=TOGETHER.keys())
def test_names_that_share_what_can_change_travel_together(source: str, expected: list[str]) -> None:
    space: dict[str, object] = {"__name__": "__main__", "__builtins__": builtins}
    live.begin(space, "step")
    exec(source, space)  # a cell of the test's own
    live.current.learn("cell")
    names = [name for name in space if not name.startswith("__")]
    found = grouping.groups({name: pickling.dump(space[name]) for name in names})
    assert sorted(" ".join(g.names) for g in found if len(g.names) > 1) == expected
