"""Exact effects of small cells: containers and aliases."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "x = [1]",
        "x.append(2)",
        "r: x | m: x",
    ),
    (
        "x = [1]",
        "x += [2]",
        "r: x | b: x",
    ),
    (
        "x = 1",
        "x += 2",
        "r: x | b: x",
    ),
    (
        "x = 'a'",
        "x += 'b'",
        "r: x | b: x",
    ),
    (
        "x = [1]\ny = x",
        "y.append(2)",
        "r: x y | m: x y",
    ),
    (
        "x = [1]\ny = x",
        "y += [2]",
        "r: x y | b: y | m: x",
    ),
    (
        "x = [1]\ny = x",
        "y = y + [2]",
        "r: y | b: y",
    ),
    (
        "x = [1]\ny = x[:]",
        "y.append(2)",
        "r: y | m: y",
    ),
    (
        "x = [1]\ny = list(x)",
        "y.append(2)",
        "r: y | m: y",
    ),
    (
        "x = [[1]]\ny = list(x)",
        "y[0].append(2)",
        "r: x y | m: x y",
    ),
    (
        "d = {}",
        "d['a'] = 1",
        "r: d | m: d",
    ),
    (
        "d = {}",
        "d.update(a=1)",
        "r: d | m: d",
    ),
    (
        "d = {'w': [1]}\nw = d['w']",
        "w.append(2)",
        "r: d w | m: d w",
    ),
    (
        "a = [1]\nb = [a, a]",
        "b[0].append(2)",
        "r: a b | m: a b",
    ),
    (
        "a = [1]\nb = [a]",
        "b.append(2)",
        "r: b | m: b",
    ),
    (
        "a = [1]\nb = [a]",
        "a.append(2)",
        "r: a b | m: a b",
    ),
    (
        "d = {}",
        "d.setdefault('k', []).append(1)",
        "r: d | m: d",
    ),
    (
        "x = [3, 1]",
        "x.sort()",
        "r: x | m: x",
    ),
    (
        "x = [3, 1]",
        "y = sorted(x)",
        "r: x | b: y",
    ),
    (
        "x = [1, 2]",
        "del x[0]",
        "r: x | m: x",
    ),
    (
        "x = [1, 2]",
        "x[0], x[1] = x[1], x[0]",
        "r: x | m: x",
    ),
    (
        "x = [1]\ny = [2]",
        "x, y = y, x",
        "r: x y | b: x y",
    ),
    (
        "x = [1]\ny = [2]\nx, y = y, x",
        "x.append(3)",
        "r: x | m: x",
    ),
    (
        "x = {1}",
        "x |= {2}",
        "r: x | b: x",
    ),
    (
        "x = (1, [2])",
        "x[1].append(3)",
        "r: x | m: x",
    ),
    (
        "xs = [[1], [2]]",
        "for v in xs:\n    v.append(0)",
        "r: v? xs | b: v | m: xs | maybe: v",
    ),
    (
        "xs = [1, 2]",
        "for v in xs:\n    v += 1",
        "r: v? xs | b: v | maybe: v",
    ),
    (
        "d = {'a': [1]}",
        "for k, v in d.items():\n    v.append(1)",
        "r: d k? v? | b: k v | m: d | maybe: k v",
    ),
    (
        "d = {'a': [1]}",
        "for v in d.values():\n    v.append(1)",
        "r: d v? | b: v | m: d | maybe: v",
    ),
    (
        "d = {'a': 1}",
        "for k in d:\n    print(k, d[k])",
        "r: d k? | b: k | maybe: k",
    ),
    (
        "a = [1]\nb = [2]",
        "for p, q in zip(a, b):\n    print(p, q)",
        "r: a b p? q? | b: p q | maybe: p q",
    ),
    (
        "a = [[1]]\nb = [[2]]",
        "for p, q in zip(a, b):\n    q.append(1)",
        "r: a b p? q? | b: p q | m: b | maybe: p q",
    ),
    (
        "ds = [{}]",
        "for i, d in enumerate(ds):\n    d['i'] = i",
        "r: d? ds i? | b: d i | m: ds | maybe: d i",
    ),
    (
        "x = [1]",
        "first, *rest = x",
        "r: x | b: first rest",
    ),
    (
        "x = [[1]]",
        "first, *rest = x\nfirst.append(2)",
        "r: x | b: first rest | m: x",
    ),
    (
        "x = {'a': {'b': 1}}",
        "x['a']['b'] = 2",
        "r: x | m: x",
    ),
    (
        "from collections import deque\nq = deque()",
        "q.append(1)",
        "r: q | m: q",
    ),
    (
        "from collections import defaultdict\nd = defaultdict(list)",
        "d['a'].append(1)",
        "r: d | m: d",
    ),
    (
        "x = [1]\nadd = x.append",
        "add(2)",
        "r: add x | m: add x",
    ),
    (
        "x = [1]",
        "y = x.copy()\ny.append(1)",
        "r: x | b: y",
    ),
    (
        "import copy\nx = [[1]]",
        "y = copy.deepcopy(x)\ny[0].append(1)",
        "r: copy x | b: y",
    ),
    (
        "x = [1]",
        "x * 2",
        "r: x",
    ),
    (
        "x = [1]",
        "print(x, len(x), sum(x))",
        "r: x",
    ),
    (
        "x = 'abc'",
        "y = x.upper().split()",
        "r: x | b: y",
    ),
    (
        "x = [1]\ny = (x, 2)",
        "y[0].append(1)",
        "r: x y | m: x y",
    ),
    (
        "x = [1]\nys = [x]",
        "ys.pop().append(1)",
        "r: x ys | m: x ys",
    ),
    (
        "t = ([1], [2])\na, b = t",
        "a.append(1)",
        "r: a t | m: a t",
    ),
    (
        "x = [1]\ny = x if x else []",
        "y.append(1)",
        "r: x y | m: x? y",
    ),
    (
        "x = None",
        "x = x or []\nx.append(1)",
        "r: x | b: x",
    ),
    (
        "x = [1]\ny = []\ny.extend([x])",
        "y[0].append(1)",
        "r: x y | m: x y",
    ),
    (
        "x = []",
        "[x.append(i) for i in range(3)]",
        "r: x | m: x",
    ),
    (
        "it = iter([1, 2])",
        "next(it)",
        "r: it | m: it",
    ),
    (
        "g = (i for i in range(3))",
        "list(g)",
        "r: g | m: g",
    ),
    (
        "m = map(str, [1])",
        "for s in m:\n    print(s)",
        "r: m s? | b: s | m: m | maybe: s",
    ),
    (
        "x = [1]",
        "for x[0] in range(3):\n    pass",
        "r: x | m: x",
    ),
    (
        "import heapq\nh = []",
        "heapq.heappush(h, 1)",
        "r: h heapq | m: h",
    ),
    (
        "import random\nx = [1, 2]",
        "random.shuffle(x)",
        "r: @random random x | m: @random x",
    ),
    (
        "import bisect\nx = [1]",
        "bisect.insort(x, 2)",
        "r: bisect x | m: x",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
