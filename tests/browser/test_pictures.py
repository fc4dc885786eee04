"""The pictures of the documentation, taken of the example notebooks.

``NBFLOW_PICTURES=write pytest tests/browser/test_pictures.py`` puts them into ``docs/images``; else they are
left with those of other tests.
"""

from __future__ import annotations

import shutil
from typing import Any

from lab import REPOSITORY
from lab_page import LabPage
from playwright.sync_api import expect

from nbflow.service.batch import batch
from nbflow.service.batch.planning import Grid, Rows

pytest_plugins = ["pages"]

LONG = 180_000


def _picture(page: LabPage, name: str) -> None:
    """A picture of the page when nothing moves in it any more."""
    seen: list[bytes] = []

    def is_still() -> bool:
        seen.append(page.page.screenshot())
        return len(seen) > 1 and seen[-2] == seen[-1]

    page.until(is_still)
    page.picture(f"panel-{name}")


def _copy(page: LabPage, notebook: str) -> None:
    shutil.copy(REPOSITORY / "notebooks" / notebook, page.path)
    shutil.copytree(REPOSITORY / "notebooks" / "data", page.path / "data", dirs_exist_ok=True)


def _wide(panel: Any, page: LabPage) -> None:
    """Make the side panel as wide as it is comfortable."""
    box = panel.bounding_box()
    edge = box["x"] + box["width"] + 1
    page.page.mouse.move(edge, 400)
    page.page.mouse.down()
    page.page.mouse.move(edge + 90, 400)
    page.page.mouse.up()


def test_pictures(page: LabPage) -> None:
    page.page.set_viewport_size({"width": 1280, "height": 800})
    _copy(page, "churn.ipynb")
    page.open("churn.ipynb")
    panel = page.panel()
    _wide(panel, page)
    run = panel.get_by_role("button", name="Run", exact=True)
    for number, threshold in (("1", "0.4"), ("2", "0.5"), ("3", "0.3")):
        panel.get_by_label("threshold", exact=True).fill(threshold)
        run.click()
        row = panel.locator(f'[data-run="{number}"]')
        expect(row).to_have_attribute("data-state", "done", timeout=LONG)
    panel.locator('[data-step="split"]').click()
    _picture(page, "notebook")

    page.execute("nbflow:open-run", id="3", folder=page.folder, step="split")
    shown = page.page.locator(".jp-nbflow-Run:visible")
    shown.get_by_role("tab", name="Variables").click()
    shown.get_by_role("button", name="train_x").click()
    expect(shown.locator(".jp-nbflow-Rendered")).to_be_visible()
    page.execute("application:toggle-left-area")
    page.execute("application:set-mode", mode="single-document")
    _picture(page, "run")

    page.execute("nbflow:compare-runs", folder=page.folder, runs=["1", "2", "3"])
    compared = page.page.locator(".jp-nbflow-Compare:visible")
    expect(compared).to_contain_text("threshold")
    compared.get_by_label("Only what differs").check()
    compared.get_by_label("Against").select_option("threshold")
    _picture(page, "comparison")

    values = ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"]
    path = str(page.path / "churn.ipynb")
    batch.start(path, Rows(), Grid({"threshold": values}), name="thresholds")
    page.execute("nbflow:open-batch", name="thresholds", folder=page.folder)
    expect(page.page.locator(".jp-nbflow-Batch:visible [data-state='done']")).to_have_count(6)
    _picture(page, "batch")


def test_picture_of_a_proposal(page: LabPage) -> None:
    page.page.set_viewport_size({"width": 1280, "height": 800})
    _copy(page, "plain.ipynb")
    page.open("plain.ipynb")
    panel = page.panel()
    _wide(panel, page)
    panel.get_by_role("button", name="Propose Steps…").click()
    expect(panel.locator("[data-section='proposal'] .jp-nbflow-group").first).to_be_visible()
    _picture(page, "proposal")
