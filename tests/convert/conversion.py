"""Notebooks on disk, converted in this process: what was found, and what was made."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from nbflow.diagnostics import Finding
from nbflow.service.convert import Converted, Target, convert
from nbflow.service.refused import Refused


def write(folder: Path, text: str, metadata: Mapping[str, object] | None = None) -> Path:
    """A notebook of cells that begin with ``# %%`` and their tags; ``[markdown]`` is one of text.

    Words such as ``notebook_path=a.ipynb`` among the tags are metadata.
    """
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
        tags = [word for word in words if "=" not in word]
        known = dict(word.split("=", 1) for word in words if word.startswith("notebook_"))
        cells.append({**cell, **more, "metadata": {"tags": tags, **known}})
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


def converted(path: Path, output: Path | None = None, image: str | None = None) -> Converted:
    """What came of converting a notebook, by default into the folder ``made`` beside it."""
    folder = str(output or path.parent / "made")
    return convert(str(path), Target.KFP, output=folder, image=image, python=sys.executable)


def findings(path: Path) -> tuple[Finding, ...]:
    """What is found of the target, whether or not something is made."""
    try:
        return converted(path).findings
    except Refused as refused:
        return refused.findings
