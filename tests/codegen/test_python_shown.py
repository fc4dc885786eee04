"""What modules show is what IPython shows."""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections import Counter, namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.lib.pretty import pretty

from nbflow.codegen.python.shown import show, shown

LEAVES = (
    st.integers(-(10**12), 10**12)
    | st.text(max_size=30)
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False)
    | st.sampled_from([int, dict, Counter])
)
KEYS = st.integers() | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=12),
        st.tuples(inner),
        st.tuples(inner, inner, inner),
        st.dictionaries(KEYS, inner, max_size=8),
        st.sets(KEYS, max_size=9),
        st.frozensets(st.integers(), max_size=30),
    ),
    max_leaves=40,
)


@given(VALUES)
def test_containers_are_laid_out_as_ipython_does(value: object) -> None:
    assert shown(value) == pretty(value, max_width=79)


class Plain:
    """Has the text that objects have."""


class Own(list[int]):
    """A list with a text of its own."""

    def __repr__(self) -> str:
        return "own"


class Pretty:
    """Has a text for IPython."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("pretty")


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    "value",
    [
        list(range(1200)),
        {n: [n] * 30 for n in range(3)},
        Plain(),
        [Plain()],
        Plain,
        Own(),
        [Own()],
        [Pretty(), Pretty()],
        Pair(1, [2] * 40),
        shown,
        [[1] * 30, {"a": (1,) * 30}],
        Counter("aab"),
        (),
        set(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_of_kinds(value: object) -> None:
    assert shown(value) == pretty(value, max_width=79)


def test_nothing_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show(None)
    show([None])
    assert capsys.readouterr().out == "[None]\n"


class Drawn:
    """Draws itself in a notebook."""

    def _ipython_display_(self) -> None:
        """Draw it."""


def test_what_draws_itself_has_no_text(capsys: pytest.CaptureFixture[str]) -> None:
    show(Drawn())
    assert capsys.readouterr().out == ""
