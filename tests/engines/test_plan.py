"""What a step is told before it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.engines.local.plan import (
    Place,
    Plan,
    needed,
    obstacles,
    step_spec,
)
from nbflow.engines.local.versions import Version, Versions
from nbflow.model import (
    Access,
    Cell,
    CellId,
    CellKind,
    Location,
    Pipeline,
    Step,
    StepEffects,
    StepName,
    execution_counts,
)

HERE = Location(CellId("c"), 1)


def effects(*reads: str, binds: tuple[str, ...] = (), reads_all: bool = False) -> StepEffects:
    return StepEffects(
        StepName("s"),
        reads=tuple(Access(name, HERE) for name in reads),
        binds=tuple(Access(name, HERE) for name in binds),
        reads_all=reads_all,
    )


def table(*versions: Version) -> Versions:
    found = Versions()
    for version in versions:
        found.commit(version)
    return found


def test_a_step_starts_with_what_it_reads_and_with_what_shares_its_bundle() -> None:
    versions = table(
        Version("a", 0, "shared"),
        Version("b", 0, "shared"),
        Version("c", 0, "alone"),
        Version("d", 1),
    )
    assert [v.name for v in needed(effects("a"), 2, versions)] == ["a", "b"]
    assert [v.name for v in needed(effects("c", "d", "nobody"), 2, versions)] == ["c", "d"]


def test_a_sharer_that_was_bound_anew_since_does_not_come_along() -> None:
    versions = table(Version("a", 0, "shared"), Version("b", 0, "shared"), Version("a", 1, "new"))
    assert needed(effects("b"), 2, versions) == (Version("b", 0, "shared"),)


def test_a_step_that_may_read_anything_starts_with_every_variable() -> None:
    versions = table(
        Version("a", 0, "h"),
        Version("@cwd", 0, "s"),
        Version("class:k", 0, "k"),
        Version("z", 5, "l"),
    )
    assert [v.name for v in needed(effects(reads_all=True), 2, versions)] == ["a"]


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (effects("g"), ["g"]),
        (effects("g", binds=("g",)), []),  # read only because the binding is conditional
        (effects(reads_all=True), []),
        (effects("other"), []),
    ],
)
def test_what_cannot_be_stored_stops_only_a_step_that_surely_reads_it(
    reader: StepEffects, expected: list[str]
) -> None:
    versions = table(Version("g", 0, obstacle="a generator"))
    assert [v.name for v in obstacles(reader, needed(reader, 1, versions))] == expected


def code(id: str, source: str = "pass", *tags: str) -> Cell:
    return Cell(CellId(id), CellKind.CODE, source, 1, tags)


def test_blank_cells_have_no_execution_count() -> None:
    cells = {c.id: c for c in (code("a"), code("b", " \n"), code("c"))}
    assert execution_counts(cells, tuple(cells)) == {"a": 1, "c": 2}


def test_the_specification_of_a_step(tmp_path: Path) -> None:
    cells = {
        c.id: c
        for c in (code("p", "n = 1", "parameters"), code("x"), code("y", "1/0", "raises-exception"))
    }
    steps = tuple(
        Step(StepName(name), (CellId(name),), prelude=(CellId("p"),)) for name in ("x", "y")
    )
    plan = Plan(
        Pipeline("nb", steps),
        cells,
        {step.name: effects("a") for step in steps},
        {CellId("p"): 1, CellId("x"): 2, CellId("y"): 3},
        {"n": -3},
    )
    place = Place("/py", tmp_path, {}, tmp_path / "bundles", tmp_path / "run", 7)
    versions = table(
        Version("a", 0, "h"),
        Version("gone", 0),
        Version("@cwd", 0, "c"),
        Version("class:k", 0, "k"),
    )
    spec = step_spec(plan, place, steps[1], 1, versions, tmp_path, "mark")
    assert spec["prelude"] == [
        {
            "id": "p",
            "source": "n = 1",
            "count": 1,
            "show": False,  # step x shows it
            "allow_error": False,
            "parameters": {"n": -3},
        }
    ]
    assert spec["cells"] == [
        {
            "id": "y",
            "source": "1/0",
            "count": 3,
            "show": True,
            "allow_error": True,
            "parameters": {},
        }
    ]
    assert spec["loads"] == [{"bundle": str(tmp_path / "bundles" / "h.nbb"), "names": ["a"]}]
    assert spec["absent"] == ["gone"]
    assert spec["ambient"] == {"@cwd": str(tmp_path / "bundles" / "c.nbb")}
    assert spec["classes"] == {"k": str(tmp_path / "bundles" / "k.nbb")}
    assert plan.pipeline.shown_before(1) == {"p"}
