"""Exact effects of small cells: changes that no name, store or method call in the cell shows."""

from __future__ import annotations

import pytest
from effects_text import codes, last_effects, text_of

from nbflow.analysis.effects import effects

CLASS = (
    "log = []\nclass C:\n    def {}(self, *_):\n        log.append(1)\n        return ''\nc = C()"
)
ITERATOR = """\
class Count:
    def __init__(self):
        self.n = 0
    def __iter__(self):
        return self
    def __next__(self):
        self.n += 1
        return self.n
it = Count()"""
KEY = "calls = []\ndef key(v):\n    calls.append(v)\n    return v"
FRAME = "import pandas as pd\ndf = pd.read_csv('a.csv')"
GROUPED = FRAME + "\ngrouped = df.groupby('a')"
GRAPH = "import networkx as nx\nG = nx.path_graph(3)"
MODEL = "import statsmodels.api as sm\ny = [1]\nX = [2]\nmodel = sm.OLS(y, X)\nres = model.fit()"
KNN = "from sklearn.neighbors import KNeighborsClassifier\nknn = KNeighborsClassifier()"
OBJECTS = "import numpy as np\ninner = [1]\nm = np.array([1, inner], dtype=object)"
MISSING = "from collections import defaultdict\nd = defaultdict(list)"
CHAIN = "from collections import ChainMap\nown = {}\nrest = {}\nd = ChainMap(own, rest)"
AGG = "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nfirst = plt.figure(1)"
TASK = "import asyncio\nasync def job():\n    return 1"
META = """\
class Meta(type):
    def __len__(cls):
        return len(Meta.__name__)
class A(metaclass=Meta): ..."""
PATCH = "import textwrap\ncalls = []\ndef own(*_): calls.append(1)\ntextwrap.shorten = own"
COPIED = """\
import copy
log = []
class C:
    def __init__(self):
        self.items = []
    def add(self, x):
        self.items.append(x)
        log.append(x)
c = C()
d = copy.{}(c)"""

