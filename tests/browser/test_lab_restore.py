"""A run that fails is gone on with in the notebook: restored, repaired, pushed, ended."""

from __future__ import annotations

from lab_page import LabPage
from playwright.sync_api import Locator, expect

import nbflow

pytest_plugins = ["pages"]
expect.set_options(timeout=60_000)


def _runs(page: LabPage) -> dict[str, str]:
    """The states of the runs of the folder, by their numbers."""
    listed = page.ask("GET", f"runs?folder={page.folder}")
    return {each["id"]: each["state"] for each in listed["runs"]}


def _cell(page: LabPage, place: int) -> Locator:
    found: Locator = page.page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").nth(place)
    return found


def _replace(page: LabPage, place: int, text: str) -> None:
    """Type another text into a cell, and run it."""
    _cell(page, place).locator(".cm-content").click()
    page.page.keyboard.press("ControlOrMeta+a")
    page.page.keyboard.type(text)
    page.page.keyboard.press("Control+Enter")


def test_a_failed_step_is_loaded_repaired_and_pushed(page: LabPage) -> None:
    page.write(
        "n.ipynb",
        ("rows = 4", "parameters"),
        ("data = list(range(rows))", "step:load"),
        ("total = sum(data) / 0", "step:train"),
        ("print('total', total)", "step:show"),
        ("# to ask nbflow", "skip"),
    )
    run = page.ran("n.ipynb", rows=5)
    page.open("n.ipynb")
    _cell(page, 0).wait_for()
    page.execute("nbflow:open-run", id=run, folder=page.folder, step="train")
    shown = page.page.locator(".jp-nbflow-Run:visible")
    shown.get_by_role("button", name="Load into kernel").click()
    console = page.page.locator(".jp-CodeConsole:visible")
    expect(console).to_contain_text(f"The beginning of step train of run {run} is in this kernel.")
    expect(console).to_contain_text("Next to run: cell 3.")
    page.shot("load-into-kernel")

    _replace(page, 2, "total = sum(data) / rows; print('repaired', total)")
    expect(_cell(page, 2).locator(".jp-OutputArea-output")).to_contain_text("repaired 2.0")
    _replace(page, 4, "%nbflow push train --write")
    expect(_cell(page, 4).locator(".jp-OutputArea")).to_contain_text(
        "Cell 3 of n.ipynb was written"
    )
    page.until(lambda: len(_runs(page)) == 2 or None)
    second = max(_runs(page), key=int)
    page.until(lambda: _runs(page)[second] != "running" or None)
    assert _runs(page)[second] == "done"
    saved = page.saved("n.ipynb")["cells"]
    assert "".join(saved[2]["source"]) == "total = sum(data) / rows; print('repaired', total)"
    assert nbflow.runs(folder=page.path)[0]["show"].log == "total 2.0\n"
