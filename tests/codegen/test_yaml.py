"""What is written as YAML comes back from a reader of it, and looks as it should."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nbflow.codegen.yaml import dumped

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WORDS = st.sampled_from(
    ["yes", "No", "on", "~", "null", "1e3", "-1", ".5", "0x1f", "1:30", "a: b", "a #b", "- a", "", "=", "<<",
     "-c", "python:3.11", "{{a.b}}", "a\nb", "a\n", "\na", " a\nb", "a \nb", "2001-01-01", "Infinity", ".inf"]
)  # fmt: skip
SCALARS = TEXTS | WORDS | st.integers() | st.booleans() | st.none()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS | WORDS, VALUES, min_size=1, max_size=4))
def test_comes_back(value: dict[str, Any]) -> None:
    assert yaml.safe_load(dumped(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": "b"}, "a: b\n"),
        ({"a": "1"}, 'a: "1"\n'),
        ({"a": 1, "b": True, "c": None}, "a: 1\nb: true\nc: null\n"),
        ({"a": {"b": {}}}, "a: {b: {}}\n"),
        ({"a": {"b": {}, "c": []}}, "a:\n  b: {}\n  c: []\n"),
        ({"a": ["b", "-c", "1"]}, 'a: [b, -c, "1"]\n'),
        ({"a": ["b", "c\nd\n"]}, "a:\n- b\n- |\n  c\n  d\n"),
        (
            {"a": [{"b": "c", "d": ["e"]}, {"f": {"g": "h"}}]},
            "a:\n- b: c\n  d: [e]\n- f:\n    g: h\n",
        ),
        ({"a": "{{b}}"}, 'a: "{{b}}"\n'),
        ({"a": "é 🎈 \x85"}, 'a: "é 🎈 \\u0085"\n'),
    ],
)
def test_looks_as_it_should(value: dict[str, Any], text: str) -> None:
    assert dumped(value) == text
