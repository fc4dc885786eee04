"""The magics in JupyterLab: a user types them, watches a run, stops it, and lets another one end."""

from __future__ import annotations

import re
from typing import Any

from lab_page import LabPage
from playwright.sync_api import expect

pytest_plugins = ["pages"]
expect.set_options(timeout=60_000)

WAITS = """
import time
from pathlib import Path
for _ in range(1200):  # a test that fails leaves no process
    if Path("go").exists():
        break
    time.sleep(0.1)
score = depth * 2
"""
NOTEBOOK = (
    ("depth = 4", "parameters"),
    ("table = list(range(depth))", "step:load"),
    (WAITS, "step:train"),
    ("print(score)", "step:report"),
)


def _typed(page: LabPage, line: str) -> Any:
    """What the cell shows into which a user types the line, and runs it."""
    page.execute("notebook:insert-cell-below")
    active = page.page.locator(".jp-Notebook .jp-Cell.jp-mod-active.jp-CodeCell")
    editor = active.locator(".cm-content")
    expect(editor).to_have_text("")
    place = active.get_attribute("data-windowed-list-index")
    editor.click()
    page.page.keyboard.type(line)
    page.page.keyboard.press("Control+Enter")
    cell = page.page.locator(f'.jp-Notebook .jp-CodeCell[data-windowed-list-index="{place}"]')
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"))
    return cell.locator(".jp-OutputArea")


def _loaded(page: LabPage) -> None:
    """Load the extension into the kernel of the notebook that is open."""
    kernel = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
    page.page.wait_for_function(f"() => {kernel}?.connectionStatus === 'connected'")
    page.page.locator(".jp-Notebook .jp-Cell").last.click()
    _typed(page, "%load_ext nbflow")


def _kept(page: LabPage, name: str) -> list[Any]:
    """The outputs of cells that show something, in the file that a user saves."""
    before = (page.path / name).stat().st_mtime_ns
    page.execute("docmanager:save")
    page.until(lambda: (page.path / name).stat().st_mtime_ns != before)
    shown = [each for cell in page.saved(name)["cells"] for each in cell.get("outputs", ())]
    return [each["data"] for each in shown if "data" in each]


def test_a_run_is_watched_and_stopped_and_another_one_ends(page: LabPage) -> None:
    page.write("study.ipynb", *NOTEBOOK)
    page.open("study.ipynb")
    _loaded(page)
    first = _typed(page, "%nbflow run")
    picture = first.locator("img")
    expect(picture).to_have_attribute("alt", re.compile("load done; train running; report waiting"))
    first.locator("table").scroll_into_view_if_needed()
    page.picture("magics-run")
    first.get_by_role("button", name="Stop").click()
    expect(first).to_contain_text("run 1 stopped")
    expect(first.get_by_role("button", name="Stop")).to_have_count(0)
    (page.path / "go").touch()
    second = _typed(page, "%nbflow run -p depth=3")
    expect(second).to_contain_text("run 2 done")
    done = "load done; train done; report done"
    expect(second.locator("img")).to_have_attribute("alt", done)
    page.shot("magics-done")
    stopped, ended = _kept(page, "study.ipynb")  # each cell keeps what it has shown
    assert "run 1 stopped" in "".join(stopped["text/plain"])
    assert "run 2 done" in "".join(ended["text/plain"])
    assert {*stopped} == {*ended} == {"text/html", "text/plain"}


def test_tables_are_sorted_by_a_click(page: LabPage) -> None:
    page.write("study.ipynb", ("b, a, c = 1, 2.5, 'x'", "step:load"))
    page.ran("study.ipynb")
    page.open("study.ipynb")
    _loaded(page)
    expect(_typed(page, "%nbflow notebook")).to_have_text(str(page.path / "study.ipynb"))
    shown = _typed(page, "%nbflow vars last load")
    first = shown.locator("tbody td:first-child")
    expect(first).to_have_text(["a", "b", "c"])
    head = shown.get_by_role("button", name="name")
    head.click()
    head.click()
    expect(first).to_have_text(["c", "b", "a"])
    page.shot("magics-table")


def test_it_is_told_that_a_cell_ran_which_is_not_saved(page: LabPage) -> None:
    page.write("study.ipynb", ("x = 1", "step:load"))
    page.open("study.ipynb")
    _loaded(page)
    _typed(page, "x = 2")
    sentence = "A cell was run since that study.ipynb does not have as it is saved"
    expect(_typed(page, "%nbflow check")).to_contain_text(sentence)
    _kept(page, "study.ipynb")
    shown = _typed(page, "%nbflow graph --format text")
    expect(shown).to_contain_text("study: 1 step")
    expect(shown).not_to_contain_text(sentence)
