"""Codecs of the kernel's environment: found with its packages, and handed to each step."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from test_local import stdout, write

from nbflow.engines.local.packages import packages
from nbflow.service.run import run

LIBRARY = """
class Grid:
    def __init__(self, cells):
        self.cells = cells

    def __getstate__(self):
        raise TypeError("a grid is written by its codec")


class Grids:
    def encode(self, grid):
        return None, [grid.cells]

    def decode(self, meta, buffers):
        return Grid(buffers[0])


grids = Grids()
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path with an installed library that offers a codec."""
    folder = tmp_path / "lib"
    info = folder / "gridlib-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "gridlib.py").write_text(LIBRARY)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gridlib\nVersion: 1.0\n")
    (info / "RECORD").write_text("gridlib.py,,\n")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\ngrid = gridlib:main\n\n[nbflow.codecs]\ngridlib.Grid = gridlib:grids\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def test_codecs_are_found_with_the_packages_and_kept(library: Path, tmp_path: Path) -> None:
    kept = tmp_path / "packages.json"
    found = packages(sys.executable, dict(os.environ), kept)
    assert found.codecs == {"gridlib.Grid": "gridlib:grids"}
    again = packages(sys.executable, {"PATH": "nowhere"}, kept)
    assert again == found


def test_an_answer_that_knows_nothing_of_codecs_is_asked_for_again(
    library: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "packages.json"
    packages(sys.executable, dict(os.environ), kept)
    answers = json.loads(kept.read_text())
    del answers[sys.executable]["codecs"]
    kept.write_text(json.dumps(answers))
    assert packages(sys.executable, dict(os.environ), kept).codecs == {
        "gridlib.Grid": "gridlib:grids"
    }


def test_an_interpreter_is_asked_once_for_all_folders(tmp_path: Path) -> None:
    python, asked = tmp_path / "python", tmp_path / "asked"
    python.write_text(f'#!/bin/sh\necho >> "{asked}"\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    env = dict(os.environ)
    first, second = (packages(str(python), env, tmp_path / name) for name in ("a.json", "b.json"))
    assert first == second
    assert (tmp_path / "a.json").read_text() == (tmp_path / "b.json").read_text()
    assert asked.read_text() == "\n"
    packages(str(python), {**env, "PYTHONPATH": str(tmp_path)}, tmp_path / "c.json")
    assert asked.read_text() == "\n\n"


@pytest.mark.parametrize("fork", [True, False])
def test_a_run_uses_the_codecs_of_its_interpreter(
    library: Path, tmp_path: Path, fork: bool
) -> None:
    path = write(
        tmp_path,
        ("step:a", "import gridlib\ng = gridlib.Grid(bytearray(b'ab'))"),
        ("step:b", "g.cells[0] = 99"),
        ("step:c", "print(bytes(g.cells))"),
    )
    record = run(str(path), python=sys.executable, fork=fork)
    assert stdout(record) == "b'cb'\n"
