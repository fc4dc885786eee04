"""The tags of a cell over HTTP: read, changed, refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from lab_server import Server
from small_notebooks import code
from small_notebooks import document as document_of

from nbflow.model import Kept
from nbflow.server.body import BodyError, read
from nbflow.server.routes import document

pytest_plugins = ["lab_fixtures"]


def test_tags_are_read(shared: Server) -> None:
    answer = shared.ask("POST", "/tags", {"tags": ["x", "step:a", "gpu:1", "timeout:soon"]})
    assert answer.status == 200, answer.body
    assert answer.body["tags"] == ["x", "step:a", "gpu:1", "timeout:soon"]
    marks = answer.body["marks"]
    assert (marks["role"], marks["step"], marks["after"]) == ("step", "a", [])
    assert marks["devices"] == [{"kind": "nvidia.com/gpu", "count": "1"}]
    assert (marks["retry"], marks["foreign"]) == (None, ["x"])
    assert ["soon" in sentence for sentence in answer.body["problems"]] == [True]


def test_tags_are_changed(shared: Server) -> None:
    change = {
        "step": "b",
        "after": ["load"],
        "devices": None,
        "retry": {"times": 2, "wait": "30s", "factor": None},
        "cache": False,
        "env": [{"name": "A", "value": "1"}],
    }
    answer = shared.ask("POST", "/tags", {"tags": ["x", "step:a", "gpu:1"], "change": change})
    assert answer.status == 200, answer.body
    wanted = ["x", "step:b", "prev:load", "retry:2:30s", "cache:disabled", "env:A:1"]
    assert answer.body["tags"] == wanted
    assert answer.body["marks"]["env"] == [{"name": "A", "value": "1"}]


@pytest.mark.parametrize(
    ("change", "tags", "line"),
    [
        ({}, ["x"], "%%step a --gpu 1"),
        ({"step": "b c"}, ["x"], '%%step "b c" --gpu 1'),
        ({"devices": None, "after": ["load"]}, ["x"], "%%step a --after load"),
        ({"cache": False}, ["x"], "%%step a --gpu 1 --cache disabled"),
        ({"role": "skip"}, ["skip", "x", "gpu:1"], ""),
    ],
)
def test_the_line_of_a_cell_is_changed(
    shared: Server, change: Any, tags: list[str], line: str
) -> None:
    order = {"tags": ["x"], "line": "%%step a --gpu 1", "change": change}
    answer = shared.ask("POST", "/tags", order)
    assert answer.status == 200, answer.body
    assert (sorted(answer.body["tags"]), answer.body["line"]) == (sorted(tags), line)
    assert answer.body["problems"] == []


def test_what_is_wrong_with_a_line_is_told(shared: Server) -> None:
    answer = shared.ask("POST", "/tags", {"tags": ["step:b"], "line": "%%step a --gpus 1"})
    assert answer.body["problems"] == [
        "The `%%step` line has no option `--gpus`. `--gpu` may be meant.",
        "The `%%step` line of the cell alone should say this: `step:b`.",
    ]
    order = {"tags": [], "line": "%%step a --gpus 1", "change": {"step": "b"}}
    answer = shared.ask("POST", "/tags", order)
    assert answer.status == 422
    assert answer.body["message"].startswith("Correct the line `%%step a --gpus 1` first.")


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"cpu_limit": "abc"}, 422, "`limit:cpu:abc` cannot be a tag: 'abc' is not an amount"),
        ({"step": " a"}, 422, "begins or ends with a space"),
        ({"role": "step"}, 422, "A step needs a name."),
        ({"cpu_limit": 2}, 400, "the field 'change.cpu_limit' has to be a text or null"),
        ({"role": "chief"}, 400, "'change.role' has to be one of step, imports, functions,"),
        ({"cpu": "2"}, 400, "there is no field 'cpu' in 'change'; the fields are: role, step,"),
        ({"devices": [{"kind": "a/b"}]}, 400, "the field 'change.devices[0].count' is missing"),
        ({"after": "a"}, 400, "the field 'change.after' has to be a list or null"),
        ({"after": ["a", 1]}, 400, "the field 'change.after[1]' has to be a text"),
        ({"cache": 1}, 400, "the field 'change.cache' has to be true or false or null"),
        ([], 400, "the field 'change' has to be an object"),
    ],
)
def test_what_cannot_be_is_refused(shared: Server, change: Any, status: int, sentence: str) -> None:
    answer = shared.ask("POST", "/tags", {"tags": [], "change": change})
    assert (answer.status, sentence in answer.body["message"]) == (status, True), answer.body


def test_the_document_says_what_may_be_left_out() -> None:
    schemas: Any = document()["components"]
    found = schemas["schemas"]
    assert found["TagOrder"]["required"] == ["tags"]
    assert found["TagChange"]["required"] == []
    assert found["Device"]["required"] == ["kind", "count"]
    texts = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert found["TagChange"]["properties"]["image"] == texts


class Colour(Enum):
    """A colour."""

    RED = "red"


@dataclass(frozen=True)
class Inner:
    """A value in another one."""

    n: int
    of: tuple[Inner, ...] = ()


@dataclass(frozen=True)
class Outer:
    """A body."""

    inner: Inner | None
    colour: Colour | Kept = Kept.KEPT
    size: float = 0
    either: Inner | str = ""


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({"inner": None}, Outer(None)),
        ({"inner": {"n": 1}, "colour": "red"}, Outer(Inner(1), Colour.RED)),
        ({"inner": {"n": 1, "of": [{"n": 2}]}}, Outer(Inner(1, (Inner(2),)))),
        ({"inner": None, "size": 1, "either": "x"}, Outer(None, size=1, either="x")),
        ({"inner": None, "either": {"n": 1}}, Outer(None, either=Inner(1))),
    ],
)
def test_a_body_becomes_a_value(body: object, value: Outer) -> None:
    assert read(Outer, body) == value


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "the field 'inner' is missing"),
        ({"inner": []}, "the field 'inner' has to be an object or null"),
        ({"inner": {"n": True}}, "the field 'inner.n' has to be a whole number"),
        ({"inner": {"n": 1, "of": [{"n": "1"}]}}, "the field 'inner.of[0].n' has to be a whole number"),
        ({"inner": {"n": 1, "m": 1}}, "there is no field 'm' in 'inner'; the fields are: n, of"),
        ({"inner": None, "colour": "blue"}, "the field 'colour' has to be one of red"),
        ({"inner": None, "colour": "kept"}, "the field 'colour' has to be one of red"),
        ({"inner": None, "size": "1"}, "the field 'size' has to be a number"),
        ({"inner": None, "either": 1}, "the field 'either' has to be an object or a text"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(body: object, sentence: str) -> None:
    with pytest.raises(BodyError) as raised:
        read(Outer, body)
    assert str(raised.value) == sentence


def test_a_step_is_renamed_in_an_unsaved_notebook(shared: Server, folder: Path) -> None:
    cells = (code("x = 1", "step:load", "mine"), code("print(x)", "step:use", "prev:load"))
    path = f"{folder.name}/n.ipynb"
    body = {"path": path, "notebook": document_of(*cells), "old": "load", "new": "read"}
    answer = shared.ask("POST", "/renamings", body)
    assert answer.status == 200, answer.body
    assert [(edit["cell"], edit["tags"]) for edit in answer.body["edits"]] == [
        ("a", ["step:read", "mine"]),
        ("b", ["step:use", "prev:read"]),
    ]
    refused = shared.ask("POST", "/renamings", body | {"new": "use"})
    assert (refused.status, refused.body["message"]) == (
        422,
        "The notebook has a step use already.",
    )
    assert list(folder.iterdir()) == []


def test_the_analysis_says_what_a_step_inherits(shared: Server, folder: Path) -> None:
    cells = (code("x = 1", "step:load", "limit:cpu:1"), code("print(x)", "step:use"))
    notebook: dict[str, Any] = document_of(*cells)
    notebook["metadata"]["kubeflow_notebook"] = {"steps_defaults": ["limit:cpu:2", "timeout:1h"]}
    body = {"path": f"{folder.name}/n.ipynb", "notebook": notebook}
    found = shared.ask("POST", "/analysis", body).body["step_settings"]
    assert [(s["step"], s["own"]["cpu_limit"], s["inherited"]["cpu_limit"]) for s in found] == [
        ("load", "1", ""),
        ("use", "", "2"),
    ]
    assert {s["inherited"]["timeout"] for s in found} == {"1h"}
