"""Pictures of a batch: axes that tell values apart, and a dot for each member."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow.service.batch.axes import axis, drawable, figure
from nbflow.service.batch.drawing import shortened
from nbflow.service.batch.scatter import Extremes, extremes, scatter, varied, without
from nbflow.service.batch.table import Row, Table

AXES: list[tuple[Sequence[float], bool, bool, str]] = [
    ([2, 4, 8], True, False, "2 4 6 8"),
    ([1, 2, 3], False, False, "1.0 1.5 2.0 2.5 3.0"),
    ([1, 2, 3], True, False, "1 2 3"),
    ([0, 1], True, False, "0 1"),
    ([20, 40, 80, 160, 320], True, True, "20 50 100 200"),
    ([1e-5, 1e-4, 1e-3, 1e-2], False, True, "1e-5 0.0001 0.001 0.01"),
    ([1, 1000], False, False, "0 200 400 600 800 1000"),
    ([0.793788, 0.796706], False, False, "0.794 0.795 0.796"),
    ([0.5], False, False, "0.5"),
    ([0], True, False, "0"),
    ([-3, 7], True, False, "-2 0 2 4 6"),
    ([-1e-3, 1e-3], False, False, "-0.0010 -0.0005 0 0.0005 0.0010"),
    ([1e7, 2.5e7], False, False, "1e7 1.5e7 2e7 2.5e7"),
    ([1e9, 1e9 + 400], False, False, "1e9 1.0000001e9 1.0000002e9 1.0000003e9 1.0000004e9"),
]


@pytest.mark.parametrize(("values", "whole", "log", "ticks"), AXES)
def test_ticks_are_round_numbers(
    values: Sequence[float], whole: bool, log: bool, ticks: str
) -> None:
    found = axis(values, whole=whole)
    assert (found.log, " ".join(text for _, text in found.ticks)) == (log, ticks)


NUMBERS = st.floats(-1e200, 1e200).filter(lambda value: drawable(value) is not None)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(NUMBERS, min_size=1, max_size=8), st.integers(3, 8))
def test_every_number_has_its_place_on_the_axis(values: list[float], most: int) -> None:
    found = axis(values, most)
    assert all(0 <= found.share(value) <= 1 for value in values)
    assert 1 <= len(found.ticks) <= 2 * most + 1
    assert all(-1e-9 <= found.share(value) <= 1 + 1e-9 for value, _ in found.ticks)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.7967061, "0.796706"), (2e6, "2e6"), (1.5e-5, "1.5e-5"), (20.0, "20"), (0.0, "0"),
        (-1234567.0, "-1.23457e6"), (123456.0, "123456"),
    ],
)  # fmt: skip
def test_figures(value: float, expected: str) -> None:
    assert figure(value) == expected


@pytest.mark.parametrize(
    "value", [None, "2", True, [1], float("nan"), float("inf"), 10**400, 1e-300, 1e300]
)
def test_what_stands_on_no_axis(value: object) -> None:
    assert drawable(value) is None


def test_long_names_lose_their_middle() -> None:
    assert shortened("short", 9) == "short"
    assert shortened("a_long_name_1", 9) == "a_lo…me_1"
    assert (shortened("two\nlines", 9), shortened(" ", 9)) == ("two lines", '""')


def _table(values: Sequence[object], metrics: Sequence[object]) -> Table:
    """Members that were given each value of ``x``, or none where it is ``...``, with a metric or none."""
    rows = tuple(
        Row(
            member=number,
            parameters={} if value is ... else {"x": value},  # type: ignore[dict-item]
            metrics={} if metric is None else {"auc": metric},  # type: ignore[dict-item]
            run=str(number),
            state="done",
            started=1.0,
            seconds=1.0,
            steps=3,
            shared=1,
            saved=0.5,
            error="",
        )
        for number, (value, metric) in enumerate(zip(values, metrics, strict=True), start=1)
    )
    return Table(("x",), ("auc",), rows)


def _texts(svg: str) -> list[str]:
    """What is written in a picture; titles to be hovered over are left out."""
    return [
        "".join([each.text or "", *(inner.tail or "" for inner in each)])
        for each in ElementTree.fromstring(svg).iter()
        if each.tag.endswith("text")
    ]


def _members(svg: str) -> list[int]:
    """The members that the titles of dots name."""
    circles = [c for c in ElementTree.fromstring(svg).iter() if c.tag.endswith("circle")]
    titles = "\n".join(circle[0].text or "" for circle in circles)
    return sorted(map(int, re.findall(r"member (\d+):", titles)))


DRAWN: list[tuple[Sequence[object], Sequence[object], str, list[int]]] = [
    ([2, 4, 8], [0.1, 0.2, 0.3], "2 4 8 x", [1, 2, 3]),
    ([1e-3, 1e-2, 1e-1], [1, 2, 3], "0.001 0.01 0.1 x (log)", [1, 2, 3]),
    ([2, 4, 8], [0.1, None, float("nan")], "2 x", [1]),
    ([2, ..., None], [0.1, 0.2, 0.3], "2 not given null x", [1, 2, 3]),
    (["a", "b", "a"], [1, 2, 3], "a b 1.0 1.5 2.0 2.5 3.0 x", [1, 2, 3]),
    ([True, False, ...], [1, 2, 3], "true false not given 1.0 1.5 2.0 2.5 3.0 x", [1, 2, 3]),
    ([1, "a", [2], "b"], [1, 2, 3, 4], "1 a [2] b x", [1, 2, 3, 4]),
    (["<b>&", ""], [1, 1], '<b>& "" 1 x', [1, 2]),
]


@pytest.mark.parametrize(("values", "metrics", "texts", "members"), DRAWN)
def test_every_member_with_the_metric_is_a_dot(
    values: Sequence[object], metrics: Sequence[object], texts: str, members: list[int]
) -> None:
    svg = scatter(_table(values, metrics), "x", "auc")
    assert _members(svg) == members
    assert set(texts.split(" ")) <= set(" ".join(_texts(svg)).split(" "))
    assert "nan" not in svg


def test_what_cannot_be_drawn() -> None:
    assert scatter(_table([1, 2], [None, None]), "x", "auc") == ""
    assert scatter(_table([str(n) for n in range(61)], [1] * 61), "x", "auc") == ""


def test_members_on_one_spot_are_one_dot_that_tells_of_them() -> None:
    svg = scatter(_table([1] * 7 + [2], [0.5] * 7 + [0.6]), "x", "auc")
    titles = [
        each.text for each in ElementTree.fromstring(svg).iter() if each.tag.endswith("title")
    ]
    assert titles[0] == "\n".join(
        [*(f"member {n}: x = 1, auc = 0.5" for n in range(1, 5)), "and 3 more here"]
    )
    assert svg.count("<circle") == 2


def test_the_highest_and_the_lowest_are_marked() -> None:
    found = _table([1, 2, 3, 4], [0.5, 0.7, 0.5, None])
    assert extremes(found, "auc") == Extremes(0.7, 0.5, (2,), (1, 3))
    svg = scatter(found, "x", "auc")
    assert (svg.count('class="highest"'), svg.count('class="lowest"')) == (1, 2)
    assert [row.member for row in without(found, "auc")] == [4]
    assert extremes(_table([1, 2], [0.5, 0.5]), "auc") is None


def test_parameters_that_all_members_share_are_not_varied() -> None:
    assert varied(_table([1, 1], [1, 2])) == ()
    assert varied(_table([1, True], [1, 2])) == ("x",)
    assert varied(_table([None, ...], [1, 2])) == ("x",)
