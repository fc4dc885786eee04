"""The side panel with the notebook in front."""

from __future__ import annotations

from lab_page import LabPage
from playwright.sync_api import expect

pytest_plugins = ["pages"]


def test_shows_the_notebook_in_front(page: LabPage) -> None:
    page.write("two.ipynb", ("x = 1", "step:load"), ("print(x)", "step:show"))
    page.open("two.ipynb")
    panel = page.panel()
    expect(panel).to_contain_text("two.ipynb")
    expect(panel).to_contain_text("2 steps")
    assert page.violations("#nbflow-panel") == []
    page.use_theme("JupyterLab Dark")
    assert page.violations("#nbflow-panel") == []
