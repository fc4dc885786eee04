"""Exact effects of small cells: binding."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "",
        "x = 1",
        "b: x",
    ),
    (
        "",
        "x: int = 1",
        "b: x",
    ),
    (
        "x = 1",
        "x: int",
        "",
    ),
    (
        "",
        "import os.path",
        "b: os",
    ),
    (
        "",
        "import os.path as p",
        "b: p",
    ),
    (
        "",
        "from os import path, sep as s",
        "b: path s",
    ),
    (
        "",
        "a = b = 1",
        "b: a b",
    ),
    (
        "",
        "(a, (b, *c)) = 1, (2, 3)",
        "b: a b c",
    ),
    (
        "",
        "[a, b] = 1, 2",
        "b: a b",
    ),
    (
        "",
        "for i in range(3):\n    pass",
        "b: i",
    ),
    (
        "n = 3",
        "for i in range(n):\n    pass",
        "r: i? n | b: i | maybe: i",
    ),
    (
        "",
        "if (n := 5) > 3:\n    pass",
        "b: n",
    ),
    (
        "xs = [1]",
        "any((y := x) for x in xs)",
        "r: xs y | b: y | maybe: y",
    ),
    (
        "",
        "with open('a.txt') as f:\n    t = f.read()",
        "r: @file:a.txt | b: f t",
    ),
    (
        "x = 1",
        "del x",
        "r: x | d: x",
    ),
    (
        "x = 1",
        "x = 2\ndel x",
        "d: x",
    ),
    (
        "x = 1\ny = 2",
        "del x, y",
        "r: x y | d: x y",
    ),
    (
        "c = True\nx = 1",
        "if c:\n    x = 2",
        "r: c x | b: x | maybe: x",
    ),
    (
        "c = True\nx = 1",
        "if c:\n    x = 2\nelse:\n    x = 3",
        "r: c | b: x",
    ),
    (
        "c = True\nx = 1",
        "if c:\n    del x",
        "r: c x | d: x | maybe: x",
    ),
    (
        "c = True\nx = 1",
        "while c:\n    x = 2\n    c = False",
        "r: c x | b: c x | maybe: c x",
    ),
    (
        "x = 1",
        "while True:\n    x = 2\n    break",
        "r: x | b: x | maybe: x",
    ),
    (
        "x = 1",
        "try:\n    x = int('a')\nexcept ValueError:\n    pass",
        "r: x | b: x | maybe: x",
    ),
    (
        "x = 1",
        "try:\n    x = 2\nfinally:\n    y = 3",
        "b: x y",
    ),
    (
        "",
        "try:\n    import a_b as m\nexcept ImportError:\n    import json as m",
        "b: m",
    ),
    (
        "e = 2.5",
        "try:\n    1 / 1\nexcept ZeroDivisionError as e:\n    pass",
        "r: e | d: e | maybe: e",
    ),
    (
        "",
        "try:\n    y = 1\nexcept Exception as e:\n    raise",
        "b: y",
    ),
    (
        "c = 1",
        "if c:\n    y = 1\nelse:\n    raise ValueError\nprint(y)",
        "r: c | b: y",
    ),
    (
        "",
        "try:\n    y = 1\nexcept Exception:\n    y = 2\nelse:\n    z = 3",
        "r: z | b: y z | maybe: z",
    ),
    (
        "v = ('p', 1)",
        "match v:\n"
        "    case ('p', a):\n"
        "        r = a\n"
        "    case {'k': b, **rest}:\n"
        "        r = b\n"
        "    case [c, *d]:\n"
        "        pass\n"
        "    case str() as s:\n"
        "        pass\n"
        "    case _:\n"
        "        r = 0",
        "r: a b c d r rest s v | b: a b c d r rest s | maybe: a b c d r rest s",
    ),
    (
        "x = 1",
        "match x:\n    case 1 | 2:\n        y = 1",
        "r: x y | b: y | maybe: y",
    ),
    (
        "",
        "if __name__ == '__main__':\n    x = 1",
        "b: x",
    ),
    (
        "",
        "if True:\n    x = 1",
        "b: x",
    ),
    (
        "import contextlib\nx = 1",
        "with contextlib.suppress(ValueError):\n    x = 2",
        "r: contextlib x | b: x | maybe: x",
    ),
    (
        "x = 10",
        "y = [x for x in range(3)]",
        "b: y",
    ),
    (
        "x = 10",
        "y = {x: x for x in [x]}",
        "r: x | b: y",
    ),
    (
        "x = 10",
        "g = lambda x: x + 1\nr = g(1)",
        "b: g r",
    ),
    (
        "x = 1",
        "def f(x):\n    y = x\n    return y",
        "b: f",
    ),
    (
        "x = 1",
        "class C:\n    x = x\n    y = x",
        "r: x | b: C",
    ),
    (
        "x = 1",
        "def f(a=x):\n    return a",
        "r: x | b: f",
    ),
    (
        "int_like = int",
        "def f(a: int_like) -> int_like:\n    return a",
        "r: int_like | b: f",
    ),
    (
        "x = 1",
        "lambda: x",
        "r: x",
    ),
    (
        "x = 1\ny = 2",
        "f'{x!r:>{y}}'",
        "r: x y",
    ),
    (
        "for i in range(3):\n    pass",
        "print(i)",
        "r: i",
    ),
    (
        "xs = [1]",
        "for x in xs:\n    y = x\nelse:\n    z = 1",
        "r: x? xs y? z | b: x y z | maybe: x y z",
    ),
    (
        "x = 1",
        "global x\nx = 2",
        "b: x",
    ),
    (
        "print = 3",
        "y = print",
        "r: print | b: y",
    ),
    (
        "",
        "len = 3",
        "b: len",
    ),
    (
        "x = 1",
        "assert x, 'no'",
        "r: x",
    ),
    (
        "x = 1",
        "for i in [1, 2]:\n    if i:\n        continue\n    x = 2",
        "r: x | b: i x | maybe: x",
    ),
    (
        "b = 0",
        "x = 1 if b else 2",
        "r: b | b: x",
    ),
    (
        "",
        "π = 3",
        "b: π",
    ),
    (
        "a = 1",
        "a\nb = a",
        "r: a | b: b",
    ),
    (
        "xs = [1]\nn = 2",
        "[x * n for x in xs if x > n]",
        "r: n xs",
    ),
    (
        "xss = [[1]]",
        "[x for xs in xss for x in xs]",
        "r: xss",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
