"""What differs between two recorded runs, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflow.model import CellId, Json, StepName
from nbflow.service.diff import ABSENT, Absent, Diff, Pair, diff_of
from nbflow.store import CellRecord, RunRecord, StepRecord, VariableRecord


def cell(id_: str, source: str, number: int = 1) -> CellRecord:
    return CellRecord(CellId(id_), number, source)


def step(name: str, *cells: CellRecord, variables: tuple[VariableRecord, ...] = ()) -> StepRecord:
    return StepRecord(StepName(name), 0, "done", cells=cells, variables=variables)


def a_run(*steps: StepRecord, **values: Json) -> RunRecord:
    return RunRecord(
        "1", "/n.ipynb", "local", "done", 1.0, "/python", parameters=values, steps=steps
    )


def of(*steps: StepRecord, before: tuple[StepRecord, ...]) -> Diff:
    return diff_of(a_run(*before), replace(a_run(*steps), id="2"))


def test_the_same_run_differs_in_nothing() -> None:
    record = a_run(step("a", cell("c", "x = 1"), variables=(VariableRecord("x", "int"),)), n=1)
    found = diff_of(record, record)
    assert (found.settings, found.parameters, found.metrics) == ({}, {}, {})
    assert (found.cells, found.variables) == ((), ())
    assert list(found.steps) == ["a"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"n": 1}, {"n": Pair(ABSENT, 1)}),
        ({"n": None}, {}, {"n": Pair(None, ABSENT)}),
        ({"n": 1, "m": 2}, {"n": 1, "m": 3}, {"m": Pair(2, 3)}),
        ({"n": 1}, {"n": 1.0}, {"n": Pair(1, 1.0)}),
        ({"n": True}, {"n": 1}, {"n": Pair(True, 1)}),
        ({"n": float("nan")}, {"n": float("nan")}, {}),
    ],
)
def test_parameters(
    before: dict[str, Json], after: dict[str, Json], expected: dict[str, Pair[Json]]
) -> None:
    found = diff_of(a_run(**before), a_run(**after)).parameters
    assert repr(found) == repr(expected)


def ids(found: Diff) -> list[tuple[str, str]]:
    """The ids of the cells that differ, "" where one is not there."""

    def id_of(side: CellRecord | Absent) -> str:
        return "" if isinstance(side, Absent) else side.id

    return [(id_of(each.cells.before), id_of(each.cells.after)) for each in found.cells]


A, B, C = cell("a", "a = 1", 1), cell("b", "b = 1", 2), cell("c", "c = 1", 3)
CELLS: dict[str, tuple[list[CellRecord], list[CellRecord], list[tuple[str, str]]]] = {
    "nothing": ([A, B], [A, B], []),
    "changed": ([A, B], [A, replace(B, source="b = 2")], [("b", "b")]),
    "moved": ([A, B], [replace(B, number=1), replace(A, number=2)], []),
    "added": ([A, C], [A, B, C], [("", "b")]),
    "removed": ([A, B, C], [A, C], [("b", "")]),
    "another id, the same source": ([A, B], [A, cell("x", "b = 1", 2)], []),
    "another id and source in its place": ([A, B], [A, cell("x", "b = 2", 2)], [("b", "x")]),
    "others before one without an id": (
        [B],
        [cell("x", "a = 1", 1), cell("y", "b = 1", 2)],
        [("", "x")],
    ),
}


@pytest.mark.parametrize("case", CELLS)
def test_cells(case: str) -> None:
    before, after, expected = CELLS[case]
    assert ids(of(step("s", *after), before=(step("s", *before),))) == expected


def test_the_lines_of_a_cell() -> None:
    before, after = step("s", cell("c", "x = 1\ny = 2", 3)), step("t", cell("c", "x = 1\ny = 3", 4))
    (found,) = of(after, before=(before,)).cells
    assert found.steps == Pair(StepName("s"), StepName("t"))
    assert found.lines == (
        "--- run 1, cell 3",
        "+++ run 2, cell 4",
        "@@ -1,2 +1,2 @@",
        " x = 1",
        "-y = 2",
        "+y = 3",
    )


def test_a_cell_that_is_in_another_step_now() -> None:
    (found,) = of(step("t", A), before=(step("s", A),)).cells
    assert (found.steps, found.lines) == (Pair(StepName("s"), StepName("t")), ())


X = VariableRecord("x", "int", version="h1", preview="1")
LOST = VariableRecord("x", "lock", obstacle="it cannot be pickled")
VARIABLES: list[tuple[VariableRecord | None, VariableRecord | None, bool]] = [
    (X, X, False),
    (X, replace(X, preview="01"), False),
    (X, replace(X, version="h2"), True),
    (X, None, True),
    (None, X, True),
    (X, LOST, True),
    (LOST, LOST, False),
    (LOST, replace(LOST, type="generator"), True),
]


@pytest.mark.parametrize(("before", "after", "differs"), VARIABLES)
def test_variables(
    before: VariableRecord | None, after: VariableRecord | None, differs: bool
) -> None:
    old, new = (step("s", variables=(v,) if v else ()) for v in (before, after))
    found = of(new, before=(old,)).variables
    expected = Pair(before or ABSENT, after or ABSENT)
    assert [(e.step, e.name, e.versions) for e in found] == [("s", "x", expected)] * differs


def test_a_step_that_only_one_run_has() -> None:
    gone, new = step("gone", variables=(X,)), step("new")
    found = of(new, before=(gone,))
    assert found.steps == {"new": Pair(ABSENT, new), "gone": Pair(gone, ABSENT)}
    assert [each.step for each in found.variables] == ["gone"]
