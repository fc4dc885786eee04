"""Notebooks that tests are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

KERNEL: Final = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}


def code(number: int, source: str, tags: Iterable[str], **metadata: object) -> dict[str, object]:
    """A code cell that has not run, with an id of its number."""
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "metadata": {"tags": list(tags), **metadata},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def written(
    path: Path, cells: Iterable[Mapping[str, object]], metadata: Mapping[str, Any] = KERNEL
) -> Path:
    """The path of a notebook of these cells, which lies there from now on."""
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": dict(metadata),
        "cells": list(cells),
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
