"""Which notebook a kernel belongs to, where no server of the user tells it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from magic_kernel import Frontend
from notebook_cells import code, written

from nbflow.magics.servers import Server, servers

pytest_plugins = ["magic_fixtures"]


def asked(frontend: Frontend, name: str = "", vscode: str = "") -> str:
    """What a kernel says that was started for a notebook of that name."""
    put = f"import os\nos.environ['JPY_SESSION_NAME'] = {name!r}"
    frontend.cell(f"{put}\n__vsc_ipynb_file__ = {vscode!r}\n%nbflow notebook --forget")
    shown = frontend.cell("%nbflow notebook")
    frontend.cell("del os.environ['JPY_SESSION_NAME'], __vsc_ipynb_file__")
    return shown.out or shown.err


def test_the_one_that_it_was_started_for(frontend: Frontend, tmp_path: Path) -> None:
    path = written(tmp_path / "study.ipynb", [code(1, "x = 1", [])])
    told = f"{path}\n"
    assert asked(frontend, name=str(path)) == told
    assert asked(frontend, vscode=str(path)) == told
    start = Path(frontend.cell("print(get_ipython().starting_dir)").out.strip())
    beside = written(start / "beside.ipynb", [code(1, "x = 1", [])])
    assert asked(frontend, name="beside.ipynb") == f"{beside}\n"
    assert asked(frontend, name="below/the/root/beside.ipynb") == f"{beside}\n"


def test_none_is_guessed(frontend: Frontend, tmp_path: Path) -> None:
    written(tmp_path / "study.ipynb", [code(1, "x = 1", [])])
    (tmp_path / "console.txt").touch()
    sentence = (
        "UsageError: which notebook this kernel belongs to cannot be found out: "
        "name it with `%nbflow notebook PATH`\n"
    )
    assert asked(frontend) == sentence
    assert asked(frontend, name=str(tmp_path / "renamed.ipynb")) == sentence
    assert asked(frontend, name=str(tmp_path / "console.txt")) == sentence
    assert asked(frontend, vscode=str(tmp_path)) == sentence


def test_another_one_may_have_the_name_by_now(frontend: Frontend, tmp_path: Path) -> None:
    path = written(tmp_path / "study.ipynb", [code(1, "x = 1", [])])
    frontend.cell(f"import os\nos.environ['JPY_SESSION_NAME'] = {str(path)!r}")
    assert frontend.cell("%nbflow notebook", "elsewhere").err == (
        f"UsageError: it is not certain that this kernel belongs to {path}: "
        "save the notebook, or name it with `%nbflow notebook PATH`\n"
    )
    assert frontend.cell("%nbflow notebook", "c1").out == f"{path}\n"
    assert frontend.cell("%nbflow notebook", "new").out == f"{path}\n"
    frontend.cell("del os.environ['JPY_SESSION_NAME']")


def test_the_one_that_was_named_is_meant_until_it_is_gone(
    frontend: Frontend, tmp_path: Path
) -> None:
    path = written(tmp_path / "study.ipynb", [code(1, "x = 1", [])])
    assert frontend.cell("%nbflow notebook study.ipynb").out == f"{path}\n"
    frontend.cell("%cd -q /")
    assert frontend.cell("%nbflow notebook").out == f"{path}\n"
    path.unlink()
    assert frontend.cell("%nbflow notebook").err == (
        f"UsageError: the notebook {path} is not there: "
        "save it, or name it with `%nbflow notebook PATH`\n"
    )


@pytest.mark.parametrize(
    ("info", "found"),
    [
        ({"url": "http://127.0.0.1:8888/", "token": "t", "root_dir": "/r"}, True),
        ({"url": "http://127.0.0.1:8888/", "notebook_dir": "/r"}, True),
        ({"url": "http+unix://x", "token": "t", "root_dir": "/r"}, False),
        ({"url": "file:///etc/passwd", "token": "t", "root_dir": "/r"}, False),
        ({"token": "t", "root_dir": "/r"}, False),
        ({"url": "http://127.0.0.1:8888/"}, False),
        ([], False),
    ],
)
def test_files_of_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, info: object, found: bool
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    here = {**info, "pid": os.getpid()} if isinstance(info, dict) else info
    file = tmp_path / f"jpserver-{os.getpid()}.json"
    file.write_text(json.dumps(here), encoding="utf-8")
    (tmp_path / "jpserver-7.json").write_text("{", encoding="utf-8")
    (tmp_path / "kernel-7.json").write_text(json.dumps(here), encoding="utf-8")
    known = list(servers())
    assert bool(known) == found
    if found:
        token = "t" if isinstance(info, dict) and "token" in info else ""
        assert known == [Server("http://127.0.0.1:8888/", token, Path("/r"))]
    if os.name == "posix" and os.getuid() == 0:  # a file that somebody else has put there
        os.chown(file, 12345, 12345)
        assert list(servers()) == []
