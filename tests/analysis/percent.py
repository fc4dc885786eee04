"""Notebooks for tests, written as text: cells begin with ``# %%`` and their tags.

A word such as ``notebook_path=a.ipynb`` is metadata of the cell. ``# in PATH`` begins another notebook, which
lies at that path from the folder of the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from nbflow.analysis import Options, Source
from nbflow.model import Cell, CellId, CellKind, Notebook

_HEAD = "# %%"
_FILE = re.compile(r"^# in (\S+)(?: for kernel (\S+))?\n", re.MULTILINE)


def notebook(text: str, metadata: Mapping[str, object] | None = None) -> Notebook:
    """The notebook of cells ``c1``, ``c2``, ...; ``# %% [markdown]`` begins a markdown cell."""
    parts = ("\n" + text).split("\n" + _HEAD)[1:]
    cells = tuple(_cell(number, part) for number, part in enumerate(parts, 1))
    return Notebook("example", cells, metadata=metadata or {})


def project(text: str) -> tuple[Notebook, Options]:
    """The first notebook of a text, and what the analysis is to know of the others."""
    first, *rest = _FILE.split(text)
    others = {
        path: Source(path, replace(notebook(body), kernel=kernel or "python3"))
        for path, kernel, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    }
    own = replace(notebook(first), kernel="python3" if others else "")
    return own, Options(notebooks=others, file="example.ipynb")


def _cell(number: int, part: str) -> Cell:
    head, _, source = part.partition("\n")
    words = head.split()
    kind = CellKind.MARKDOWN if words == ["[markdown]"] else CellKind.CODE
    tags = tuple(word for word in words if not _is_metadata(word))
    pairs = dict(word.split("=", 1) for word in words if _is_metadata(word))
    return Cell(
        CellId(f"c{number}"),
        kind,
        source.rstrip("\n"),
        number,
        tags if kind is CellKind.CODE else (),
        {key: _value(value) for key, value in pairs.items()},
    )


def _is_metadata(word: str) -> bool:
    return word.startswith("notebook_") and "=" in word


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
