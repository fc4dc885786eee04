"""Runs that are stopped, and servers and machines that go down while a run goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import lab
from lab_page import LabPage
from playwright.sync_api import expect

from nbflow.store import Store
from nbflow.store.alive import pid_of

pytest_plugins = ["pages"]

#: Waits for the file ``go``, and tells the numbers of its process and of the one that started it.
WAIT = """
import os, time
from pathlib import Path
Path("pids").write_text(f"{os.getpid()} {os.getppid()}")
print("waiting", flush=True)
for _ in range(4000):  # a test that fails leaves no process
    if Path("go").exists():
        break
    time.sleep(0.05)
print("gone on")
"""
CELLS = (
    ("x = 1\nprint('loaded')", "step:load"),
    (WAIT + "y = x + 1", "step:train"),
    ("score = y / 4\nprint(score)", "pipeline-metrics"),
)


def _pids(folder: Path) -> list[int]:
    return [int(each) for each in (folder / "pids").read_text(encoding="utf-8").split()]


def _is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def _steps(panel: Any) -> Any:
    return panel.locator('[data-section="pipeline"]')


def _started(page: LabPage) -> Any:
    """The panel with a run whose second step waits."""
    panel = page.panel()
    panel.get_by_role("button", name="Run", exact=True).click()
    train = _steps(panel).locator('[data-step="train"]')
    expect(train).to_have_attribute("data-state", "running", timeout=60_000)
    page.until((page.path / "pids").exists)
    return panel


def test_a_run_that_is_stopped_leaves_no_process(page: LabPage) -> None:
    page.write("slow.ipynb", *CELLS)
    page.open("slow.ipynb")
    panel = _started(page)
    pids = _pids(page.path)
    assert all(map(_is_there, pids))
    panel.get_by_role("button", name="Stop", exact=True).click()
    train = _steps(panel).locator('[data-step="train"]')
    expect(train).to_have_attribute("data-state", "stopped", timeout=60_000)
    page.until(lambda: not any(map(_is_there, pids)))


@pytest.fixture
def own(browser: Any, tmp_path: Path) -> Iterator[LabPage]:
    """A page on a JupyterLab that belongs to the test, which may kill it."""
    with lab(tmp_path / "root", tmp_path / "home") as found:
        context = browser.new_context(viewport={"width": 1400, "height": 850})
        context.set_default_timeout(30_000)
        yield LabPage(context.new_page(), found, "")
        context.close()


def _again(page: LabPage) -> LabPage:
    """A new tab, with the notebook."""
    new = LabPage(page.page.context.new_page(), page.lab, page.folder)
    new.open("slow.ipynb")
    return new


def test_a_run_goes_on_while_the_server_is_killed(own: LabPage) -> None:
    own.write("slow.ipynb", *CELLS)
    own.open("slow.ipynb")
    _started(own)
    own.page.close()
    own.lab.kill()
    own.lab.start()
    page = _again(own)
    panel = page.panel()
    train = _steps(panel).locator('[data-step="train"]')
    expect(train).to_have_attribute("data-state", "running", timeout=60_000)
    (page.path / "go").touch()
    expect(_steps(panel).locator('[data-state="done"]')).to_have_count(3, timeout=60_000)
    expect(panel.locator('[data-run="1"]')).to_have_attribute("data-state", "done")
    assert page.problems == []


def test_a_run_that_was_killed_is_shown_as_stopped_and_goes_on(own: LabPage) -> None:
    own.write("slow.ipynb", *CELLS)
    own.open("slow.ipynb")
    _started(own)
    own.page.close()
    with Store.open(own.path) as store:
        engine = pid_of(store.run("1").process)
    assert engine
    own.lab.kill()
    for pid in (engine, *_pids(own.path)):
        os.kill(pid, signal.SIGKILL)
    own.lab.start()
    page = _again(own)
    panel = page.panel()
    row = panel.locator('[data-run="1"]')
    expect(row).to_have_attribute("data-state", "stopped", timeout=60_000)
    (page.path / "go").touch()
    row.get_by_role("button", name="More for run 1").click()
    page.page.get_by_role("menuitem", name="Resume").first.click()
    expect(panel.locator('[data-run="2"]')).to_have_attribute("data-state", "done", timeout=60_000)
    steps = _steps(panel)
    expect(steps.locator('[data-step="load"]')).to_have_attribute("data-state", "reused")
    expect(steps.locator('[data-step="train"]')).to_have_attribute("data-state", "done")
    page.shot("lifecycle-resumed")
    assert page.problems == []
