"""The command line as a whole: help and pages of every command, errors, exit codes, start-up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command_line import Caller, code, write

from nbflow import __version__
from nbflow.cli.main import COMMANDS, EXIT_CODES, main
from nbflow.errors import EngineError

PAGES = Path(__file__).parents[2] / "docs" / "cli"


def test_help_lists_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Caller(capsys)("--help")
    assert answer.code == 0
    for name, line in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", answer.out, re.MULTILINE)
    for number, meaning in EXIT_CODES.items():
        assert re.search(rf"^  {number} +{re.escape(meaning)}$", answer.out, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_page_with_its_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Caller(capsys)(name, "--help")
    assert answer.code == 0
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# nbflow {name}\n")
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    own = command.commands if isinstance(command, click.Group) else {}
    told = answer.out + "".join(Caller(capsys)(name, each, "--help").out for each in own)
    for option in (*command.params, *(o for each in own.values() for o in each.params)):
        for spelling in option.opts if isinstance(option, click.Option) else ():
            assert f"`{spelling}" in page or f" {spelling}" in page, spelling
    for each in own:
        assert f"nbflow {name} {each}" in page
    for spelling in set(re.findall(r"`(--[a-z-]+)", page)) - {"--python"}:
        assert spelling in told


def test_the_index_lists_every_command_and_exit_code() -> None:
    index = (PAGES / "index.md").read_text(encoding="utf-8")
    for name, line in COMMANDS.items():
        assert f"| [`nbflow {name}`]({name}.md) | {line} |" in index
    for number, meaning in EXIT_CODES.items():
        assert f"| {number} | {meaning} |" in index
    assert {page.stem for page in PAGES.glob("*.md")} == {"index", *COMMANDS}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert Caller(capsys)("--version").out == f"nbflow, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["run"],
        ["check", "--format", "xml", "n.ipynb"],
        ["run", "n.ipynb", "-p", "x"],
        ["run", "n.ipynb", "-p", "=1"],
        ["run", "n.ipynb", "--jobs", "0"],
        ["show"],
    ],
)
def test_a_command_that_is_not_understood(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = Caller(capsys)(*arguments)
    assert answer.code == 2
    assert "Usage: nbflow" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("problem", "exit_code", "line"),
    [
        (EngineError("no space"), 6, "nbflow: no space\n"),
        (KeyboardInterrupt(), 130, "nbflow: interrupted\n"),
        (
            ZeroDivisionError("division by zero"),
            70,
            "nbflow has a bug: ZeroDivisionError: division by zero; "
            "run with NBFLOW_DEBUG=1 for the traceback\n",
        ),
    ],
)
def test_an_error_is_one_line(
    problem: BaseException,
    exit_code: int,
    line: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.delenv("NBFLOW_DEBUG", raising=False)
    monkeypatch.setattr("nbflow.cli.check.check", fail)
    answer = Caller(capsys)("check", write(tmp_path, code("1")))
    assert (answer.code, answer.err.removeprefix("\n")) == (exit_code, line)


def test_a_bug_shows_its_traceback_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("NBFLOW_DEBUG", "1")
    monkeypatch.setattr("nbflow.cli.check.check", fail)
    answer = Caller(capsys)("check", write(tmp_path, code("1")))
    assert answer.code == 70
    assert "Traceback (most recent call last)" in answer.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = Caller(capsys)("completion", shell)
    assert answer.code == 0
    assert f"_NBFLOW_COMPLETE={shell}_complete" in answer.out


def python(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False)


@pytest.mark.parametrize("words", [["--version"], ["check", "PATH"], ["run", "--help"]])
def test_what_answers_at_once_imports_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    path = write(tmp_path, code("import math\nx = math.pi", "step:a"))
    script = (
        "import sys\nfrom nbflow.cli.main import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'nbformat', 'nbconvert', 'rich', 'sqlite3', 'IPython', 'asyncio', 'kfp', 'kubernetes'}"
        " & set(sys.modules)))"
    )
    done = python(script, *(str(path) if word == "PATH" else word for word in words))
    assert done.stdout.decode().splitlines()[-1] == "[]", done.stderr.decode()


def test_a_run_analyses_nothing_before_its_first_process_starts() -> None:
    done = python(
        "import sys, nbflow.cli.run\nprint({'nbflow.analysis', 'nbflow.store'} & set(sys.modules))"
    )
    assert done.stdout.decode() == "set()\n", done.stderr.decode()


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    path = write(tmp_path, *(code(f"x{number} = {number}") for number in range(20)))
    reading, writing = os.pipe()
    os.close(reading)
    script = "from nbflow.cli.main import main\nmain()"
    done = python(script, "graph", str(path), "--format", "svg", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_the_package_is_a_command_too() -> None:
    words = [sys.executable, "-m", "nbflow", "--version"]
    answer = subprocess.run(words, capture_output=True, text=True, check=True)
    assert answer.stdout == f"nbflow, version {__version__}\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
@pytest.mark.parametrize("words", [["--help"], ["graph", "PATH"]])
def test_a_full_disk_behind_the_output_is_told(tmp_path: Path, words: list[str]) -> None:
    path = str(write(tmp_path, code("x = 1")))
    script = "from nbflow.cli.main import main\nmain()"
    with open("/dev/full", "wb") as full:
        done = python(script, *(path if w == "PATH" else w for w in words), stdout=full.fileno())
    told = b"nbflow: what it prints cannot be written: No space left on device"
    assert done.returncode == 74, done.stderr
    assert done.stderr.startswith(told)
