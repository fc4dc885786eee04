"""The page of a run: what happens while it goes on, after a reload, and when a step fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import REPOSITORY, Lab, lab
from lab_page import LabPage
from playwright.sync_api import Locator, Response, expect

pytest_plugins = ["pages"]
SHOTS = REPOSITORY / ".screenshots"
expect.set_options(timeout=30_000)

TRAIN = """
import sys, time
from pathlib import Path
for i in range(3):
    print(f"\\x1b[32mepoch {i}\\x1b[0m", flush=True)
for i in range(3):
    sys.stderr.write(f"\\rprogress {i}")
    sys.stderr.flush()
for _ in range(2400):  # a test that fails leaves no process
    if Path("go").exists():
        break
    time.sleep(0.05)
print()
for i in range(3000):
    print("line", i)
score = 0.875 * depth / depth
"""
#: A picture of one pixel and a table.
DRAW = """
import base64
from IPython.display import Image, display
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
display(Image(base64.b64decode(PNG), width=80, height=40))
table
"""


def _started(page: LabPage, notebook: str, **parameters: object) -> str:
    """The number of a run of the notebook that the server has just started."""
    found: str = page.page.evaluate(
        """async ([path, parameters]) => {
            const { baseUrl } = window.jupyterapp.serviceManager.serverSettings;
            const token = document.cookie.match(/_xsrf=([^;]+)/)[1];
            const answer = await fetch(`${baseUrl}nbflow/api/runs`, {
                method: 'POST',
                headers: {'X-XSRFToken': token, 'Content-Type': 'application/json'},
                body: JSON.stringify({path, parameters}),
            });
            return (await answer.json()).id;
        }""",
        [f"{page.folder}/{notebook}", parameters],
    )
    return found


def _page_of(page: LabPage, run: str) -> Any:
    """The page of a run, opened beside the notebook."""
    page.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.execute("nbflow:open-run", id=run, folder=page.folder)
    return _shown(page, run)


def _kept(page: LabPage, run: str) -> Callable[[Response], bool]:
    """Tells the answer to JupyterLab's saving of its layout with the page of the run in it."""
    layout = re.compile(rf'"widgets":\[[^]]*{re.escape(page.folder)}/{run}"')
    return lambda answer: layout.search(answer.request.post_data or "") is not None


def _shown(page: LabPage, run: str) -> Any:
    found = page.page.locator(".jp-nbflow-Run:visible")
    expect(found.get_by_role("heading", level=1)).to_contain_text(f"Run {run}")
    return found


def _step(shown: Locator, name: str) -> Locator:
    return shown.locator(f"[role=treeitem][data-step={name}]")


def _tab(shown: Locator, name: str) -> Locator:
    shown.get_by_role("tab", name=name).click()
    return shown.get_by_role("tabpanel")


