"""``nbflow graph``: every format of one graph, and pictures in which nothing lies on anything else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import Caller, code, write
from hypothesis import given
from hypothesis import strategies as st

from nbflow.engines.events import StepState
from nbflow.model import Edge, Grade, Pipeline, Step, StepName
from nbflow.service.graph import Graph, as_json, as_mermaid, as_text, graph_of
from nbflow.service.svg import as_svg

SVG = "{http://www.w3.org/2000/svg}"


def edge(writer: str, reader: str, *variables: str, asked: bool = False) -> Edge:
    return Edge(StepName(writer), StepName(reader), variables, asked=asked)


def pipeline(steps: str, *edges: Edge) -> Pipeline:
    return Pipeline("n", tuple(Step(StepName(name), ()) for name in steps.split()), edges)


DIAMOND = graph_of(
    "n",
    pipeline(
        "load train plot end",
        edge("load", "train", "X", "y"),
        edge("load", "plot", "X"),
        edge("train", "end", "model"),
        edge("plot", "end", asked=True),
    ),
)


def test_waves_hold_what_can_run_side_by_side() -> None:
    assert DIAMOND.waves == (("load",), ("train", "plot"), ("end",))


def test_edges_that_are_only_possible_are_marked() -> None:
    possible = Edge(StepName("a"), StepName("b"), ("x", "y"), grade=Grade.POSSIBLE)
    found = graph_of("n", pipeline("a b", possible))
    assert found.waves == (("a",), ("b",))
    assert "b  ← a (x?, y?)" in as_text(found)
    assert 's1 -.->|"x?, y?"| s2' in as_mermaid(found)
    assert 'class="edge dashed"' in as_svg(found)
    asked = graph_of("n", pipeline("a b", replace(possible, asked=True)))
    assert "b  ← a (x, y)" in as_text(asked)


def test_errors_of_the_notebook_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, code("x = 1", "step:a", "prev:z"))
    answer = Caller(capsys)("graph", path)
    assert (answer.code, answer.out.splitlines()[1]) == (0, "  1  a")
    assert answer.err == f"{path}: 1 error; nbflow check shows them\n"


def test_text() -> None:
    assert as_text(DIAMOND) == (
        "n: 4 steps, 4 edges, at most 2 side by side\n"
        "  1  load\n"
        "  2  train  ← load (X, y)\n"
        "     plot   ← load (X)\n"
        "  3  end    ← train (model); plot\n"
    )


def test_mermaid() -> None:
    assert as_mermaid(DIAMOND) == (
        "flowchart TD\n"
        '    s1["load"]\n'
        '    s2["train"]\n'
        '    s3["plot"]\n'
        '    s4["end"]\n'
        '    s1 -->|"X, y"| s2\n'
        '    s1 -->|"X"| s3\n'
        '    s2 -->|"model"| s4\n'
        "    s3 -.-> s4\n"
    )
    quoted = as_mermaid(graph_of("n", Pipeline("n", (Step(StepName('a "b" <c>'), ()),))))
    assert 's1["a #quot;b#quot; #lt;c#gt;"]' in quoted


def test_json() -> None:
    content = json.loads(json.dumps(as_json(DIAMOND)))
    assert content["steps"] == ["load", "train", "plot", "end"]
    assert content["waves"] == [["load"], ["train", "plot"], ["end"]]
    assert content["edges"][0] == {
        "writer": "load",
        "reader": "train",
        "variables": ["X", "y"],
        "asked": False,
        "grade": "likely",
    }


def boxes(picture: str, kind: str) -> list[tuple[float, float, float, float]]:
    found = []
    for group in ElementTree.fromstring(picture).iter(f"{SVG}g"):
        if kind in group.attrib["class"].split():
            box = group.find(f"{SVG}rect")
            assert box is not None
            x, y, width, height = (float(box.attrib[k]) for k in ("x", "y", "width", "height"))
            found.append((x, y, x + width, y + height))
    return found


def test_svg_shows_every_step_and_edge() -> None:
    picture = as_svg(DIAMOND)
    words = [element.text for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert sorted(str(word) for word in words) == sorted(
        ["load", "train", "plot", "end", "X, y", "X", "model"]
    )
    assert picture.count("<path d=") == 1 + 4  # the tip of the arrows, and the edges
    assert 'class="edge dashed"' in picture
    assert as_svg(DIAMOND) == picture


def test_svg_of_nothing() -> None:
    assert boxes(as_svg(Graph("n", (), (), ())), "step") == []


def test_svg_shortens_what_is_long_and_keeps_it_in_the_title() -> None:
    picture = as_svg(graph_of("n", pipeline("a b", edge("a", "b", *"pqrst"))))
    assert ">p, q, r +2<" in picture
    assert "<title>a → b: p, q, r, s, t</title>" in picture


STEPS = st.integers(0, 14)


@given(st.sets(st.tuples(STEPS, STEPS).filter(lambda pair: pair[0] < pair[1]), max_size=40))
def test_in_a_picture_nothing_lies_on_anything_else(pairs: set[tuple[int, int]]) -> None:
    edges = [edge(f"s{writer}", f"s{reader}", "v" * reader) for writer, reader in sorted(pairs)]
    picture = as_svg(graph_of("n", pipeline(" ".join(f"s{n}" for n in range(15)), *edges)))
    steps, labels = boxes(picture, "step"), boxes(picture, "label")
    assert (len(steps), len(labels)) == (15, len(edges))
    for a, b in combinations([*steps, *labels], 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    size = re.search(r'width="(\d+)" height="(\d+)"', picture)
    assert size is not None
    for left, top, right, bottom in [*steps, *labels]:
        assert left >= 0
        assert top >= 0
        assert right <= int(size[1])
        assert bottom <= int(size[2])


def test_a_thousand_steps_are_drawn() -> None:
    edges = [
        edge(f"s{writer}", f"s{reader}", "x")
        for reader in range(1, 1000)
        for writer in {reader - 1, reader // 2}
    ]
    picture = as_svg(graph_of("n", pipeline(" ".join(f"s{n}" for n in range(1000)), *edges)))
    assert len(boxes(picture, "step")) == 1000


@pytest.mark.parametrize("form", ["text", "mermaid", "svg", "json"])
def test_the_command(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, code("x = 1", "step:make it"), code("print(x)", "step:show it"))
    before = path.read_bytes()
    answer = Caller(capsys)("graph", path, "--format", form)
    assert (answer.code, answer.err) == (0, "")
    assert "make it" in answer.out
    assert "show it" in answer.out
    assert path.read_bytes() == before


def test_svg_of_a_run_shows_states() -> None:
    plain = as_svg(DIAMOND)
    first, *others = DIAMOND.steps
    shown = as_svg(DIAMOND, {first: StepState.FAILED})
    assert shown.count('<g class="step failed">') == 1
    assert shown.count('<g class="step">') == len(others)
    assert ".failed rect" not in plain
