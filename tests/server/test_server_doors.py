"""Who is let in, and where paths may lead."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_server import Server, server
from small_notebooks import code, write

from nbflow.server.endpoint import VERBS
from nbflow.server.routes import OPERATIONS, PREFIX, by_path
from nbflow.server.runs import FOLDER
from nbflow.service.batch import batch
from nbflow.service.batch.planning import Grid, Rows

pytest_plugins = ["lab_fixtures"]

PATHS = [path.replace("{run}", "1") for path, _ in by_path()]
#: What can be read of a run.
OF_RUNS = tuple(
    each.path.replace("{run}", "1")
    for each in OPERATIONS
    if each.verb == "GET" and FOLDER in each.queries and each.path not in ("/runs", "/batches")
)
AUTHORIZER = "authorizers.Reader"


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose users may do nothing but read, and of nbflow not even that."""
    place = tmp_path_factory.mktemp("readers")
    (place / "root").mkdir()
    options = (f"--ServerApp.authorizer_class={AUTHORIZER}",)
    with server(place / "root", place / "home", *options) as found:
        yield found


def test_the_document_lists_every_path_and_verb(shared: Server) -> None:
    document = shared.ask("GET", "/openapi.json").body
    listed = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    assert listed == {(each.verb, each.path) for each in OPERATIONS}
    assert document["servers"] == [{"url": PREFIX}]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_let_in_without_the_token(shared: Server, path: str, verb: str) -> None:
    assert shared.send(verb, path, None, {}).status == 403
    assert shared.send(verb, path, None, {"Authorization": "token wrong"}).status == 403


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("path", PATHS)
def test_the_authorizer_is_asked(readers: Server, path: str, verb: str) -> None:
    answer = readers.ask(verb, path)
    assert answer.status == 403
    known = {(each.verb, each.path.replace("{run}", "1")): each.action for each in OPERATIONS}
    action = "read" if verb in ("GET", "HEAD", "OPTIONS") else "write"
    asked = f"not authorized to {known.get((verb, path), action)} on resource: nbflow"
    assert verb == "HEAD" or asked in answer.body["message"]


@pytest.mark.parametrize("path", PATHS)
def test_other_verbs_are_not_known(shared: Server, path: str) -> None:
    known = {each.verb for each in OPERATIONS if each.path.replace("{run}", "1") == path}
    for verb in set(VERBS) - known:
        assert shared.ask(verb, path).status == 405


@pytest.mark.parametrize(
    "path", [each.path.replace("{run}", "1") for each in OPERATIONS if each.verb == "POST"]
)
def test_a_browser_has_to_send_the_xsrf_token(shared: Server, path: str) -> None:
    cookies = shared.cookies()
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    assert shared.send("GET", "/engines", None, sent).status == 200
    refused = shared.send("POST", path, {}, sent)
    assert refused.status == 403
    assert "_xsrf" in refused.body["message"]
    let_in = shared.send("POST", path, {}, sent | {"X-XSRFToken": cookies["_xsrf"]})
    assert let_in.status in (400, 404)


def test_another_origin_is_not_let_in(shared: Server) -> None:
    sent = {"Cookie": "; ".join(f"{n}={v}" for n, v in shared.cookies().items())}
    answer = shared.send("GET", "/engines", None, sent | {"Origin": "http://evil.example.com"})
    assert answer.status == 404


@pytest.mark.parametrize(
    "path",
    [
        "../outside/n.ipynb",
        "OWN/../../outside/n.ipynb",
        "/../outside/n.ipynb",
        "ABSOLUTE",
        "OWN/link.ipynb",
        "OWN/folder/n.ipynb",
        "OWN/.hidden/n.ipynb",
        "OWN/a\0b.ipynb",
        "OWN",
        "",
    ],
)
def test_paths_stay_below_the_root(shared: Server, folder: Path, path: str) -> None:
    outside = shared.root.parent / "outside"
    outside.mkdir(exist_ok=True)
    write(outside, code("secret = 1", "step:one"))
    (folder / "link.ipynb").symlink_to(outside / "n.ipynb")
    (folder / "folder").symlink_to(outside)
    (folder / ".hidden").mkdir()
    write(folder / ".hidden", code("secret = 1", "step:one"))
    path = path.replace("OWN", folder.name).replace("ABSOLUTE", str(outside / "n.ipynb"))
    order = {"path": path, "target": "argo"}
    answers = [
        shared.ask("GET", "/analysis", path=path),
        shared.ask("GET", "/proposal", path=path),
        shared.ask("POST", "/conversions", order),
        shared.ask("POST", "/runs", {"path": path}),
    ]
    assert {answer.status for answer in answers} <= {400, 404}
    assert all("secret" not in str(answer.body) for answer in answers)
    assert os.listdir(outside) == ["n.ipynb"]


