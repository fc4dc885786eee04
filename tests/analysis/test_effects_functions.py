"""Exact effects of small cells: functions."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "x = []\ndef add():\n    x.append(1)",
        "add()",
        "r: add x | m: x",
    ),
    (
        "def add(l):\n    l.append(1)",
        "a = []\nadd(a)",
        "r: add | b: a",
    ),
    (
        "def add(l):\n    l.append(1)\na = []",
        "add(a)",
        "r: a add | m: a",
    ),
    (
        "def add(l):\n    l.append(1)\na = []",
        "add(l=a)",
        "r: a add | m: a",
    ),
    (
        "def add(*ls):\n    ls[0].append(1)\na = []",
        "add(a)",
        "r: a add | m: a",
    ),
    (
        "def add(**ls):\n    ls['a'].append(1)\na = []",
        "add(a=a)",
        "r: a add | m: a",
    ),
    (
        "def f(l):\n    return len(l)\na = []",
        "f(a)",
        "r: a f",
    ),
    (
        "def f(l):\n    return l\na = []",
        "b = f(a)\nb.append(1)",
        "r: a f | b: b | m: a",
    ),
    (
        "n = 0\ndef inc():\n    global n\n    n += 1",
        "inc()",
        "r: inc n | b: n",
    ),
    (
        "n = 0\ndef setn(c):\n    global n\n    if c:\n        n = 1",
        "setn(1)",
        "r: n setn | b: n | maybe: n",
    ),
    (
        "def init():\n    global state\n    state = {}",
        "init()",
        "r: init | b: state",
    ),
    (
        "k = 2\ndef f():\n    return k",
        "f()",
        "r: f k",
    ),
    (
        "k = 2\ndef f():\n    return k",
        "g = f",
        "r: f k | b: g",
    ),
    (
        "k = 2\ndef f():\n    return k\ndef h():\n    return f()",
        "h()",
        "r: f h k",
    ),
    (
        "k = 2\ndef f():\n    return k",
        "k = 3\nf()",
        "r: f | b: k",
    ),
    (
        "k = 2\ndef f():\n    return k",
        "fs = [f]",
        "r: f k | b: fs",
    ),
    (
        "k = 2\ndef f():\n    return k\nfs = {'a': f}",
        "fs['a']()",
        "r: fs k",
    ),
    (
        "x = []\nf = lambda: x.append(1)",
        "f()",
        "r: f x | m: x",
    ),
    (
        "x = []\ndef f(v):\n    x.append(v)",
        "list(map(f, [1]))",
        "r: f x | m: x?",
    ),
    (
        "x = []\ndef f(v):\n    x.append(v)",
        "sorted([1], key=f)",
        "r: f x | m: x?",
    ),
    (
        "x = []\ndef f(v):\n    x.append(v)\ndef apply(g, v):\n    g(v)",
        "apply(f, 1)",
        "r: apply f x | m: x",
    ),
    (
        "def mk():\n"
        "    n = 0\n"
        "    def inner():\n"
        "        nonlocal n\n"
        "        n += 1\n"
        "        return n\n"
        "    return inner\n"
        "c = mk()",
        "c()",
        "r: c | m: c",
    ),
    (
        "def mk():\n"
        "    xs = []\n"
        "    def add(v):\n"
        "        xs.append(v)\n"
        "        return xs\n"
        "    return add\n"
        "c = mk()",
        "c(1)",
        "r: c | m: c",
    ),
    (
        "def mk(xs):\n"
        "    def add(v):\n"
        "        xs.append(v)\n"
        "    return add\n"
        "data = []\n"
        "c = mk(data)",
        "c(1)",
        "r: c data | m: c data",
    ),
    (
        "def f(a=[]):\n    a.append(1)\n    return a",
        "f()",
        "r: f | m: f",
    ),
    (
        "def f(a, cache={}):\n    cache[a] = 1",
        "f(1)",
        "r: f | m: f",
    ),
    (
        "def deco(fn):\n"
        "    def w():\n"
        "        return fn() + 1\n"
        "    return w\n"
        "k = 1\n"
        "@deco\n"
        "def g():\n"
        "    return k",
        "g()",
        "r: g k",
    ),
    (
        "import functools\nx = []\ndef f(l, v):\n    l.append(v)\np = functools.partial(f, x)",
        "p(1)",
        "r: p x | m: p x",
    ),
    (
        "import functools\n@functools.lru_cache(None)\ndef f(n):\n    return n",
        "f(1)",
        "r: f | m: f",
    ),
    (
        "def fact(n):\n    return n * fact(n - 1) if n else 1",
        "fact(3)",
        "r: fact",
    ),
    (
        "def even(n):\n"
        "    return n == 0 or odd(n - 1)\n"
        "def odd(n):\n"
        "    return n != 0 and even(n - 1)",
        "even(3)",
        "r: even odd",
    ),
    (
        "def gen(xs):\n    for x in xs:\n        yield x\nd = [1]",
        "for v in gen(d):\n    print(v)",
        "r: d gen v? | b: v | maybe: v",
    ),
    (
        "log = []\ndef gen():\n    log.append(1)\n    yield 1\ng = gen()",
        "next(g)",
        "r: g log | m: g log?",
    ),
    (
        "async def f(l):\n    l.append(1)\nd = []",
        "await f(d)",
        "r: d f | m: d",
    ),
    (
        "def f(a, b):\n    a.append(b)\nx = []\ny = []",
        "f(x, y)",
        "r: f x y | m: x",
    ),
    (
        "def f(a, b):\n    a.append(b)\nx = []\ny = []\nf(x, y)",
        "x[0].append(1)",
        "r: x y | m: x y",
    ),
    (
        "def outer():\n    def inner():\n        return g\n    return inner()\ng = 1",
        "outer()",
        "r: g outer",
    ),
    (
        "def f(x):\n    x = x + 1\n    return x\ny = [1]",
        "f(y)",
        "r: f y",
    ),
    (
        "def f(x):\n    x += [1]\n    return x\ny = [1]",
        "f(y)",
        "r: f y | m: y",
    ),
    (
        "def f(*a, **k):\n    return a, k\nx = []",
        "a, k = f(x)\na[0].append(1)",
        "r: f x | b: a k | m: x",
    ),
    (
        "def f():\n    return 1",
        "f.calls = 0",
        "r: f | m: f",
    ),
    (
        "def f():\n    f.calls += 1\nf.calls = 0",
        "f()",
        "r: f | m: f",
    ),
    (
        "def f(g=len):\n    return g([1])",
        "f()",
        "r: f",
    ),
    (
        "def f():\n    helper()",
        "def helper():\n    return 1\nf()",
        "r: f | b: helper",
    ),
    (
        "def f():\n    return undefined_name",
        "f()",
        "r: f undefined_name | u: undefined_name",
    ),
    (
        "",
        "def f():\n    return undefined_name",
        "b: f",
    ),
    (
        "",
        "print(undefined_name)",
        "r: undefined_name | u: undefined_name",
    ),
    (
        "",
        "try:\n    unicode\nexcept NameError:\n    unicode = str",
        "r: unicode | b: unicode | maybe: unicode",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
