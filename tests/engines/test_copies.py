"""A fresh copy of a notebook's folder: what is in it, and what is only linked."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbflow.errors import EngineError
from nbflow.service import copies
from nbflow.service.copies import copy, root_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "project" / "books"
    (root / "data").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / ".nbflow").mkdir()
    (root / "a.txt").write_text("a")
    (root / "data" / "big.csv").write_text("x" * 1000)
    (root / "here.txt").symlink_to("a.txt")
    (tmp_path / "project" / "shared.txt").write_text("shared")
    return root


def test_a_copy_holds_what_the_folder_holds(folder: Path) -> None:
    scratch = folder / ".nbflow" / "copy"
    scratch.mkdir()
    place, copied = copy(folder, scratch)
    (place / "a.txt").write_text("changed")
    assert (folder / "a.txt").read_text() == "a"
    assert (place / "here.txt").read_text() == "changed"
    assert (place / "data" / "big.csv").read_text() == "x" * 1000
    assert (place / ".." / "shared.txt").read_text() == "shared"
    assert not (place / ".nbflow").exists()
    assert (copied.files, copied.linked) == (2, [folder / ".git"])
    assert place.name == "books"


def test_large_files_are_linked_and_looked_at_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_LARGE", 100)
    monkeypatch.setattr(copies._Copying, "_cloned", lambda *_: False)
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    place, copied = copy(folder, one)
    assert (place / "data" / "big.csv").is_symlink()
    assert copied.touched() == ()
    (place / "data" / "big.csv").write_text("y")
    assert copied.touched() == (folder / "data" / "big.csv",)
    (folder / "data" / "big.csv").write_text("x" * 1000)
    place, copied = copy(folder, two, frozenset({"big.csv"}))
    assert not (place / "data" / "big.csv").is_symlink()


def test_too_much_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_MOST_FILES", 1)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(EngineError, match="too much to copy"):
        copy(folder, scratch)


@pytest.mark.parametrize(
    ("written", "root"),
    [
        ([], "/p/q/n"),
        (["out.txt", "deep/out.txt"], "/p/q/n"),
        (["../out.txt"], "/p/q"),
        (["../out/a.txt", "../../b.txt"], "/p"),
        (["/elsewhere/out.txt"], "/p/q/n"),
        (["../../../out.txt"], "/p/q/n"),
    ],
)
def test_the_folder_that_is_copied(written: list[str], root: str) -> None:
    assert root_of(Path("/p/q/n"), written) == Path(root)
