"""Analysis, proposal and conversion over HTTP."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from lab_server import Server
from small_notebooks import code, document, text, write

pytest_plugins = ["lab_fixtures"]

STEPS = (
    code("import json", "imports"),
    code("depth = 4\nrate: float = 0.5", "pipeline-parameters"),
    code("x = depth * 2", "step:load"),
    code("print(x)", "step:show", "limit:cpu:2"),
)


def test_analysis(shared: Server, folder: Path) -> None:
    path = write(folder, *STEPS)
    answer = shared.ask("GET", "/analysis", path=f"{folder.name}/{path.name}")
    assert answer.status == 200
    found = answer.body
    assert [step["name"] for step in found["steps"]] == ["load", "show"]
    assert found["steps"][1]["resources"]["limits"] == [["cpu", "2"]]
    assert [(e["writer"], e["reader"], e["variables"]) for e in found["edges"]] == [
        ("load", "show", ["x"])
    ]
    assert [(p["name"], p["type"], p["default"]) for p in found["parameters"]] == [
        ("depth", "int", 4),
        ("rate", "float", 0.5),
    ]
    assert [(c["id"], c["role"], c["step"]) for c in found["cells"]] == [
        ("a", "imports", None),
        ("b", "parameters", None),
        ("c", "step", "load"),
        ("d", "step", "show"),
    ]
    assert found["tagged"]
    assert found["waves"] == [["load"], ["show"]]


@pytest.mark.parametrize(
    ("tags", "tagged"),
    [
        (["step:one"], True),
        (["block:one"], True),
        (["step:"], False),
        (["step:one", "skip"], False),
    ],
)
def test_what_names_steps_is_told_as_the_analysis_reads_it(
    shared: Server, folder: Path, tags: list[str], tagged: bool
) -> None:
    path = write(folder, code("x = 1", *tags), code("print(2)"))
    found = shared.ask("GET", "/analysis", path=f"{folder.name}/{path.name}").body
    assert found["tagged"] is tagged
    proposed = shared.ask("GET", "/proposal", path=f"{folder.name}/{path.name}").body["cells"]
    assert bool(proposed) is not tagged


def test_cells_of_an_old_notebook_are_found_by_what_runs_call_them(
    shared: Server, folder: Path
) -> None:
    cells = (text("# one"), code("x = 1", "step:one"), code("print(x)", "step:two"))
    path = write(folder, *cells)
    held: Any = {**document(*cells), "nbformat_minor": 4}
    for cell in held["cells"]:  # an editor gives ids, and saves none
        del cell["id"]
    path.write_text(json.dumps(held), encoding="utf-8")
    name = f"{folder.name}/{path.name}"
    on_disk = shared.ask("GET", "/analysis", path=name).body["cells"]
    body = {"path": name, "notebook": {**document(*cells), "nbformat_minor": 4}}
    edited = shared.ask("POST", "/analysis", body).body["cells"]
    assert [cell["id"] for cell in edited] == ["b", "c"]
    assert [cell["derived"] for cell in edited] == [cell["id"] for cell in on_disk]
    assert [cell["derived"] for cell in on_disk] == [cell["id"] for cell in on_disk]


def test_findings_have_cell_line_code_sentence_and_way_out(shared: Server, folder: Path) -> None:
    path = write(folder, code("print(1)\nprint(", "step:one"))
    (finding,) = shared.ask("GET", "/analysis", path=f"{folder.name}/{path.name}").body["findings"]
    assert (finding["code"], finding["cell"], finding["line"]) == ("NB108", "a", 2)
    assert finding["severity"] == "error"
    assert finding["message"]
    assert finding["hint"]


def test_what_is_not_saved_is_analysed_and_not_written(shared: Server, folder: Path) -> None:
    path = write(folder, code("x = 1", "step:one"))
    before = path.read_bytes()
    unsaved = document(code("x = 1", "step:one"), code("print(x)", "step:two"))
    body = {"path": f"{folder.name}/{path.name}", "notebook": unsaved}
    answer = shared.ask("POST", "/analysis", body)
    assert [step["name"] for step in answer.body["steps"]] == ["one", "two"]
    assert path.read_bytes() == before


def test_proposal(shared: Server, folder: Path) -> None:
    cells = (code("import json"), text("# Load it"), code("x = 1"), code("print(x)"))
    path = write(folder, *cells)
    wanted = [
        {"cell": "a", "number": 1, "tags": ["imports"]},
        {"cell": "c", "number": 3, "tags": ["step:load-it"]},
        {"cell": "d", "number": 4, "tags": ["step:load-it"]},
    ]
    name = f"{folder.name}/{path.name}"
    assert shared.ask("GET", "/proposal", path=name).body == {"cells": wanted}
    body = {"path": f"{folder.name}/new.ipynb", "notebook": document(*cells)}
    assert shared.ask("POST", "/proposal", body).body == {"cells": wanted}


@pytest.mark.parametrize(
    ("target", "file"), [("argo", "workflow.yaml"), ("python", "n.py"), ("kfp", "pipeline.yaml")]
)
def test_conversion(shared: Server, folder: Path, target: str, file: str) -> None:
    path = write(folder, *STEPS)
    order = {"path": f"{folder.name}/{path.name}", "target": target}
    answer = shared.ask("POST", "/conversions", order)
    assert answer.status == 201, answer.body
    assert answer.body["folder"] == f"{folder.name}/n-{target}"
    assert all((shared.root / made).is_file() for made in answer.body["files"])
    assert f"{folder.name}/n-{target}/README.md" in answer.body["files"]


def test_nothing_of_a_notebook_runs(shared: Server, folder: Path) -> None:
    seen = folder / "it-ran"
    path = write(folder, code(f"open({str(seen)!r}, 'w').close()", "step:one"))
    name = f"{folder.name}/{path.name}"
    shared.ask("GET", "/analysis", path=name)
    shared.ask("GET", "/proposal", path=name)
    answers = [
        shared.ask("POST", "/conversions", {"path": name, "target": target})
        for target in ("argo", "python", "kfp")
    ]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert not seen.exists()


@pytest.mark.parametrize(
    ("order", "status", "sentence"),
    [
        ({"path": "no.ipynb", "target": "kfp"}, 404, "there is no notebook no.ipynb"),
        ({"path": "PATH", "target": "perl"}, 400, "there is no target 'perl'"),
        ({"path": "PATH"}, 400, "the field 'target' is missing"),
        ({"path": "PATH", "target": 3}, 400, "the field 'target' has to be a text"),
        ({"path": "PATH", "target": "kfp", "x": 1}, 400, "there is no field 'x'"),
        ([], 400, "the body of the request has to be a JSON object"),
        (b"{", 400, "the body of the request is not JSON"),
        (b"[" * 100_000, 400, "the body of the request is not JSON"),
        (b" " * (17 << 20), 413, "larger than 16 MiB"),
        ({"path": "PATH", "target": "kfp"}, 422, "NB108"),
        ({"path": "PATH", "target": "argo", "output": "."}, 400, "the root of the server"),
        ({"path": "PATH", "target": "argo", "output": "OWN"}, 409, "holds"),
        ({"path": "x" * 3000, "target": "argo"}, 409, "File name too long"),
        ({"path": "\ud800", "target": "argo"}, 400, "half of a character"),
    ],
)
def test_mistakes_are_told(
    shared: Server, folder: Path, order: Any, status: int, sentence: str
) -> None:
    path = write(folder, code("print(", "step:one"))
    if isinstance(order, dict):
        order = {
            key: {"PATH": f"{folder.name}/{path.name}", "OWN": folder.name}.get(value, value)
            for key, value in order.items()
        }
    answer = shared.ask("POST", "/conversions", order)
    assert answer.status == status
    assert sentence in answer.body["message"]
    assert [f["code"] for f in answer.body["findings"]] == (["NB108"] if status == 422 else [])


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"nbformat": 4, "cells": 3}'])
def test_a_damaged_notebook_is_told(shared: Server, folder: Path, content: str) -> None:
    (folder / "n.ipynb").write_text(content, encoding="utf-8")
    answer = shared.ask("GET", "/analysis", path=f"{folder.name}/n.ipynb")
    assert answer.status == 422
    assert "n.ipynb" in answer.body["message"]


def test_an_unsaved_notebook_that_is_none_is_told(shared: Server) -> None:
    answer = shared.ask(
        "POST", "/analysis", {"path": "n.ipynb", "notebook": {"a": [json.dumps({})]}}
    )
    assert answer.status == 422
    assert "not a notebook" in answer.body["message"]


@pytest.mark.parametrize("output", ["x" * 300, "OWN/n.ipynb/below"])
def test_a_folder_that_cannot_be_is_told(shared: Server, folder: Path, output: str) -> None:
    write(folder, code("x = 1", "step:one"))
    order = {"path": f"{folder.name}/n.ipynb", "target": "argo"}
    output = output.replace("OWN", folder.name)
    answer = shared.ask("POST", "/conversions", order | {"output": output})
    assert answer.status == 409
    assert output in answer.body["message"]


def test_findings_come_with_their_repairs(shared: Server, folder: Path) -> None:
    path = write(
        folder,
        code("rows = (i for i in range(3))", "step:load", "mine"),
        code("print(list(rows))", "step:use"),
        code("%pip install -q hypothesis", "step:use"),
    )
    found = shared.ask("GET", "/analysis", path=f"{folder.name}/{path.name}").body["findings"]
    fixes = {each["code"]: each["fixes"] for each in found}
    assert fixes["NB202"] == [
        {
            "title": "Run load and use as one step",
            "edits": [
                {"edit": "tags", "cell": cell, "number": number, "before": before, "tags": tags}
                for cell, number, before, tags in (
                    ("b", 2, ["step:use"], ["step:load"]),
                    ("c", 3, ["step:use"], ["step:load"]),
                )
            ],
        }
    ]
    ((edit,),) = [fix["edits"] for fix in fixes["NB208"]]
    wanted = f"%pip install -q hypothesis=={version('hypothesis')}"
    assert (edit["edit"], edit["cell"], edit["source"]) == ("source", "c", wanted)


def test_findings_of_a_target_come_with_their_repairs(shared: Server, folder: Path) -> None:
    path = write(folder, code("import torch\nprint(torch.ones(2).cuda())", "step:train"))
    order = {"path": f"{folder.name}/{path.name}", "target": "argo"}
    found = shared.ask("POST", "/conversions", order).body["findings"]
    (fix,) = [fix for each in found if each["code"] == "NB407" for fix in each["fixes"]]
    assert (fix["title"], fix["edits"][0]["tags"]) == ("Add `gpu:1`", ["step:train", "gpu:1"])


def test_findings_are_explained(shared: Server) -> None:
    for name in ("NB101", "NB204", "NB417"):
        answer = shared.ask("GET", "/findings", code=name)
        assert answer.status == 200
        assert answer.body["text"].startswith(f"# {name}: ")
        assert "](" not in answer.body["text"]
    for name in ("NB999", "index", "../findings", "NB101.md"):
        assert shared.ask("GET", "/findings", code=name).status == 404
