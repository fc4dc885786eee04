"""Long arrays of strings: they come back as they were, and are pickled as one text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow.runtime import pickling, strings
from nbflow.runtime.scalars import LONG

N = LONG + 10


def back(array: Any) -> Any:
    payload = pickling.dump(array).payload
    return pickling.reloaded(payload)


def objects(items: Sequence[object]) -> Any:
    made: Any = numpy.empty(len(items), object)
    made[:] = items
    return made


UNIQUE = [f"item {n} é" for n in range(N)]
PACKED = {
    "unique": objects([*UNIQUE]),
    "repeated": objects([f"name {n % 7}" for n in range(N)]),
    "with None": objects([None, *UNIQUE, None]),
    "with nan": objects([*UNIQUE, numpy.nan]),
    "repeated with both": objects([None, numpy.nan, "a"] * N),
    "empty strings": objects([""] * N),
    "holds a separator": objects([*UNIQUE, "\0"]),
    "lone surrogates": objects([*UNIQUE, "\ud800"]),
    "two dimensions": objects([*UNIQUE, *UNIQUE]).reshape(2, -1),
    "in the order of Fortran": numpy.asfortranarray(objects([*UNIQUE, *UNIQUE]).reshape(2, -1)),
    "every second": objects([*UNIQUE, *UNIQUE])[::2],
}


@pytest.mark.parametrize("array", PACKED.values(), ids=PACKED)
def test_strings_come_back(array: Any) -> None:
    assert strings.reduced(array) is not None
    found = back(array)
    assert found.dtype == object
    assert found.shape == array.shape
    for one, other in zip(array.ravel(), found.ravel(), strict=True):
        assert one == other if isinstance(one, str) else one is other


class Word(str):
    """A string with attributes of its own."""


@pytest.mark.parametrize(
    "items",
    [
        ["short"],
        [*UNIQUE, 1],
        [*UNIQUE, Word("w")],
        [*UNIQUE, float("nan")],
        [*UNIQUE, "\0\x1f\x1e\x1d"],
        [None] * N,
    ],
)
def test_other_objects_are_left_to_pickle(items: list[object]) -> None:
    assert strings.reduced(objects(items)) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text() | st.none(), min_size=1, max_size=20))
def test_any_strings_come_back(items: list[str | None]) -> None:
    array = objects(items * LONG)
    assert back(array).tolist() == array.tolist()
