"""Calls of the command line inside the test's own process, and small notebooks to call it on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_notebooks import code, document, text, write

from nbflow.cli.main import main

__all__ = ["ANSI", "Answer", "Caller", "code", "document", "text", "write"]

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
