"""Small generated notebooks in which steps pass something on by a way that no name shows.

    python benchmarks/hidden.py [--count N] [--seed S] [--only GLOB] [--jobs N]

Each notebook makes something, changes it by another way than it is looked at, and looks, in steps of its
own. It runs as in the pods of a cluster, and all in one step. Printed for each that is not the same: whether
it was refused, a pod told of it with the way out, a finding told of it before, a cell failed (error), a pod
crashed, or it is SILENTLY DIFFERENT. What cannot run in one step is not run.
"""
# ruff: noqa: E501 - a way is one line

from __future__ import annotations

import argparse
import ast
import fnmatch
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# The way of the tests to run steps as pods.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "codegen"))

from notebook_cells import code, written
from pods import Pods, Ran, Refused, Setting, analysed

from nbflow.codegen.assembly import assemble
from nbflow.service.request import request

_WRONG: Final = "SILENTLY DIFFERENT"
_STAYS_BEHIND: Final = "NB210"
#: What a sentence that names the way out holds.
_REPAIR: Final = re.compile("tag `|run the two as one step")
#: Ways by their names: what makes it, what changes it, what looks.
WAYS: Final[dict[str, tuple[str, str, str]]] = {
    # Objects that something else holds.
    "attribute of sys": ("import sys\nx = [1]\nsys.hidden = x", "import sys\nsys.hidden.append(2)", "print(x)"),
    "attribute of sys, reversed": ("import sys\nx = [1]\nsys.hidden = x", "x.append(2)", "import sys\nprint(sys.hidden)"),
    "attribute of builtins": ("import builtins\nx = {1: 2}\nbuiltins.kept = x", "kept[3] = 4", "print(x)"),
    "dict of a module": ("import json\nx = [1]\nvars(json)['held'] = x", "import json\njson.held.append(2)", "print(x)"),
    "setattr on a module": ("import json\nx = [1]\nsetattr(json, 'held', x)", "import json\ngetattr(json, 'held').append(2)", "print(x)"),
    "setattr, attribute computed": ("import json\nx = [1]\nsetattr(json, 'he' + 'ld', x)", "import json\ngetattr(json, 'he' + 'ld').append(2)", "print(x)"),
    "attribute of a library class": ("import collections\nx = [1]\ncollections.Counter.held = x", "import collections\ncollections.Counter().held.append(2)", "print(x)"),
    "list of a library": ("import warnings\nx = [1]\nwarnings.filters.append(('ignore', None, Warning, None, 0))", "import warnings\nx = [len(warnings.filters)]\nwarnings.filters.pop()", "import warnings\nprint(('ignore', None, Warning, None, 0) in warnings.filters)"),
    "sys.modules": ("import sys, types\nm = types.ModuleType('own')\nm.items = [1]\nsys.modules['own'] = m", "import own\nown.items.append(2)", "print(m.items)"),
    "sys.modules, computed": ("import sys, types\nm = types.ModuleType('ow' + 'n')\nm.items = [1]\nsys.modules[m.__name__] = m", "import own\nown.items.append(2)", "import own\nprint(own.items, own is m)"),
    "a hook of atexit": ("import atexit\nx = []\natexit.register(x.append, 1)", "atexit._run_exitfuncs()", "print(x)"),
    "gc.callbacks": ("import gc\nx = []\ndef seen(p, i): x.append(p)\ngc.callbacks.append(seen)", "import gc\ngc.collect()\ngc.callbacks.clear()", "print(len(x) > 0)"),
    "gc.get_objects": ("class Mark: pass\nx = Mark()\nx.n = 1", "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Mark': o.n = 2", "print(x.n)"),
    "gc.get_referrers": ("key = object()\nx = [key]", "import gc\nfor r in gc.get_referrers(key):\n    if type(r) is list: r.append(1)", "print(len(x))"),
    "sys._getframe": ("x = [1]", "import sys\nsys._getframe().f_globals['x'].append(2)", "print(x)"),
    "__main__": ("x = [1]", "import __main__\n__main__.x.append(2)", "print(x)"),
    "__main__ by importlib": ("x = [1]", "import importlib\nimportlib.import_module('__ma' + 'in__').x.append(2)", "print(x)"),
    "get_ipython().user_ns": ("x = [1]", "get_ipython().user_ns['x'].append(2)", "print(x)"),
    "get_ipython().push": ("x = [1]", "get_ipython().push({'x': [3]})", "print(x)"),
    "run_cell": ("x = [1]", "get_ipython().run_cell('x.append(2)')\nNone", "print(x)"),
    "globals of a function": ("x = [1]\ndef f(): return 1", "f.__globals__['x'].append(2)", "print(x)"),
    "dict of a frame": ("x = [1]\ndef f(): return x", "f.__globals__.update(x=[5])", "print(x)"),
    # Classes and functions.
    "class attribute": ("class A:\n    items = []\nx = A.items", "A().items.append(1)", "print(x)"),
    "class attribute of a base": ("class A:\n    n = 0\nclass B(A): pass", "B.__mro__[1].n += 1", "print(A.n)"),
    "__subclasses__": ("class A:\n    n = 0\nclass B(A): pass", "for s in A.__subclasses__(): s.n = 3", "print(B.n, B().n)"),
    "registry by __init_subclass__": ("class A:\n    known = []\n    def __init_subclass__(cls): A.known.append(cls.__name__)", "class B(A): pass", "print(A.known)"),
    "registry by metaclass": ("class M(type):\n    known = []\n    def __new__(m, n, b, d):\n        M.known.append(n)\n        return super().__new__(m, n, b, d)", "class B(metaclass=M): pass", "print(M.known)"),
    "registry by decorator": ("known = {}\ndef register(f):\n    known[f.__name__] = f\n    return f", "@register\ndef g(): return 1", "print(sorted(known))"),
    "class held by an instance": ("class A:\n    n = 0\na = A()", "type(a).n = 7", "print(A.n)"),
    "method put on a class": ("class A:\n    def f(self): return 1\na = A()", "def g(self): return 2\ntype(a).f = g", "print(A().f(), a.f())"),
    "__class__": ("class A: n = 1\nclass B: n = 2\na = A()\nxs = [a]", "xs[0].__class__ = B", "print(a.n)"),
    "function attribute": ("def f(): return f.n\nf.n = 1\ng = f", "g.n = 5", "print(f())"),
    "default argument": ("def f(v, seen=[]):\n    seen.append(v)\n    return seen\nf(1)", "f(2)\nNone", "print(f(3))"),
    "default argument, another name": ("def f(v, seen=[]):\n    seen.append(v)\n    return seen\ng = f", "y = len(g(2))", "print(f(3))"),
    "__defaults__": ("def f(v=1): return v", "f.__defaults__ = (9,)", "print(f())"),
    "__code__": ("def f(): return 1\ng = f", "def h(): return 2\ng.__code__ = h.__code__", "print(f())"),
    "closure": ("def make():\n    n = 0\n    def up():\n        nonlocal n\n        n += 1\n        return n\n    return up, lambda: n\nup, now = make()", "up()\nNone", "print(now())"),
    "closure cell": ("def make(v):\n    def f(): return v\n    return f\nf = make([1])\ng = make(f())", "f.__closure__[0].cell_contents.append(2)", "print(g())"),
    "lru_cache": ("import functools\ncalls = []\n@functools.lru_cache(None)\ndef f(v):\n    calls.append(v)\n    return v", "f(1)\nNone", "f(1)\nprint(calls)"),
    "cached_property": ("import functools\ncalls = []\nclass A:\n    @functools.cached_property\n    def p(self):\n        calls.append(1)\n        return 5\na = A()", "a.p\nNone", "a.p\nprint(calls)"),
    "singledispatch": ("import functools\n@functools.singledispatch\ndef f(v): return 'any'", "@f.register(int)\ndef _(v): return 'int'", "print(f(1))"),
    "singledispatch, by a lambda": ("import functools\n@functools.singledispatch\ndef f(v): return 'any'\ng = f", "g.register(str, lambda v: 'str')\nNone", "print(f('a'))"),
    "partial": ("import functools\nx = []\nadd = functools.partial(x.append, 1)", "add()", "print(x)"),
    "bound method": ("x = [1]\npush = x.append", "push(2)", "print(x)"),
    "bound method in a dict": ("x = [1]\ntools = {'push': x.append}", "tools['push'](2)", "print(x)"),
    "property with state": ("class A:\n    _log = []\n    @property\n    def v(self):\n        self._log.append(1)\n        return 1\na = A()", "a.v\nNone", "print(A._log)"),
    "__getattr__ with state": ("log = []\nclass A:\n    def __getattr__(self, n):\n        log.append(n)\n        return 1\na = A()", "a.anything\nNone", "print(log)"),
    "__eq__ with state": ("log = []\nclass A:\n    def __eq__(self, o):\n        log.append(1)\n        return True\na = A()", "a == 1\nNone", "print(log)"),
    "__hash__ with state": ("log = []\nclass A:\n    def __hash__(self):\n        log.append(1)\n        return 1\na = A()", "{a: 1}\nNone", "print(len(log) > 0)"),
    "__iter__ with state": ("log = []\nclass A:\n    def __iter__(self):\n        log.append(1)\n        return iter([1])\na = A()", "list(a)\nNone", "print(log)"),
    "__repr__ with state": ("log = []\nclass A:\n    def __repr__(self):\n        log.append(1)\n        return 'A'\na = A()", "str([a])\nNone", "print(log)"),
    "__format__ with state": ("log = []\nclass A:\n    def __format__(self, s):\n        log.append(1)\n        return 'A'\na = A()", "t = f'{a}'", "print(log)"),
    "__bool__ with state": ("log = []\nclass A:\n    def __bool__(self):\n        log.append(1)\n        return True\na = A()", "y = 1 if a else 2", "print(log)"),
    "__add__ with state": ("log = []\nclass A:\n    def __add__(self, o):\n        log.append(o)\n        return 1\na = A()", "y = a + 1", "print(log)"),
    "__enter__ with state": ("log = []\nclass A:\n    def __enter__(self): log.append('in')\n    def __exit__(self, *e): log.append('out')\na = A()", "with a: pass", "print(log)"),
    "descriptor": ("log = []\nclass D:\n    def __get__(self, o, t):\n        log.append(1)\n        return 1\nclass A:\n    d = D()\na = A()", "y = a.d", "print(log)"),
    "__del__": ("log = []\nclass A:\n    def __del__(self): log.append('gone')\na = A()", "del a", "print(log)"),
    "__del__, rebound": ("log = []\nclass A:\n    def __del__(self): log.append('gone')\na = A()", "a = 1", "print(log)"),
    "weakref callback": ("import weakref\nclass A: pass\nlog = []\na = A()\nr = weakref.ref(a, lambda _: log.append(1))", "del a", "print(log, r() is None)"),
    "weakref to change": ("import weakref\nclass A: n = 1\na = A()\nr = weakref.ref(a)", "r().n = 2", "print(a.n)"),
    "weakref proxy": ("import weakref\nclass A: n = 1\na = A()\nr = weakref.proxy(a)", "r.n = 2", "print(a.n)"),
    "WeakSet": ("import weakref\nclass A: n = 1\nalive = weakref.WeakSet()\na = A()\nalive.add(a)", "for each in alive: each.n = 2", "print(a.n, len(alive))"),
    "finalize": ("import weakref\nclass A: pass\nlog = []\na = A()\nf = weakref.finalize(a, log.append, 1)", "del a", "print(log, f.alive)"),
    "generator": ("x = []\ndef g():\n    while True:\n        x.append(1)\n        yield\nit = g()", "next(it)", "print(x)"),
    "iterator of a list": ("xs = [1, 2, 3]\nit = iter(xs)", "next(it)\nNone", "print(list(it))"),
    "iterator, two names": ("it = iter([1, 2, 3])\nboth = zip(it, it)", "next(it)\nNone", "print(list(both))"),
    "map over a list": ("xs = [1, 2]\nm = map(str, xs)", "xs.append(3)", "print(list(m))"),
    "itertools.count": ("import itertools\nids = itertools.count()\nfresh = ids.__next__", "fresh()\nNone", "print(next(ids))"),
    "chain of iterators": ("import itertools\na = iter([1, 2, 3])\nc = itertools.chain(a, [9])", "next(c)\nNone", "print(list(a))"),
    # Shared objects.
    "list in a list": ("a = [1]\nb = [a]", "b[0].append(2)", "print(a)"),
    "list in a tuple in a dict": ("a = [1]\nb = {'k': (a,)}", "b['k'][0].append(2)", "print(a)"),
    "popped": ("a = [1]\nb = [a]", "b.pop().append(2)", "print(a, b)"),
    "by a loop": ("a, b = [1], [2]\nboth = [a, b]", "for each in both: each.append(3)", "print(a, b)"),
    "by max": ("a, b = [1], [2]", "max(a, b).append(3)", "print(b)"),
    "by sorted": ("a, b = [2], [1]", "sorted([a, b])[0].append(3)", "print(b)"),
    "by a comprehension": ("a, b = [1], [2]\nboth = [a, b]", "[each.append(3) for each in both]\nNone", "print(a, b)"),
    "by globals()": ("x = [1]", "globals()['x'].append(2)", "print(x)"),
    "by eval": ("x = [1]", "eval('x').append(2)", "print(x)"),
    "by exec of a joined text": ("x = [1]", "exec('x' + '.append(2)')", "print(x)"),
    "by operator": ("x = [1]", "import operator\noperator.iadd(x, [2])\nNone", "print(x)"),
    "by operator.methodcaller": ("x = [1]", "import operator\noperator.methodcaller('append', 2)(x)", "print(x)"),
    "by map": ("x = [1]", "list(map(x.append, [2, 3]))\nNone", "print(x)"),
    "by reduce": ("x = {}", "import functools\nfunctools.reduce(lambda d, v: d.update({v: 1}) or d, [1, 2], x)\nNone", "print(x)"),
    "by heapq": ("x = [3, 1]", "from heapq import heapify as h\nh(x)", "print(x)"),
    "by bisect": ("x = [1, 3]", "import bisect\nbisect.insort(x, 2)", "print(x)"),
    "by random.shuffle": ("x = [1, 2, 3, 4, 5, 6]", "import random\nrandom.Random(1).shuffle(x)", "print(x)"),
    "by a lambda in a dict": ("x = [1]\nacts = {'go': lambda: x.append(2)}", "acts['go']()", "print(x)"),
    "by a string method table": ("x = [1]\nclass T:\n    def go(self): x.append(2)\nt = T()", "getattr(t, 'g' + 'o')()", "print(x)"),
    "ChainMap": ("import collections\na = {}\nc = collections.ChainMap(a)", "c['k'] = 1", "print(a)"),
    "MappingProxy": ("import types\na = {}\np = types.MappingProxyType(a)", "a['k'] = 1", "print(dict(p))"),
    "memoryview": ("a = bytearray(b'abc')\nm = memoryview(a)", "m[0] = 65", "print(a)"),
    "dict view": ("d = {'a': 1}\nkeys = d.keys()", "d['b'] = 2", "print(list(keys))"),
    "ctypes": ("import ctypes\nb = ctypes.create_string_buffer(4)\np = ctypes.addressof(b)", "import ctypes\nctypes.memset(p, 65, 2)\nNone", "print(b.value)"),
    "numpy view": ("import numpy as np\na = np.zeros(3)\nb = a[:2]", "b[0] = 5", "print(a)"),
    "numpy view by a dict": ("import numpy as np\na = np.zeros(3)\nd = {'v': a.reshape(3, 1)}", "d['v'][0] = 5", "print(a)"),
    "numpy out=": ("import numpy as np\na = np.zeros(3)", "np.add(1, 2, out=a)\nNone", "print(a)"),
    "numpy put": ("import numpy as np\na = np.zeros(3)", "np.put(a, [0], [7])", "print(a)"),
    "numpy shuffle": ("import numpy as np\na = np.arange(5)\nr = np.random.default_rng(0)", "r.shuffle(a)", "print(a, r.random())"),
    "numpy frombuffer": ("import numpy as np\nraw = bytearray(4)\na = np.frombuffer(raw, dtype='u1')", "a[0] = 9", "print(raw)"),
    "pandas from numpy": ("import numpy as np, pandas as pd\na = np.zeros((2, 2))\ndf = pd.DataFrame(a, copy=False)", "a[0, 0] = 5", "print(df.iloc[0, 0])"),
    "pandas attrs": ("import pandas as pd\ndf = pd.DataFrame({'a': [1]})\nm = df.attrs", "m['k'] = 1", "print(df.attrs)"),
    "string buffer": ("import io\nf = io.StringIO()\nw = f.write", "w('hello')\nNone", "print(f.getvalue())"),
    "print to a buffer": ("import io\nf = io.StringIO()", "print('hi', file=f)", "print(f.getvalue())"),
    "queue": ("import queue\nq = queue.SimpleQueue() if False else []\nput = q.append", "put(1)", "print(q)"),
    "deque": ("import collections\nd = collections.deque([1])\nr = d.rotate", "d.extendleft([2])", "print(d)"),
    "enum registry": ("import enum\nclass E(enum.Enum):\n    A = 1\nE.extra = []", "E['A'].extra.append(1)", "print(E.extra)"),
    "dataclass default": ("import dataclasses\n@dataclasses.dataclass\nclass P:\n    xs: list = dataclasses.field(default_factory=list)\np = P()\nq = p.xs", "q.append(1)", "print(p)"),
    "slots": ("class A:\n    __slots__ = ('v',)\na = A()\na.v = [1]\nb = a.v", "b.append(2)", "print(a.v)"),
    "exception that holds": ("x = [1]\ntry:\n    raise ValueError(x)\nexcept ValueError as e:\n    kept = e", "kept.args[0].append(2)", "print(x)"),
    "context variable": ("import contextvars\nv = contextvars.ContextVar('v', default=0)", "v.set(5)\nNone", "print(v.get())"),
    "context variable, object": ("import contextvars\nx = [1]\nv = contextvars.ContextVar('v', default=x)", "v.get().append(2)", "print(x)"),
    "threading.local": ("import threading\nl = threading.local()\nl.n = 1", "l.n = 2", "print(l.n)"),
    "thread": ("x = [1]", "import threading\nt = threading.Thread(target=x.append, args=(2,))\nt.start()\nt.join()", "print(x)"),
    "thread pool": ("x = [1]", "from concurrent.futures import ThreadPoolExecutor as P\nwith P(1) as p: p.submit(x.append, 2)", "print(x)"),
    "timer": ("x = [1]", "import threading\nt = threading.Timer(0, lambda: x.append(2))\nt.start()\nt.join()", "print(x)"),
    "asyncio": ("x = [1]", "import asyncio\nasync def go(): x.append(2)\nawait go()", "print(x)"),
    "future of asyncio": ("import asyncio\nx = [1]\nasync def go(): x.append(2)", "t = asyncio.ensure_future(go())\nawait t", "print(x)"),
    # State of the interpreter and of libraries.
    "environment": ("import os\nos.environ['NB_A'] = '1'", "import os\nos.environ.update(NB_A='2')", "import os\nprint(os.getenv('NB_A'))"),
    "environment, other name": ("import os\nenv = os.environ\nenv['NB_A'] = '1'", "env['NB_A'] = '2'", "import os\nprint(os.getenv('NB_A'))"),
    "putenv": ("import os", "import os\nos.environ.setdefault('NB_B', '3')\nNone", "import subprocess\nprint(subprocess.check_output('echo $NB_B', shell=True))"),
    "environment, by a helper": ("def put(m): m['NB_C'] = '4'", "import os\nput(os.environ)", "import os\nprint(os.environ.get('NB_C'))"),
    "working directory": ("import os\nos.mkdir('d')", "import os\nos.chdir('d')", "import os\nprint(os.path.basename(os.getcwd()))"),
    "working directory, by name": ("import os\nos.mkdir('d')\ngo = os.chdir", "go('d')", "import os\nprint(os.path.basename(os.getcwd()))"),
    "working directory in a dict": ("import os\nos.mkdir('d')\nacts = [os.chdir]", "acts[0]('d')", "import os\nprint(os.path.basename(os.getcwd()))"),
    "sys.path": ("import os\nos.mkdir('lib')\nopen('lib/own_m.py', 'w').write('V = 1')", "import sys\nsys.path.insert(0, 'lib')", "import own_m\nprint(own_m.V)"),
    "sys.path, other name": ("import os, sys\nos.mkdir('lib')\nopen('lib/own_m.py', 'w').write('V = 1')\np = sys.path", "p.insert(0, 'lib')", "import own_m\nprint(own_m.V)"),
    "site.addsitedir": ("import os\nos.mkdir('lib')\nopen('lib/own_m.py', 'w').write('V = 1')", "import site\nsite.addsitedir('lib')", "import own_m\nprint(own_m.V)"),
    "monkeypatched module": ("import math", "import math\nmath.sqrt = lambda v: 'patched'", "import math\nprint(math.sqrt(4))"),
    "monkeypatched builtin": ("y = 1", "import builtins\nbuiltins.len = lambda v: 99", "print(len([1]))"),
    "monkeypatched print": ("y = 1", "import builtins\nold = print\nbuiltins.print = lambda *a: old('>', *a)", "print('x')"),
    "monkeypatched by setattr": ("y = 1", "import math\nsetattr(math, 'sq' + 'rt', lambda v: 'patched')", "import math\nprint(math.sqrt(4))"),
    "monkeypatched in a loop": ("import math", "for n in ('sin', 'cos'): setattr(math, n, lambda v: 'patched')", "print(math.sin(1))"),
    "monkeypatched library class": ("import pathlib", "import pathlib\npathlib.Path.hello = lambda s: 'hello'", "import pathlib\nprint(pathlib.Path('.').hello())"),
    "mock.patch": ("import math\nfrom unittest import mock", "p = mock.patch('math.sqrt', lambda v: 'patched')\np.start()\nNone", "print(math.sqrt(4))"),
    "mock.patch.dict": ("table = {'a': 1}\nfrom unittest import mock", "p = mock.patch.dict(table, b=2)\np.start()\nNone", "print(table)"),
    "warnings filter": ("import warnings", "import warnings\nwarnings.simplefilter('error')", "import warnings\ntry:\n    warnings.warn('x')\n    print('quiet')\nexcept UserWarning:\n    print('raised')"),
    "warnings filter, by name": ("import warnings\nset_ = warnings.simplefilter", "set_('error')", "import warnings\ntry:\n    warnings.warn('x')\n    print('quiet')\nexcept UserWarning:\n    print('raised')"),
    "showwarning": ("import warnings\nlog = []", "import warnings\nwarnings.showwarning = lambda *a, **k: log.append(1)", "warnings.simplefilter('always')\nwarnings.warn('x')\nprint(log)"),
    "catch_warnings held": ("import warnings\nc = warnings.catch_warnings()", "import warnings\nc.__enter__()\nwarnings.simplefilter('error')", "try:\n    warnings.warn('x')\n    print('quiet')\nexcept UserWarning:\n    print('raised')"),
    "logging level": ("import logging\nlog = logging.getLogger('own')", "import logging\nlogging.getLogger('own').setLevel(10)", "print(log.level)"),
    "logging handler": ("import logging\nrows = []\nclass H(logging.Handler):\n    def emit(self, r): rows.append(r.getMessage())", "import logging\nlogging.getLogger('own').addHandler(H())", "logging.getLogger('own').warning('hi')\nprint(rows)"),
    "logging filter": ("import logging\nlog = logging.getLogger('own')", "log.addFilter(lambda r: False)", "print(len(log.filters))"),
    "logging.disable": ("import logging", "import logging\nlogging.disable(50)", "print(logging.getLogger('own').isEnabledFor(40))"),
    "log record factory": ("import logging", "import logging\nold = logging.getLogRecordFactory()\ndef f(*a, **k):\n    r = old(*a, **k)\n    r.own = 1\n    return r\nlogging.setLogRecordFactory(f)", "print(hasattr(logging.makeLogRecord({}), 'own'))"),
    "random": ("import random\nrandom.seed(1)", "random.random()\nNone", "print(random.random())"),
    "random, by name": ("from random import seed, random\nseed(1)", "random()\nNone", "print(random())"),
    "random in a list": ("import random\nrandom.seed(1)\nacts = [random.random]", "acts[0]()\nNone", "print(random.random())"),
    "random, hidden instance": ("import random\nr = random._inst\nr.seed(1)", "r.random()\nNone", "print(random.random())"),
    "random by shuffle": ("import random\nrandom.seed(1)\nx = [1, 2, 3]", "random.shuffle(x)", "print(random.random())"),
    "numpy random": ("import numpy as np\nnp.random.seed(1)", "np.random.rand()\nNone", "print(np.random.rand())"),
    "numpy random, by name": ("import numpy as np\nnp.random.seed(1)\ndraw = np.random.rand", "draw()\nNone", "print(np.random.rand())"),
    "numpy random, RandomState": ("import numpy as np\nnp.random.seed(1)\ns = np.random.mtrand._rand", "s.rand()\nNone", "print(np.random.rand())"),
    "scipy draws": ("import numpy as np\nfrom scipy import stats\nnp.random.seed(1)", "stats.norm.rvs()\nNone", "print(np.random.rand())"),
    "pandas sample": ("import numpy as np, pandas as pd\nnp.random.seed(1)\ndf = pd.DataFrame({'a': [1, 2, 3]})", "df.sample(1)\nNone", "print(np.random.rand())"),
    "sklearn split": ("import numpy as np\nfrom sklearn.model_selection import train_test_split as s\nnp.random.seed(1)", "s([1, 2, 3, 4])\nNone", "print(np.random.rand())"),
    "uuid of random": ("import random\nrandom.seed(1)\nimport uuid", "uuid.UUID(int=random.getrandbits(128))\nNone", "print(random.random())"),
    "pandas option": ("import pandas as pd", "import pandas as pd\npd.options.display.max_rows = 7", "print(pd.get_option('display.max_rows'))"),
    "pandas option, by name": ("import pandas as pd\no = pd.options.display", "o.max_rows = 7", "print(pd.get_option('display.max_rows'))"),
    "numpy errors": ("import numpy as np", "np.seterr(all='raise')\nNone", "try:\n    np.float64(1) / 0\n    print('quiet')\nexcept FloatingPointError:\n    print('raised')"),
    "numpy print options": ("import numpy as np", "np.set_printoptions(precision=2)", "print(np.array([1.23456]))"),
    "numpy errors, context": ("import numpy as np\nc = np.errstate(all='raise')", "c.__enter__()\nNone", "try:\n    np.float64(1) / 0\n    print('quiet')\nexcept FloatingPointError:\n    print('raised')"),
    "sklearn config": ("import sklearn", "sklearn.set_config(transform_output='pandas')", "print(sklearn.get_config()['transform_output'])"),
    "matplotlib figure": ("import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nf = plt.figure()", "plt.plot([1])\nNone", "print(len(f.axes), plt.get_fignums())"),
    "matplotlib axes": ("import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nf, ax = plt.subplots()\nother = f.axes", "f.axes[0].plot([1])\nNone", "print(len(ax.lines))"),
    "matplotlib gca": ("import matplotlib\nmatplotlib.use('agg')\nimport matplotlib.pyplot as plt\nf, ax = plt.subplots()", "plt.gca().set_title('t')\nNone", "print(ax.get_title())"),
    "rcParams": ("import matplotlib as mpl", "mpl.rcParams['lines.linewidth'] = 7", "print(mpl.rcParams['lines.linewidth'])"),
    "rcParams, by name": ("import matplotlib as mpl\np = mpl.rcParams", "p.update({'lines.linewidth': 7})", "print(mpl.rcParams['lines.linewidth'])"),
    "rc_context held": ("import matplotlib as mpl\nc = None", "mpl.rc('lines', linewidth=7)", "print(mpl.rcParams['lines.linewidth'])"),
    "unit registry": ("import matplotlib.units as u\nclass D: pass", "u.registry[D] = u.ConversionInterface()", "print(D in u.registry)"),
    "decimal context": ("import decimal", "decimal.getcontext().prec = 4", "print(decimal.Decimal(1) / 3)"),
    "decimal context, by name": ("import decimal\nc = decimal.getcontext()", "c.prec = 4", "print(decimal.Decimal(1) / 3)"),
    "decimal.setcontext": ("from decimal import *", "setcontext(Context(prec=3))", "print(Decimal(1) / 3)"),
    "decimal.localcontext held": ("import decimal\nm = decimal.localcontext(prec=3) if False else decimal.localcontext()", "c = m.__enter__()\nc.prec = 3", "print(decimal.Decimal(1) / 3)"),
    "decimal.DefaultContext": ("import decimal", "decimal.DefaultContext.prec = 5", "import decimal\nprint(decimal.Context().prec)"),
    "locale": ("import locale", "locale.setlocale(locale.LC_ALL, 'C.UTF-8')\nNone", "print(locale.setlocale(locale.LC_CTYPE))"),
    "recursion limit": ("import sys", "sys.setrecursionlimit(4321)", "print(sys.getrecursionlimit())"),
    "recursion limit, by name": ("from sys import setrecursionlimit as s", "s(4321)", "import sys\nprint(sys.getrecursionlimit())"),
    "umask": ("import os", "os.umask(0o077)\nNone", "open('m', 'w').close()\nprint(oct(os.stat('m').st_mode))"),
    "excepthook": ("import sys", "sys.excepthook = lambda *a: None", "print(sys.excepthook.__name__)"),
    "displayhook": ("import sys\nlog = []", "sys.displayhook = log.append", "5\nprint(log)"),
    "stdout replaced": ("import sys, io\nb = io.StringIO()", "keep, sys.stdout = sys.stdout, b", "print('x')\nsys.stdout = keep\nprint(repr(b.getvalue()))"),
    "sys.argv": ("import sys", "sys.argv = ['a', 'b']", "print(sys.argv)"),
    "sys.argv in place": ("import sys\na = sys.argv", "a.append('b')", "print(sys.argv[-1])"),
    "sys.flags-like": ("import sys", "sys.dont_write_bytecode = True", "print(sys.dont_write_bytecode)"),
    "trace function": ("import sys\nn = []", "def t(f, e, a): n.append(1)\nsys.setprofile(t)", "p = sys.getprofile()\nsys.setprofile(None)\nprint(p is not None)"),
    "signal handler": ("import signal\nlog = []", "signal.signal(signal.SIGUSR1, lambda *a: log.append(1))\nNone", "import os\nos.kill(os.getpid(), signal.SIGUSR1)\nprint(log)"),
    "socket timeout": ("import socket", "socket.setdefaulttimeout(3)", "print(socket.getdefaulttimeout())"),
    "gc disabled": ("import gc", "gc.disable()", "print(gc.isenabled())"),
    "csv dialect": ("import csv", "csv.register_dialect('own', delimiter='|')", "print('own' in csv.list_dialects())"),
    "codecs error handler": ("import codecs", "codecs.register_error('own', lambda e: ('?', e.end))", "print('é'.encode('ascii', 'own'))"),
    "codecs search": ("import codecs", "codecs.register(lambda n: codecs.lookup('utf-8') if n == 'own_codec' else None)", "print('a'.encode('own_codec'))"),
    "copyreg": ("import copyreg, copy\nclass A:\n    def __init__(self): self.n = 1\ndef red(a): return (int, (5,))", "copyreg.pickle(A, red)", "print(copy.copy(A()))"),
    "json default encoder": ("import json", "json.JSONEncoder.default = lambda s, o: 'own'", "print(json.dumps(object()))"),
    "json _default_encoder": ("import json", "json._default_encoder.ensure_ascii = False\njson._default_encoder.sort_keys = True", "print(json._default_encoder.sort_keys)"),
    "re cache": ("import re", "re.purge()", "print(re.sub('a', 'b', 'aa'))"),
    "mimetypes": ("import mimetypes", "mimetypes.add_type('own/own', '.own')", "print(mimetypes.guess_type('a.own'))"),
    "abc register": ("import abc\nclass A(abc.ABC): pass\nclass B: pass", "A.register(B)\nNone", "print(isinstance(B(), A))"),
    "abc register of a library": ("import collections.abc\nclass B: pass", "collections.abc.Sequence.register(B)\nNone", "print(isinstance(B(), collections.abc.Sequence))"),
    "numbers register": ("import numbers\nclass B: pass\nreg = numbers.Number.register", "reg(B)\nNone", "print(isinstance(B(), numbers.Number))"),
    "pandas accessor": ("import pandas as pd\nclass G:\n    def __init__(self, o): self.n = len(o)", "pd.api.extensions.register_dataframe_accessor('geo')(G)\nNone", "print(pd.DataFrame({'a': [1]}).geo.n)"),
    "tqdm": ("import tempfile", "tempfile.tempdir = '.'", "print(tempfile.gettempdir())"),
    "linecache": ("import linecache", "linecache.cache['own'] = (1, None, ['line\\n'], 'own')", "print(linecache.getline('own', 1))"),
    "string.Formatter": ("import string", "string.ascii_letters = 'abc'", "print(string.ascii_letters)"),
    "os.sep-like constant": ("import math", "math.pi = 3", "print(math.pi)"),
    "constant through a helper": ("import math\ndef put(m, n, v): setattr(m, n, v)", "put(math, 'pi', 3)", "print(math.pi)"),
    "constant by vars": ("import math", "vars(math)['pi'] = 3", "print(math.pi)"),
    "constant by __dict__": ("import math", "math.__dict__.update(pi=3)", "print(math.pi)"),
    "module in a list": ("import math\nms = [math]", "ms[0].pi = 3", "print(math.pi)"),
    "module in a loop": ("import math, cmath", "for m in (math, cmath): m.pi = 3", "print(math.pi, cmath.pi)"),
    "module by sys.modules": ("import math", "import sys\nsys.modules['math'].pi = 3", "print(math.pi)"),
    "module of a class": ("import fractions\nF = fractions.Fraction", "import sys\nsys.modules[F.__module__].Decimal = 5", "print(fractions.Decimal)"),
    "module by a package": ("import xml.dom", "xml.dom.EMPTY_NAMESPACE = 'own'", "import xml.dom\nprint(xml.dom.EMPTY_NAMESPACE)"),
    "dict inside a library": ("import mimetypes", "mimetypes.common_types['.own'] = 'own'", "print('.own' in mimetypes.common_types)"),
    "dict inside a library, by name": ("import mimetypes\nt = mimetypes.common_types", "t['.own'] = 'own'", "print('.own' in mimetypes.common_types)"),
    "object inside a library": ("import calendar", "calendar.setfirstweekday(6)", "print(calendar.firstweekday())"),
    "object inside a library, by method": ("import calendar\nc = calendar.c", "c.setfirstweekday(6)", "print(calendar.firstweekday())"),
    "time zone": ("import os, time", "os.environ['TZ'] = 'Asia/Tokyo'\ntime.tzset()", "print(time.strftime('%H', time.localtime(0)))"),
    "Out": ("x = [1]\nx", "Out[1].append(2)", "print(x)"),
    "_": ("x = [1]\nx", "_.append(2)", "print(x)"),
    "magic": ("from IPython.core.magic import register_line_magic\n@register_line_magic\ndef own(line): return 'own'\ndel own", "y = get_ipython().run_line_magic('own', '')", "print(y)"),
    "event of IPython": ("log = []\ndef seen(*a): log.append(1)", "get_ipython().events.register('pre_run_cell', seen)", "get_ipython().events.unregister('pre_run_cell', seen)\nprint(len(log) > 0)"),
    "formatter of IPython": ("class A: pass", "get_ipython().display_formatter.formatters['text/plain'].for_type(A, lambda o, p, c: p.text('own'))\nNone", "from IPython.lib.pretty import pretty\nprint(get_ipython().display_formatter.format(A())[0])"),
    # Files.
    "file": ("path = 'f.txt'", "open(path, 'w').write('1')", "import os\nprint(os.path.exists('f.txt'))"),
    "file, open by another name": ("import os\no = open", "f = o('f.txt', 'w')\nf.write('1')\nf.close()", "print(os.listdir('.'))"),
    "file, open in a dict": ("import os\nacts = {'o': open}", "with acts['o']('f.txt', 'w') as f: f.write('1')", "print(os.path.exists('f.txt'))"),
    "file, both hidden": ("import os\nacts = {'o': open, 'e': os.path.exists}", "with acts['o']('f.txt', 'w') as f: f.write('1')", "print(acts['e']('f.txt'))"),
    "file, read in a try": ("acts = {'o': open}", "with acts['o']('f.txt', 'w') as f: f.write('1')", "try:\n    print(acts['o']('f.txt').read())\nexcept OSError:\n    print('none')"),
    "file, by getattr": ("import io, os\nacts = [io]", "with getattr(acts[0], 'op' + 'en')('f.txt', 'w') as f: f.write('1')", "e = getattr(os.path, 'ex' + 'ists')\nprint(e('f.txt'))"),
    "file overwritten": ("acts = {'o': open}\nwith open('f.txt', 'w') as f: f.write('0')", "with acts['o']('f.txt', 'w') as f: f.write('1')", "print(acts['o']('f.txt').read())"),
    "file removed": ("import os\nacts = {'o': open, 'r': os.remove}\nwith open('f.txt', 'w') as f: f.write('0')", "acts['r']('f.txt')", "try:\n    print(acts['o']('f.txt').read())\nexcept OSError:\n    print('none')"),
    "file by a method": ("import os\nclass S:\n    def save(self, p):\n        with open(p, 'w') as f: f.write('1')\ns = {'s': S()}", "s['s'].save('f.txt')", "print(os.path.isfile('f.txt'))"),
    "folder listed": ("import os\nacts = {'m': os.mkdir, 'l': os.listdir}", "acts['m']('d')", "print(acts['l']('.'))"),
    "folder by pathlib": ("import pathlib\np = [pathlib.Path('d')]", "p[0].mkdir()", "print(p[0].is_dir())"),
    "file by pathlib": ("import pathlib\np = {'p': pathlib.Path('f.txt')}", "p['p'].write_text('1')\nNone", "print(p['p'].exists())"),
    "glob": ("import glob\nacts = {'o': open, 'g': glob.glob}", "with acts['o']('f.txt', 'w') as f: f.write('1')", "print(acts['g']('*.txt'))"),
    "sqlite": ("import sqlite3\nacts = {'c': sqlite3.connect}", "db = acts['c']('f.db')\ndb.execute('create table t (a)')\ndb.commit()\ndb.close()\ndel db", "db = acts['c']('f.db')\nprint(db.execute('select count(*) from sqlite_master').fetchall())\ndb.close()\ndel db"),
    "shelve": ("import shelve, os\nacts = {'s': shelve.open}", "with acts['s']('f') as s: s['a'] = 1", "with acts['s']('f') as s: print(list(s))"),
    "numpy save": ("import numpy as np, os\nacts = {'s': np.save}", "acts['s']('f.npy', [1])", "print(os.path.exists('f.npy'))"),
    "numpy load": ("import numpy as np, os\nacts = {'s': np.save, 'l': np.load}", "acts['s']('f.npy', [1])", "try:\n    print(acts['l']('f.npy'))\nexcept OSError:\n    print('none')"),
    "pandas csv": ("import pandas as pd, os\nacts = {'r': pd.read_csv, 'w': pd.DataFrame.to_csv}\ndf = pd.DataFrame({'a': [1]})", "acts['w'](df, 'f.csv')", "try:\n    print(len(acts['r']('f.csv')))\nexcept OSError:\n    print('none')"),
    "subprocess": ("import subprocess, os\nacts = {'r': subprocess.run}", "acts['r'](['touch', 'f.txt'])\nNone", "print(os.path.exists('f.txt'))"),
    "subprocess reads": ("import subprocess, os\nacts = {'o': open, 'r': subprocess.run}", "with acts['o']('f.txt', 'w') as f: f.write('1')", "print(acts['r'](['ls'], capture_output=True).stdout)"),
    "logging to a file": ("import logging, os\nlog = logging.getLogger('own')\nh = {'h': logging.FileHandler}", "log.addHandler(h['h']('f.log'))\nlog.warning('x')", "print(os.path.exists('f.log'))"),
    "module written": ("acts = {'o': open}", "with acts['o']('own_mod.py', 'w') as f: f.write('V = 3')", "try:\n    import own_mod\n    print(own_mod.V)\nexcept ImportError:\n    print('none')"),
    "tempfile": ("import tempfile, os\nd = tempfile.mkdtemp()\nacts = {'o': open, 'l': os.listdir}", "with acts['o'](d + '/f', 'w') as f: f.write('1')", "print(acts['l'](d))"),
    "file through a handle": ("f = open('f.txt', 'w')\nw = {'w': f.write}", "w['w']('hello')\nf.flush()", "print(open('f.txt').read())"),
    "joblib": ("import joblib, os\nacts = {'d': joblib.dump}", "acts['d']([1], 'f.pkl')\nNone", "print(os.path.exists('f.pkl'))"),
    "joblib.Memory": ("import joblib\nm = joblib.Memory('cache', verbose=0)\ncalls = []\ndef f(v):\n    return v * 2\ng = m.cache(f)", "g(2)\nNone", "print(g.check_call_in_cache(2))"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A notebook: its cells by their tags."""

    name: str
    cells: tuple[tuple[str, str], ...]
    backwards: bool = False


def case(chance: random.Random, name: str) -> Case:
    """A notebook that goes this way, in a shape that is drawn."""
    make, change, look = WAYS[name]
    shape = chance.choice(("plain", "plain", "function", "apart", "twice", "prelude", "branch"))
    parts = {"make": make, "change": change, "look": look}
    if shape == "function" and "await" not in change:
        inner = "\n".join(f"    {line}" for line in change.splitlines())
        names = sorted(_bound(change))
        head = f"    global {', '.join(names)}\n" if names else ""
        parts["make"] = f"{make}\ndef touch_it():\n{head}{inner}"
        parts["change"] = "touch_it()"
    if shape == "branch":
        inner = "\n".join(f"    {line}" for line in change.splitlines())
        parts["change"] = f"if len('ab') == 2:\n{inner}"
    cells = [("step:make", parts["make"]), ("step:change", parts["change"]), ("step:look", look)]
    if shape == "apart":
        cells.insert(2, ("step:other", "other = [1, 2]\nprint(sum(other))"))
    if shape == "twice":
        cells.append(("step:again", look))
    if shape == "prelude":
        imports = [each for each in make.splitlines() if each.startswith(("import", "from"))]
        if imports:
            cells.insert(0, ("imports", "\n".join(imports)))
    return Case(f"{name} ({shape})", tuple(cells), chance.random() < 0.5)


def _bound(text: str) -> set[str]:
    tree = ast.parse(text)
    names = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
    }
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).partition(".")[0] for a in node.names if a.name != "*"}
    return names


def outcome(case: Case) -> tuple[str, str]:
    """A word for what became of a case, and more about it."""
    try:
        whole = _ran([("step:whole", source) for _, source in case.cells])
        found = whole if whole.failed else _ran(case.cells, backwards=case.backwards)
    except Refused as refusal:
        return "refused", str(refusal)
    if whole.failed:
        return "not run", "; ".join(whole.failed.values())
    if found.crashed:
        return "crashed", "; ".join(found.crashed.values())[-300:]
    if found.failed:
        text = "; ".join(f"{step}: {text}" for step, text in found.failed.items())
        return ("told" if _REPAIR.search(text) else "error"), text
    return _compared(case, whole, found)


def _compared(case: Case, whole: Ran, found: Ran) -> tuple[str, str]:
    numbers = range(1, len(case.cells) + 1)
    expected, seen = ([ran.stdout(f"c{n}") for n in numbers] for ran in (whole, found))
    if seen == expected:
        return "same", ""
    told = _foretold(case.cells)
    return ("told before", told) if told else (_WRONG, f"{seen} in place of {expected}")


def _foretold(cells: Sequence[tuple[str, str]]) -> str:
    """What is said before the run of something that ends with the process of its step."""
    with tempfile.TemporaryDirectory(prefix="hidden-") as folder:
        asked = request(str(_notebook(Path(folder), cells)), {}, ())
        return "; ".join(f.message for f in asked.analysis.findings if f.code == _STAYS_BEHIND)


def _ran(cells: Sequence[tuple[str, str]], *, backwards: bool = False) -> Ran:
    with tempfile.TemporaryDirectory(prefix="hidden-") as folder:
        source, _ = analysed(_notebook(Path(folder), cells))
        return Pods(assemble(source), Path(folder) / "run", Setting(backwards=backwards)).run()


def _notebook(folder: Path, cells: Sequence[tuple[str, str]]) -> Path:
    found = [code(n, source, tags.split(", ")) for n, (tags, source) in enumerate(cells, 1)]
    return written(folder / "notebook.ipynb", found, {})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=len(WAYS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="*", metavar="GLOB")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    names = [name for name in WAYS if fnmatch.fnmatch(name, options.only)]
    cases = [case(chance, names[number % len(names)]) for number in range(options.count)]
    words: Counter[str] = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        for each, (word, more) in zip(cases, pool.map(outcome, cases), strict=True):
            words[word] += 1
            if word != "same":
                print(f"{word:<20} {each.name:<45} {more[:260]}".rstrip(), flush=True)
    print(", ".join(f"{number} {word}" for word, number in words.most_common()))
    return int(words[_WRONG] + words["crashed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
