"""Parameters of a cell, and values for them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.analysis.parameters import cast, not_json, parameters
from nbflow.analysis.source import CellCode, cell_code
from nbflow.errors import ParameterError
from nbflow.model import Cell, CellId, CellKind, Json, Parameter


def code(source: str) -> CellCode:
    found = cell_code(Cell(CellId("c1"), CellKind.CODE, source, 1, ("parameters",)))
    assert isinstance(found, CellCode)
    return found


def one(source: str) -> Parameter:
    (parameter,) = parameters([code(source)])
    return parameter


DEFAULTS: list[tuple[str, str, Json]] = [
    ("n = 5", "int", 5),
    ("n = -5", "int", -5),
    ("n: int = 5", "int", 5),
    ("n: float = 5", "float", 5),
    ("n = 5.0", "float", 5.0),
    ("n = 'a\\nb'", "str", "a\nb"),
    ("n = True", "bool", True),
    ("n = None", "None", None),
    ("n: Optional[int] = None", "int", None),
    ("n: 'int | None' = None", "int", None),
    ("n: int | str | None = None", "None", None),
    ("n: list[int] = None", "list", None),
    ("n = [1, [2.5, None]]", "list", [1, [2.5, None]]),
    ("n = {'a': [1]}", "dict", {"a": [1]}),
    ("n = 1\nn = 'b'", "str", "b"),
]


@pytest.mark.parametrize(("source", "kind", "default"), DEFAULTS, ids=[d[0] for d in DEFAULTS])
def test_type_and_default(source: str, kind: str, default: Json) -> None:
    parameter = one(source)
    assert (parameter.name, parameter.type, parameter.default) == ("n", kind, default)
    assert type(parameter.default) is type(default)
    assert not parameter.computed


COMPUTED = ["n = 2 * 3 + m", "n = f()", "n = (1, 2)", "n = {1: 2}", "n = [(1, 2)]", "n = 1e999"]


@pytest.mark.parametrize("source", COMPUTED)
def test_computed(source: str) -> None:
    parameter = one(source)
    assert (parameter.type, parameter.default, parameter.computed) == ("", None, True)


@pytest.mark.parametrize(
    ("source", "expected"),
    [("n = (1, 2)", True), ("n = b'a'", True), ("n = 2 * m", False), ("n = {1: 2}", True)],
)
def test_not_json(source: str, expected: bool) -> None:
    assert not_json(one(source), code(source)) is expected


NAMES: list[tuple[str, list[str]]] = [
    ("a = b = 1", ["a", "b"]),
    ("a, b = 1, 2", ["a", "b"]),
    ("a, *b = 1, 2", ["a", "b"]),
    ("a: int", []),
    ("a = 1\na += 1", ["a"]),
    ("x.y = 1\nz[0] = 2", []),
    ("import os\ndef f(): pass", []),
    ("b = 1\na = 2", ["b", "a"]),
]


@pytest.mark.parametrize(("source", "names"), NAMES, ids=[each[0] for each in NAMES])
def test_names(source: str, names: list[str]) -> None:
    assert [parameter.name for parameter in parameters([code(source)])] == names


CASTS: list[tuple[str, object, Json]] = [
    ("n = 5", "3", 3),
    ("n = 5", 3, 3),
    ("n = 5", " -3 ", -3),
    ("n = 5.0", "3", 3.0),
    ("n = 5.0", 3, 3.0),
    ("n = 5.0", "1e-3", 0.001),
    ("n: float = 5", "0.5", 0.5),
    ("n = 'a'", "3", "3"),
    ("n = 'a'", 'say "hi"\n$x', 'say "hi"\n$x'),
    ("n = 'a'", "None", "None"),
    ("n = True", "false", False),
    ("n = True", "0", False),
    ("n = True", "Yes", True),
    ("n = True", True, True),
    ("n = True", 1, True),
    ("n = []", "[1, 2]", [1, 2]),
    ("n = []", "['a', None]", ["a", None]),
    ("n = {}", '{"a": true}', {"a": True}),
    ("n = None", "text", "text"),
    ("n = None", "3", 3),
    ("n = None", "None", None),
    ("n: int | None = 5", "None", None),
    ("n: int | None = None", "4", 4),
    ("n = m * 2", "4", 4),
    ("n = m * 2", [1], [1]),
]


@pytest.mark.parametrize(("source", "value", "expected"), CASTS)
def test_cast(source: str, value: object, expected: Json) -> None:
    result = cast(one(source), value)
    assert result == expected
    assert type(result) is type(expected)


MISFITS: list[tuple[str, object]] = [
    ("n = 5", 3.5),
    ("n = 5", "3.5"),
    ("n = 5", True),
    ("n = 5", "None"),
    ("n = 5", None),
    ("n = 5.0", "much"),
    ("n = 5.0", False),
    ("n = 'a'", 3),
    ("n = True", "maybe"),
    ("n = True", 2),
    ("n = []", "{}"),
    ("n = []", "(1, 2)"),
    ("n = {}", "[1"),
    ("n = m * 2", (1, 2)),
    ("n = []", [{1: 2}]),
    ("n = (1, 2)", "(5, 6)"),
    ("n = None", "{1: 2}"),
]


@pytest.mark.parametrize(("source", "value"), MISFITS)
def test_a_misfit_names_the_parameter(source: str, value: object) -> None:
    with pytest.raises(ParameterError, match=r"the parameter n .* does not fit"):
        cast(one(source), value)


def test_the_sentence_says_what_was_expected() -> None:
    with pytest.raises(ParameterError) as raised:
        cast(one("n = 5"), "x")
    assert str(raised.value) == "the parameter n is an int (5 in the notebook), 'x' does not fit"


SOURCES = ["n = 5", "n = 5.0", "n = 'a'", "n = True", "n = []", "n = {}", "n = None", "n = m"]


@given(st.sampled_from(SOURCES), st.text(max_size=30) | st.none() | st.floats() | st.integers())
def test_cast_gives_json_or_a_parameter_error(source: str, value: object) -> None:
    parameter = one(source)
    try:
        result = cast(parameter, value)
    except ParameterError:
        return
    if isinstance(result, float) and not math.isnan(result):
        assert isinstance(cast(parameter, result), float)
    elif not isinstance(result, float):
        assert cast(parameter, result) == result or parameter.type in {"", "None"}
