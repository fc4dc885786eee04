"""Effects of cells to effects of steps, and effects of steps to edges: exact sets."""

from __future__ import annotations

import pytest

from nbflow.analysis.dataflow import PACKAGES, edges, step_effects
from nbflow.analysis.effects import CellEffects, Note
from nbflow.model import Access, CellId, Grade, Location, Name, Step, StepEffects, StepName

PLACE = Location(CellId("c"), 1)


def accesses(text: str) -> tuple[Access, ...]:
    """``x y?``: a name with a question mark is only possible."""
    return tuple(
        Access(word.rstrip("?"), PLACE, Grade.POSSIBLE if word.endswith("?") else Grade.LIKELY)
        for word in text.split()
    )


def cell(text: str) -> CellEffects:
    """``r x; b y; d z; m w; maybe y; all``: what a cell does."""
    parts = {part.split()[0]: part.partition(" ")[2] for part in text.split("; ") if part}
    return CellEffects(
        CellId("c"),
        reads=accesses(parts.get("r", "")),
        binds=accesses(parts.get("b", "")),
        deletes=accesses(parts.get("d", "")),
        mutates=accesses(parts.get("m", "")),
        maybe=frozenset(parts.get("maybe", "").split()),
        reads_all="all" in parts or "reads_all" in parts,
        binds_all="all" in parts or "binds_all" in parts,
        notes=(Note("pip-install", "x", PLACE),) if "pip" in parts else (),
    )


def shown(effects: StepEffects) -> str:
    parts = {
        "r": effects.reads,
        "b": effects.binds,
        "d": effects.deletes,
        "m": effects.mutates,
    }
    return "; ".join(
        f"{letter} {' '.join(each.name + '?' * (each.grade is Grade.POSSIBLE) for each in found)}"
        for letter, found in parts.items()
        if found
    )


STEPS: list[tuple[list[str], str]] = [
    ([], ""),
    (["b x"], "b x"),
    (["b x", "r x; b y"], "b x y"),
    (["r x; b y", "b x"], "r x; b y x"),
    (["b x; maybe x", "r x"], "r x; b x"),
    (["b x?", "r x"], "r x; b x?"),
    (["b x", "r x; m x"], "b x; m x"),
    (["b x", "r x; d x"], "d x"),
    (["r x; d x", "b x"], "r x; b x"),
    (["r x; d x; maybe x", "b x; maybe x"], "r x; b x; d x"),
    (["r x?", "r x"], "r x"),
    (["r @cwd; m @cwd", "r @cwd"], "r @cwd; m @cwd"),
    (["pip"], f"m {PACKAGES}"),
]


@pytest.mark.parametrize(("cells", "expected"), STEPS, ids=[" / ".join(s[0]) for s in STEPS])
def test_effects_of_a_step(cells: list[str], expected: str) -> None:
    assert shown(step_effects(StepName("s"), map(cell, cells))) == expected


def drawn(*texts: str, shared: frozenset[Name] = frozenset()) -> set[str]:
    """The edges between steps ``0``, ``1``, ...: ``0>1 x y``, with ``?`` where only possible."""
    names = [StepName(str(index)) for index in range(len(texts))]
    effects = [step_effects(name, [cell(text)]) for name, text in zip(names, texts, strict=True)]
    found = edges([Step(name, ()) for name in names], effects, {"": shared})
    return {
        f"{edge.writer}>{edge.reader} {' '.join(edge.variables)}"
        + "?" * (edge.grade is Grade.POSSIBLE)
        for edge in found
    }