def test_follows_a_run(page: LabPage) -> None:
    page.write(
        "slow.ipynb",
        ("depth = 4", "parameters"),
        ("import pandas as pd\ntable = pd.DataFrame({'a': [1, 2, 4], 'b': list('xyz')})", "step:load"),
        (TRAIN, "step:train"),
        (DRAW, "step:draw", "prev:train"),
        ("print(score)", "pipeline-metrics"),
    )  # fmt: skip
    page.open("slow.ipynb")
    run = _started(page, "slow.ipynb", depth=5)
    with page.page.expect_response(_kept(page, run)):
        shown = _page_of(page, run)

    # What the step writes is there before the step ends.
    log = shown.get_by_role("region", name="Log of train")
    expect(log).to_contain_text("epoch 2")
    expect(log).to_contain_text("progress 2")
    expect(log).not_to_contain_text("progress 1")
    expect(_step(shown, "train")).to_have_attribute("data-state", "running")
    page.page.screenshot(path=SHOTS / "runpage-live.png")

    # The page is there again after a reload, with what was written.
    page.page.goto(f"{page.lab.address}/lab")
    shown = _shown(page, run)
    log = shown.get_by_role("region", name="Log of train")
    expect(log).to_contain_text("epoch 0")
    _step(shown, "train").click()  # else the page goes on to the step that runs next
    (page.path / "go").touch()
    expect(log).to_contain_text("line 2999")
    expect(log).not_to_contain_text("line 1000\n")
    expect(_step(shown, "draw")).to_have_attribute("data-state", "done")
    expect(shown.get_by_role("list", name="Metrics")).to_contain_text("score=0.875")
    expect(shown.get_by_role("list", name="Parameters")).to_contain_text("depth=5")

    # Search.
    shown.get_by_label("Search the log").fill("line 100")
    expect(shown.get_by_text("1 of 11")).to_be_visible()
    shown.get_by_label("Search the log").press("Shift+Enter")
    expect(log.locator("mark.jp-mod-current")).to_be_in_viewport()
    expect(log).to_contain_text("line 1009")
    page.page.screenshot(path=SHOTS / "runpage-search.png")

    # The tabs.
    _step(shown, "draw").click()
    panel = _tab(shown, "Outputs")
    expect(panel.locator("img")).to_be_visible()
    expect(panel.locator("table.dataframe")).to_contain_text("z")
    page.page.screenshot(path=SHOTS / "runpage-outputs.png")
    with page.page.context.expect_page() as opened:
        panel.get_by_role("link", name="Report of the step").click()
    expect(opened.value.locator("table.dataframe")).to_contain_text("z")
    assert opened.value.evaluate("window.origin") == "null"  # what it shows reaches nothing of ours
    opened.value.close()
    panel = _tab(shown, "Variables")
    panel.get_by_role("button", name="table").click()
    expect(panel.locator(".jp-nbflow-Rendered")).to_contain_text("z")
    page.page.screenshot(path=SHOTS / "runpage-variables.png")
    expect(_tab(shown, "Metrics")).to_contain_text("0.875")
    expect(_tab(shown, "Why")).to_contain_text("It ran.")
    expect(_tab(shown, "Code")).to_contain_text("No earlier run")
    page.use_theme("JupyterLab Dark")
    page.page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.page.screenshot(path=SHOTS / "runpage-code-dark.png")
    assert page.violations(".jp-nbflow-Run") == []
    page.use_theme("JupyterLab Light")


def test_shows_an_error_and_resumes(page: LabPage) -> None:
    page.write("bad.ipynb", ("x = 1", "step:load"), ("y = 1 / (x - 1)", "step:train"))
    page.open("bad.ipynb")
    run = _started(page, "bad.ipynb")
    shown = _page_of(page, run)
    error = shown.get_by_role("group", name="Error")
    expect(error).to_contain_text("ZeroDivisionError: division by zero")
    expect(error).to_contain_text("y = 1 / (x - 1)")
    page.page.screenshot(path=SHOTS / "runpage-error.png")
    shown.get_by_role("button", name="Go to cell 2").click()
    expect(page.page.locator(".jp-Notebook .jp-Cell").nth(1)).to_contain_class("jp-mod-active")

    # Repaired, only what failed runs again; the new run is beside the one before.
    editor = page.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".cm-content")
    editor.fill("y = 1 / (x + 1)")
    shown.get_by_role("button", name="Resume").click()
    shown = _shown(page, str(int(run) + 1))
    expect(_step(shown, "load")).to_have_attribute("data-state", "reused")
    expect(_step(shown, "train")).to_have_attribute("data-state", "done")
    expect(_tab(shown, "Code").locator(".jp-mod-added")).to_contain_text("x + 1")
    page.page.screenshot(path=SHOTS / "runpage-code.png")


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[Lab]:
    """A JupyterLab that the test may kill."""
    with lab(tmp_path / "root", tmp_path / "home") as found:
        yield found


@pytest.mark.slow
def test_outlives_the_server(own_lab: Lab, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 850})
    page = LabPage(context.new_page(), own_lab, "")
    page.write("slow.ipynb", ("depth = 1", "parameters"), (TRAIN, "step:train"))
    page.open("slow.ipynb")
    shown = _page_of(page, _started(page, "slow.ipynb"))
    log = shown.get_by_role("region", name="Log of train")
    expect(log).to_contain_text("progress 2")
    own_lab.kill()
    expect(shown.get_by_text("The server does not answer.")).to_be_visible()
    page.page.screenshot(path=SHOTS / "runpage-away.png")
    (page.path / "go").touch()
    own_lab.start()
    expect(log).to_contain_text("line 2999")
    expect(_step(shown, "train")).to_have_attribute("data-state", "done")
    expect(shown.get_by_text("The server does not answer.")).to_be_hidden()
    context.close()
