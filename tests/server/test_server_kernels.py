"""A kernel that a server has started: its magics ask the server which notebook it belongs to."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking import BlockingKernelClient
from lab_server import TOKEN, Server
from magic_kernel import Frontend
from notebook_cells import code, written

pytest_plugins = ["lab_fixtures"]


def asked(server: Server, verb: str, path: str, body: object = None) -> Any:
    """The answer of Jupyter itself."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/base/api/{path}",
        method=verb,
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


@contextmanager
def kernel_for(
    server: Server, path: Path, **more: str
) -> Iterator[tuple[Frontend, dict[str, Any]]]:
    """A kernel that the server starts for a notebook, with the extension loaded, and its session."""
    inside = path.relative_to(server.root).as_posix()
    order = {"path": inside, "type": "notebook", "kernel": {"name": "python3"}, **more}
    session = asked(server, "POST", "sessions", order)
    runtime = server.root.parent / "home" / "runtime"
    client = BlockingKernelClient(
        connection_file=str(runtime / f"kernel-{session['kernel']['id']}.json")
    )
    client.load_connection_file()
    client.start_channels()
    try:
        found = Frontend(client)
        assert found.cell("%load_ext nbflow").error == ""
        yield found, session
    finally:
        client.stop_channels()
        asked(server, "DELETE", f"sessions/{session['id']}")


@pytest.mark.parametrize("more", [{"name": "study.ipynb"}, {}])
def test_a_notebook_that_is_renamed(shared: Server, folder: Path, more: dict[str, str]) -> None:
    path = written(folder / "study.ipynb", [code(1, "x = 1", ["step:one"])])
    with kernel_for(shared, path, **more) as (frontend, session):
        assert frontend.cell("%nbflow notebook").out == f"{path}\n"
        new = folder / "renamed.ipynb"
        path.rename(new)
        shutil.copy(new, path)  # another notebook has the old name now
        inside = new.relative_to(shared.root).as_posix()
        asked(shared, "PATCH", f"sessions/{session['id']}", {"path": inside})
        assert frontend.cell("%nbflow notebook").out == f"{new}\n"
        # Where nobody can be asked any more, it is the one that was told last.
        frontend.cell("import os\nos.environ['JUPYTER_RUNTIME_DIR'] = os.devnull")
        assert frontend.cell("%nbflow notebook").out == f"{new}\n"


def test_two_notebooks_with_one_kernel(shared: Server, folder: Path) -> None:
    path = written(folder / "study.ipynb", [code(1, "x = 1", [])])
    other = written(folder / "other.ipynb", [code(2, "y = 1", [])])
    with kernel_for(shared, path, name="study.ipynb") as (frontend, session):
        inside = other.relative_to(shared.root).as_posix()
        order = {"path": inside, "name": "other.ipynb", "type": "notebook"}
        kernel = {"kernel": {"id": session["kernel"]["id"]}}
        second = asked(shared, "POST", "sessions", {**order, **kernel})
        assert frontend.cell("%nbflow notebook", "c1").out == f"{path}\n"
        assert frontend.cell("%nbflow notebook", "c2").out == f"{other}\n"
        told = frontend.cell("%nbflow notebook", "unsaved").err
        assert "several notebooks are open with this kernel (study.ipynb, other.ipynb)" in told
        assert second["id"] != session["id"]
