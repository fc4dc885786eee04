"""Notebooks on disk, converted in this process: what was found, and what was made."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from nbflow.diagnostics import Finding
from nbflow.service.convert import Converted, convert
from nbflow.service.refused import Refused


def write(folder: Path, text: str, metadata: Mapping[str, object] | None = None) -> Path:
    """A notebook of cells that begin with ``# %%`` and their tags; ``[markdown]`` is one of text.

    A word such as ``notebook_path=a.ipynb`` is metadata of the cell; ``# in PATH`` begins another notebook.
    """
    text, *others = re.split(r"^# in (\S+)\n", text, flags=re.MULTILINE)
    for name, body in zip(others[::2], others[1::2], strict=True):
        write(folder, body).rename(folder / name)
    cells = []
    for number, part in enumerate(("\n" + text).split("\n# %%")[1:], 1):
        head, _, source = part.partition("\n")
        words = head.split()
        cell: dict[str, object] = {
            "id": f"c{number}",
            "metadata": {},
            "source": source.rstrip("\n"),
        }
        if words == ["[markdown]"]:
            cells.append({**cell, "cell_type": "markdown"})
            continue
        more: dict[str, object] = {"cell_type": "code", "outputs": [], "execution_count": None}
        about: dict[str, object] = {
            word.partition("=")[0]: word.partition("=")[2] for word in words if "path=" in word
        }
        about["tags"] = [word for word in words if "path=" not in word]
        cells.append({**cell, **more, "metadata": about})
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    document = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, **(metadata or {})},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / "example.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def converted(
    path: Path, output: Path | None = None, image: str | None = None, target: str = "kfp"
) -> Converted:
    """What came of converting a notebook, by default into the folder ``made`` beside it."""
    folder = str(output or path.parent / "made")
    return convert(str(path), target, output=folder, image=image, python=sys.executable)


def findings(path: Path, target: str = "kfp") -> tuple[Finding, ...]:
    """What is found of the target, whether or not something is made."""
    try:
        return converted(path, target=target).findings
    except Refused as refused:
        return refused.findings
