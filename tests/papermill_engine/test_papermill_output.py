"""papermill's users find what they expect: each notebook is run by papermill's own engine as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from side_by_side import comparable, given
from small_notebooks import code, text, write

#: Libraries of Jupyter ask for the time in a way that newer Pythons warn of.
pytestmark = [
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
    pytest.mark.slow,
]

VALUES = {
    "whole": 7, "number": -0.5, "large": 2**70, "word": "a \"b\" 'c'\nd\\{e}", "yes": True,
    "nothing": None, "some": [1, "two", [3.0]], "named": {"a": {"b": None}}, "none": float("nan"),
    "endless": float("-inf"), "pair": (1, "b"), "empty": {}, "signs": "ñ 日本 \U0001f642\t%s {x}",
    "zero": -0.0, "small": 1e-300,
}  # fmt: skip

CASES: dict[str, tuple[list[dict[str, object]], Mapping[str, object], dict[str, Any]]] = {
    "types of parameters": (
        [
            text("# Types"),
            code("\n".join(f"{name} = 0" for name in VALUES), "parameters"),
            *(code(f"print(type({name}), {name})") for name in VALUES),
        ],
        VALUES,
        {},
    ),
    "no parameters given": (
        [code("x = 1", "parameters"), code("print(x)")],
        {},
        {},
    ),
    "a parameter computed from another stays what it is": (
        [
            code("n = 1\nm = 2 * n", "parameters"),
            text("# One"),
            code("n += 1\nn, m"),
            text("# Two"),
            code("print(n, m)"),
        ],
        {"n": 5},
        {},
    ),
    "an unknown parameter": (
        [code("x = 1", "parameters"), code("x, y")],
        {"y": 2},
        {},
    ),
    "no cell of parameters": (
        [text("# Top"), code("import math"), code("print(x)"), code("x = 1\nx")],
        {"x": 3},
        {},
    ),
    "steps, prelude, skipped cells, report mode": (
        [
            code("import math", "imports"),
            code("k = 2", "parameters"),
            code("def twice(v):\n    return 2 * v", "functions"),
            code("a = twice(k)\nprint('load', a)", "step:load"),
            code("", "step:load"),
            code("# a comment"),
            code("1 / 0", "skip-execution"),
            code("b = math.sqrt(a)", "step:left", "hide-input"),
            code("c = a + k\nc", "step:right"),
            code("print(b, c)", "step:end"),
            text("the end"),
        ],
        {"k": 8},
        {"report_mode": True},
    ),
    "comments before the first step have numbers": (
        [
            code("# # Title"),
            code("x = 1", "parameters"),
            code("# %pip install"),
            code("x"),
            code("_4"),
        ],
        {"x": 2},
        {},
    ),
    "outputs of all kinds": (
        [
            code(
                "import sys\n"
                "from IPython.display import HTML, JSON, clear_output, display, update_display"
            ),
            code("display(HTML('<b>x</b>'), metadata={'text/html': {'isolated': True}})\n'text'"),
            code("print('gone'); clear_output(); print('stays'); print('err', file=sys.stderr)"),
            code("display(JSON({'a': 1}), display_id='one')"),
            text("# Later"),
            code("update_display({'now': 2}, display_id='one')"),
            code("None"),
            code("7;"),
            code("%%html\n<i>magic</i>"),
        ],
        {},
        {},
    ),
    "a cell that fails": (
        [
            text("# First"),
            code("x = 1", "parameters"),
            code("print('before', x)"),
            text("# Second"),
            code("def f():\n    raise ValueError('not good')\nprint('here')\nf()"),
            text("# Third"),
            code("print('never')"),
        ],
        {"x": 2},
        {},
    ),
    "a cell that may fail": (
        [
            text("# First"),
            code("int('x')", "raises-exception"),
            text("# Second"),
            code("print('goes on')"),
        ],
        {},
        {},
    ),
    "the end asked for": (
        [code("import sys"), code("print('bye')\nsys.exit(0)"), code("print('never')")],
        {},
        {},
    ),
    "the end asked for with a reason": (
        [code("import sys"), code("sys.exit('why')"), code("print('never')")],
        {},
        {},
    ),
}


@pytest.mark.parametrize(("cells", "parameters", "options"), CASES.values(), ids=CASES)
def test_the_output_is_what_papermill_gives(
    tmp_path: Path,
    cells: list[dict[str, object]],
    parameters: Mapping[str, object],
    options: dict[str, Any],
) -> None:
    notebook = write(tmp_path, *cells)
    own = given(None, notebook, parameters, **options)
    found = given("nbflow", notebook, parameters, **options)
    assert comparable(found.notebook) == comparable(own.notebook)
    assert found.raised == own.raised
    assert found.warnings == own.warnings
