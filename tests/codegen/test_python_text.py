"""Generated Python: it means the value, it fits into its lines, and the formatter leaves it alone."""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.codegen import layout

TEXTS = st.text(st.characters(exclude_categories=()), max_size=300)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def value_of(lines: list[str]) -> object:
    """The value that the lines assign."""
    names: dict[str, object] = {}
    exec(compile("\n".join(lines), "x", "exec"), {"float": float}, names)  # our own text
    return names["x"]


@given(VALUES)
def test_a_value_is_what_it_was(value: object) -> None:
    assert value_of(layout.assigned("x = ", value)) == value
    assert value_of([f"x = {layout.inline(value)}"]) == value


@given(st.text(max_size=400))
def test_lines_of_texts_are_short(text: str) -> None:
    lines = [*layout.assigned("x = ", text), *layout.docstring(text)]
    assert all(layout.width(line) <= layout.WIDTH for line in lines)


@given(TEXTS)
def test_a_docstring_holds_nothing_that_stands_for_something_else(text: str) -> None:
    lines = layout.indented(layout.docstring(text))
    tree = ast.parse("\n".join(["def f():", *lines, "    x = 1"]))
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    assert len(function.body) == 2
    found = ast.get_docstring(function)
    assert found
    assert not {"{{", "}}", "$("} & {found[place : place + 2] for place in range(len(found))}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('say "a"', "'say \"a\"'"),
        ("it's", '"it\'s"'),
        ("\"'", '"\\"\'"'),
        ("a\\b\n", '"a\\\\b\\n"'),
        (math.inf, 'float("inf")'),
        (1e16, "1e16"),
        ([], "[]"),
        ({"a": [True, None]}, '{"a": [True, None]}'),
    ],
)
def test_values_as_a_person_writes_them(value: object, text: str) -> None:
    assert layout.inline(value) == text


def test_the_formatter_changes_nothing(tmp_path: Path) -> None:
    texts = ["", "a", 'it\'s "so"', "long " * 60, "é漢🙂" * 50, "x" * 300, "\\" * 150, "{{a}} $(b)"]
    values = [*texts, texts, {"key": texts, "other": {"inner": texts[3]}}, 1e16, -3, [[], {}]]
    lines: list[str] = []
    for number, value in enumerate(values):
        lines += layout.call("use(", [layout.argument("value", value), ["other=1"]])
        head = [layout.assigned("value: object = ", value, room=95)]
        lines += ["", "", *layout.call(f"def f{number}(", head, "):", always=True)]
        text = value if isinstance(value, str) else "some"
        lines += [*layout.indented(layout.docstring(text)), "    return value", "", ""]
    file = tmp_path / "x.py"
    file.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ruff", "format"),
            "--isolated",
            "--line-length=100",
            "--diff",
            file,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
