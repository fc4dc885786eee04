"""Fingerprints: equal for what means the same, in two processes, and different for what does not."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nbflow.runtime
from nbflow.runtime.meaning import fingerprint, fingerprints

#: Expressions, each with others that mean something else. Names are those of ``SETUP``.
DIFFERENT: dict[str, tuple[str, ...]] = {
    "1": ("2", "1.0", "True", "'1'", "b'1'", "1j"),
    "-0.0": ("0.0",),
    "float('nan')": ("float('inf')", "None"),
    "'a'": ("'b'", "['a']"),
    "b'a'": ("bytearray(b'a')",),
    "[1, 2]": ("[2, 1]", "(1, 2)", "{1, 2}", "[1, [2]]"),
    "{'a': 1, 'b': 2}": ("{'b': 2, 'a': 1}", "{'a': 1}", "[('a', 1), ('b', 2)]"),
    "{'x', 'y', 'z'}": ("{'x', 'y'}", "frozenset('xyz')"),
    "[{1: [2, {3}]}]": ("[{1: [2, {4}]}]",),
    "cycle(1)": ("cycle(2)", "[[], 1]"),
    "{'a': 1}.keys()": ("{'b': 1}.keys()", "{'a': 1}.values()", "['a']"),
    "{'a': 1}.items()": ("{'a': 2}.items()",),
    "memoryview(b'ab')": ("memoryview(b'ac')", "memoryview(b'ab')[:1]"),
    "range(3)": ("range(4)", "[0, 1, 2]"),
    "slice(1, 2)": ("slice(1, 3)",),
    "pathlib.PurePosixPath('a/b')": ("pathlib.PurePosixPath('a')", "'a/b'"),
    "datetime.date(2020, 1, 2)": ("datetime.date(2020, 1, 3)",),
    "decimal.Decimal('1.0')": ("decimal.Decimal('1.1')",),
    "fractions.Fraction(1, 3)": ("fractions.Fraction(2, 3)",),
    "collections.Counter('aab')": ("collections.Counter('abb')", "{'a': 2, 'b': 1}"),
    "collections.defaultdict(list)": ("collections.defaultdict(int)", "{}"),
    "collections.deque([1])": ("collections.deque([2])", "[1]"),
    "re.compile('a')": ("re.compile('b')", "re.compile('a', re.I)"),
    "(lambda x: x + 1)": ("(lambda x: x + 2)", "(lambda x, y=1: x + 1)"),
    "adder(1)": ("adder(2)",),
    "functools.partial(adder, 1)": ("functools.partial(adder, 2)",),
    "Point(1, 2)": ("Point(1, 3)", "Other(1, 2)"),
    "Slim(1)": ("Slim(2)",),
    "Colour.RED": ("Colour.BLUE",),
    "Pair(1, 2)": ("Pair(2, 1)",),
    "Point": ("Other",),
    "Point(1, 2).length": ("Point(3, 2).length",),
    "[1].append": ("[2].append",),
    "(i for i in [1])": ("iter([1])",),
    "json": ("os",),
    "len": ("max",),
    "ValueError('a')": ("ValueError('b')", "KeyError('a')"),
}
DIFFERENT_NUMPY: dict[str, tuple[str, ...]] = {
    "np.arange(3)": ("np.arange(4)", "np.arange(3.0)", "[0, 1, 2]", "np.arange(3).reshape(3, 1)"),
    "np.arange(6).reshape(2, 3).T": ("np.arange(6).reshape(3, 2)",),
    "np.array([1, np.nan])": ("np.array([1, 2.0])",),
    "np.array([1, 'a', None], object)": ("np.array([1, 'b', None], object)",),
    "np.array([(1, 2)], aligned)": ("np.array([(1, 3)], aligned)",),
    "np.ma.array([1, 2], mask=[0, 1])": ("np.ma.array([1, 2], mask=[1, 0])",),
    "np.float64(1)": ("np.float32(1)", "1.0"),
    "np.dtype('f4')": ("np.dtype('f8')",),
    "np.random.default_rng(1)": ("np.random.default_rng(2)",),
    "np.random.RandomState(1)": ("np.random.RandomState(2)",),
}
DIFFERENT_PANDAS: dict[str, tuple[str, ...]] = {
    "pd.DataFrame({'a': [1, 2]})": (
        "pd.DataFrame({'b': [1, 2]})",
        "pd.DataFrame({'a': [1, 3]})",
        "pd.DataFrame({'a': [1, 2]}, index=[1, 2])",
        "pd.DataFrame({'a': [1.0, 2.0]})",
    ),
    "pd.Series(['x', None])": ("pd.Series(['y', None])", "pd.Series(['x', None], name='n')"),
    "pd.Series(['x', 'y'], dtype='category')": (
        "pd.Series(['y', 'x'], dtype='category')",
        "pd.Series(['x', 'y'])",
    ),
    "pd.Timestamp('2020-01-01')": ("pd.Timestamp('2020-01-02')",),
    "pd.date_range('2020', periods=2)": ("pd.date_range('2021', periods=2)",),
    "pd.DataFrame({'k': [1, 1], 'v': [1, 2]}).groupby('k')": (
        "pd.DataFrame({'k': [1, 1], 'v': [1, 3]}).groupby('k')",
        "pd.DataFrame({'k': [1, 1], 'v': [1, 2]}).groupby('v')",
    ),
}
DIFFERENT_SKLEARN: dict[str, tuple[str, ...]] = {
    "LinearRegression()": ("LinearRegression(fit_intercept=False)",),
    "LinearRegression().fit([[1], [2]], [1, 2])": (
        "LinearRegression()",
        "LinearRegression().fit([[1], [2]], [1, 3])",
    ),
}
DIFFERENT_MATPLOTLIB: dict[str, tuple[str, ...]] = {
    "drawn('a')": ("drawn('b')", "Figure()"),
}
SETUPS = {
    "": """
