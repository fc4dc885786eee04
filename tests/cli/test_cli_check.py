"""``nbflow check`` and ``nbflow tag`` on good and bad notebooks; neither changes what it reads."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import pytest
from command_line import Caller, code, text, write

GOOD = (code("x = 1", "step:a"), code("print(x)", "step:b"))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def test_a_good_notebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, *GOOD)
    answer = Caller(capsys)("check", path)
    assert answer.code == 0
    assert answer.out == f"{path}: nothing found; 2 steps, 1 edge\n"
    assert Caller(capsys)("check", path, "--format", "json").out == "[]\n"
    assert Caller(capsys)("check", path, "--format", "github").out == ""


@pytest.mark.parametrize(
    ("cells", "word", "exit_code"),
    [
        ([], "no code", 8),
        ([text("# Only words")], "no code", 8),
        ([code("x = (", "step:a")], f"cannot be read as Python 3.{sys.version_info.minor}: ", 8),
        ([code("x = 1", "step:a", "prev:nowhere")], "nowhere", 8),
        ([code("1", "step:a", "prev:b"), code("2", "step:b", "prev:a")], "prev", 8),
        ([code("1", "step:a"), code("2", "step:b"), code("3", "step:a")], "step", 8),
        ([code("1", "step:a", "retry:often")], "'often' is not a whole number", 8),
        ([code("print(nowhere)", "step:a")], "nowhere", 0),
        ([code("1", "step:a", "hide-input", "papermill:x")], "nothing found", 0),
    ],
)
def test_bad_notebooks_are_told(
    cells: list[dict[str, object]],
    word: str,
    exit_code: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write(tmp_path, *cells)
    before = digest(path)
    answer = Caller(capsys)("check", path)
    assert answer.code == exit_code
    assert word in answer.out
    assert answer.err == ""
    assert digest(path) == before


def test_strict_heeds_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, code("print(nowhere)", "step:a"))
    assert Caller(capsys)("check", path).code == 0
    assert Caller(capsys)("check", path, "--strict").code == 8


def test_another_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, code("1"))
    content = json.loads(path.read_bytes())
    content["metadata"]["kernelspec"] |= {"name": "ir", "language": "R"}
    path.write_text(json.dumps(content), encoding="utf-8")
    answer = Caller(capsys)("check", path)
    assert answer.code == 8
    assert "not Python" in answer.out


def test_a_kernel_that_is_not_installed_is_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Caller(capsys)("check", write(tmp_path, *GOOD, kernel="no-such-kernel"))
    assert answer.code == 0
    assert "note: the notebook's kernel 'no-such-kernel' is not installed here" in answer.out


FILES = [
    (b"", "is empty"),
    (b"{not json", "is not JSON"),
    (b"{}", "not a notebook"),
    (b'{"nbformat": 2, "worksheets": []}', "too old"),
    (bytes(range(256)) * 40, "not UTF-8"),
]


@pytest.mark.parametrize("command", [["check"], ["graph"], ["tag"], ["tag", "--apply"], ["run"]])
@pytest.mark.parametrize(("content", "message"), FILES)
def test_what_is_no_notebook(
    command: list[str],
    content: bytes,
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(content)
    answer = Caller(capsys)(*command, path)
    assert answer.code == 3
    assert answer.out == ""
    assert answer.err.startswith("nbflow: ")
    assert message in answer.err
    assert answer.err.count("\n") == 1
    assert path.read_bytes() == content


def test_no_file_and_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no file" in Caller(capsys)("check", tmp_path / "x.ipynb").err
    assert "is a folder" in Caller(capsys)("check", tmp_path).err


def test_a_notebook_of_50_megabytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}
    path = write(tmp_path, code("x = 1", "step:a") | {"outputs": [output]})
    assert Caller(capsys)("check", path).code == 0


UNTAGGED = (
    code("import math"),
    text("# Load the data"),
    code("x = 1"),
    text("# Use it"),
    code("print(x)"),
)


def test_tags_are_proposed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, *UNTAGGED)
    before = path.read_bytes()
    graph = Caller(capsys)("graph", path).out
    answer = Caller(capsys)("tag", path)
    assert answer.code == 0
    assert "cell 1: imports  import math\n" in answer.out
    assert answer.out.endswith("3 cells would be tagged; write the tags with nbflow tag --apply\n")
    assert path.read_bytes() == before

    assert Caller(capsys)("tag", path, "--apply").out.endswith("tagged 3 cells\n")
    added = set(path.read_text().splitlines()) - set(before.decode().splitlines())
    assert all(
        line.strip(' ",') in ("tags: [", "metadata: {", "]", "}") or '"' in line for line in added
    )
    assert Caller(capsys)("graph", path).out == graph
    assert Caller(capsys)("tag", path).out == f"{path}: there is nothing to add\n"


def test_a_notebook_that_cannot_be_written_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, *UNTAGGED)
    before = digest(path)

    opened = os.open

    def refuse(name: str, flags: int, mode: int = 0o777, **more: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "Permission denied")
        return opened(name, flags, mode, **more)

    monkeypatch.setattr("os.open", refuse)
    answer = Caller(capsys)("tag", path, "--apply")
    assert answer.code == 3
    assert answer.err.endswith("cannot be written: Permission denied; nothing was changed\n")
    assert digest(path) == before
