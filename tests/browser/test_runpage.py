"""The page of a run: what happens while it goes on, after a reload, and when a step fails."""

from __future__ import annotations

from typing import Any

import pytest
from lab_page import LabPage
from playwright.sync_api import Locator, expect

pytest_plugins = ["pages"]
expect.set_options(timeout=30_000)


def _started(page: LabPage, notebook: str) -> str:
    """The number of a run of the notebook that the server has just started."""
    found: str = page.page.evaluate(
        """async ([path]) => {
            const manager = window.jupyterapp.serviceManager;
            const { baseUrl } = manager.serverSettings;
            const token = document.cookie.match(/_xsrf=([^;]+)/)[1];
            const answer = await fetch(`${baseUrl}nbflow/api/runs`, {
                method: 'POST',
                headers: {'X-XSRFToken': token, 'Content-Type': 'application/json'},
                body: JSON.stringify({path, parameters: {}, engine: 'local', image: '', fresh: false}),
            });
            return (await answer.json()).id;
        }""",
        [f"{page.folder}/{notebook}"],
    )
    return found


def _page_of(page: LabPage, run: str) -> Locator:
    page.execute("nbflow:open-run", id=run, folder=page.folder)
    found: Any = page.page.locator(".jp-nbflow-Run")
    expect(found.get_by_role("heading", level=1)).to_contain_text(f"Run {run}")
    return found


SLOW = """
import time, sys
from pathlib import Path
for i in range(3):
    print(f"\\x1b[32mepoch {i}\\x1b[0m", flush=True)
for i in range(3):
    sys.stderr.write(f"\\rprogress {i}")
    sys.stderr.flush()
while not Path("go").exists():
    time.sleep(0.05)
print("the end")
"""


def test_follows_a_run(page: LabPage) -> None:
    page.write("slow.ipynb", ("depth = 4", "parameters"), (SLOW, "step:train"))
    page.open("slow.ipynb")
    shown = _page_of(page, _started(page, "slow.ipynb"))

    # What the step writes is there before the step ends.
    log = shown.get_by_role("region", name="Log of train")
    expect(log).to_contain_text("epoch 2")
    expect(log).to_contain_text("progress 2")
    expect(log).not_to_contain_text("progress 1")
    expect(shown.locator("[data-step=train]")).to_have_attribute("data-state", "running")
    page.page.screenshot(path=".screenshots/runpage-live.png")
    (page.path / "go").touch()
    expect(log).to_contain_text("the end")
    expect(shown.locator("[data-step=train]")).to_have_attribute("data-state", "done")
    page.page.screenshot(path=".screenshots/runpage-done.png")
