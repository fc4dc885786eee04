"""Which steps have read too early, on small exact cases."""

from __future__ import annotations

import pytest

from nbflow.engines.local.outcome import Obstacle, Outcome, Written
from nbflow.engines.local.validation import Change, Reads, overtaken, perhaps_overtaken, reads
from nbflow.engines.local.versions import Version, Versions
from nbflow.model import Access, CellId, Location, StepEffects, StepName

PLACE = Location(CellId("c"), 1)


def outcome(
    *written: str, ambient: str = "", classes: str = "", read: str = "", files: str = ""
) -> Outcome:
    return Outcome(
        ok=True,
        written={name: Written("h", "int") for name in written},
        ambient=dict.fromkeys(ambient.split(), "h"),
        classes=dict.fromkeys(classes.split(), "h"),
        classes_read=tuple(classes.split()),
        files_read=frozenset(read.split()),
        files_written=frozenset(files.split()),
    )


def begun(*, everything: bool = False, ended: tuple[int, ...] = (), **names: int) -> Reads:
    return Reads(names, {}, frozenset(ended), everything)


#: What step 5 began with and declared, how it ended, how step 3 ended, what that makes stale.
CASES: list[tuple[str, Reads, str, Outcome | None, Outcome, list[Change]]] = [
    ("it had read the old one", begun(x=1), "x", None, outcome("x"), [Change(3, "x", 1)]),
    ("there was none", begun(x=-1), "x", None, outcome("x"), [Change(3, "x", -1)]),
    ("it reads another", begun(y=1), "y", None, outcome("x"), []),
    ("it began later", begun(x=1, ended=(3,)), "x", None, outcome("x"), []),
    ("it reads a later one", begun(x=4), "x", None, outcome("x"), []),
    ("it may read any", begun(everything=True), "", None, outcome("x"), [Change(3, "x", -1)]),
    ("it draws too", begun(), "", outcome(ambient="@random"), outcome(ambient="@random"),
     [Change(3, "@random")]),
    ("it does not draw", begun(), "", outcome(), outcome(ambient="@random"), []),
    ("it may draw", begun(), "@random", outcome(), outcome(ambient="@random"),
     [Change(3, "@random")]),
    ("an option that nobody saw set", begun(), "", outcome(), outcome(ambient="@locale"),
     [Change(3, "@locale")]),
    ("an option known to be set", begun(), "", outcome(), outcome(ambient="@cwd"), []),
    ("a class that it uses", begun(), "", outcome(classes="k"), outcome(classes="k"),
     [Change(3, "class:k")]),
    ("a file that it read", begun(), "", outcome(read="/d/a"), outcome(files="/d/a"),
     [Change(3, "@file:/d/a")]),
    ("a folder that it listed", begun(), "", outcome(read="/d"), outcome(files="/d/a"),
     [Change(3, "@file:/d/a")]),
    ("a file that it may ask for", begun(), "@file:a", outcome(), outcome(files="/d/a"),
     [Change(3, "@file:/d/a")]),
    ("another file", begun(), "@file:b", outcome(read="/d/b"), outcome(files="/d/a"), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "declared", "ended", "earlier", "expected"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_overtaken(
    read: Reads, declared: str, ended: Outcome | None, earlier: Outcome, expected: list[Change]
) -> None:
    known = {3: (earlier, frozenset({"@cwd"}))}
    assert list(overtaken(read, frozenset(declared.split()), ended, known)) == expected


@pytest.mark.parametrize("kind", ["written", "dropped"])
@pytest.mark.parametrize("earlier", ["written", "dropped"])
def test_what_came_along_and_was_changed_is_out_of_date(kind: str, earlier: str) -> None:
    read = Reads({"x": 1}, {}, frozenset(), along={"y": 1})
    new = {"y": Written("h", "int")}
    own, other = Outcome(ok=True, **{kind: new}), Outcome(ok=True, **{earlier: new})  # type: ignore[arg-type]  # both are tables
    known = {3: (other, frozenset[str]())}
    assert list(overtaken(read, frozenset({"x"}), own, known)) == [Change(3, "y", 1)]
    assert not list(overtaken(read, frozenset({"x"}), Outcome(ok=True), known))


def test_a_value_that_cannot_travel_and_one_that_is_gone_are_changes() -> None:
    lost = Outcome(ok=True, unpicklable={"x": Obstacle("lock", "no")}, deleted=("y",))
    found = overtaken(begun(x=1, y=0), frozenset({"x"}), None, {3: (lost, frozenset())})
    assert list(found) == [Change(3, "x", 1), Change(3, "y", 0)]


@pytest.mark.parametrize(
    ("read", "earlier", "expected"),
    [
        (begun(), outcome(ambient="@random"), [Change(3, "@random")]),
        (begun(ended=(3,)), outcome(ambient="@random"), []),
        (begun(), outcome(ambient="@cwd @warnings"), []),
        (begun(), outcome(classes="k"), [Change(3, "class:k")]),
        (begun(), outcome(files="/d/a"), [Change(3, "@file:/d/a")]),
        (begun(x=1), outcome("x"), []),
        (begun(), Outcome(ok=True, modules={"tools": "h"}), []),
        (begun(), Outcome(ok=True, modules={"tools": ""}), [Change(3, "module:tools")]),
    ],
)
def test_what_a_step_that_runs_may_have_used(
    read: Reads, earlier: Outcome, expected: list[Change]
) -> None:
    known = {3: (earlier, frozenset({"@cwd"}))}
    assert list(perhaps_overtaken(read, frozenset(), known)) == expected


def test_what_a_step_begins_with() -> None:
    versions = Versions()
    for name, writer in (("x", 0), ("x", 2), ("x", 7), ("@cwd", 1), ("z", 1), ("class:k", 1)):
        versions.commit(Version(name, writer, "h"))
    effects = StepEffects(StepName("s"), reads=(Access("x", PLACE), Access("y", PLACE)))
    found = reads(effects, 5, versions, frozenset({0, 1}))
    assert found == Reads({"x": 2, "y": -1}, {"@cwd": 1, "class:k": 1}, frozenset({0, 1}))
    assert found.writers() == {1, 2}


def test_retracted_versions_uncover_those_before() -> None:
    versions = Versions()
    for name, writer in (("x", 0), ("x", 2), ("y", 2)):
        versions.commit(Version(name, writer, "h"))
    assert versions.retract(2) == {"x", "y"}
    assert versions.before("x", 5) == Version("x", 0, "h")
    assert versions.before("y", 5) is None
