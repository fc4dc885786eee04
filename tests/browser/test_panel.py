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


def test_runs_and_compiles(page: LabPage) -> None:
    page.write(
        "flow.ipynb",
        ("n = 2\nname = 'a'\nfast = True\nsizes = [1, 2]", "parameters"),
        ("x = n", "step:load"),
        ("y = x + 1\nprint(y, name, fast)", "step:use"),
        ("print('beside', sizes)", "step:beside"),
    )
    page.open("flow.ipynb")
    panel = page.panel()
    run = panel.get_by_role("button", name="Run", exact=True)
    steps = panel.locator('[data-section="pipeline"] [data-step]')
    expect(steps).to_have_count(3)

    # A text that is no number is told at its field, and nothing can be run with it.
    depth = panel.get_by_label("n", exact=True)
    depth.fill("two")
    expect(panel.get_by_text("This has to be a whole number.")).to_be_visible()
    expect(run).to_have_attribute("aria-disabled", "true")
    expect(panel.get_by_text("parameter “n” has no value that fits")).to_be_visible()
    page.shot("panel-parameters")
    depth.fill("5")
    panel.get_by_label("fast", exact=True).select_option("False")
    expect(run).to_have_attribute("aria-disabled", "false")

    # An edit is saved before the run, and the panel says so.
    page.page.locator(".jp-Cell .cm-content").nth(2).click()
    page.page.keyboard.press("Control+End")
    page.page.keyboard.type("\nz = y")
    expect(panel.locator('[data-step="use"]')).to_have_attribute("aria-selected", "true")
    run.click()
    expect(panel.get_by_text("Your changes were saved first. Run 1 was started.")).to_be_visible()
    done = panel.locator('[data-section="pipeline"] [data-state="done"]')
    expect(done).to_have_count(3, timeout=SLOW)
    assert page.saved("flow.ipynb")["cells"][2]["source"][-1] == "z = y"
    row = panel.locator('[data-run="1"]')
    expect(row).to_have_attribute("data-state", "done")
    expect(row).to_contain_text("n=5")
    expect(row).to_contain_text("fast=false")
    page.shot("panel-run")

    # The same parameters again, from the run.
    panel.get_by_role("button", name="Set “n” back to its default").click()
    expect(depth).to_have_value("2")
    row.get_by_role("button", name="More for run 1").click()
    page.page.get_by_role("menuitem", name="Run Again with These Parameters…").click()
    expect(depth).to_have_value("5")

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
    page.shot("panel-compiled")

    # A step leads to its cell, whatever else is in front.
    panel.locator('[data-step="beside"]').click()
    expect(page.page.locator(".jp-Cell.jp-mod-active")).to_contain_text("beside")
    assert page.violations("#nbflow-panel") == []


def test_stops_a_run_and_finds_it_again(page: LabPage) -> None:
    page.write("long.ipynb", ("x = 1", "step:load"), ("import time\ntime.sleep(600)", "step:wait"))
    page.open("long.ipynb")
    panel = page.panel()
    panel.get_by_role("button", name="Run", exact=True).click()
    wait = panel.locator('[data-section="pipeline"] [data-step="wait"]')
    expect(wait).to_have_attribute("data-state", "running", timeout=SLOW)
    status = page.page.locator(".jp-nbflow-Status")
    expect(status).to_contain_text("1/2 steps long.ipynb")
    page.shot("panel-running")

    # What goes on is there again in a new tab.
    page.open("long.ipynb")
    expect(status).to_contain_text("1/2 steps long.ipynb")
    panel = page.panel()
    expect(wait).to_have_attribute("data-state", "running")
    panel.get_by_role("button", name="Stop", exact=True).click()
    expect(wait).to_have_attribute("data-state", "stopped", timeout=SLOW)
    expect(panel.locator('[data-run="1"]')).to_have_attribute("data-state", "stopped")
    expect(status).to_be_hidden()
    expect(panel.get_by_role("button", name="Stop", exact=True)).to_have_count(0)


def test_proposes_steps(page: LabPage) -> None:
    page.write(
        "plain.ipynb", ("import math",), ("x = 1",), ("y = x + 1", "mine"), ("print(math.pi, y)",)
    )
    page.open("plain.ipynb")
    panel = page.panel()
    panel.get_by_role("button", name="Propose Steps…").click()
    groups = panel.locator("[data-section='proposal'] .jp-nbflow-group")
    expect(groups).to_have_count(2)
    before = page.saved("plain.ipynb")

    panel.get_by_role("button", name="Cancel").click()
    expect(groups).to_have_count(0)
    panel.get_by_role("button", name="Propose Steps…").click()
    panel.get_by_label("Name of the step").fill("make")
    panel.get_by_role("button", name="Begin a step with cell 4").click()
    panel.get_by_label("Name of the step").nth(1).fill("show")
    page.shot("panel-proposal")
    panel.get_by_role("button", name="Accept").click()
    expect(panel).to_contain_text("2 steps")
    assert page.saved("plain.ipynb") == before
    page.page.keyboard.press("Control+s")
    expect(page.page.locator(".jp-mod-dirty")).to_have_count(0)
    tags = [each["metadata"].get("tags", []) for each in page.saved("plain.ipynb")["cells"]]
    assert tags == [["imports"], ["step:make"], ["mine", "step:make"], ["step:show"]]

    # One change that can be undone.
    page.page.locator(".jp-Cell .jp-InputPrompt").first.click()
    page.page.keyboard.press("z")
    expect(panel.get_by_role("button", name="Propose Steps…")).to_be_visible()