def test_notebooks_that_are_called_stay_below_the_root(shared: Server, folder: Path) -> None:
    outside = shared.root.parent / "outside"
    outside.mkdir(exist_ok=True)
    write(outside, code("secret = 1", "step:secret"))
    (folder / "link.ipynb").symlink_to(outside / "n.ipynb")
    for called in (str(outside / "n.ipynb"), "../../outside/n.ipynb", "link.ipynb"):
        call = code("", "notebook:sub")
        path = write(
            folder, call | {"metadata": {"tags": ["notebook:sub"], "notebook_path": called}}
        )
        name = f"{folder.name}/{path.name}"
        body = {"path": name, "notebook": json.loads(path.read_text(encoding="utf-8"))}
        answers = [
            shared.ask("GET", "/analysis", path=name),
            shared.ask("POST", "/analysis", body),
            shared.ask("POST", "/conversions", {"path": name, "target": "argo"}),
        ]
        assert [answer.status for answer in answers] == [404] * 3
        assert all("secret" not in str(answer.body) for answer in answers)


@pytest.mark.parametrize("output", ["../outside", "OWN/folder/deep", "OWN/.hidden"])
def test_what_is_made_stays_below_the_root(shared: Server, folder: Path, output: str) -> None:
    (shared.root.parent / "outside").mkdir(exist_ok=True)
    (folder / "folder").symlink_to(shared.root.parent / "outside")
    write(folder, code("x = 1", "step:one"))
    order = {"path": f"{folder.name}/n.ipynb", "target": "argo"}
    answer = shared.ask(
        "POST", "/conversions", order | {"output": output.replace("OWN", folder.name)}
    )
    assert answer.status == 404
    assert not (shared.root.parent / "outside" / "deep").exists()


@pytest.mark.parametrize("folder_", ["..", "/..", "a/../../b"])
def test_runs_of_folders_elsewhere_are_not_told(shared: Server, folder_: str) -> None:
    for path in ("/runs", "/batches", *OF_RUNS):
        asked = {"step": "one", "variable": "x", "runs": "1,2", "batch": "sweep"}
        answer = shared.ask("GET", path, folder=folder_, **asked)
        assert answer.status == 404
    for path in ("/runs/1/cancel", "/runs/1/resume", "/batch/resume"):
        assert shared.ask("POST", path, folder=folder_, batch="sweep").status == 404


@pytest.mark.parametrize("id_", ["x", "-1", "1.5", "9" * 30, "%2e%2e", "1%2f.."])
def test_ids_of_runs_are_numbers(shared: Server, id_: str) -> None:
    assert shared.ask("GET", f"/runs/{id_}").status == 404


def test_runs_of_notebooks_elsewhere_are_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    monkeypatch.setenv("NBFLOW_HOME", str(store))
    for name in ("root", "outside"):
        (tmp_path / name).mkdir()
        cells = (code("x = 1", "parameters"), code("y = x", "step:one"))
        batch.start(str(write(tmp_path / name, *cells)), Rows(), Grid({"x": ["1"]}), name=name)
    with server(tmp_path / "root", tmp_path / "home", NBFLOW_HOME=str(store)) as lab:
        assert [row["id"] for row in lab.ask("GET", "/runs").body["runs"]] == ["1"]
        assert lab.ask("GET", "/runs/1").status == 200
        assert [row["name"] for row in lab.ask("GET", "/batches").body["batches"]] == ["root"]
        assert lab.ask("GET", "/batch", batch="root").status == 200
        for path in OF_RUNS:
            other = path.replace("/1", "/2")
            asked = {"step": "one", "variable": "x", "runs": "1,2", "batch": "outside"}
            answer = lab.ask("GET", other, **asked)
            assert answer.status == 404
            assert "not below the server's root" in answer.body["message"]
        for path in ("/runs/2/cancel", "/runs/2/resume", "/batch/resume"):
            assert lab.ask("POST", path, batch="outside").status == 404
