"""Small notebooks whose cells are called a, b, c, ..."""

from __future__ import annotations

import json
from pathlib import Path


def code(source: str, *tags: str) -> dict[str, object]:
    """A code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def text(source: str) -> dict[str, object]:
    """A markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def document(*cells: dict[str, object], kernel: str = "python3") -> dict[str, object]:
    """A notebook of nbformat 4.5 whose cells are called a, b, c, ..."""
    named = [cell | {"id": chr(ord("a") + place)} for place, cell in enumerate(cells)]
    return {
        "cells": named,
        "metadata": {"kernelspec": {"name": kernel, "language": "python", "display_name": "P"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(folder: Path, *cells: dict[str, object], kernel: str = "python3") -> Path:
    """The path of a new notebook, n.ipynb."""
    path = folder / "n.ipynb"
    path.write_text(json.dumps(document(*cells, kernel=kernel), indent=1) + "\n", encoding="utf-8")
    return path
