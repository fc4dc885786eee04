"""The graph of a pipeline: rows in the side panel, boxes in the page of a run."""

from __future__ import annotations

from lab_page import LabPage
from playwright.sync_api import expect

pytest_plugins = ["pages"]
expect.set_options(timeout=30_000)

PARTS = 64


def large() -> list[tuple[str, ...]]:
    """Cells of a pipeline of many steps, the first of which fails."""
    first = ("import numpy as np\nnp.random.seed(1)\ndata = [1]\nassert not data", "step:load")
    made: list[tuple[str, ...]] = [
        ("p0 = data + [np.random.rand()]", "step:part0", "retry:2", "cache:disabled")
    ]
    for number in range(1, PARTS):
        before = (number - 1) // 2
        made.append((f"p{number} = p{before} + data", f"step:part{number}"))
    made.append(
        ("print('end')", "step:the_last_of_all_the_many_steps_of_it", f"prev:part{PARTS - 1}")
    )
    return [first, *made]


def test_shows_a_pipeline_in_rows(page: LabPage) -> None:
    page.write("large.ipynb", *large())
    page.open("large.ipynb")
    rows = page.panel().get_by_role("tree", name="Pipeline")
    expect(rows.get_by_role("treeitem")).to_have_count(PARTS + 2)

    # By keyboard: along rows and edges, with what flows told at the bottom.
    load = rows.get_by_role("treeitem", name="load", exact=True)
    part = rows.get_by_role("treeitem", name="part0, after load", exact=False)
    flow = page.panel().locator(".jp-nbflow-Graph-flow")
    load.focus()
    page.page.keyboard.press("ArrowRight")
    expect(part).to_be_focused()
    expect(part).to_have_attribute("aria-level", "2")
    expect(part).to_have_accessible_name(
        "part0, after load, tried 2 times more when it fails, never taken from the cache"
    )
    expect(flow).to_contain_text("part0 takes")
    expect(flow).to_contain_text("random numbers of NumPy")
    page.page.keyboard.press("End")
    last = rows.get_by_role("treeitem", name="the_last_of_all_the_many_steps_of_it")
    expect(last).to_be_focused()
    expect(flow).to_contain_text(f"takes only the order from part{PARTS - 1}")
    page.page.keyboard.press("ArrowLeft")
    expect(rows.locator(f'[data-step="part{PARTS - 1}"]')).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(rows.locator(":focus")).to_have_count(0)
    assert page.violations("#nbflow-panel .jp-nbflow-Graph") == []


def test_shows_a_run_in_boxes(page: LabPage) -> None:
    """One step fails, so that nothing else can run."""
    page.write("large.ipynb", *large())
    run = page.ran("large.ipynb")
    page.open()
    page.execute("nbflow:open-run", id=run, folder=page.folder)
    boxes = page.page.locator(".jp-nbflow-Graph.jp-mod-full")
    expect(boxes.locator("[data-state=failed]")).to_contain_text("load")
    expect(boxes.locator("[data-state=skipped]")).to_have_count(PARTS + 1)
    expect(boxes.locator("[data-state=failed]")).to_be_in_viewport()
    page.shot("graph-light")
    assert page.violations(".jp-nbflow-Graph.jp-mod-full") == []

    percent = boxes.locator(".jp-nbflow-Graph-percent")
    percent.click()
    expect(percent).to_have_text("100 %")
    boxes.get_by_role("button", name="Fit the graph").click()
    expect(percent).not_to_have_text("100 %")
    expect(boxes.locator(".jp-nbflow-Graph-map rect")).to_have_count(PARTS + 3)
    expect(boxes.locator('[data-step="part31"]')).to_be_in_viewport()
    expect(boxes.locator('[data-step="part62"]')).to_be_in_viewport()
    fitted = percent.text_content()
    boxes.locator('[data-step="load"]').focus()
    page.page.keyboard.press("+")
    expect(percent).not_to_have_text(fitted or "")
    page.page.keyboard.press("0")
    expect(percent).to_have_text(fitted or "")
    page.page.keyboard.press("ArrowDown")
    expect(boxes.locator('[data-step="part0"]')).to_be_focused()
    expect(boxes.locator("path.jp-mod-lit")).not_to_have_count(0)
    page.page.keyboard.press(" ")
    expect(boxes.locator('[data-step="part0"]')).to_have_attribute("aria-selected", "true")
    page.use_theme("JupyterLab Dark")
    assert page.violations(".jp-nbflow-Graph.jp-mod-full") == []
    page.shot("graph-dark")
