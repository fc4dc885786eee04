"""Exact effects of small cells: classes."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "asked = []\n"
        "class P:\n"
        "    def __getattr__(self, name):\n"
        "        asked.append(name)\n"
        "p = P()",
        "p.anything",
        "r: asked p | m: asked",
    ),
    (
        "log = []\n"
        "class P:\n"
        "    def __setattr__(self, name, value):\n"
        "        log.append(name)\n"
        "        object.__setattr__(self, name, value)\n"
        "p = P()",
        "p.x = 1",
        "r: log p | m: log p",
    ),
    (
        "log = []\n"
        "class D:\n"
        "    def __get__(self, owner, cls=None):\n"
        "        log.append(owner)\n"
        "class P:\n"
        "    d = D()\n"
        "p = P()",
        "p.d",
        "r: log p | m: log",
    ),
    (
        "known = {}\nclass P:\n    def __init_subclass__(cls):\n        known[cls.__name__] = 1",
        "class Q(P):\n    pass",
        "r: P known | b: Q | m: known",
    ),
    (
        "class M(type):\n"
        "    made = []\n"
        "    def __call__(cls, *args):\n"
        "        M.made.append(1)\n"
        "        return super().__call__(*args)\n"
        "class P(metaclass=M):\n"
        "    pass",
        "p = P()",
        "r: M P | b: p | m: M P",
    ),
    (
        "log = []\nclass P:\n    def __del__(self):\n        log.append(1)\np = P()",
        "del p",
        "r: log p | m: log | d: p",
    ),
    (
        "class D(dict):\n    def __missing__(self, key):\n        self[key] = 1\nd = D()",
        "d['k']",
        "r: d | m: d",
    ),
    (
        "k = 1\nj = 2",
        "class P:\n    k = 5\n    ks = [k for _ in range(2)]",
        "r: k | b: P",
    ),
    (
        "import pickle\nclass P:\n    pass",
        "pickle.loads(b'')",
        "r: P pickle",
    ),
    (
        "class P:\n"
        "    def __init__(self):\n"
        "        self.v = 1\n"
        "    def inc(self):\n"
        "        self.v += 1\n"
        "p = P()",
        "p.inc()",
        "r: p | m: p",
    ),
    (
        "class P:\n"
        "    def __init__(self):\n"
        "        self.v = 1\n"
        "    def get(self):\n"
        "        return self.v\n"
        "p = P()",
        "p.get()",
        "r: p",
    ),
    (
        "class P:\n    def __init__(self):\n        self.v = 1\np = P()",
        "p.v = 2",
        "r: p | m: p",
    ),
    (
        "class P:\n    def __init__(self):\n        self.v = 1\np = P()",
        "p.w",
        "r: p",
    ),
    (
        "class P:\n    pass",
        "p = P()",
        "r: P | b: p",
    ),
    (
        "class P:\n    pass\np = P()",
        "isinstance(p, P)",
        "r: P p",
    ),
    (
        "class P:\n"
        "    items = []\n"
        "    def add(self, v):\n"
        "        self.items.append(v)\n"
        "p = P()\n"
        "q = P()",
        "p.add(1)",
        "r: P p q | m: P p q",
    ),
    (
        "class P:\n    count = 0\n    def __init__(self):\n        P.count += 1",
        "P()",
        "r: P | m: P",
    ),
    (
        "class A:\n    def go(self):\n        self.n = 1\nclass B(A):\n    pass\nb = B()",
        "b.go()",
        "r: b | m: b",
    ),
    (
        "class A:\n"
        "    def __init__(self, xs):\n"
        "        self.xs = xs\n"
        "class B(A):\n"
        "    def __init__(self, xs):\n"
        "        super().__init__(xs)\n"
        "    def add(self):\n"
        "        self.xs.append(1)\n"
        "d = []\n"
        "b = B(d)",
        "b.add()",
        "r: b d | m: b d",
    ),
    (
        "class A:\n    def __add__(self, o):\n        self.n = o\n        return self\na = A()",
        "a + 1",
        "r: a | m: a",
    ),
    (
        "class A:\n    def __repr__(self):\n        return str(k)\nk = 1\na = A()",
        "a",
        "r: a k",
    ),
    (
        "class A:\n    def __len__(self):\n        return 1\na = A()",
        "len(a)",
        "r: a",
    ),
    (
        "class A:\n    def __getitem__(self, i):\n        self.last = i\n        return i\na = A()",
        "a[0]",
        "r: a | m: a",
    ),
    (
        "class A:\n    def __setitem__(self, i, v):\n        log.append(i)\nlog = []\na = A()",
        "a[0] = 1",
        "r: a log | m: a log",
    ),
    (
        "class A:\n    def __call__(self):\n        self.n = 1\na = A()",
        "a()",
        "r: a | m: a",
    ),
    (
        "class A:\n"
        "    def __iter__(self):\n"
        "        self.n = 0\n"
        "        return self\n"
        "    def __next__(self):\n"
        "        raise StopIteration\n"
        "a = A()",
        "for v in a:\n    pass",
        "r: a v? | b: v | m: a | maybe: v",
    ),
    (
        "class A:\n"
        "    def __enter__(self):\n"
        "        self.n = 1\n"
        "        return self\n"
        "    def __exit__(self, *a):\n"
        "        pass\n"
        "a = A()",
        "with a as b:\n    pass",
        "r: a | b: b | m: a",
    ),
    (
        "class A:\n"
        "    @property\n"
        "    def p(self):\n"
        "        self.hits = 1\n"
        "        return k\n"
        "k = 1\n"
        "a = A()",
        "a.p",
        "r: a k | m: a",
    ),
    (
        "class A:\n"
        "    @property\n"
        "    def p(self):\n"
        "        return self._p\n"
        "    @p.setter\n"
        "    def p(self, v):\n"
        "        self._p = v\n"
        "a = A()",
        "a.p = 1",
        "r: a | m: a",
    ),
    (
        "class A:\n    @staticmethod\n    def s(l):\n        l.append(1)\nd = []",
        "A.s(d)",
        "r: A d | m: d",
    ),
    (
        "class A:\n    made = []\n    @classmethod\n    def c(cls):\n        cls.made.append(1)",
        "A.c()",
        "r: A | m: A",
    ),
    (
        "from dataclasses import dataclass\n@dataclass\nclass D:\n    v: list\nx = []\nd = D(x)",
        "d.v.append(1)",
        "r: d x | m: d x",
    ),
    (
        "from collections import namedtuple\nP = namedtuple('P', 'a')\nx = []\np = P(x)",
        "p.a.append(1)",
        "r: p x | m: p x",
    ),
    (
        "class A:\n"
        "    def __init__(self, f):\n"
        "        self.f = f\n"
        "x = []\n"
        "def g():\n"
        "    x.append(1)\n"
        "a = A(g)",
        "a.f()",
        "r: a x | m: x",
    ),
    (
        "class A:\n    def m(self):\n        return k\nk = 1\na = A()",
        "a",
        "r: a k",
    ),
    (
        "class A:\n    def m(self):\n        self.n = 1\na = A()\nm = a.m",
        "m()",
        "r: a m | m: a m",
    ),
    (
        "class A:\n    def m(self):\n        self.n = 1\nxs = [A()]",
        "xs[0].m()",
        "r: xs | m: xs",
    ),
    (
        "class A:\n    def m(self):\n        self.n = 1\nxs = [A()]",
        "for a in xs:\n    a.m()",
        "r: a? xs | b: a | m: xs | maybe: a",
    ),
    (
        "import types\nns = types.SimpleNamespace(v=1)",
        "ns.v = 2",
        "r: ns | m: ns",
    ),
    (
        "class A:\n    pass\na = A()",
        "setattr(a, 'x', 1)",
        "r: a | m: a",
    ),
    (
        "class A:\n    pass\na = A()",
        "a.__dict__.update(x=1)",
        "r: a | m: a",
    ),
    (
        "class A:\n    pass",
        "A.x = 1",
        "r: A | m: A",
    ),
    (
        "class A:\n    pass\na = A()",
        "A.x = 1",
        "r: A | m: A",
    ),
    (
        "import torch\nmodel = torch.nn.Linear(1, 1)\nopt = torch.optim.Adam(model.parameters())",
        "opt.step()",
        "r: model opt | m: model opt",
    ),
    (
        "import torch\nmodel = torch.nn.Linear(1, 1)\nx = torch.ones(1)",
        "loss = model(x).sum()\nloss.backward()",
        "r: model x | b: loss | m: model? x?",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
