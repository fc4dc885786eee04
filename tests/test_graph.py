"""Waves, ancestors and order of steps."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nbflow.graph import ancestors, order, waves
from nbflow.model import Edge, Grade, Pipeline, Step, StepName


def edge(text: str, grade: Grade = Grade.LIKELY) -> Edge:
    writer, reader = text[0], text[1]
    return Edge(StepName(writer), StepName(reader), ("x",), grade=grade)


def pipeline(names: str, *edges: Edge) -> Pipeline:
    return Pipeline("p", tuple(Step(StepName(name), ()) for name in names), edges)


WAVES: list[tuple[str, list[Edge], str]] = [
    ("", [], ""),
    ("a", [], "a"),
    ("abc", [], "abc"),
    ("abc", [edge("ab"), edge("bc")], "a b c"),
    ("abcd", [edge("ab"), edge("ac"), edge("bd"), edge("cd")], "a bc d"),
    ("abc", [edge("ab", Grade.POSSIBLE), edge("ac")], "a bc"),
]


@pytest.mark.parametrize(("names", "edges", "expected"), WAVES)
def test_waves(names: str, edges: list[Edge], expected: str) -> None:
    assert " ".join("".join(wave) for wave in waves(pipeline(names, *edges))) == expected


def test_ancestors() -> None:
    edges = [edge("ab"), edge("bc", Grade.POSSIBLE), edge("xc"), edge("cd")]
    found = ancestors(pipeline("abxcd", *edges))
    assert found == {"a": set(), "b": {"a"}, "x": set(), "c": set("abx"), "d": set("abxc")}
    likely = [each for each in edges if each.grade is Grade.LIKELY]
    assert ancestors(pipeline("abxcd", *edges), likely)[StepName("d")] == set("xc")


def test_ancestors_of_many_steps_in_a_row() -> None:
    names = [StepName(str(number)) for number in range(500)]
    row = tuple(Edge(writer, reader, ("x",)) for writer, reader in pairwise(names))
    found = ancestors(Pipeline("p", tuple(Step(name, ()) for name in names), row))
    assert [len(found[name]) for name in names] == list(range(500))


ORDERS: list[tuple[str, dict[str, str], str, str]] = [
    ("abc", {}, "abc", ""),
    ("abc", {"a": "c"}, "bca", ""),
    ("abc", {"c": "ab"}, "abc", ""),
    ("abc", {"b": "z"}, "abc", ""),
    ("abc", {"a": "b", "b": "a"}, "c", "ab"),
    ("abc", {"a": "b", "b": "c", "c": "b"}, "", "bc"),
]


@pytest.mark.parametrize(("names", "after", "placed", "cycle"), ORDERS)
def test_order(names: str, after: dict[str, str], placed: str, cycle: str) -> None:
    steps = [StepName(name) for name in names]
    needs = {StepName(name): [StepName(each) for each in before] for name, before in after.items()}
    assert order(steps, needs) == (tuple(placed), tuple(cycle))
