"""Notebooks for tests, written as text: cells begin with ``# %%`` and their tags."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow.model import Cell, CellId, CellKind, Notebook

_HEAD = "# %%"


def notebook(text: str, metadata: Mapping[str, object] | None = None) -> Notebook:
    """The notebook of cells ``c1``, ``c2``, ...; ``# %% [markdown]`` begins a markdown cell."""
    parts = ("\n" + text).split("\n" + _HEAD)[1:]
    cells = tuple(_cell(number, part) for number, part in enumerate(parts, 1))
    return Notebook("example", cells, metadata=metadata or {})


def _cell(number: int, part: str) -> Cell:
    head, _, source = part.partition("\n")
    words = tuple(head.split())
    kind = CellKind.MARKDOWN if words == ("[markdown]",) else CellKind.CODE
    tags = words if kind is CellKind.CODE else ()
    return Cell(CellId(f"c{number}"), kind, source.rstrip("\n"), number, tags)
