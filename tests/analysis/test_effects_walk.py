"""The walk as a whole: locations, order, cost, and that nothing makes it fail."""

from __future__ import annotations

import ast

import pytest
from effects_text import codes, last_effects, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow.analysis.effects import READ_BY_ALL, Walk, effects, read_by_all
from nbflow.analysis.source import CellCode
from nbflow.model import Cell, CellId, CellKind, Location


def test_each_access_stands_at_its_first_place() -> None:
    first, second = effects(codes(["x = [1]", "y = 1\nx.append(y)\nx.append(y)"]))
    assert [each.location for each in first.binds] == [Location(CellId("c1"), 1, 1, 0)]
    assert [each.location for each in second.mutates] == [Location(CellId("c2"), 2, 2, 0)]


def test_an_effect_of_a_function_stands_where_it_is_called() -> None:
    cells = ["x = []\ndef add():\n\n\n    x.append(1)", "1\nadd()"]
    (access,) = effects(codes(cells))[-1].mutates
    assert access.location == Location(CellId("c2"), 2, 2, 0)


def test_a_function_sees_the_values_of_the_moment() -> None:
    sources = ["k = 2\ndef f():\n    return k", "k = 100", "f()"]
    assert last_effects(*sources) == "r: f k"


def test_a_redefined_helper_counts() -> None:
    sources = [
        "def g():\n    return a",
        "def f():\n    return g()",
        "b = 1\ndef g():\n    return b",
        "f()",
    ]
    assert last_effects(*sources) == "r: b f g"


def test_a_rebound_name_is_no_alias_any_more() -> None:
    assert last_effects("x = [1]\ny = x", "x = [2]", "x.append(3)") == "r: x | m: x"


def test_a_written_module_is_read_where_it_is_imported() -> None:
    sources = ["%%writefile tools.py\nx = 1", "import tools"]
    assert last_effects(*sources) == "r: @file:tools.py @module:tools | b: tools"


def test_what_may_be_called_is_walked_in_the_order_of_the_notebook() -> None:
    names = [f"a{number}" for number in range(12)]
    functions = [f"def f_{name}():\n    return {name}.append(1)" for name in names]
    choice = "f = " + " or ".join(f"f_{name}" for name in names)
    sources = ["\n".join(f"{name} = []" for name in names), "\n".join(functions), choice, "f()"]
    last = effects(codes(sources))[-1]
    assert [each.name for each in last.mutates] == names


def test_history_makes_every_cell_a_writer_only_where_it_is_read() -> None:
    without = effects(codes(["1 + 1", "2"]))
    assert [text_of(each) for each in without] == ["", ""]
    with_history = effects(codes(["1 + 1", "y = _"]))
    assert [text_of(each) for each in with_history] == [
        "r: @out | m: @out",
        "r: @out | b: y | m: @out",
    ]


def test_figures_that_stay_open_are_state() -> None:
    sources = ["import matplotlib.pyplot as plt", "plt.plot([1])"]
    assert text_of(effects(codes(sources), inline_figures=True)[-1]) == "r: plt"
    assert (
        text_of(effects(codes(sources), inline_figures=False)[-1]) == "r: @pyplot plt | m: @pyplot"
    )


def test_a_constant_parameter_is_no_constant() -> None:
    parameters = codes(["path = 'a.csv'"], tags=["parameters"])
    cells = [*parameters, *codes(["x = 1", "open(path).read()"])[1:]]
    assert text_of(effects(cells)[-1]) == "r: @files path"


def test_read_by_all_knows_prefixes() -> None:
    assert read_by_all("@environ")
    assert read_by_all("@module:ssl.x")
    assert not read_by_all("@numpy.random")
    assert "@files" not in READ_BY_ALL


def test_code_that_nests_deeply_is_taken_by_its_names() -> None:
    deep = "y = " + "(" * 60 + "x" + ")" * 60 + " + 1" * 700
    found = effects(codes(["x = 1", deep]))[-1]
    assert "x" in {each.name for each in found.reads}


def test_a_long_chain_of_functions_ends() -> None:
    sources = ["def f0():\n    return k"]
    sources += [f"def f{i}():\n    return f{i - 1}()" for i in range(1, 60)]
    found = effects(codes([*sources, "k = 1", "x = f59()"]))[-1]
    assert {each.name for each in found.reads} == {"k", *(f"f{i}" for i in range(60))}


