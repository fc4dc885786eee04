"""The side panel with the notebook in front."""

from __future__ import annotations

import sys

import pytest
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


def test_leads_to_findings_and_repairs_them(page: LabPage) -> None:
    page.write(
        "wrong.ipynb",
        ("x = 1", "step:load"),
        ("y = 2\nprint(x, missing)", "step:use", "prev:laod"),
    )
    page.open("wrong.ipynb")
    panel = page.panel()
    findings = panel.locator("[data-section='findings'] .jp-nbflow-finding")
    expect(findings).to_have_count(3)
    expect(panel.get_by_role("button", name="Run", exact=True)).to_have_attribute(
        "aria-disabled", "true"
    )
    page.shot("panel-findings")

    findings.filter(has_text="missing").get_by_role("button", name="Go").click()
    expect(page.page.get_by_text("Ln 2, Col 10")).to_be_visible()
    findings.first.get_by_role("button", name="NB103").click()
    page.page.get_by_role("heading", name="What to do").wait_for()
    page.shot("panel-explanation")
    findings.get_by_role("button", name="Correct prev:laod to prev:load").click()
    expect(findings).to_have_count(1)  # that of the missing name
    findings.get_by_role("button", name="Go").click()
    page.page.keyboard.press("Control+s")
    expect(page.page.locator(".jp-mod-dirty")).to_have_count(0)
    assert page.saved("wrong.ipynb")["cells"][1]["metadata"]["tags"] == ["step:use", "prev:load"]


def test_chooses_an_engine(page: LabPage) -> None:
    engines = page.lab.home / "engines.toml"
    engines.write_text('[engines.team]\nkind = "kfp"\nhots = "https://kfp.example.com"\n')
    engines.chmod(0o600)
    page.write("a.ipynb", ("x = 1", "step:load"))
    page.open("a.ipynb")
    panel = page.panel()
    run = panel.get_by_role("button", name="Run", exact=True)
    expect(run).to_have_attribute("aria-disabled", "false")
    panel.get_by_role("button", name="Engine: local").click()
    team = page.page.get_by_role("menuitem", name="team")
    team.wait_for()
    page.shot("panel-engines")
    team.click()
    expect(panel.get_by_text("Cannot run on team:")).to_be_visible()
    expect(run).to_have_attribute("aria-disabled", "true")
    panel.get_by_role("button", name="Engine: team").press("Enter")
    page.page.get_by_role("menuitem", name="this machine").press("Enter")
    expect(run).to_have_attribute("aria-disabled", "false")
    engines.unlink()


#: Watches for long tasks; ``answered`` renames the first step and tells how long the panel takes to show it.
WATCH = """() => {
    window.longest = 0;
    new PerformanceObserver(list => {
        for (const each of list.getEntries())
            window.longest = Math.max(window.longest, each.duration);
    }).observe({ type: 'longtask' });
    window.answered = name => new Promise(done => {
        const panel = document.getElementById('nbflow-panel');
        const began = performance.now();
        const observer = new MutationObserver(() => {
            if (panel.querySelector(`[data-step="${name}"]`)) {
                observer.disconnect();
                done(performance.now() - began);
            }
        });
        observer.observe(panel, { subtree: true, childList: true, attributes: true });
        const { content } = window.jupyterapp.shell.currentWidget;
        content.widgets[0].model.setMetadata('tags', [`step:${name}`]);
    });
}"""


def test_stays_fluid_with_two_hundred_steps(
    page: LabPage, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [(f"x{n} = {f'x{n - 1} + 1' if n else 0}", f"step:step-{n}") for n in range(200)]
    page.write("large.ipynb", *cells)
    page.open("large.ipynb")
    panel = page.panel()
    expect(panel.get_by_text("200 steps")).to_be_visible()
    expect(panel.locator("[data-step]")).to_have_count(200)
    page.page.evaluate(WATCH)
    page.page.locator(".jp-Cell .cm-content").first.click()
    page.page.keyboard.press("Control+End")
    page.page.keyboard.type("\ny = x0\nz = y\nprint(z)")
    expect(panel.locator("[data-step='step-0']")).to_have_attribute("aria-selected", "true")
    with page.page.expect_response(lambda answer: "/analysis" in answer.url) as answer:
        page.page.keyboard.type("\nprint(y)")
    answer.value.finished()
    longest = page.page.evaluate("window.longest")
    times = [page.page.evaluate(f"window.answered('renamed-{n}')") for n in range(5)]
    with capsys.disabled():
        sys.stdout.write(
            f"\n200 steps: the panel shows an edit after {sorted(times)[2]:.0f} ms (median of 5: "
            f"{', '.join(f'{each:.0f}' for each in times)}), analysis included; "
            f"the longest task of the page while typing: {longest:.0f} ms\n"
        )
    assert longest < 1000


def test_resumes_a_run_that_failed(page: LabPage) -> None:
    page.write(
        "broken.ipynb",
        ("x = 1", "step:load"),
        ("y = 1 / (x - 1)", "step:use"),
        ("print(y)", "step:show"),
    )
    page.open("broken.ipynb")
    panel = page.panel()
    panel.get_by_role("button", name="Run", exact=True).click()
    failed = panel.get_by_text("ZeroDivisionError: division by zero")
    expect(failed).to_be_visible(timeout=SLOW)
    page.shot("panel-failed")
    failed.get_by_role("button", name="use").click()
    active = page.page.locator(".jp-Cell.jp-mod-active")
    expect(active).to_contain_text("y = 1 / (x - 1)")

    active.locator(".cm-content").click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.type("y = 1 / x")
    panel.get_by_role("button", name="Resume").click()
    steps = panel.locator('[data-section="pipeline"] [data-step]')
    expect(steps.nth(2)).to_have_attribute("data-state", "done", timeout=SLOW)
    states = [each.get_attribute("data-state") for each in steps.all()]
    assert states == ["reused", "done", "done"]
    expect(panel.locator("[data-run]")).to_have_count(2)

    # The run that failed is still there to be looked at.
    panel.get_by_role("button", name="More for run 1").press("Enter")
    page.page.get_by_role("menuitem", name="Show at the Cells").press("Enter")
    expect(failed).to_be_visible()
    panel.get_by_label("Compare run 1", exact=True).check()
    panel.get_by_label("Compare run 2", exact=True).check()
    panel.get_by_role("button", name="Compare", exact=True).click()
    expect(page.page.get_by_role("tab", name="Runs 2, 1")).to_be_visible()
