"""Exact effects of small cells: mixed shapes."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "import json\nd = json.loads('{}')",
        "d['a']['b'] = 1",
        "r: d | m: d",
    ),
    (
        "import json\nd = json.loads('{}')\ne = d['a']",
        "e.append(1)",
        "r: d e | m: d e",
    ),
    (
        "import mylib\nx = []\nmylib.fill(x)",
        "x[0].go()",
        "r: x | m: x?",
    ),
    (
        "class Stack:\n"
        "    def __init__(self):\n"
        "        self._items = []\n"
        "    def push(self, v):\n"
        "        self._items.append(v)\n"
        "        return self\n"
        "s = Stack()",
        "s.push(1).push(2)",
        "r: s | m: s",
    ),
    (
        "class Node:\n"
        "    def __init__(self, v, nxt=None):\n"
        "        self.v = v\n"
        "        self.nxt = nxt\n"
        "a = Node(1)\n"
        "b = Node(2, a)",
        "b.nxt.v = 3",
        "r: a b | m: a b",
    ),
    (
        "reg = {}\n"
        "def register(name):\n"
        "    def deco(f):\n"
        "        reg[name] = f\n"
        "        return f\n"
        "    return deco",
        "@register('a')\ndef g():\n    pass",
        "r: reg register | b: g | m: reg",
    ),
    (
        "import threading\nxs = []\ndef work():\n    xs.append(1)",
        "t = threading.Thread(target=work)\nt.start()\nt.join()",
        "r: threading work xs | b: t | m: xs? | n: thread:threading.Thread unpicklable:t",
    ),
    (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "xs = []\n"
        "def work(i):\n"
        "    xs.append(i)",
        "with ThreadPoolExecutor() as ex:\n    ex.map(work, [1, 2])",
        "r: ThreadPoolExecutor work xs | b: ex | m: xs? | n: thread:pool",
    ),
    (
        "x = 1",
        "def f():\n    global x\n    x = 2",
        "b: f",
    ),
    (
        "import sys\nx = []",
        "sys.stdout.write('a')",
        "r: sys",
    ),
    (
        "counter = {'n': 0}\ndef hit():\n    counter['n'] += 1",
        "hit()",
        "r: counter hit | m: counter",
    ),
    (
        "df = None\nimport pandas as pd\ndef load():\n    global df\n    df = pd.DataFrame()",
        "load()\ndf.head()",
        "r: df load pd | b: df",
    ),
    (
        "import numpy as np\nA = np.zeros((2, 2))\nfor row in A:\n    pass",
        "for row in A:\n    row[:] = 1",
        "r: A row? | b: row | m: A | maybe: row",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame()",
        "for col in df.columns:\n    df[col] = df[col].astype(str)",
        "r: col? df | b: col | m: df | maybe: col",
    ),
    (
        "import pandas as pd\ndf1 = pd.DataFrame()\ndf2 = pd.DataFrame()",
        "for d in (df1, df2):\n    d['x'] = 1",
        "r: df1 df2 | b: d | m: df1 df2",
    ),
    (
        "import pandas as pd\ndf1 = pd.DataFrame()\ndf2 = pd.DataFrame()",
        "for d in [df1, df2]:\n    d.dropna(inplace=True)",
        "r: df1 df2 | b: d | m: df1 df2",
    ),
    (
        "class M:\n    pass\nm = M()\nm.xs = []",
        "m.xs.append(1)",
        "r: m | m: m",
    ),
    (
        "import os",
        "import os",
        "b: os",
    ),
    (
        "from types import SimpleNamespace\ncfg = SimpleNamespace(a=[])",
        "cfg.a.append(1)",
        "r: cfg | m: cfg",
    ),
    (
        "x = [1]",
        "(lambda l: l.append(2))(x)",
        "r: x | m: x",
    ),
    (
        "x = {}",
        "def f(d=x):\n    d['a'] = 1\nf()",
        "r: x | b: f | m: x",
    ),
    (
        "x = []\ny = {'k': x}",
        "z = {**y}\nz['k'].append(1)",
        "r: x y | b: z | m: x y",
    ),
    (
        "x = []",
        "y = [*[x]]\ny[0].append(1)",
        "r: x | b: y | m: x",
    ),
    (
        "a = [[0]*3 for _ in range(3)]",
        "a[0][1] = 5",
        "r: a | m: a",
    ),
    (
        "it = open('a.txt')",
        "for line in it:\n    print(line)",
        "r: it line? | b: line | m: it | maybe: line",
    ),
    (
        "import csv\nr = csv.reader(open('a.csv'))",
        "rows = list(r)",
        "r: r | b: rows | m: r",
    ),
    (
        "s = 'abc'",
        "s = s.replace('a', 'b')",
        "r: s | b: s",
    ),
    (
        "import copy\nx = [[1]]\ny = copy.copy(x)",
        "y[0].append(1)",
        "r: x y | m: x y",
    ),
    (
        "import pandas as pd\ndf = pd.DataFrame()\ncols = df.columns.tolist()",
        "cols.remove('a')",
        "r: cols | m: cols",
    ),
    (
        "class C:\n    def __eq__(self, o):\n        return k == o\nk = 1\nc = C()",
        "c == 2",
        "r: c k",
    ),
    (
        "class C:\n    x = 1\n    def f(self):\n        return x\nx = 5\nc = C()",
        "c.f()",
        "r: c x",
    ),
    (
        "from abc import ABC, abstractmethod\n"
        "class Base(ABC):\n"
        "    @abstractmethod\n"
        "    def run(self): ...\n"
        "class Impl(Base):\n"
        "    def run(self):\n"
        "        log.append(1)\n"
        "log = []\n"
        "items = [Impl()]",
        "for i in items:\n    i.run()",
        "r: i? items log | b: i | m: log | maybe: i",
    ),
    (
        "import torch.nn as nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.l = nn.Linear(1, 1)\n"
        "    def forward(self, x):\n"
        "        return self.l(x) * scale\n"
        "scale = 2\n"
        "net = Net()",
        "out = net(1)",
        "r: net nn scale | b: out | m: net?",
    ),
    (
        "import torch.nn as nn\n"
        "class Net(nn.Module):\n"
        "    def forward(self, x):\n"
        "        return x\n"
        "net = Net()",
        "net.train()\nnet.eval()",
        "r: net | m: net",
    ),
    (
        "x = 5",
        "y = [lambda: x]\ny[0]()",
        "r: x | b: y",
    ),
    (
        "d = {'f': len}\nx = [1]",
        "d['f'](x)",
        "r: d x",
    ),
    (
        "def outer():\n    global made\n    made = 1\ndef wrap():\n    outer()",
        "wrap()\nprint(made)",
        "r: outer wrap | b: made",
    ),
    (
        "def f():\n    import json\n    return json.dumps(z)\nz = 1",
        "f()",
        "r: f z",
    ),
    (
        "x = 1",
        "try:\n    del x\nexcept NameError:\n    pass",
        "r: x | d: x | maybe: x",
    ),
    (
        "x = 1",
        "if x:\n    y = 1\nprint(y)",
        "r: x y | b: y | maybe: y",
    ),
    (
        "from mylib import thing",
        "thing.attr = 2",
        "r: @module:mylib.thing.attr thing | m: @module:mylib.thing.attr | n: "
        "module-patch:mylib.thing.attr",
    ),
    (
        "import mylib",
        "mylib.counter += 1",
        "r: @module:mylib.counter mylib | m: @module:mylib.counter | n: module-patch:mylib.counter",
    ),
    (
        "import numpy as np\nx = np.arange(3)\ny = x.T",
        "x *= 2",
        "r: x y | b: x | m: y?",
    ),
    (
        "import warnings",
        "warnings.warn('x')",
        "r: warnings",
    ),
    (
        "import time",
        "t0 = time.time()",
        "r: @clock time | b: t0",
    ),
    (
        "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2)",
        "axes[0].plot([1])",
        "r: axes fig | m: axes fig",
    ),
    (
        "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2)",
        "for ax, t in zip(axes.flat, 'ab'):\n    ax.set_title(t)",
        "r: ax? axes fig t? | b: ax t | m: axes fig | maybe: ax t",
    ),
    (
        "import matplotlib.pyplot as plt\nfig = plt.figure()\nax = fig.add_subplot()",
        "ax.plot([1])",
        "r: ax fig | m: ax fig",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