STEPS = {
    "aliases": "y{i} = x\ny{i}.append({i})\n",
    "chain": "z{i} = tool.go(z{j})\n",
    "results": "m{i} = Model(x)\nm{i}.fit(x)\nresults.append(m{i})\nresults[-1].n = 1\n",
    "calls": "a{i} = work(x, {i})\nfor v in a{i}:\n    v.append(work(a{i}, v))\n",
}
FIRST = """
import tool
x = []
z0 = tool.start()
results = []
class Model:
    def __init__(self, data):
        self.data = data
    def fit(self, data):
        self.n = len(data)
        self.seen = [row for row in data]
def work(data, n):
    if n:
        return [row for row in data]
    return data
"""


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_the_work_grows_with_the_notebook(step: str) -> None:
    def operations(number: int) -> int:
        walk = Walk()
        for code in codes([FIRST, *(step.format(i=i, j=i - 1) for i in range(1, number + 1))]):
            walk.cell(code)
        return walk.operations

    assert operations(400) < 4.4 * operations(100)


NAMES = st.sampled_from(["x", "y", "f", "C", "print", "np", "_"])


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"{p[0]}[{p[1]}]"),
        pair.map(lambda p: f"{p[0]}({p[1]})"),
        pair.map(lambda p: f"{p[0]}.append({p[1]})"),
        pair.map(lambda p: f"[{p[0]} for x in {p[1]}]"),
        pair.map(lambda p: f"[{p[0]}, {p[1]}]"),
        pair.map(lambda p: f"({p[0]}, *{p[1]})"),
        pair.map(lambda p: f"{{'k': {p[0]}, **{p[1]}}}"),
        pair.map(lambda p: f"(lambda x, y={p[0]}: {p[1]})"),
        pair.map(lambda p: f"map({p[0]}, {p[1]})"),
        pair.map(lambda p: f"({p[0]} if {p[1]} else y)"),
        inner.map(lambda p: f"(z := {p})"),
        inner.map(lambda p: f"{p}.a"),
        inner.map(lambda p: f"next({p})"),
    )


EXPRESSIONS = st.recursive(
    st.one_of(NAMES, st.just("1"), st.just("'a'")), _expressions, max_leaves=6
)


def _indented(body: str) -> str:
    return "\n".join("    " + line for line in body.splitlines())


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    body = inner.map(_indented)
    return st.one_of(
        two.map("\n".join),
        st.tuples(EXPRESSIONS, body, body).map(lambda p: f"if {p[0]}:\n{p[1]}\nelse:\n{p[2]}"),
        st.tuples(NAMES, EXPRESSIONS, body).map(lambda p: f"for {p[0]} in {p[1]}:\n{p[2]}"),
        st.tuples(EXPRESSIONS, body).map(lambda p: f"while {p[0]}:\n{p[1]}\n    break"),
        st.tuples(body, body).map(lambda p: f"try:\n{p[0]}\nexcept E as x:\n{p[1]}"),
        st.tuples(EXPRESSIONS, body).map(lambda p: f"with {p[0]} as y:\n{p[1]}"),
        st.tuples(NAMES, body).map(
            lambda p: f"def {p[0]}(x, *a, y=f, **k):\n    global z\n{p[1]}\n    return x, y"
        ),
        st.tuples(NAMES, body).map(lambda p: f"def {p[0]}(x):\n{p[1]}\n    yield x"),
        st.tuples(NAMES, EXPRESSIONS, body).map(
            lambda p: (
                f"class {p[0]}({p[1]}):\n{p[2]}\n    def m(self, x):\n        return super().m(x)"
            )
        ),
        st.tuples(EXPRESSIONS, body).map(
            lambda p: (
                f"match {p[0]}:\n  case [x, *y]:\n{_indented(p[1])}\n  case C(a=x) | {{'k': x}}:\n    pass"
            )
        ),
    )


SIMPLE = st.one_of(
    EXPRESSIONS,
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]} = {p[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]} += {p[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]}.a = {p[1]}"),
    st.tuples(NAMES, EXPRESSIONS).map(lambda p: f"{p[0]}[0], *y = {p[1]}"),
    NAMES.map(lambda name: f"del {name}"),
    NAMES.map(lambda name: f"import {name}.b"),
    st.just("from m import *"),
)
PROGRAMS = st.recursive(SIMPLE, _blocks, max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(PROGRAMS, min_size=1, max_size=4))
def test_no_program_makes_the_walk_fail(sources: list[str]) -> None:
    cells = []
    for number, source in enumerate(sources, 1):
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        cell = Cell(CellId(f"c{number}"), CellKind.CODE, source, number)
        cells.append(CellCode(cell, tree))
    found = effects(cells)
    assert len(found) == len(cells)
    assert found == effects(cells)
    for each in found:
        assert each.maybe <= {access.name for access in (*each.binds, *each.deletes)}
        assert each.maybe <= {access.name for access in each.reads}
