"""Times, sizes and tables as users read them."""

from __future__ import annotations

import pytest

from nbflow.model import Json, Name
from nbflow.wording.words import assignments, brief, counted, duration, size, table, value


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0.0, "0.00s"),
        (9.994, "9.99s"),
        (9.996, "10.0s"),
        (59.94, "59.9s"),
        (59.96, "1m00s"),
        (125.4, "2m05s"),
        (3599.6, "1h00m"),
        (3725.0, "1h02m"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_960, "1.0 MB"),
        (52_428_800, "52.4 MB"),
        (7 * 10**15, "7000.0 TB"),
    ],
)
def test_size(count: int, text: str) -> None:
    assert size(count) == text


def test_counted() -> None:
    assert [counted(number, "step") for number in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]


def test_table() -> None:
    assert table([("a", "b"), ("long", ""), ("x", "y")]) == "a     b\nlong\nx     y\n"


@pytest.mark.parametrize(
    ("preview", "obstacle", "text"),
    [
        ("[1,\n 2]", "", "[1, 2]"),
        ("", "it is a lock", "not stored: it is a lock"),
        ("1", "nobody reads it", "1 (not stored: nobody reads it)"),
    ],
)
def test_value(preview: str, obstacle: str, text: str) -> None:
    assert value(preview, obstacle) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a" * 60, "a" * 60),
        ("a" * 40 + "b" * 21, "a" * 39 + "…" + "b" * 20),
        ("é\n\x1b[1m\u202e", "é\\n\\x1b[1m\\u202e"),
    ],
)
def test_a_brief_text_fits_a_line(text: str, expected: str) -> None:
    assert brief(text) == expected


def test_assignments() -> None:
    given: dict[Name, Json] = {
        Name("depth"): 2,
        Name("kind"): "é\n",
        Name("rows"): list[Json](range(99)),
    }
    rows = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, … 94, 95, 96, 97, 98]"
    assert assignments(given) == f'depth=2, kind="é\\n", rows={rows}'
