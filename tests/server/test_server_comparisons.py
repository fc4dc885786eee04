"""Runs beside one another, their code, and runs that begin again from a step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lab_server import Server
from small_notebooks import code, write

pytest_plugins = ["lab_fixtures"]

CELLS = (
    code("n = 3\nm = 1", "pipeline-parameters"),
    code("x = [n] * 4\nprint('made', n)", "step:one"),
    code("side = 1", "step:side"),
    code("y = sum(x)\ny", "step:two"),
    code("print(y)", "pipeline-metrics"),
)


def ran(lab: Server, folder: Path, *cells: dict[str, object], **order: Any) -> dict[str, Any]:
    """A run of a notebook in the folder, when it has ended."""
    write(folder, *cells)
    answer = lab.ask("POST", "/runs", {"path": f"{folder.name}/n.ipynb", **order})
    assert answer.status == 201, answer.body
    return lab.ended(answer.body["id"], folder.name)


def reused(run: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["reused"] for step in run["steps"]}


def test_runs_beside_one_another(shared: Server, folder: Path) -> None:
    first = ran(shared, folder, *CELLS, parameters={"m": 2})
    other = (*CELLS[:3], code("y = sum(x) + 1\ny", "step:two"), CELLS[4])
    second = ran(shared, folder, *other, parameters={"m": 2, "n": 5})
    runs = f"{first['id']},{second['id']}"
    found = shared.ask("GET", "/comparisons", folder=folder.name, runs=runs).body
    assert [run["id"] for run in found["runs"]] == [first["id"], second["id"]]
    assert found["parameters"] == [
        {
            "name": "n",
            "differs": True,
            "values": {second["id"]: 5},
            "defaults": {first["id"]: 3},
        },
        {
            "name": "m",
            "differs": False,
            "values": {first["id"]: 2, second["id"]: 2},
            "defaults": {},
        },
    ]
    assert found["metrics"] == [
        {
            "name": "y",
            "differs": True,
            "values": {first["id"]: 12.0, second["id"]: 21.0},
            "defaults": {},
        }
    ]
    assert [each["name"] for each in found["settings"]] == ["notebook", "python", "engine"]
    assert not any(each["differs"] for each in found["settings"])
    assert set(found["settings"][0]["values"].values()) == {
        run["notebook"] for run in found["runs"]
    }
    assert [(each["name"], each["differs"]) for each in found["steps"]][:2] == [
        ("one", False),
        ("side", False),
    ]
    assert found["steps"][1]["runs"][second["id"]]["reused"] == first["id"]
    (code_,) = found["code"]
    assert code_["run"] == second["id"]
    (change,) = code_["changes"]
    assert (change["before"]["step"], change["after"]["number"]) == ("two", 4)
    assert change["lines"][-3:] == ["-y = sum(x)", "+y = sum(x) + 1", " y"]
    texts = [
        {run: (each["text"], each["types"]) for run, each in cell["outputs"].items()}
        for cell in found["cells"]
    ]
    assert texts == [
        {first["id"]: ("made 3\n", []), second["id"]: ("made 5\n", [])},
        {first["id"]: ("12\n", ["text/plain"]), second["id"]: ("21\n", ["text/plain"])},
        {first["id"]: ("12\n", []), second["id"]: ("21\n", [])},
    ]
    query = {"folder": folder.name, "step": "two"}
    told = shared.ask("GET", f"/runs/{second['id']}/code", **query).body
    assert (told["against"], told["reused"]) == (first["id"], "")
    assert told["reason"]
    (cell,) = told["cells"]
    assert cell["source"] == "y = sum(x) + 1\ny"
    assert cell["change"] == change
    same = shared.ask("GET", f"/runs/{second['id']}/code", folder=folder.name, step="side").body
    assert [each["change"] for each in same["cells"]] == [None]
    alone = shared.ask("GET", f"/runs/{first['id']}/code", **query).body
    assert (alone["against"], len(alone["cells"])) == ("", 1)


@pytest.mark.parametrize(
    ("runs", "status", "sentence"),
    [
        ("1", 400, "2 to 8 different runs"),
        ("1,1", 400, "2 to 8 different runs"),
        ("1,2,3,4,5,6,7,8,9", 400, "2 to 8 different runs"),
        ("1,x", 400, "numbers of runs"),
        ("1,", 400, "numbers of runs"),
        ("1," + "9" * 5000, 400, "numbers of runs"),
        ("1,77", 404, "there is no run 77"),
    ],
)
def test_what_cannot_be_compared_is_told(
    shared: Server, folder: Path, runs: str, status: int, sentence: str
) -> None:
    ran(shared, folder, code("x = 1", "step:one"))
    answer = shared.ask("GET", "/comparisons", folder=folder.name, runs=runs)
    assert answer.status == status
    assert sentence in answer.body["message"]


def test_a_run_begins_again_from_a_step(shared: Server, folder: Path) -> None:
    first = ran(shared, folder, *CELLS)
    address = f"/runs/{first['id']}/resume"
    again = shared.ask("POST", address, {"step": "one"}, folder=folder.name)
    assert again.status == 201, again.body
    ended = shared.ended(again.body["id"], folder.name)
    assert ended["state"] == "done"
    assert reused(ended) == {"one": "", "side": first["id"], "two": "", "pipeline-metrics": ""}
    assert {s["reason"] for s in ended["steps"] if not s["reused"]} == {"asked for"}
    assert ended["metrics"] == first["metrics"]
    last = shared.ask("POST", address, {"step": "two"}, folder=folder.name).body
    assert reused(shared.ended(last["id"], folder.name))["two"] == ""
    assert reused(shared.ended(last["id"], folder.name))["one"] != ""
    wrong = shared.ask("POST", address, {"step": "three"}, folder=folder.name)
    assert wrong.status == 422
    assert "has no step `three`" in wrong.body["message"]
    for body in ({"step": 3}, {"from": "one"}):
        assert shared.ask("POST", address, body, folder=folder.name).status == 400


def test_a_fresh_run_uses_no_results(shared: Server, folder: Path) -> None:
    first = ran(shared, folder, code("x = 1", "step:one"))
    assert reused(ran(shared, folder, code("x = 1", "step:one"))) == {"one": first["id"]}
    assert reused(ran(shared, folder, code("x = 1", "step:one"), fresh=True)) == {"one": ""}
    order = {"path": f"{folder.name}/n.ipynb", "fresh": "yes"}
    answer = shared.ask("POST", "/runs", order)
    assert answer.status == 400
    assert "'fresh' has to be true or false" in answer.body["message"]


def test_what_a_variable_looks_like(shared: Server, folder: Path) -> None:
    run = ran(shared, folder, *CELLS)
    query = {"folder": folder.name, "step": "one"}
    address = f"/runs/{run['id']}/preview"
    found = shared.ask("GET", address, **query, variable="x").body
    assert (found["name"], found["type"], found["shape"]) == ("x", "list", "(4,)")
    assert found["data"] == {"text/plain": "[3, 3, 3, 3]"}
    wrong = shared.ask("GET", address, **query, variable="nothing")
    assert wrong.status == 404
    assert "has made no variable 'nothing'" in wrong.body["message"]


def test_the_variables_at_the_end_of_a_step(shared: Server, folder: Path) -> None:
    run = ran(
        shared,
        folder,
        code("x, y, z = 1, 2, 3", "step:one"),
        code("x = x + 1\ndel y", "step:two"),
        code("w = 5", "step:three"),
    )

    def at(step: str) -> dict[str, str]:
        query = {"folder": folder.name, "step": step}
        found = shared.ask("GET", f"/runs/{run['id']}/variables", **query).body["variables"]
        return {each["variable"]["name"]: each["step"] for each in found}

    assert at("one") == {"x": "one", "y": "one", "z": "one"}
    assert at("two") == {"x": "two", "z": "one"}
    assert at("three") == {"w": "three", "x": "two", "z": "one"}


def test_tables_and_pictures_of_variables(shared: Server, folder: Path) -> None:
    run = ran(
        shared,
        folder,
        code("import pandas as pd\nimport PIL.Image", "imports"),
        code("df = pd.DataFrame({'a': ['<script>'] * 50})\ng = (n for n in df)", "step:one"),
        code("red = PIL.Image.new('RGB', (30, 40), 'red')", "step:two"),
    )
    address = f"/runs/{run['id']}/preview"

    def seen(step: str, variable: str) -> dict[str, Any]:
        query = {"folder": folder.name, "step": step, "variable": variable}
        found: dict[str, Any] = shared.ask("GET", address, **query).body
        return found

    table = seen("one", "df")
    assert table["data"]["text/html"].count("<td>&lt;script&gt;</td>") == 20
    assert "[50 rows × 1 columns]" in table["data"]["text/plain"]
    assert seen("two", "red")["data"]["image/png"].startswith("iVBOR")
    assert "could not be stored" in seen("one", "g")["note"]
    again = ran(shared, folder, code("df = 1", "step:one"))
    assert again["state"] == "done"
    assert seen("one", "df") == table


def test_a_secret_is_not_shown(shared: Server, folder: Path) -> None:
    (folder / "go").touch()
    cells = (
        code("import os\nkey = os.environ['HOME'] * 40\nsafe = list(range(200))", "step:one"),
        code("print(len(key))", "step:two", "secret:lab:home:HOME"),
    )
    run = ran(shared, folder, *cells)
    assert run["state"] == "done"
    variables = {each["name"]: each for each in run["steps"][0]["variables"]}
    assert variables["key"]["preview"] == "***"
    query = {"folder": folder.name, "step": "one"}
    hidden = shared.ask("GET", f"/runs/{run['id']}/preview", **query, variable="key").body
    assert (hidden["data"], hidden["note"][:20]) == ({"text/plain": "***"}, "it holds the value o")
    shown = shared.ask("GET", f"/runs/{run['id']}/preview", **query, variable="safe").body
    assert shown["data"]["text/plain"].startswith("0\n1\n")
