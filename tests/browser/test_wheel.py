"""The wheel, installed into a new environment of a machine without node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import REPOSITORY, Lab, lab
from lab_page import LabPage
from playwright.sync_api import expect

pytest_plugins = ["pages"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The environment with the wheel and what it brings for JupyterLab."""
    place = tmp_path_factory.mktemp("wheel")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", place, REPOSITORY], check=True)
    (wheel,) = place.glob("nbflow-*.whl")
    subprocess.run([sys.executable, "-m", "venv", place / "env"], check=True)
    python = place / "env" / "bin" / "python"
    command = [python, "-m", *pip[2:], "install", f"{wheel}[lab]"]
    subprocess.run(command, check=True, env=_without_node(place))
    yield place / "env"
    shutil.rmtree(place)  # it is large


def _without_node(home: Path) -> dict[str, str]:
    """An environment in which neither node nor this checkout is found."""
    (home / "bin").mkdir(exist_ok=True)
    for name in ("git", "sh", "uname"):
        found = next(
            (p for each in os.environ["PATH"].split(":") if (p := Path(each) / name).exists()), None
        )
        if found and not (home / "bin" / name).exists():
            (home / "bin" / name).symlink_to(found)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "PATH": str(home / "bin"), "HOME": str(home)}


@pytest.mark.parametrize("kind", ["labextension", "server extension"])
def test_is_enabled(installed: Path, kind: str) -> None:
    command: list[str | Path] = [
        installed / "bin" / "python",
        "-m",
        "jupyter",
        *kind.split(),
        "list",
    ]
    told = subprocess.run(
        command, check=True, capture_output=True, text=True, env=_without_node(installed.parent)
    )
    lines = [line for line in (told.stdout + told.stderr).splitlines() if "nbflow" in line]
    assert any("enabled" in line for line in lines)
    assert any("OK" in line for line in lines)


@pytest.fixture
def installed_lab(installed: Path, tmp_path: Path) -> Iterator[Lab]:
    """A JupyterLab of the new environment."""
    with lab(tmp_path / "root", tmp_path / "home", installed=installed) as found:
        yield found


def test_opens(installed_lab: Lab, browser: Any) -> None:
    context = browser.new_context()
    page = LabPage(context.new_page(), installed_lab, "")
    page.write("one.ipynb", ("x = 1", "step:load"))
    page.open("one.ipynb")
    expect(page.panel()).to_contain_text("one.ipynb")
    expect(page.panel()).to_contain_text("1 step")
    context.close()
    assert page.problems == []
