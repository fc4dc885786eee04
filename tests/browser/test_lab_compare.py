"""Runs side by side in the main area."""

from __future__ import annotations

from lab_page import LabPage
from playwright.sync_api import expect

pytest_plugins = ["pages"]
expect.set_options(timeout=30_000)

PICTURE = "from IPython.display import HTML\nHTML(f'<b>{total}</b>')"


def cells(factor: str) -> tuple[tuple[str, ...], ...]:
    """A notebook whose last step multiplies by ``factor``."""
    return (
        ("rows = 3", "pipeline-parameters"),
        ("data = list(range(rows))\nprint('made', rows)", "step:load"),
        ("kept = [each for each in data]", "step:keep"),
        (f"total = sum(kept)\ntotal *= {factor}\nprint('end')", "step:add"),
        (PICTURE, "step:show"),
        ("print(total)", "pipeline-metrics"),
    )


def test_shows_runs_side_by_side(page: LabPage) -> None:
    page.write("n.ipynb", *cells("1"))
    first = page.ran("n.ipynb")
    page.write("n.ipynb", *cells("2.5"))
    second = page.ran("n.ipynb", rows=5)
    page.open()
    page.execute("nbflow:compare-runs", folder=page.folder, runs=[first, second])
    shown = page.page.locator(".jp-nbflow-Compare")
    expect(shown.get_by_role("columnheader", name=f"Run {first}")).to_contain_text("done")

    def row(name: str) -> list[str]:
        """The texts of a row, one for each run."""
        return [each.strip() for each in shown.locator(f'[data-row="{name}"] td').all_inner_texts()]

    assert row("rows") == ["3 default", "5"]
    assert row("total") == ["3", "25+22 (+733 %)"]
    expect(shown.locator('[data-row="add"] td')).to_have_count(2)
    diff = shown.get_by_role("region", name="Changes: Cell 4 of add")
    expect(diff.locator(".jp-mod-added")).to_have_text("+added: total *= 2.5\n")
    expect(diff.locator(".jp-mod-removed")).to_have_text("−removed: total *= 1\n")
    expect(shown.get_by_role("region", name=f"Run {second}, cell 2")).to_have_text("made 5\n")
    picture = shown.get_by_role("region", name=f"Run {second}, cell 5")
    picture.scroll_into_view_if_needed()
    expect(picture.locator("b")).to_have_text("25.0")
    expect(
        shown.get_by_role("img", name=f"total: run {first}: 3, rows=3; run {second}: 25, rows=5")
    ).to_be_visible()
    assert page.violations(".jp-nbflow-Compare") == []
    page.shot("compare-outputs")
    shown.evaluate("node => node.scrollTo(0, 0)")
    page.shot("compare-light")
    page.use_theme("JupyterLab Dark")
    assert page.violations(".jp-nbflow-Compare") == []
    page.shot("compare-dark")

    page.page.set_viewport_size({"width": 340, "height": 850})
    page.execute("application:toggle-left-area")
    expect(page.page.locator("#jp-left-stack")).to_be_hidden()
    assert shown.evaluate("node => node.scrollWidth > node.clientWidth")
    page.shot("compare-narrow")
    page.page.set_viewport_size({"width": 1400, "height": 850})

    shown.get_by_label("Only what differs").check()
    expect(shown.locator('[data-row="engine"]')).to_have_count(0)
    saved = f'"runs":["{second}","{first}"]'
    with page.page.expect_request(lambda made: saved in (made.post_data or "")):
        shown.get_by_role("button", name="make base").press("Enter")
    expect(shown.get_by_role("columnheader").first).to_contain_text(f"Run {second}")
    assert row("total") == ["25", "3−22 (−88 %)"]

    page.page.goto(page.page.url.replace("&reset", ""))
    again = page.page.locator(".jp-nbflow-Compare")
    expect(again.get_by_role("columnheader").first).to_contain_text(f"Run {second}")
    page.execute("nbflow:compare-runs", folder=page.folder, runs=[first, "999"])
    expect(page.page.get_by_role("alert").filter(has_text="999")).to_be_visible()
    assert len(page.problems) == 1, page.problems
    assert "404" in page.problems.pop()
