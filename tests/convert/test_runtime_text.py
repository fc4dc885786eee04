"""The packed runtime: kept where Python keeps its own caches, for one version of its sources."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nbflow.codegen import carried
from nbflow.service import runtime_text


def test_it_is_made_once_and_fits_into_one_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_text, "_CACHE", tmp_path / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").mkdir()
    older = tmp_path / "__pycache__" / "runtime-0.txt"
    older.write_text("old")
    text = runtime_text.runtime_text()
    (kept,) = (tmp_path / "__pycache__").iterdir()
    assert kept != older
    assert kept.read_text() == text
    assert len(text) <= carried.LONGEST
    kept.write_text("kept")
    assert runtime_text.runtime_text() == "kept"


def test_nothing_is_kept_where_python_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_text, "_CACHE", tmp_path / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    runtime_text.runtime_text()
    assert list(tmp_path.iterdir()) == []
