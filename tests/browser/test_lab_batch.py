"""A batch in the list of runs, and on a page of its own."""

from __future__ import annotations

from typing import Any

from lab_page import LabPage
from playwright.sync_api import expect

from nbflow.service.batch import batch
from nbflow.service.batch.planning import Grid, Rows

pytest_plugins = ["pages"]
expect.set_options(timeout=30_000)

ASSERT = "assert depth * len(kind) < 40 or os.path.exists('mended'), 'too large'"
CELLS = (
    ("depth = 1\nkind = 'wide'", "parameters"),
    ("rows = list(range(10))", "step:load"),
    (f"import os\n{ASSERT}\nscore = sum(rows) / depth", "step:fit"),
    ("score += len(kind)\nprint(score)", "pipeline-metrics"),
)


def test_shows_a_batch_as_a_row_and_as_a_page(page: LabPage) -> None:
    path = str(page.write("n.ipynb", *CELLS))
    alone = page.ran("n.ipynb")
    varied = Grid({"depth": ["2", "4"], "kind": ["wide", "deep-first"]})
    batch.start(path, Rows(), varied, name="a sweep")
    members = page.ask("GET", f"batch?folder={page.folder}&batch=a+sweep")["rows"]
    runs = [each["run"] for each in members]

    page.open("n.ipynb")
    unfold_and_open(page, alone)
    shown = page.page.locator(".jp-nbflow-Compare:has(.jp-nbflow-Batch)")
    expect(shown.get_by_role("heading", name="Batch a sweep")).to_be_visible()
    expect(shown).to_contain_text("4 members: 3 done, 1 failed")
    sort(shown)
    for name in ("score against depth", "score against kind"):
        expect(shown.get_by_role("img", name=name)).to_be_visible()
    page.shot("batch-light")
    shown.get_by_label("Against", exact=True).select_option("kind")
    expect(shown.get_by_role("img", name="score")).to_have_accessible_name(
        "score against kind: member 1: 26.5 at wide, depth=2; member 3: 15.25 at wide, depth=4;"
        " member 2: 32.5 at deep-first, depth=2"
    )
    assert page.violations(".jp-nbflow-Compare") == []
    page.use_theme("JupyterLab Dark")
    assert page.violations(".jp-nbflow-Compare") == []
    page.shot("batch-dark")

    shown.get_by_label("Compare member 1").check()
    shown.get_by_label("Compare member 4").check()
    shown.get_by_role("button", name="Compare").click()
    compared = page.page.get_by_role("columnheader", name=f"Run {runs[3]}")
    expect(compared).to_contain_text("failed")
    page.page.get_by_role("tab", name="Batch a sweep").click()
    shown.get_by_role("button", name="Member 2").press("Enter")
    run = page.page.locator(".jp-nbflow-Run")
    expect(run.get_by_role("heading", name=f"Run {runs[1]}")).to_be_visible()
    run.get_by_role("button", name="Batch a sweep").click()
    expect(shown.get_by_role("heading", name="Batch a sweep")).to_be_visible()

    # It follows what goes on: a member that is added later, and the batch when it is resumed.
    batch.start(path, Rows(), Grid({"depth": ["3"]}), name="a sweep")
    expect(shown).to_contain_text("5 members: 4 done, 1 failed")
    (page.path / "mended").touch()
    shown.get_by_role("button", name="Resume").click()
    expect(shown).to_contain_text("5 members: 5 done")
    page.page.set_viewport_size({"width": 340, "height": 850})
    page.execute("application:toggle-left-area")
    expect(page.page.locator("#jp-left-stack")).to_be_hidden()
    page.shot("batch-narrow")


def unfold_and_open(page: LabPage, alone: str) -> None:
    """Unfold the batch in the list of runs, and open its page, by keyboard; run ``alone`` is no member."""
    section = page.panel().locator('[data-section="runs"]')
    row = section.locator('[data-batch="a sweep"]')
    expect(row).to_contain_text("4 members")
    expect(row).to_contain_text("3 done, 1 failed")
    listed = section.locator("[data-run]")
    expect(listed).to_have_count(1)
    expect(listed).to_have_attribute("data-run", alone)
    unfold = row.get_by_role("button", name="Runs of batch a sweep")
    unfold.focus()
    unfold.press("Enter")
    expect(unfold).to_have_attribute("aria-expanded", "true")
    expect(listed).to_have_count(5)
    assert page.violations("#nbflow-panel") == []
    row.locator('[data-part="run"]').press("Enter")


def sort(shown: Any) -> None:
    """Sort the members by their metric, the least first and then the largest."""

    def column(name: str) -> list[str]:
        headings = shown.locator("thead").get_by_role("columnheader").all_inner_texts()
        place = [each.strip() for each in headings].index(name)
        cells = shown.locator(f"tbody td:nth-child({place + 2})")
        return [each.strip() for each in cells.all_inner_texts()]

    assert column("depth") == ["2", "2", "4", "4"]
    assert column("State") == ["done", "done", "done", "failed"]
    heading = shown.get_by_role("columnheader", name="score")
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert column("score") == ["15.25", "26.5", "32.5", ""]
    heading.get_by_role("button").press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert column("score") == ["32.5", "26.5", "15.25", ""]
