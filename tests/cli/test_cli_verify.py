"""``nbflow run --verify``: what is told, and the exit code; the service is replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Caller, code, write

from nbflow.cli.verification import begins, told
from nbflow.engines.comparison import Comparison, Difference
from nbflow.service.copies import Copied
from nbflow.service.verify import Stage, Verified
from nbflow.store import RunRecord

COPIED = Copied(Path("/n"), files=2, bytes=1500, linked=[Path("/n/big.csv")])
PARTS = ((0, "stdout"), (0, "result"), (1, "stdout"))
SAME = Comparison(PARTS, ("x",))
DIFFERENT = Comparison(
    PARTS,
    ("x", "y"),
    (
        Difference("cell 2, stdout", "a\nb\n", "a\nc\n"),
        Difference("cell 3, stdout", "", "d"),
        Difference("variable x", "1", "2"),
    ),
    ("variable t",),
)


def record(state: str) -> RunRecord:
    return RunRecord("3", "/n/n.ipynb", "local", state, 0.0, "python")


Answer = tuple[int, str, str]
Ask = Callable[..., Answer]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """The answer to ``nbflow run --verify`` where the service finds this."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, code("x = 1", "step:a"))

    def answer(comparison: Comparison, state: str, *options: str) -> Answer:
        def verify(
            path: str,
            *,
            on_record: Callable[[RunRecord], None],
            on_stage: Callable[[Stage], None],
            **_: object,
        ) -> Verified:
            on_record(record(state))
            on_stage(Stage(1, COPIED))
            return Verified(record(state), comparison, COPIED)

        monkeypatch.setattr("nbflow.service.verify.verify", verify)
        found = Caller(capsys)("run", "n.ipynb", "--verify", *options)
        return found.code, found.out, found.err

    return answer


@pytest.mark.parametrize(
    ("comparison", "state", "exit_code"),
    [(SAME, "done", 0), (SAME, "failed", 1), (DIFFERENT, "done", 9), (DIFFERENT, "failed", 9)],
)
def test_exit_codes(ask: Ask, comparison: Comparison, state: str, exit_code: int) -> None:
    assert ask(comparison, state)[0] == exit_code


def test_the_certificate(ask: Ask) -> None:
    _, out, err = ask(SAME, "done")
    assert out.splitlines()[-1] == "verified: 2 cells and 1 variable are the same"
    assert err == (
        "now whole in one kernel (each run in a copy of /n: 2 files, 1.5 kB; linked: big.csv)\n"
    )
    assert ask(SAME, "done", "--quiet")[2] == ""


def test_what_differs() -> None:
    assert told(Verified(record("done"), DIFFERENT, COPIED)).splitlines() == [
        "\x1b[31m\x1b[1mnot the same\x1b[0m: 3 differences in 2 cells and 2 variables",
        "  cell 2, stdout, line 2",
        "    notebook: b",
        "    pipeline: c",
        "  variable x",
        "    notebook: 1",
        "    pipeline: 2",
        "  not compared, as the notebook does not repeat or keep it: variable t",
    ]


def test_json(ask: Ask) -> None:
    lines = [json.loads(line) for line in ask(DIFFERENT, "done", "--json")[1].splitlines()]
    assert lines[-1] == {
        "event": "verified",
        "run": "3",
        "same": False,
        "cells": 2,
        "variables": 2,
        "differences": [
            {"where": "cell 2, stdout", "notebook": "a\nb\n", "pipeline": "a\nc\n"},
            {"where": "cell 3, stdout", "notebook": "", "pipeline": "d"},
            {"where": "variable x", "notebook": "1", "pipeline": "2"},
        ],
        "left_out": ["variable t"],
    }


def test_the_second_run_in_a_kernel_is_told() -> None:
    assert begins(Stage(2, Copied(Path("/n"), files=1))) == (
        "now whole in one kernel, once more under another hash seed"
        " (each run in a copy of /n: 1 file)"
    )


@pytest.mark.parametrize("option", ["--steps", "--force"])
def test_it_goes_with_all_steps_only(ask: Ask, option: str) -> None:
    exit_code, _, err = ask(SAME, "done", option, "a")
    assert exit_code == 2
    assert "goes without --steps and --force" in err


def test_it_goes_with_all_variables_only(ask: Ask) -> None:
    exit_code, _, err = ask(SAME, "done", "--keep", "edges")
    assert exit_code == 2
    assert "goes without --keep" in err
