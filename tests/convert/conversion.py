"""Notebooks on disk, converted in this process: what was found, and what was made."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from notebook_cells import KERNEL, code, written

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
    parts = ("\n" + text).split("\n# %%")[1:]
    cells = [_cell(number, part) for number, part in enumerate(parts, 1)]
    return written(folder / "example.ipynb", cells, {**KERNEL, **(metadata or {})})


def _cell(number: int, text: str) -> dict[str, object]:
    head, _, source = text.partition("\n")
    words, source = head.split(), source.rstrip("\n")
    if words == ["[markdown]"]:
        return {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": source}
    about = dict(word.split("=", 1) for word in words if "path=" in word)
    return code(number, source, (word for word in words if "path=" not in word), **about)


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
