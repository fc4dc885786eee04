"""Calls of the command line inside the test's own process, and small notebooks to call it on."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from nbflow.cli.main import main

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Answer:
    """What a call gave: exit code, and the texts of both streams without colours."""

    code: int
    out: str
    err: str


class Caller:
    """Calls ``nbflow`` with arguments, as a shell would."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Answer:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main.main([str(argument) for argument in arguments])
        out, err = self._capsys.readouterr()
        code = left.value.code
        assert isinstance(code, int)
        return Answer(code, ANSI.sub("", out), ANSI.sub("", err))


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
