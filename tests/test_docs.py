"""The documentation is true: its commands run, its links lead somewhere, its tables match the code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nbflow import errors, tags
from nbflow.cli.main import EXIT_CODES
from nbflow.step_line import OPTIONS

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
#: Pages whose commands a newcomer types in, from top to bottom.
TYPED_IN = ["README.md", "docs/tutorial.md", "docs/parameters.md"]
#: Why a command cannot be run inside a test.
NOT_HERE = {
    "make": "a door of the project, which runs these tests or installs the project",
    "pip": "installs the project, which is installed where tests run",
}


def commands(page: str) -> list[str]:
    """The commands in the fenced blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def links(page: Path) -> Iterator[str]:
    """The places in the project that a page links to, without what is listed only in examples."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
            yield target.partition("#")[0]


def table(page: str) -> list[list[str]]:
    """The rows of all tables of a page, without their heads."""
    rows = []
    for line in (ROOT / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("page", TYPED_IN)
def test_commands_run(page: str, tmp_path: Path) -> None:
    """Each command ends well, one after the other, in a copy of what a newcomer has."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ran = 0
    for command in commands(page):
        if shlex.split(command, comments=True)[0] in NOT_HERE:
            continue
        done = subprocess.run(
            shlex.split(command, comments=True),
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        ran += 1
    assert ran


@pytest.mark.parametrize("page", TYPED_IN)
def test_commands_are_ours(page: str) -> None:
    programs = {shlex.split(command, comments=True)[0] for command in commands(page)}
    assert programs <= {"nbflow", *NOT_HERE}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in links(page) if not (page.parent / link).exists()] == []


def test_every_tag_on_the_page_is_one() -> None:
    written = [
        example
        for row in table("docs/tags.md")
        for cell in row[:2]
        for example in re.findall(r"^`([^`]+)`$", cell)
    ]
    examples = [tag for tag in written if not re.search(r":[A-Z]{3}|:N$|\[", tag)]
    assert len(examples) > 20
    wrong = [tag for tag in examples if isinstance(tags.parse(tag), tags.Bad | tags.Foreign)]
    assert wrong == []


def test_every_tag_is_on_the_page() -> None:
    text = (ROOT / "docs" / "tags.md").read_text(encoding="utf-8")
    missing = [word for word in tags.WORDS if f"`{word}`" not in text]
    missing += [prefix for prefix in tags.PREFIXES if f"| `{prefix}:" not in text]
    assert missing == []


def test_every_option_of_a_step_line_is_on_its_page() -> None:
    rows = [row for row in table("docs/magics.md") if row[0].startswith("`--")]
    told = {tuple(row) for row in rows}
    assert told == {
        (f"`--{each.word} {each.form}`", f"`{each.prefix}{each.form.removesuffix(' ...')}`")
        for each in OPTIONS
    }


def test_exit_codes_are_those_of_the_command_line_and_of_the_exceptions() -> None:
    listed = {int(row[0]) for row in table("docs/exit-codes.md") if row[0].isdigit()}
    assert listed == set(EXIT_CODES)
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert {kind.exit_code for kind in classes if issubclass(kind, errors.NbflowError)} <= listed


def test_every_door_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    doors = {
        name for line in re.findall(r"^\.PHONY: (.*)$", makefile, re.M) for name in line.split()
    }
    described = set(re.findall(r"`make ([\w-]+)`", (ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    assert doors - {"help", "clean"} == described & doors
    assert described <= doors


def test_every_example_is_mentioned() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
    assert [name for name in names if f"notebooks/{name}" not in text] == []
