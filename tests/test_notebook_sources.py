"""Texts of cells replaced in a notebook's file: nothing else of it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbflow.errors import NotebookError
from nbflow.model import CellId
from nbflow.notebook import write_sources

_LINES = """{
 "cells": [
  {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# t\\u00e9xt"},
  {
   "cell_type": "code",
   "id": "b",
   "metadata": {},
   "outputs": [],
   "execution_count": 1e0,
   "source": [
    "x = 1\\n",
    "y = 2"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4, "nbformat_minor": 5
}"""
_B = CellId("b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_LINES, _LINES.replace('"x = 1\\n",\n    "y = 2"', '"x = 3\\n",\n    "\\n",\n    "z\\n"')),
        (
            _LINES.replace('[\n    "x = 1\\n",\n    "y = 2"\n   ]', '"x = 1\\ny = 2"'),
            _LINES.replace('[\n    "x = 1\\n",\n    "y = 2"\n   ]', '"x = 3\\n\\nz\\n"'),
        ),
        (
            json.dumps(json.loads(_LINES)),
            json.dumps(json.loads(_LINES)).replace(
                '["x = 1\\n", "y = 2"]', '["x = 3\\n", "\\n", "z\\n"]'
            ),
        ),
    ],
    ids=["lines", "one text", "all on one line"],
)
def test_only_the_text_changes(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    write_sources(path, {_B: "x = 3\n\nz\n"}, {_B: "x = 1\ny = 2"})
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected.encode()


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ({_B: "x"}, {_B: "y"}, "cell 2 of .* has been changed in another way meanwhile"),
        ({_B: "x"}, {}, "changed in another way"),
        ({CellId("c"): "x"}, {CellId("c"): "x"}, "no cell with the id c"),
    ],
)
def test_what_is_not_as_it_was_is_left_alone(
    wanted: dict[CellId, str], known: dict[CellId, str], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(_LINES)
    with pytest.raises(NotebookError, match=why):
        write_sources(path, wanted, known)
    assert path.read_text() == _LINES