CASES = [
    # Parts of what a library has made.
    (OBJECTS, "m[1].append(2)", "r: inner m | m: inner? m?"),
    ("import json\nd = json.loads('{}')", "d['k'].append(1)", "r: d | m: d"),
    (FRAME, "df.col[0].append(1)", "r: df | m: df?"),
    (FRAME, "df['col'].tolist()[0].append(1)", "r: df | m: df?"),
    (FRAME + "\nd = df.to_dict()", "d['a'][0] = 1", "r: d | m: d"),
    (FRAME + "\nd = df['a'].tolist()", "d[0].append(1)", "r: d df | m: d df?"),
    ("loop = [1]\nloop.append(loop)", "loop[1].insert(0, 0)", "r: loop | m: loop"),
    # Maps that write elsewhere, or when they are read.
    (CHAIN, "d['a'] = 1", "r: d own | m: d own?"),
    (CHAIN, "d['a']", "r: d"),
    (MISSING, "d['k'].append(1)", "r: d | m: d"),
    (MISSING, "d['k']", "r: d | m: d?"),
    (MISSING, "d.get('k')", "r: d"),
    ("n = []\n" + MISSING.replace("list)", "lambda: n.append(1))"), "d[1]", "r: d n | m: d? n?"),
    # Files in memory.
    ("import io\nb = io.StringIO()", "print('two', file=b)", "r: b | m: b"),
    (FRAME + "\nimport io\nb = io.StringIO()", "df.info(buf=b)", "r: b df | m: b"),
    ("f = open('a.txt', 'w')", "print('two', file=f)", "r: f | m: @file:a.txt f | o: file:a.txt"),
    # Text and display run the code of the notebook's classes.
    (CLASS.format("__repr__"), "c", "r: c log | m: log?"),
    (CLASS.format("_repr_html_"), "x = 1\nc", "r: c log | b: x | m: log?"),
    (CLASS.format("__repr__"), "c\nx = 1", "r: c log | b: x"),
    (CLASS.format("__repr__"), "[c]", "r: c log | m: log?"),
    (CLASS.format("__repr__"), "print({1: c})", "r: c log | m: log?"),
    (CLASS.format("__str__"), "x = '%s' % c", "r: c log | b: x | m: log?"),
    (CLASS.format("__format__"), "x = '{}'.format(c)", "r: c log | b: x | m: log?"),
    (CLASS.format("__len__"), "n = len(c)", "r: c log | b: n | m: log?"),
    (CLASS.format("__repr__"), "n = isinstance(c, C)", "r: C c log | b: n"),
    # Iterators of the notebook's classes.
    (ITERATOR, "x = list(it)", "r: it | b: x | m: it"),
    (ITERATOR, "x = sum(it)", "r: it | b: x | m: it"),
    (ITERATOR, "x = next(it)", "r: it | b: x | m: it"),
    (ITERATOR, "a, b = it", "r: it | b: a b | m: it"),
    (ITERATOR, "x = [*it]", "r: it | b: x | m: it"),
    (ITERATOR, "x = [a for a in it]", "r: it | b: x | m: it"),
    (ITERATOR, "x = [a for a in zip('ab', it)]", "r: it | b: x | m: it?"),
    (ITERATOR, "x = 3 in it", "r: it | b: x | m: it"),
    ("g = (n for n in [1])", "x = [*g]", "r: g | b: x | m: g"),
    # Functions that a library calls.
    (KEY, "sorted([2, 1], key=key)", "r: calls key | m: calls?"),
    (KEY + "\nm = map(key, [1])", "x = list(m)", "r: calls m | b: x | m: calls? m"),
    (FRAME + "\n" + KEY, "x = df.apply(key)", "r: calls df key | b: x | m: calls?"),
    (FRAME + "\nlimit = 3", "x = df.query('a > @limit')", "r: df limit | b: x"),
    (FRAME + "\nlimit = 3", "x = pd.eval('df.a > limit')", "r: df limit pd | b: x"),
    # Objects that keep what they have computed.
    (GROUPED, "grouped.mean()", "r: grouped | m: grouped?"),
    (GROUPED, "x = grouped['b']", "r: grouped | b: x"),
    (GROUPED, "x = grouped['b'].sum()", "r: grouped | b: x | m: grouped?"),
    (GROUPED, "for k, g in grouped:\n    g['c'] = 1", "r: g? grouped k? | b: g k | m: grouped? | maybe: g k"),
    (GROUPED, "print(grouped)", "r: grouped"),
    (FRAME, "x = df.groupby('a').mean()", "r: df | b: x"),
    (GRAPH, "x = G.number_of_nodes()", "r: G | b: x | m: G?"),
    (GRAPH, "pos = nx.spring_layout(G)", "r: G nx | b: pos | m: G?"),
    (GRAPH, "G.add_edge(1, 2)", "r: G | m: G"),
    (GRAPH + "\nH = G.copy()", "H.add_edge(1, 2)", "r: H | m: H"),
    (MODEL, "print(res.summary())", "r: model res | m: model? res?"),
    (MODEL, "x = res.resid", "r: model res | b: x | m: model? res?"),
    (MODEL, "x = res.params", "r: res | b: x"),
    (MODEL, "r = model.fit()", "r: model res | b: r | m: model? res?"),
    (KNN, "x = knn.predict([[1]])", "r: knn | b: x | m: knn?"),
    (KNN, "print(knn)", "r: knn"),
    # A search fits clones; a pipeline fits what it holds.
    (
        KNN + "\nfrom sklearn.model_selection import GridSearchCV\ng = GridSearchCV(knn, {})",
        "g.fit([[1]], [1])",
        "r: g | m: g",
    ),
    (
        KNN + "\nfrom sklearn.pipeline import make_pipeline\np = make_pipeline(knn)",
        "p.fit([[1]], [1])",
        "r: knn p | m: knn? p",
    ),
    # Figures that stay open.
    (AGG, "plt.plot([1])", "r: @pyplot first plt | m: @pyplot first?"),
    (AGG.replace("Agg", "inline"), "plt.plot([1])", "r: plt"),
    # Tasks that end where they begin, open files.
    (
        TASK,
        "task = asyncio.create_task(job())",
        "r: asyncio job | b: task | n: thread:asyncio.create_task unpicklable:task",
    ),
    (TASK, "r = await asyncio.create_task(job())", "r: asyncio job | b: r"),
    (TASK, "r = await asyncio.gather(job(), job())", "r: asyncio job | b: r"),
    ("import gzip", "f = gzip.open('a.gz')", "r: @file:a.gz gzip | b: f | n: unpicklable:f"),
    # What a library's function changes, keeps or hands on.
    ("import random\nrng = random.Random(0)\na = [1]", "rng.shuffle(a)", "r: a rng | m: a rng"),
    ("v = [1]\nd = dict.fromkeys('ab', v)", "d['a'].append(1)", "r: d v | m: d v"),
    ("v = [1]\nd = dict(a=v)", "d['a'].append(1)", "r: d v | m: d v"),
    ("v = [1]\nd = dict([('a', v)])", "d['a'].append(1)", "r: d v | m: d v?"),
    ("x = [2, 1]", "list.sort(x)", "r: x | m: x"),
    (FRAME, "pd.DataFrame.insert(df, 0, 'x', 1)", "r: df pd | m: df"),
    ("import numpy as np\na = np.ones(2)", "np.add(a, 1, a)", "r: a np | m: a"),
    ("import numpy as np\na = np.ones(2)\nb = np.array(a, copy=False)", "b[0] = 1", "r: a b | m: a? b"),
    (
        "import csv\nf = open('a', 'w')\nw = csv.writer(f)",
        "w.writerow([1])",
        "r: f w | m: @file:a f? w | o: file:a",
    ),
    (COPIED.format("copy"), "d.add(1)", "r: c d log | m: c d log"),
    (COPIED.format("deepcopy"), "d.add(1)", "r: d log | m: d log"),
    ("class C: ...\nc = C()", "object.__setattr__(c, 'a', 1)", "r: c | m: c"),
    # The notebook as a module.
    ("import __main__\nx = []", "__main__.x.append(1)", "r: __main__ x | m: x"),
    ("import __main__", "__main__.x = 1", "r: __main__ | b: x"),
    ("import sys\nx = []", "sys.modules['__main__'].x.append(1)", "r: sys x | m: x"),
    # Classes that were changed later, and what makes classes.
    ("class C: ...\nc = C()\nC.f = lambda self: 1", "c.f()", "r: C c"),
    (META, "class B(A): ...", "r: A Meta | b: B"),
    # What the notebook has put into a library.
    (PATCH, "x = textwrap.shorten('a', 9)", "r: calls textwrap | b: x | m: calls"),
    (PATCH, "x = 1", "r: calls | b: x"),
    # Annotations are text.
    ("from __future__ import annotations", "def f(a: Unknown) -> Unknown: ...", "r: @future | b: f"),
    ("from __future__ import annotations", "x: Unknown = 1", "r: @future | b: x"),
    ("from __future__ import annotations", "def f(): ...", "b: f"),
    ("from __future__ import division", "x: Unknown = 1", "r: Unknown | b: x | u: Unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected


def test_a_name_that_a_script_has_bound_is_a_name_like_others() -> None:
    assert last_effects("%run script.py", "made.append(2)") == "r: made | m: made"
    first, second = effects(codes(["%run script.py", "made.append(1)", "made.append(2)"]))[1:]
    assert text_of(first) == text_of(second) == "r: made | m: made"


def test_many_objects_in_a_list_stay_apart_when_it_is_printed() -> None:
    frames = ["import pandas as pd", "every = []"]
    frames += [f"f{n} = pd.read_csv('a')\nevery.append(f{n})" for n in range(80)]
    assert last_effects(*frames, "print(every)", "f3['a'] = 1") == "r: every f3 | m: every f3"
