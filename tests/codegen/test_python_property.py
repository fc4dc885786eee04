"""Notebooks of simple statements print as a module what their cells print one after the other."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notebook_cells import code, written
from pods import Refused, analysed

from nbflow.codegen.python import module, problems
from nbflow.codegen.python.layout import lay_out

NAMES = st.sampled_from(["a", "b", "c", "f", "g", "max"])
VALUES = st.one_of(
    st.integers(0, 3).map(str),
    NAMES,
    NAMES.map(lambda name: f"{name}()"),
    NAMES.map(lambda name: f"[{name} for _ in (1,)]"),
    NAMES.map(lambda name: f"(lambda: {name})"),
    st.tuples(NAMES, NAMES).map(lambda pair: f"[{pair[0]} for {pair[1]} in (7,)]"),
    NAMES.map(lambda name: f"sorted({name} for _ in (1,))"),
)
SIMPLE = st.one_of(
    st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.tuples(NAMES, VALUES).map(lambda pair: f"{pair[0]}: int = {pair[1]}"),
    st.tuples(NAMES, st.integers(0, 3)).map(lambda pair: f"{pair[0]} += {pair[1]}"),
    VALUES.map(lambda value: f"print(said({value}))"),
    VALUES,
    NAMES.map(lambda name: f"del {name}"),
    NAMES.map(lambda name: f"{name}: int"),
    NAMES.map(lambda name: f"global {name}"),
    st.tuples(NAMES, NAMES).map(lambda pair: f"{pair[0]} = {pair[1]} = 1"),
    st.sampled_from(["import json as f", "from math import pi as a", "pass"]),
)


def indented(lines: list[str]) -> str:
    return "\n".join("    " + line for text in lines for line in text.split("\n"))


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map(indented)
    return st.one_of(
        st.tuples(NAMES, body).map(lambda p: f"def {p[0]}():\n{p[1]}\n    return {p[0]}"),
        st.tuples(NAMES, NAMES, body).map(lambda p: f"def {p[0]}({p[1]}=1):\n{p[2]}"),
        st.tuples(NAMES, body).map(lambda p: f"class {p[0]}:\n{p[1]}"),
        st.tuples(st.booleans(), body, body).map(lambda p: f"if {p[0]}:\n{p[1]}\nelse:\n{p[2]}"),
        st.tuples(NAMES, st.integers(0, 2), body).map(
            lambda p: f"for {p[0]} in range({p[1]}):\n{p[2]}"
        ),
        st.tuples(body, NAMES, body).map(
            lambda p: f"try:\n{p[0]}\nexcept Exception as {p[1]}:\n{p[2]}"
        ),
        st.tuples(body, body).map(lambda p: f"try:\n{p[0]}\nfinally:\n{p[1]}"),
        body.map(lambda text: f"while True:\n{text}\n    break"),
    )


STATEMENTS = st.recursive(SIMPLE, blocks, max_leaves=4)
CELLS = st.lists(STATEMENTS, min_size=1, max_size=4).map("\n".join)
TAGS = st.sampled_from(
    ["functions", "imports", "step:one", "step:two", "step:three", "", "pipeline-metrics"]
)
SAID = """\
def said(value):
    return getattr(value, "__qualname__", None) or getattr(value, "__name__", None) or repr(value)"""


FIRST = "a = 1\nb = a\nc = [2]\ndef f():\n    return a\ndef g(b=b):\n    return b"
HELPER = "from nbflow.codegen.python.shown import show as __show"


def compiles(source: str) -> bool:
    try:
        compile(source, "<cell>", "exec")
    except SyntaxError:
        return False
    return True


def ran(texts: list[str]) -> str:
    """What is printed until the end or the first error, whose words come last."""
    names: dict[str, object] = {"__name__": "__main__"}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            for text in texts:
                exec(compile(text, "<cell>", "exec"), names)  # our own text
        except Exception as error:
            # A local name that is not bound is told in other words.
            out.write("NameError" if isinstance(error, NameError) else repr(error))
    return re.sub(r"0x\w+|(\w+\.<locals>\.)+(?=<lambda>)", "", out.getvalue())


def showing(source: str) -> str:
    """The cell, made to show its value."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        call = ast.Call(ast.Name("__show", ast.Load()), [last.value], [])
        tree.body[-1] = ast.Expr(call)
    return ast.unparse(ast.fix_missing_locations(tree))


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cells=st.lists(st.tuples(TAGS, CELLS.filter(compiles)), min_size=1, max_size=5))
def test_what_is_printed_is_the_same(cells: list[tuple[str, str]], tmp_path: Path) -> None:
    tagged = [("functions", SAID), ("step:zero", FIRST), *cells]
    path = written(
        tmp_path / "nb.ipynb",
        [code(n, source, tags.split()) for n, (tags, source) in enumerate(tagged)],
    )
    try:
        source, _ = analysed(path)
    except Refused:
        return
    layout = lay_out(source, {})
    if problems(layout):
        return
    text = module(layout, source.pipeline, "nb.ipynb")
    order = [source.cells[cell].source for cell in source.cells]
    expected = ran([HELPER, *map(showing, order)])
    assert ran([text]) == expected, text
