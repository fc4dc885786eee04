"""What a run shows of steps is kept, and the next analysis of the same code draws the edges."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_local import stdout, write

from nbflow.engines.events import Event, StepStarted, StepState
from nbflow.engines.local.learning import Shown, repaired, unforeseen
from nbflow.engines.local.outcome import Outcome, StepResult, Written
from nbflow.engines.local.validation import Change
from nbflow.model import Access, CellId, Effect, Grade, Location, StepEffects, StepName
from nbflow.service.check import check
from nbflow.service.run import Reuse, run

PLACE = Location(CellId("c"), 1)
A, B = StepName("a"), StepName("b")

HIDDEN = (
    ("step:a", "x = 1"),
    ("step:b", "import sys, time\ntime.sleep(1)\nvars(sys.modules['__main__'])['x'] = 2"),
    ("step:c", "print(x)"),
)


def _again(path: Path) -> list[str]:
    """The steps that run again in a run that prints 2."""
    events: list[Event] = []
    record = run(str(path), jobs=2, reuse=Reuse(off=True), on_event=events.append)
    assert stdout(record) == "2\n"
    return [str(each.step) for each in events if isinstance(each, StepStarted) and each.again]


def _told(path: Path) -> list[str]:
    return [f.message for f in check(path).analysis.findings if f.code == "NB305"]


def test_a_file_that_a_step_was_lucky_to_find_is_waited_for_from_then_on(tmp_path: Path) -> None:
    """Run one after the other, the steps meet in the right order though the code does not show why."""
    hide = "import io\nhidden = getattr(io, 'nepo'[::-1])\n"
    path = write(
        tmp_path,
        ("step:a", "x = 1"),
        ("step:b", f"{hide}with hidden('f.txt', 'w') as f: f.write('2')\ndel f, hidden"),
        ("step:c", f"{hide}print(hidden('f.txt').read())\ndel hidden"),
    )
    assert check(path).analysis.pipeline.edges == ()
    run(str(path), jobs=1, reuse=Reuse(off=True))
    (edge,) = check(path).analysis.pipeline.edges
    assert (edge.writer, edge.reader, edge.variables) == ("b", "c", ("@file:f.txt",))


def test_a_step_runs_again_once_and_waits_from_then_on(tmp_path: Path) -> None:
    path = write(tmp_path, *HIDDEN)
    assert _told(path) == []
    assert _again(path) == ["c"]
    assert _told(path) == [
        "the step c waits for b, as an earlier run has shown that it needs x of it;"
        " the code does not show that."
    ]
    assert _again(path) == []


def test_what_was_learned_holds_for_the_same_code_only(tmp_path: Path) -> None:
    path = write(tmp_path, *HIDDEN)
    _again(path)
    write(tmp_path, *((tags, f"{source}  # the same") for tags, source in HIDDEN))
    assert len(_told(path)) == 1
    write(tmp_path, HIDDEN[0], ("step:b", f"{HIDDEN[1][1]}\ny = 0"), HIDDEN[2])
    assert _told(path) == []


def test_what_runs_in_order_is_learned_as_well(tmp_path: Path) -> None:
    path = write(tmp_path, *HIDDEN)
    run(str(path), jobs=1)
    assert len(_told(path)) == 1
    assert _again(path) == []


def test_a_module_that_two_steps_import_at_once_is_nothing_to_learn(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("NAME = 'main'")
    path = write(
        tmp_path,
        ("imports", "import time, tools"),
        ("step:a", "time.sleep(1)\nprint(tools.NAME)"),
        ("step:b", "with open('made', 'w') as f:\n    print(2, file=f)"),
    )
    begun: list[Event] = []
    run(str(path), jobs=2, on_event=begun.append)
    steps = [(str(e.step), e.again) for e in begun if isinstance(e, StepStarted)]
    assert steps == [("a", ""), ("b", "")]
    assert _told(path) == []


def test_a_state_that_a_library_changes_is_learned(tmp_path: Path) -> None:
    draw = "import sys\nprint(vars(sys.modules['random'])['random']() < 2)"
    path = write(tmp_path, ("step:a", "import random"), ("step:b", draw), ("step:c", draw))
    run(str(path), jobs=1)
    (told,) = _told(path)
    assert "waits for b" in told
    assert "@random" in told


@pytest.mark.parametrize(("first", "shown", "again"), [(1, "[1]\n", []), (3, "[3, 0]\n", ["c"])])
def test_what_is_only_possible_is_not_waited_for(
    tmp_path: Path, first: int, shown: str, again: list[str]
) -> None:
    path = write(
        tmp_path,
        ("step:a", f"x, y = [{first}], [2]"),
        ("step:b", "import time\ntime.sleep(1.5)\nlargest = max(x, y)\nlargest.append(0)"),
        ("step:c", "print(x)"),
    )
    edges = check(path).analysis.pipeline.edges
    assert [e.grade for e in edges if (e.writer, e.reader) == ("b", "c")] == [Grade.POSSIBLE]
    events: list[Event] = []
    assert stdout(run(str(path), jobs=2, on_event=events.append)) == shown
    begun = [each for each in events if isinstance(each, StepStarted)]
    assert [str(each.step) for each in begun][:3] == ["a", "b", "c"]
    assert begun[2].time - begun[1].time < 1
    assert [str(each.step) for each in begun if each.again] == again
    grades = {e.grade for e in check(path).analysis.pipeline.edges if e.writer == "b"}
    assert grades == {Grade.LIKELY if again else Grade.POSSIBLE}


def test_what_surely_may_run_comes_first(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("step:a", "x, y, z = [1], [2], 3"),
        ("step:b", "import time\ntime.sleep(1)\nlargest = max(x, y)\nlargest.append(0)"),
        ("step:c", "print(x)"),
        ("step:d", "n = z"),
    )
    events: list[Event] = []
    run(str(path), jobs=2, on_event=events.append)
    assert [str(each.step) for each in events if isinstance(each, StepStarted)] == [*"abdc"]


def test_what_only_may_need_a_step_that_failed_does_not_run(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ("step:a", "x, y = [1], [2]"),
        ("step:b", "import time\nm = max(x, y)\ntime.sleep(1)\nm.append(0)\n1 / 0"),
        ("step:c", "print(x)"),
        ("step:d", "print('d')"),
    )
    record = run(str(path), jobs=2)
    assert {step.name: step.state for step in record.steps} == {
        "a": "done", "b": "failed", "c": "skipped", "d": "done",
    }  # fmt: skip
    assert stdout(record) == "d\n"


def _effects(**kinds: str) -> StepEffects:
    def accesses(kind: str) -> tuple[Access, ...]:
        return tuple(
            Access(n.rstrip("?"), PLACE, Grade.POSSIBLE if n.endswith("?") else Grade.LIKELY)
            for n in kinds.get(kind, "").split()
        )

    return StepEffects(A, binds=accesses("binds"), mutates=accesses("mutates"))


@pytest.mark.parametrize(
    ("effects", "outcome", "expected"),
    [
        (_effects(binds="x"), Outcome(True, written={"x": Written("h", "int")}), []),
        (
            _effects(mutates="x?"),
            Outcome(True, written={"x": Written("h", "int")}),
            [Shown(A, "x", Effect.CHANGES)],
        ),
        (_effects(), Outcome(True, deleted=("x",)), [Shown(A, "x", Effect.DELETES)]),
        (
            _effects(),
            Outcome(True, ambient={"@random": "h", "@warnings": "h"}),
            [Shown(A, "@random", Effect.CHANGES)],
        ),
    ],
)
def test_what_was_not_foreseen(
    effects: StepEffects, outcome: Outcome, expected: list[Shown]
) -> None:
    results = [StepResult(A, 0, StepState.DONE, outcome=outcome)]
    assert list(unforeseen({A: effects}, results)) == expected


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("x", "x"),
        ("class:cell/Model.Inner", "Model"),
        ("module:tools.text", "tools"),
        ("@file:/n/out.txt", "@file:out.txt"),
        ("@file:/m/out.txt", "@file:/m/out.txt"),
    ],
)
def test_what_a_repair_shows(name: str, plain: str) -> None:
    assert list(repaired(Change(0, name), A, B, Path("/n"))) == [
        Shown(A, plain, Effect.CHANGES),
        Shown(B, plain, Effect.READS),
    ]
