"""Exact effects of small cells: magics, reflection, notes."""

from __future__ import annotations

import pytest
from effects_text import last_effects

CASES = [
    (
        "ip = get_ipython()\nv = 1",
        "ip.run_line_magic('env', f'A={v}')",
        "r: @environ ip v | m: @environ",
    ),
    (
        "ip = get_ipython()",
        "ip.ast_node_interactivity = 'all'",
        "r: @ipython ip | m: @ipython",
    ),
    (
        "",
        "get_ipython().ex('y = 1')",
        "b: y",
    ),
    (
        "seen = []\ndef hear(info):\n    seen.append(1)\n"
        "get_ipython().events.register('pre_run_cell', hear)",
        "x = 1",
        "r: seen | b: x | m: seen",
    ),
    (
        "from IPython.core.magic import register_line_magic\nseen = []\n"
        "@register_line_magic\ndef hear(line):\n    seen.append(line)",
        "%hear x",
        "r: seen | m: seen",
    ),
    (
        "%alias_magic timed time",
        "%timed x = 1",
        "b: x",
    ),
    (
        "",
        "%macro again 1",
        "r: @files @out | m: @out | reads all | binds all",
    ),
    (
        "x = 1",
        "!echo {x}",
        "r: @files x | m: @files | o: files shell",
    ),
    (
        "x = 1",
        "!echo $x",
        "r: @files x | m: @files | o: files shell",
    ),
    (
        "",
        "files = !ls",
        "r: @files | b: files | m: @files | o: files shell",
    ),
    (
        "f = abs\nx = 1",
        "%time y = f(x)",
        "r: f x | b: y",
    ),
    (
        "f = abs\nx = 1",
        "%timeit y = f(x)",
        "r: f x",
    ),
    (
        "f = abs\nx = 1",
        "%timeit -n 3 f(x)",
        "r: f x",
    ),
    (
        "x = 1",
        "%%time\ny = x",
        "r: x | b: y",
    ),
    (
        "x = 1",
        "%%timeit\ny = x",
        "r: x",
    ),
    (
        "x = 1",
        "%%capture out\nprint(x)",
        "r: x | b: out",
    ),
    (
        "",
        "%%bash\nls",
        "r: @files | m: @files | o: files shell",
    ),
    (
        "",
        "%%writefile a.py\nx = 1",
        "m: @file:a.py | o: file:a.py",
    ),
    (
        "",
        "%%writefile -a a.py\nx = 1",
        "r: @file:a.py | m: @file:a.py | o: file:a.py",
    ),
    (
        "",
        "%cd sub",
        "r: @cwd @file:sub? | m: @cwd",
    ),
    (
        "",
        "%env A=1",
        "r: @environ | m: @environ",
    ),
    (
        "",
        "%env A",
        "",
    ),
    (
        "",
        "%matplotlib inline",
        "r: @ipython | m: @ipython",
    ),
    (
        "",
        "%load_ext autoreload",
        "r: @ipython | m: @ipython",
    ),
    (
        "",
        "%config InlineBackend.figure_format = 'svg'",
        "r: @ipython | m: @ipython",
    ),
    (
        "",
        "%pip install a b",
        "r: @files | m: @files | o: files shell | n: pip-install:a+b",
    ),
    (
        "",
        "!pip install a",
        "r: @files | m: @files | o: files shell | n: pip-install:a",
    ),
    (
        "x = 1",
        "%who",
        "reads all",
    ),
    (
        "",
        "%run a.py",
        "r: @files | m: @files | o: files | reads all | binds all",
    ),
    (
        "x = 1",
        "%reset -f",
        "r: @files | reads all | binds all",
    ),
    (
        "x = 1",
        "x?",
        "r: x",
    ),
    (
        "x = 1",
        "%store x",
        "r: @files x | m: @files | o: files",
    ),
    (
        "",
        "%store -r x",
        "r: @files | b: x",
    ),
    (
        "x = 1",
        "%xdel x",
        "r: x | d: x",
    ),
    (
        "x = 1",
        "%%html\n<b>{x}</b>",
        "",
    ),
    (
        "df = 1",
        "%%R -i df -o out\nplot(df)",
        "r: df | b: out",
    ),
    (
        "",
        "%pylab inline",
        "r: @files @ipython | m: @ipython | reads all | binds all",
    ),
    (
        "x = [1]",
        "for i in range(1):\n    %time x.append(i)",
        "r: x | b: i | m: x",
    ),
    (
        "",
        "%%bash --out res\nls",
        "r: @files | b: res | m: @files | o: files shell",
    ),
    (
        "p = 'a'",
        "%cd $p",
        "r: @cwd p | m: @cwd",
    ),
    (
        "f = abs",
        "%prun f(1)",
        "r: f",
    ),
    (
        "",
        "%%javascript\nalert(1)",
        "",
    ),
    (
        "x = 1",
        "eval('x + 1')",
        "r: x",
    ),
    (
        "x = 1",
        "exec('y = x')",
        "r: x | b: y",
    ),
    (
        "s = input()",
        "eval(s)",
        "r: s | reads all",
    ),
    (
        "s = input()",
        "exec(s)",
        "r: s | reads all | binds all",
    ),
    (
        "x = 1",
        "globals()['x']",
        "reads all | binds all",
    ),
    (
        "x = 1",
        "globals()['y'] = 2",
        "reads all | binds all",
    ),
    (
        "x = 1",
        "locals()",
        "reads all | binds all",
    ),
    (
        "x = 1",
        "def f():\n    return locals()\nf()",
        "b: f",
    ),
    (
        "",
        "from math import *",
        "binds all",
    ),
    (
        "from math import *",
        "sqrt(4)",
        "r: sqrt",
    ),
    (
        "ns = {}",
        "exec('y = 1', ns)",
        "r: ns | m: ns",
    ),
    (
        "def f():\n    return 1",
        "import timeit\ntimeit.timeit('f()', globals=globals())",
        "r: @clock f | b: timeit | reads all | binds all",
    ),
    (
        "def f():\n    return 1",
        "import cProfile\ncProfile.run('f()')",
        "r: f | b: cProfile",
    ),
    (
        "x = 1",
        "from __main__ import x as y",
        "r: x | b: y",
    ),
    (
        "import unittest\nclass T(unittest.TestCase):\n    pass",
        "unittest.main()",
        "r: unittest | reads all",
    ),
    (
        "",
        "g = (i for i in [1])",
        "b: g | n: unpicklable:g",
    ),
    (
        "",
        "f = open('a.txt')",
        "r: @file:a.txt | b: f",
    ),
    (
        "",
        "import threading\nlock = threading.Lock()",
        "b: lock threading | n: unpicklable:lock",
    ),
    (
        "",
        "import threading\nt = threading.Thread(target=print)\nt.start()",
        "b: t threading | n: thread:threading.Thread unpicklable:t",
    ),
    (
        "",
        "x = input('?')",
        "b: x | n: input:input",
    ),
    (
        "",
        "import ipywidgets\nw = ipywidgets.IntSlider()",
        "b: ipywidgets w | n: widget:ipywidgets.IntSlider",
    ),
    (
        "",
        "import sqlite3\ncon = sqlite3.connect('a.db')",
        "r: @file:a.db | b: con sqlite3 | m: @file:a.db | o: file:a.db | n: unpicklable:con",
    ),
    (
        "",
        "import subprocess\np = subprocess.Popen(['ls'])",
        "r: @files | b: p subprocess | m: @files | o: files shell | n: thread:subprocess.Popen unpicklable:p",
    ),
    (
        "",
        "def gen():\n    yield 1\ng = gen()",
        "b: g gen | n: unpicklable:g",
    ),
    (
        "",
        "with open('a.txt') as f:\n    pass",
        "r: @file:a.txt | b: f",
    ),
    (
        "",
        "import socket\ns = socket.socket()",
        "b: s socket | n: unpicklable:s",
    ),
    (
        "",
        "g = (i for i in [1])\ng = list(g)",
        "b: g",
    ),
    (
        "",
        "import json\njson.dumps = str",
        "r: @module:json.dumps | b: json | m: @module:json.dumps | n: module-patch:json.dumps",
    ),
]


@pytest.mark.parametrize(("before", "cell", "expected"), CASES)
def test_effects(before: str, cell: str, expected: str) -> None:
    """``before`` runs as a cell of its own, then ``cell``, whose effects are ``expected``."""
    assert last_effects(before, cell) == expected
