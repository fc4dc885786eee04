"""Reports and whole logs, and how they are kept from doing harm."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_server import Server
from small_notebooks import code, text
from test_server_runs import SLOW, started, waited

pytest_plugins = ["lab_fixtures"]

LONG = "for n in range(30_000):\n    print(f'{n:06d} ' + 'x' * 50)"


def test_the_report_of_a_step(shared: Server, folder: Path) -> None:
    cells = (
        text("# The title"),
        code("from IPython.display import HTML\nHTML('<script>one()</script>')", "step:one"),
        code("print('two')", "step:two"),
    )
    run = started(shared, folder, *cells)
    shared.ended(run["id"], folder.name)
    address = f"/runs/{run['id']}/report"
    for _ in range(2):
        answer = shared.ask("GET", address, folder=folder.name, step="one")
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith("; sandbox allow-scripts")
        assert "frame-ancestors 'self'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = answer.body.decode()
        assert "The title" in page
        assert "<script>one()</script>" in page
        assert "two" not in page.partition("<body")[2]
    (kept,) = (folder / ".nbflow" / "runs" / run["id"] / "pages").iterdir()
    assert kept.read_text(encoding="utf-8") == page
    wrong = shared.ask("GET", address, folder=folder.name, step="three")
    assert wrong.status == 404
    assert "has no step 'three'" in wrong.body["message"]


def test_a_report_without_the_executed_notebook(shared: Server, folder: Path) -> None:
    run = started(shared, folder, code("print('seen')", "step:one"), code("1/0", "step:two"))
    shared.ended(run["id"], folder.name)
    for path in (folder / ".nbflow" / "runs" / run["id"]).glob("*.ipynb"):
        path.unlink()
    for step, shown in (("one", "seen"), ("two", "ZeroDivisionError")):
        answer = shared.ask("GET", f"/runs/{run['id']}/report", folder=folder.name, step=step)
        assert shown in answer.body.decode()


def test_a_step_that_goes_on_has_no_report(shared: Server, folder: Path) -> None:
    run = started(shared, folder, *SLOW)
    waited(shared, run["id"], folder.name, "waiting for [3")
    query = {"folder": folder.name, "step": "second"}
    answer = shared.ask("GET", f"/runs/{run['id']}/report", **query)
    assert answer.status == 409
    assert "has not ended yet" in answer.body["message"]
    whole = shared.ask("GET", f"/runs/{run['id']}/log.txt", folder=folder.name).body.decode()
    assert whole == "== first (done)\nbegun 3\n== second (running)\nwaiting for [3, 3, 3, 3]\n"
    (folder / "go").touch()
    shared.ended(run["id"], folder.name)


def test_a_whole_log(shared: Server, folder: Path) -> None:
    run = started(shared, folder, code(LONG, "step:two words"))
    shared.ended(run["id"], folder.name)
    query = {"folder": folder.name, "step": "two words"}
    assert shared.ask("GET", f"/runs/{run['id']}/log", **query).body["cut"] > 0
    answer = shared.ask("GET", f"/runs/{run['id']}/log.txt", **query)
    assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
    name = f"run-{run['id']}-two-words.log"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    lines = answer.body.decode().splitlines()
    assert (len(lines), lines[0][:6], lines[-1][:6]) == (30_000, "000000", "029999")


@pytest.mark.parametrize("page", ["report", "log.txt"])
def test_pages_are_not_for_other_sites(shared: Server, folder: Path, page: str) -> None:
    run = started(shared, folder, code("x = 1", "step:one"))
    shared.ended(run["id"], folder.name)
    address = f"/runs/{run['id']}/{page}?folder={folder.name}&step=one"
    cookies = {"Cookie": "; ".join(f"{n}={v}" for n, v in shared.cookies().items())}
    own, other = f"http://127.0.0.1:{shared.port}/base/lab", "http://evil.example.com/"
    for headers, status in (
        ({"Referer": own}, 200),
        ({"Referer": other}, 403),
        ({}, 403),
        ({"Referer": own, "Origin": other}, 404),
    ):
        assert shared.send("GET", address, None, cookies | headers).status == status
