"""Ambient state crosses steps: set, changed, put back; and what has not changed is not stored."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

import pytest
from steps import Chain


@dataclass(frozen=True)
class State:
    """A piece: code that sets it, changes it, puts it back, and an expression that shows it."""

    piece: str
    set: str
    change: str
    back: str
    shown: str
    needs: str = ""


STATES = (
    State(
        "@environ",
        "import os; os.environ['FLOW_A'] = '1'; os.environ['HOME'] = '/nowhere'",
        "import os; os.environ['FLOW_A'] = '2'",
        "import os; del os.environ['FLOW_A']; os.environ['HOME'] = os.path.expanduser('~root')",
        "__import__('os').environ.get('FLOW_A')",
    ),
    State(
        "@cwd",
        "import os; os.mkdir('a'); os.chdir('a')",
        "import os; os.mkdir('b'); os.chdir('b')",
        "import os; os.chdir('../..')",
        "__import__('os').path.relpath(__import__('os').getcwd(), folder)",
    ),
    State(
        "@sys.path",
        "import sys; sys.path.append('/a')",
        "sys.path.append('/b')",
        "del sys.path[-2:]",
        "__import__('sys').path[-2:]",
    ),
    State(
        "@warnings",
        "import warnings; warnings.simplefilter('error', FutureWarning)",
        "import warnings; warnings.simplefilter('ignore', FutureWarning)",
        "import warnings; warnings.filters.pop(0); warnings.filters.pop(0)",
        "[f[0] for f in __import__('warnings').filters if f[2] is FutureWarning][:1]",
    ),
    State(
        "@locale",
        "import locale; locale.setlocale(locale.LC_ALL, 'C'); None",
        "import locale; locale.setlocale(locale.LC_TIME, 'C.UTF-8'); None",
        "import locale; locale.setlocale(locale.LC_ALL, usual)",
        "__import__('locale').setlocale(6)",
    ),
    State(
        "@decimal",
        "import decimal; decimal.getcontext().prec = 5",
        "import decimal; decimal.getcontext().prec = 6",
        "import decimal; decimal.getcontext().prec = 28",
        "__import__('decimal').getcontext().prec",
    ),
    State(
        "@limits",
        "import sys, gc; sys.setrecursionlimit(4567); gc.disable()",
        "import sys; sys.setrecursionlimit(5678)",
        "import sys, gc; sys.setrecursionlimit(depth); gc.enable()",
        "(__import__('sys').getrecursionlimit(), __import__('gc').isenabled())",
    ),
    State(
        "@csv",
        "import csv; csv.register_dialect('pipes', delimiter='|')",
        "import csv; csv.register_dialect('pipes', delimiter='+')",
        "import csv; csv.unregister_dialect('pipes')",
        "[__import__('csv').get_dialect(d).delimiter for d in __import__('csv').list_dialects()"
        " if d == 'pipes']",
    ),
    State(
        "@timezone",
        "import os, time; os.environ['TZ'] = 'XXX-5'; time.tzset()",
        "import os, time; os.environ['TZ'] = 'YYY-6'; time.tzset()",
        "import os, time; os.environ.pop('TZ'); time.tzset()",
        "__import__('time').tzname[0]",
    ),
    State(
        "@signals",
        "import signal\ndef one(*_): pass\nsignal.signal(signal.SIGUSR1, one); None",
        "import signal\ndef two(*_): pass\nsignal.signal(signal.SIGUSR1, two); None",
        "import signal; signal.signal(signal.SIGUSR1, signal.SIG_DFL); None",
        "getattr(__import__('signal').getsignal(10), '__name__', None)",
    ),
    State(
        "@annotations",
        "a: int = 1",
        "b: float = 1.0",
        "__annotations__.clear()",
        "globals().get('__annotations__', {})",
    ),
    State(
        "@logging",
        "import logging, sys\n"
        "logging.basicConfig(stream=sys.stdout, level='INFO', force=True)\n"
        "logging.getLogger('mine').setLevel('ERROR')",
        "import logging; logging.getLogger('mine').setLevel('DEBUG');"
        " logging.root.handlers[0].setLevel('WARNING')",
        "import logging; logging.root.handlers.clear(); logging.root.setLevel('WARNING');"
        " logging.getLogger('mine').setLevel(0)",
        "(__import__('logging').root, __import__('logging').root.handlers,"
        " __import__('logging').getLogger('mine').level)",
    ),
    State(
        "@random",
        "import random; kept = random.getstate(); random.seed(1)",
        "import random; random.random()",
        "import random; random.setstate(kept)",
        "(__import__('random').getstate()[1][::40], __import__('random').getstate()[2])",
    ),
    State(
        "@ipython",
        "%precision 2",
        "%precision 3",
        "%precision",
        "get_ipython().display_formatter.formatters['text/plain'](1/3)",
    ),
    State(
        "@numpy.printoptions",
        "import numpy as np; np.set_printoptions(precision=2)",
        "import numpy as np; np.set_printoptions(precision=3)",
        "import numpy as np; np.set_printoptions(precision=8)",
        "__import__('numpy').array([1/3])",
        "numpy",
    ),
    State(
        "@pandas.options",
        "import pandas as pd; pd.set_option('display.max_rows', 5)",
        "import pandas as pd; pd.set_option('display.max_rows', 6)",
        "import pandas as pd; pd.reset_option('display.max_rows')",
        "__import__('pandas').get_option('display.max_rows')",
        "pandas",
    ),
    State(
        "@pandas.accessors",
        "import pandas as pd\n"
        "@pd.api.extensions.register_series_accessor('flow')\n"
        "class One:\n    def __init__(self, series): self.size = 1\n",
        "import pandas as pd\n"
        "class Two:\n    def __init__(self, series): self.size = 2\n"
        "pd.api.extensions.register_series_accessor('flow')(Two); None",
        "import pandas as pd; del pd.Series.flow; pd.Series._accessors.discard('flow')",
        "getattr(getattr(__import__('pandas').Series([1]), 'flow', None), 'size', None)",
        "pandas",
    ),
    State(
        "@matplotlib.colormaps",
        "import matplotlib as mpl; mpl.colormaps.register(mpl.colormaps['gray'], name='flow')",
        "import matplotlib as mpl;"
        " mpl.colormaps.register(mpl.colormaps['jet'], name='flow', force=True)",
        "import matplotlib as mpl; mpl.colormaps.unregister('flow')",
        "[m(0.5) for n, m in __import__('matplotlib').colormaps.items() if n == 'flow']",
        "matplotlib",
    ),
    State(
        "@matplotlib.rcParams",
        "import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = 3",
        "import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = 4",
        "import matplotlib as mpl; mpl.rcParams['lines.linewidth'] = 1.5",
        "__import__('matplotlib').rcParams['lines.linewidth']",
        "matplotlib",
    ),
)

BEGIN = (
    "import sys as s, locale as l, os as o; usual = l.setlocale(l.LC_ALL)\n"
    "depth = s.getrecursionlimit(); folder = o.getcwd()"
)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.piece)
def test_a_piece_is_set_changed_and_put_back(chain: Chain, state: State) -> None:
    if state.needs and importlib.util.find_spec(state.needs) is None:
        pytest.skip(f"needs {state.needs}")
    show = f"print({state.shown})"
    seen = []
    for source in (BEGIN, state.set, state.change, state.back):
        here = chain.run(source, show)
        assert here.outcome["ok"], here.outcome["error"]
        if source is BEGIN:
            assert state.piece not in here.outcome["ambient"]
        else:
            assert state.piece in here.outcome["ambient"], source
        there = chain.run(show)
        assert there.stream() == here.stream(), source
        assert there.outcome["ambient"] == {}, source
        seen.append(there.stream())
    assert seen[0] == seen[3]
    assert len(set(seen)) == 3
