"""Which members a batch has, from texts, files and grids; which of them may begin beside others."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.engines.events import Event, StepEnded, StepStarted, StepState
from nbflow.errors import ParameterError
from nbflow.model import CellId, Location, Parameter, StepName
from nbflow.service.batch.alternatives import alternatives
from nbflow.service.batch.files import from_table, from_yaml
from nbflow.service.batch.planning import MOST, Grid, Rows, members, merged
from nbflow.service.batch.sharing import UnderWay, fitting

PLACE = Location(CellId("a"), 1, 1, 0)
PARAMETERS = (
    Parameter("depth", "int", 2, PLACE),
    Parameter("lr", "float", 0.1, PLACE),
    Parameter("kind", "str", "a", PLACE),
    Parameter("fast", "bool", False, PLACE),
    Parameter("sizes", "list", [1], PLACE),
    Parameter("any", "", None, PLACE, computed=True),
    Parameter("none", "None", None, PLACE),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", ["2"]),
        ("2,4,8", ["2", "4", "8"]),
        (" 2 , 4 ", ["2", "4"]),
        ("", [""]),
        ("a,,b", ["a", "", "b"]),
        ("[1,2],[3]", ["[1,2]", "[3]"]),
        ('{"a": [1, 2], "b": 3},{}', ['{"a": [1, 2], "b": 3}', "{}"]),
        ("(1,2),3", ["(1,2)", "3"]),
        ("'a,b',c", ["a,b", "c"]),
        ('"a,b" , "c"', ["a,b", "c"]),
        ("it's,that's", ["it's", "that's"]),
        ('["a,]", 1],2', ['["a,]", 1]', "2"]),
        ("'open,b", ["'open", "b"]),
        ("'", ["'"]),
        ("a),b", ["a)", "b"]),
    ],
)
def test_commas_separate_alternatives(text: str, expected: list[str]) -> None:
    assert alternatives(text) == expected


@pytest.mark.parametrize(
    ("rows", "grid", "expected"),
    [
        ([{}], {"depth": ["2", "4"]}, [{"depth": 2}, {"depth": 4}]),
        (
            [{}],
            {"depth": ["2", "4"], "lr": ["0.1", "1"]},
            [
                {"depth": 2, "lr": 0.1},
                {"depth": 2, "lr": 1.0},
                {"depth": 4, "lr": 0.1},
                {"depth": 4, "lr": 1.0},
            ],
        ),
        ([{}], {"depth": [2, 2, "2"]}, [{"depth": 2}]),
        ([{"depth": 3}, {"lr": 1}], {}, [{"depth": 3}, {"lr": 1.0}]),
        (
            [{"depth": 3}, {"depth": 4}],
            {"kind": ["2", "b"]},
            [{"depth": d, "kind": k} for d in (3, 4) for k in ("2", "b")],
        ),
        ([{}], {"fast": ["true", "False"]}, [{"fast": True}, {"fast": False}]),
        ([{}], {"sizes": ["[1,2]", [3]]}, [{"sizes": [1, 2]}, {"sizes": [3]}]),
        (
            [{}],
            {"any": ["1", "1.5", "True", "None", "word", [1]]},
            [{"any": v} for v in (1, 1.5, True, None, "word", [1])],
        ),
        ([{}], {"none": ["None", "3"]}, [{"none": None}, {"none": 3}]),
    ],
)
def test_members_are_rows_times_the_grid(
    rows: list[dict[str, object]],
    grid: dict[str, list[object]],
    expected: list[dict[str, object]],
) -> None:
    given = Rows(tuple(("", row) for row in rows))
    assert list(members(PARAMETERS, given, Grid(grid))) == expected


@pytest.mark.parametrize(
    ("rows", "grid", "expected"),
    [
        (
            {},
            {"dept": [1]},
            "g.yaml: the notebook has no parameter `dept`; its parameters are: any,",
        ),
        (
            {},
            {"depth": [1, "x"]},
            "g.yaml: the parameter depth is an int (2 in the notebook), 'x' does",
        ),
        ({}, {"depth": []}, "g.yaml: the parameter depth has no alternatives"),
        ({"lr": "x"}, {}, "r.csv, line 2: the parameter lr is a float"),
        ({"lr": 1}, {"lr": [1]}, "r.csv, line 2: `lr` is in the grid as well"),
        ({}, {"depth": range(MOST + 1)}, f"a batch of {MOST + 1} members is too large"),
    ],
)
def test_what_is_wrong_is_named(
    rows: dict[str, object], grid: dict[str, list[object]], expected: str
) -> None:
    with pytest.raises(ParameterError) as told:
        members(PARAMETERS, Rows((("r.csv, line 2", rows),)), Grid(grid, "g.yaml"))
    assert str(told.value).startswith(expected)


def test_the_later_grid_counts() -> None:
    both = merged(Grid({"a": [1], "b": [2]}, "g.yaml"), Grid({"a": [3]}))
    assert both == Grid({"a": [3], "b": [2]}, "g.yaml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("depth: [2, 4]\nlr: 0.1\n", Grid({"depth": [2, 4], "lr": [0.1]}, "f")),
        ("sizes: [[1, 2], [3]]\n", Grid({"sizes": [[1, 2], [3]]}, "f")),
        ("{}", Grid({}, "f")),
        (
            "- {depth: 2}\n- {depth: 4, lr: null}\n",
            Rows((("f, row 1", {"depth": 2}), ("f, row 2", {"depth": 4, "lr": None}))),
        ),
    ],
)
def test_a_yaml_file_is_a_grid_or_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: object
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f").write_text(text, encoding="utf-8")
    assert from_yaml("f") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "depth,lr\n2,0.1\n4,\n",
            (("line 2", {"depth": "2", "lr": "0.1"}), ("line 3", {"depth": "4"})),
        ),
        ("\ufeffkind\n\n b \n", (("line 3", {"kind": "b "}),)),
        ('kind\n"a,b"\n', (("line 2", {"kind": "a,b"}),)),
    ],
)
def test_a_table_holds_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[object, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.csv").write_text(text, encoding="utf-8")
    rows = tuple((where.removeprefix("r.csv, "), row) for where, row in from_table("r.csv").rows)
    assert rows == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"", "a.csv, line 1: it has to name each parameter once"),
        ("a.csv", b"x,x\n1,2\n", "a.csv, line 1: it has to name each parameter once"),
        ("a.csv", b"x,y\n1\n", "a.csv, line 2: 1 values for 2 parameters"),
        ("a.csv", b"x,y\n", "a.csv has no rows below its first line"),
        ("a.csv", b"\xff\xfe", "a.csv is not a text in UTF-8"),
        ("a.txt", b"", "a.txt is no table: its name has to end in .csv or .parquet"),
        ("a.yaml", b"a: [", "a.yaml is not YAML: while parsing"),
        ("a.yaml", b"word", "a.yaml is neither a grid"),
        ("a.yaml", b"[1]", "a.yaml is neither a grid"),
        ("a.yaml", None, "a.yaml cannot be read: No such file"),
    ],
)
def test_a_file_that_is_none_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: bytes | None,
    expected: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(name).write_bytes(content)
    with pytest.raises(ParameterError) as told:
        (from_yaml if name.endswith("yaml") else from_table)(name)
    assert str(told.value).startswith(expected)


LOAD, FIT = StepName("load"), StepName("fit")
REACHED = {LOAD: frozenset[str](), FIT: frozenset({"depth"})}


@pytest.mark.parametrize(
    ("heard", "same", "other"),
    [
        ([], False, False),
        ([StepStarted(LOAD, 0.0)], False, False),
        ([StepEnded(LOAD, StepState.DONE, 1.0)], False, False),
        ([StepEnded(LOAD, StepState.DONE, 1.0), StepStarted(FIT, 0.0)], False, True),
        ([StepEnded(LOAD, StepState.FAILED, 1.0), StepStarted(FIT, 0.0)], False, False),
        (
            [
                StepEnded(LOAD, StepState.DONE, 1.0),
                StepStarted(FIT, 0.0),
                StepStarted(LOAD, 0.0, again="x"),
            ],
            False,
            False,
        ),
        (
            [
                StepEnded(LOAD, StepState.DONE, 1.0),
                StepEnded(FIT, StepState.DONE, 1.0),
                StepStarted(StepName("z"), 0.0),
            ],
            True,
            True,
        ),
    ],
)
def test_a_member_waits_while_another_computes_what_it_needs(
    heard: list[Event], same: bool, other: bool
) -> None:
    """One that shares both steps, and one that shares only the first."""
    under_way = UnderWay(REACHED, {})
    under_way.begin(1, {"depth": 2, "lr": 1})
    for event in heard:
        under_way.hear(1, event)
    assert under_way.may_begin({"depth": 2, "lr": 2}) is same
    assert under_way.may_begin({"depth": 4}) is other
    under_way.end(1)
    assert under_way.may_begin({"depth": 2})


def test_nobody_waits_for_what_was_computed_before() -> None:
    under_way = UnderWay(REACHED, {})
    under_way.begin(1, {"depth": 1})
    for step in (LOAD, FIT):
        under_way.hear(1, StepEnded(step, StepState.DONE, 1.0))
    under_way.end(1)
    under_way.begin(2, {"depth": 2})
    assert under_way.may_begin({"depth": 3})
    assert not under_way.may_begin({"depth": 2})
    under_way.hear(2, StepStarted(LOAD, 0.0))  # its result did not hold
    assert not under_way.may_begin({"depth": 3})
    under_way.end(2)
    under_way.begin(3, {"depth": 2})
    assert not under_way.may_begin({"depth": 3})


def test_the_first_member_that_may_begin_is_the_next() -> None:
    under_way = UnderWay({FIT: frozenset({"depth"})}, {})
    under_way.begin(1, {"depth": 2})
    waiting = [(2, {"depth": 2}), (3, {"depth": 4}), (4, {"depth": 4})]
    assert fitting(waiting, under_way) == 3
    under_way.begin(3, {"depth": 4})
    assert fitting(waiting[::2], under_way) is None


def test_a_value_that_is_the_notebooks_own_is_no_other() -> None:
    under_way = UnderWay({FIT: frozenset({"depth", "lr"})}, {"depth": 2})
    under_way.begin(1, {"depth": 2})
    assert not under_way.may_begin({})
    assert under_way.may_begin({"depth": 4})
    assert under_way.may_begin({"lr": 0.1})  # which the notebook computes
