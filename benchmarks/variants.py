"""Another tagging of a notebook: each code cell a step, as finely as a notebook can be cut."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

_OURS = ("imports", "functions", "skip", "pipeline-parameters", "pipeline-metrics", "parameters")
_PREFIXES = ("step:", "block:", "prev:")


def per_cell(document: dict[str, Any], *, prelude: bool = True) -> dict[str, Any]:
    """A copy of the notebook's JSON in which each code cell that runs is a step ``c0``, ``c1``, ...

    The number is that of the code cell, counted from 0. Cells that only import are tagged
    ``imports`` and cells that only define functions and classes ``functions``, as a user would;
    without ``prelude`` they are steps like the others. Cells tagged ``skip`` or as parameters keep
    their tags.
    """
    cells = []
    number = 0
    for cell in document["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        role = _role(cell, prelude)
        tags = [tag for tag in _tags(cell) if not _is_ours(tag)]
        if role:
            tags.append(role)
        elif _text(cell["source"]).strip():
            tags.append(f"step:c{number}")
        metadata = {**cell.get("metadata", {}), "tags": tags}
        cells.append({**cell, "metadata": metadata})
        number += 1
    return {**document, "cells": cells}


def _role(cell: Mapping[str, Any], prelude: bool) -> str:
    for kept in ("skip", "pipeline-parameters", "parameters", "pipeline-metrics"):
        if kept in _tags(cell):
            return kept
    if not prelude:
        return ""
    try:
        body = ast.parse(_text(cell["source"])).body
    except (SyntaxError, ValueError):
        return ""
    if body and all(isinstance(one, ast.Import | ast.ImportFrom) for one in body):
        return "imports"
    if body and all(
        isinstance(one, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
        for one in body
    ):
        return "functions"
    return ""


def _is_ours(tag: str) -> bool:
    return tag in _OURS or tag.startswith(_PREFIXES)


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