import collections, dataclasses, datetime, decimal, enum, fractions, functools, json, os, pathlib
import re
def cycle(last):
    made = []
    made.extend([made, last])
    return made
def adder(n):
    return lambda x: x + n
@dataclasses.dataclass
class Point:
    x: int
    y: int
    def length(self): return self.x + self.y
@dataclasses.dataclass
class Other:
    x: int
    y: int
class Slim:
    __slots__ = ("a",)
    def __init__(self, a): self.a = a
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
Pair = collections.namedtuple("Pair", "a b")
""",
    "numpy": "import numpy as np; aligned = np.dtype([('a', 'i1'), ('b', 'i8')], align=True)",
    "pandas": "import pandas as pd",
    "sklearn": "from sklearn.linear_model import LinearRegression",
    "matplotlib": """
from matplotlib.figure import Figure
def drawn(title):
    made = Figure()
    made.subplots().set_title(title)
    return made
""",
}
TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "": DIFFERENT,
    "numpy": DIFFERENT_NUMPY,
    "pandas": DIFFERENT_PANDAS,
    "sklearn": DIFFERENT_SKLEARN,
    "matplotlib": DIFFERENT_MATPLOTLIB,
}
#: Loads the package by its path, as a plain kernel does that knows nothing of it.
ALONE = """
import importlib.util, json, sys
folder, setups, texts = json.load(sys.stdin)
spec = importlib.util.spec_from_file_location(
    "alone", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["alone"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["alone"])
from alone.meaning import fingerprint
for setup in setups:
    exec(setup)
print(json.dumps({text: fingerprint(eval(text)) for text in texts}))
"""


def found(texts: list[str], needs: str, seed: int) -> dict[str, str]:
    """The fingerprints of the expressions in a process of its own."""
    folder = str(Path(nbflow.runtime.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALONE],
        input=json.dumps([folder, [SETUPS[""], SETUPS[needs]], texts]),
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, str] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("needs", list(TABLES), ids=lambda needs: needs or "python")
def test_equal_in_two_processes_and_different_for_different_values(needs: str) -> None:
    if needs and importlib.util.find_spec(needs) is None:
        pytest.skip(f"needs {needs}")
    table = TABLES[needs]
    texts = [*table, *(other for others in table.values() for other in others)]
    one, two = found(texts, needs, 1), found(texts, needs, 2)
    assert [text for text in texts if one[text] != two[text]] == []
    same = [(a, b) for a, others in table.items() for b in others if one[a] == one[b]]
    assert same == []
    assert [text for text in texts if one[text].startswith(("failed:", "deep:"))] == []


def test_values_that_cannot_be_looked_at_are_told_by_their_type() -> None:
    class Broken:
        def __getstate__(self) -> object:
            raise OSError

        def __reduce_ex__(self, _protocol: object) -> str:
            raise OSError

    assert fingerprint(Broken()) == fingerprint(Broken())
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert fingerprint(deep) == "deep:list"


def test_sharing_is_no_part_of_the_meaning() -> None:
    shared = [1]
    assert fingerprint([shared, shared]) == fingerprint([[1], [1]])
    assert fingerprints({"a": 1}) == {"a": fingerprint(1)}