EDGES: list[tuple[list[str], set[str]]] = [
    (["b x", "r x"], {"0>1 x"}),
    (["r x", "b x"], set()),
    (["b x", "b x"], set()),
    (["b x", "b x", "r x"], {"1>2 x"}),
    (["b x", "r x; m x", "r x"], {"0>1 x", "1>2 x"}),
    (["b x", "r x; d x", "r x"], {"0>1 x", "1>2 x"}),
    (["b x", "r x; b x; maybe x", "r x"], {"0>1 x", "1>2 x"}),
    (["b x", "r x", "r x"], {"0>1 x", "0>2 x"}),
    (["b x y", "r y x"], {"0>1 x y"}),
    # a write that is only possible leaves the edge from the writer before it, which is sure
    (["b x", "r x; m x?", "r x"], {"0>1 x", "0>2 x", "1>2 x?"}),
    (["b x", "r x?"], {"0>1 x?"}),
    (["b x", "m x?", "b x", "r x"], {"2>3 x"}),
    # ambient state that every later step looks at
    (["m @warnings", "", "r y"], {"0>1 @warnings", "0>2 @warnings"}),
    (["m @warnings", "m @warnings", ""], {"0>1 @warnings", "1>2 @warnings"}),
    (["m @numpy.random", "", "r @numpy.random"], {"0>2 @numpy.random"}),
    (["m @module:a.b", ""], {"0>1 @module:a.b"}),
    # files: every conflict keeps the order
    (["m @file:a", "r @file:a"], {"0>1 @file:a"}),
    (["r @file:a", "m @file:a"], {"0>1 @file:a"}),
    (["m @file:a", "m @file:a"], {"0>1 @file:a"}),
    (["r @file:a", "r @file:a"], set()),
    (["m @file:a", "r @file:b"], set()),
    (["m @file:a", "r @files"], {"0>1 @file:a"}),
    (["r @files", "m @file:a"], {"0>1 @file:a"}),
    (["m @files", "r @file:a", "r @file:b"], {"0>1 @file:a", "0>2 @file:b"}),
    (["m @file:a", "m @files", "r @file:a"], {"0>1 @file:a", "1>2 @file:a"}),
    (["r @files", "r @files"], set()),
    (["m @file:a", "r @files", "r @file:a"], {"0>1 @file:a", "0>2 @file:a"}),
    # a folder and what lies in it; an absolute path that may be the relative one
    (["m @file:d", "m @file:d/a", "m @file:d/b"], {"0>1 @file:d/a", "0>2 @file:d/b"}),
    (
        ["m @file:d/a", "m @file:d", "r @file:d/a"],
        {"0>1 @file:d", "0>2 @file:d/a", "1>2 @file:d/a"},
    ),
    (["m @file:d", "r @file:da"], set()),
    (["m @file:/x/d/a", "r @file:d/a", "r @file:../d/a"], {"0>1 @file:d/a", "0>2 @file:../d/a"}),
    (["m @file:/x/d/a", "r @file:c/a"], set()),
    # cells that may read or bind any name
    (["b x", "b y", "reads_all"], {"0>2 x", "1>2 y"}),
    (["b x", "binds_all", "r y"], {"1>2 y"}),
    (["b x", "binds_all", "r x"], {"0>2 x", "1>2 x?"}),
    (["binds_all", "b x", "r x"], {"1>2 x"}),
    (["binds_all", "binds_all", "r y"], {"0>1 @names", "1>2 y"}),
    (["binds_all", "r print"], {"0>1 @names"}),
    (["b x", "all", "r x"], {"0>1 x", "0>2 x", "1>2 x?"}),
    # installed packages
    (["pip", "", "pip"], {f"0>1 {PACKAGES}", f"0>2 {PACKAGES}", f"1>2 {PACKAGES}"}),
]


@pytest.mark.parametrize(("steps", "expected"), EDGES, ids=[" | ".join(e[0]) for e in EDGES])
def test_edges(steps: list[str], expected: set[str]) -> None:
    assert drawn(*steps) == expected


def test_a_step_that_binds_any_name_only_possibly_binds_the_preludes() -> None:
    assert drawn("binds_all", "r np", shared=frozenset({"np"})) == {"0>1 np?"}


def test_asked_edges_join_the_inferred_ones() -> None:
    steps = [
        Step(StepName("a"), ()),
        Step(StepName("b"), (), after=(StepName("a"), StepName("nowhere"))),
        Step(StepName("c"), (), after=(StepName("c"),)),
    ]
    effects = [
        step_effects(step.name, [cell(text)])
        for step, text in zip(steps, ("b x", "", "r x"), strict=True)
    ]
    found = edges(steps, effects)
    assert [(e.writer, e.reader, e.variables, e.asked, e.grade) for e in found] == [
        ("a", "b", (), True, Grade.LIKELY),
        ("a", "c", ("x",), False, Grade.LIKELY),
    ]


def test_a_chain_costs_one_edge_a_step() -> None:
    texts = [f"r x{n - 1}; b x{n}" if n else "b x0" for n in range(1000)]
    assert len(drawn(*texts)) == 999


def test_many_files_before_readers_of_all_files_stay_cheap() -> None:
    texts = [f"m @file:{n}" for n in range(300)] + ["r @files"] * 300
    assert len(drawn(*texts)) < 1000
