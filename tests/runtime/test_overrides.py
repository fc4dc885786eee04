"""Values from outside win over what a cell binds, and what the cell computes from them follows."""

from __future__ import annotations

import ast
from types import SimpleNamespace
from typing import Any

import pytest

from nbflow.runtime import overrides


def ran(source: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The names after ``source`` has run with ``parameters`` from outside."""
    shell = SimpleNamespace(user_ns={}, ast_transformers=[])
    with overrides.active(shell, parameters):
        tree = ast.parse(source)
        for transformer in shell.ast_transformers:
            tree = transformer.visit(tree)
        exec(compile(tree, "cell", "exec"), shell.user_ns)
    return {name: value for name, value in shell.user_ns.items() if not name.startswith("__")}


@pytest.mark.parametrize(
    ("source", "parameters", "expected"),
    [
        ("n = 5", {"n": 3}, {"n": 3}),
        ("n = 5\nm = 2 * n", {"n": 3}, {"n": 3, "m": 6}),
        ("n = 5; m = 2 * n", {"n": 3}, {"n": 3, "m": 6}),
        ("n: int = 5\nm = n", {"n": 3}, {"n": 3, "m": 3}),
        ("n: int", {"n": 3}, {"n": 3}),
        ("a, b = 1, 2\nc = a + b", {"b": 5}, {"a": 1, "b": 5, "c": 6}),
        ("n = 5\nn += 1\nm = n", {"n": 3}, {"n": 3, "m": 3}),
        ("if True:\n    n = 5\nm = n", {"n": 3}, {"n": 3, "m": 3}),
        ("pass", {"n": [1, {"a": None}]}, {"n": [1, {"a": None}]}),
        ("n = []\nm = n", {"n": [1]}, {"n": [1], "m": [1]}),
        ("n = 'x'", {"n": 'it\'s "quoted"\n'}, {"n": 'it\'s "quoted"\n'}),
        ("n = 1", {}, {"n": 1}),
    ],
)
def test_the_value_from_outside_wins(
    source: str, parameters: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert ran(source, parameters) == expected


def test_aliases_made_in_the_cell_stay_aliases() -> None:
    found = ran("n = []\nm = n\nm.append(2)", {"n": [1]})
    assert found["m"] is found["n"]
    assert found["n"] == [1, 2]


def test_the_given_value_is_never_changed() -> None:
    given = {"n": [1]}
    ran("n = []\nn.append(2)", given)
    assert given == {"n": [1]}
