"""The side panel with the notebook in front."""

from __future__ import annotations

from lab_page import LabPage
from playwright.sync_api import expect

pytest_plugins = ["pages"]

SLOW = 60_000


def test_shows_the_notebook_in_front(page: LabPage) -> None:
    page.write("two.ipynb", ("x = 1", "step:load"), ("print(x)", "step:show"))
    page.open("two.ipynb")
    panel = page.panel()
    expect(panel).to_contain_text("two.ipynb")
    expect(panel).to_contain_text("2 steps")
    assert page.violations("#nbflow-panel") == []
    page.use_theme("JupyterLab Dark")
    assert page.violations("#nbflow-panel") == []


def test_runs_compiles_and_stops(page: LabPage) -> None:
    page.write(
        "flow.ipynb",
        ("n = 2", "parameters"),
        ("import time\nx = n", "step:load"),
        ("y = x + 1\nprint(y)", "step:use"),
        ("import time\ntime.sleep(0)", "step:wait"),
    )
    page.open("flow.ipynb")
    panel = page.panel()
    steps = panel.locator('[data-section="pipeline"] [data-step]')
    expect(steps).to_have_count(3)

    panel.get_by_role("button", name="Run", exact=True).click()
    expect(steps.and_(page.page.locator('[data-state="done"]'))).to_have_count(3, timeout=SLOW)
    expect(panel.get_by_text("Run 1 was started.")).to_be_visible()

    for target, kind, files in (
        ("Kubeflow Pipelines", "kfp", ("pipeline.py", "pipeline.yaml")),
        ("Argo Workflows", "argo", ("workflow.yaml",)),
    ):
        panel.get_by_role("button", name="Compile").click()
        page.page.get_by_role("menuitem", name=target).click()
        expect(panel.get_by_text(f"3 steps for {target}")).to_be_visible(timeout=SLOW)
        for name in files:
            assert (page.path / f"flow-{kind}" / name).is_file()
            expect(page.page.get_by_role("tab", name=name)).to_be_attached()
