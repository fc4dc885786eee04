"""Whatever stands in the file, ``check`` and ``tag`` answer, and leave it as it is."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from command_line import code, document, text
from hypothesis import given, settings
from hypothesis import strategies as st

from nbflow.errors import NbflowError
from nbflow.service.check import check
from nbflow.service.graph import graph_of
from nbflow.service.svg import as_svg
from nbflow.service.tag import apply, propose

EXAMPLE = document(
    text("# Load"),
    code("import math", "imports"),
    code("n = 3\nrate = 0.5", "pipeline-parameters"),
    code("def half(x):\n    return x / 2", "functions"),
    code("data = [half(k) for k in range(n)]", "step:load", "limit:cpu:1"),
    code("%time total = sum(data)\nprint(total)", "step:sum", "prev:load"),
    code("print(total)", "pipeline-metrics"),
)
PLAIN = document(text("# A"), code("import os"), code("x = 1"), text("# B"), code("print(x)"))

LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["step:a", "prev:b", "imports", "skip", "x = ", "del x\nx", "code", "raw"])
)
VALUES = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.text(max_size=4), LEAF, max_size=2)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The path of every value inside ``value``."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> object:
    """An example in which up to four values were replaced, removed or doubled."""
    value = copy.deepcopy(draw(st.sampled_from([EXAMPLE, PLAIN])))
    for _ in range(draw(st.integers(1, 4))):
        *parents, last = draw(st.sampled_from(places(value) or [("metadata",)]))
        owner: object = value
        for key in parents:
            owner = owner[key]  # type: ignore[index]
        change = draw(st.sampled_from(["replace", "remove", "double"]))
        if change == "replace":
            owner[last] = draw(VALUES)  # type: ignore[index]
        elif change == "remove":
            owner.pop(last, None) if isinstance(owner, dict) else owner.pop(last)  # type: ignore[attr-defined]
        elif isinstance(owner, list):
            owner.append(copy.deepcopy(owner[last]))  # type: ignore[call-overload]
    return value


def answers(path: Path) -> None:
    """``check``, ``graph`` and ``tag`` give a value or an error of ours, and write nothing."""
    before = path.read_bytes()
    try:
        checked = check(path)
        as_svg(graph_of("n", checked.analysis.pipeline))
        propose(path)
    except NbflowError as problem:
        told = str(problem)
    else:
        told = ""
    assert "\n" not in told
    assert path.read_bytes() == before
    try:
        apply(path)
    except NbflowError:
        assert path.read_bytes() == before
    else:
        check(path)


@settings(deadline=None)
@given(mutated())
def test_mutated_documents(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "mutated.ipynb"
    path.write_text(json.dumps(value), encoding="utf-8")
    answers(path)


@settings(deadline=None)
@given(
    st.sampled_from([EXAMPLE, PLAIN]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=2)), max_size=4),
    st.floats(0.2, 1),
)
def test_flipped_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    value: object,
    flips: list[tuple[float, bytes]],
    kept: float,
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.ipynb"
    content = bytearray(json.dumps(value, indent=1).encode())
    for place, new in flips:
        start = int(place * len(content))
        content[start : start + 1] = new
    path.write_bytes(content[: int(kept * len(content)) + 1] if kept < 0.4 else content)
    answers(path)
