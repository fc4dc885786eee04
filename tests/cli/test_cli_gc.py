"""``nbflow gc``: its options, and what it tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import Caller

from nbflow.store import Store


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    for _ in range(3):
        with Store.open(tmp_path, create=True) as store:
            run = store.begin(
                notebook=str(tmp_path / "n.ipynb"), engine="local", python="p", parameters={}
            )
            (store.run_folder(run) / "file").write_bytes(bytes(1000))
            store.end(run, "done", 0.0, {})
    return tmp_path


CALLS: list[tuple[list[str], list[str], int, str]] = [
    ([], [], 3, "0 B freed; left: 3 runs with 3.0 kB\n"),
    (["--keep", "2"], ["1"], 2, "1.0 kB freed; left: 2 runs with 2.0 kB\n"),
    (["--older-than", "30d"], [], 3, "0 B freed; left: 3 runs with 3.0 kB\n"),
    (["--older-than", "0s", "--keep", "0"], ["1", "2", "3"], 0, "3.0 kB freed; left: 0 runs with 0 B\n"),
    (["--max-size", "2kB"], ["1"], 2, "1.0 kB freed; left: 2 runs with 2.0 kB\n"),
    (["--max-size", "2KiB"], ["1"], 2, "1.0 kB freed; left: 2 runs with 2.0 kB\n"),
    (["--keep", "2", "--dry-run"], ["1"], 3, "1.0 kB would become free; would be left: 2 runs with 2.0 kB\n"),
    (
        ["--max-size", "100"],
        ["1", "2"],
        1,
        "2.0 kB freed; left: 1 run with 1.0 kB\n"
        "that is more than 100 B: the runs that stay need it (see --keep)\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("options", "gone", "left", "told"), CALLS)
def test_gc(
    options: list[str],
    gone: list[str],
    left: int,
    told: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = Caller(capsys)("gc", *options)
    assert answer.code == 0
    verb = "would remove" if "--dry-run" in options else "removed"
    heads = [line.partition(":")[0] for line in answer.out.splitlines() if line.startswith(verb)]
    assert heads == [f"{verb} run {run}" for run in gone]
    assert answer.out.endswith(told)
    with Store.open(folder) as store:
        assert len(store.runs()) == left


def test_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(Caller(capsys)("gc", "--keep", "1", "--json").out)
    assert [run["id"] for run in found["runs"]] == ["1", "2"]
    assert (found["freed"], found["left_runs"], found["left"]) == (2000, 1, 1000)


@pytest.mark.parametrize(
    "options",
    [["--older-than", "30"], ["--older-than", "d"], ["--max-size", "5XB"], ["--max-size", "5iB"]],
)
def test_what_is_not_understood(
    options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Caller(capsys)("gc", *options)
    assert answer.code == 2
    assert "such as" in answer.err
