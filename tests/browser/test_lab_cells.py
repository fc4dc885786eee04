"""What is shown in the notebook: badges, the editor of a step, findings, states and errors of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from lab_page import LabPage
from playwright.sync_api import Locator, TimeoutError, expect

pytest_plugins = ["pages"]

NOTEBOOK = "@jupyterlab/notebook-extension:tracker"


@contextmanager
def setting(page: LabPage, plugin: str, **values: object) -> Iterator[None]:
    """The settings of a plugin of JupyterLab, as long as the block takes."""

    def put(chosen: dict[str, object]) -> None:
        answer = page.page.request.put(
            f"{page.lab.address}/lab/api/settings/{plugin}",
            headers={"Authorization": f"token {page.lab.token}"},
            data=json.dumps({"raw": json.dumps(chosen)}),
        )
        assert answer.ok, answer.text()

    put(values)
    try:
        yield
    finally:
        put({})


def cell(page: LabPage, number: int) -> Locator:
    """A cell of the notebook in front, counted from 1; it is there when it has been scrolled to."""
    return page.page.locator(f'.jp-Notebook-cell[data-windowed-list-index="{number - 1}"]')


#: The badges of the notebook in front: "load" with its name, "-" for the edge alone, "~" before those that a
#: cell has by its place, "" for none.
WORN = """(window.jupyterapp.shell.currentWidget?.content.widgets ?? []).map(({node}) => {
  if (!node.dataset.nbflowRole) return '';
  return (node.dataset.nbflowBy === 'place' ? '~' : '') + (node.dataset.nbflowBadge ?? '-');
})"""


def wears(page: LabPage, *badges: str) -> None:
    """Wait until the cells wear these badges."""
    try:
        page.page.wait_for_function(
            f"b => {WORN}.join('|') === b", arg="|".join(badges), timeout=10_000
        )
    except TimeoutError:
        assert page.page.evaluate(WORN) == list(badges)


MODES = pytest.mark.parametrize("mode", ["full", "contentVisibility", "defer", "none"])


@MODES
def test_badges_of_a_long_notebook(page: LabPage, mode: str) -> None:
    """Cells out of sight wear them as well."""
    tagged = [[f"step:part {n // 10}"] if n % 2 == 0 else [] for n in range(70)]
    page.write(
        "long.ipynb", *((f"x{n} = {n}\nprint(x{n})", *tags) for n, tags in enumerate(tagged))
    )
    with setting(page, NOTEBOOK, windowingMode=mode):
        page.open("long.ipynb")
        wears(
            page,
            *(
                (f"part {n // 10}" if n % 10 == 0 else "-" if n % 2 == 0 else "~-")
                for n in range(70)
            ),
        )
        expect(cell(page, 1)).to_have_attribute("aria-description", "Step part 0")
        page.page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem(69)")
        expect(cell(page, 70)).to_be_in_viewport()
        expect(cell(page, 61)).to_have_attribute("data-nbflow-badge", "part 6")


@pytest.mark.parametrize("mode", ["full", "contentVisibility"])
def test_badges_while_cells_are_edited(page: LabPage, mode: str) -> None:
    page.write(
        "edited.ipynb",
        ("import os", "imports"),
        ("n = 1", "parameters"),
        ("x = n", "step:load"),
        ("y = x\nz = x",),
        ("print(y)", "step:show"),
        ("no", "skip"),
        ("print('m', x)", "pipeline-metrics"),
    )
    with setting(page, NOTEBOOK, windowingMode=mode):
        page.open("edited.ipynb")
        first = ["Imports", "Parameters", "load"]
        rest = ["show", "Skipped", "Metrics"]
        wears(page, *first, "~-", *rest)
        to = page.page.evaluate
        active = "i => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = i }"

        to(active, 3)
        page.execute("notebook:insert-cell-above")
        wears(page, *first, "~-", "~-", *rest)
        page.execute("notebook:undo-cell-action")
        wears(page, *first, "~-", *rest)
        page.execute("notebook:redo-cell-action")
        wears(page, *first, "~-", "~-", *rest)
        to(active, 3)
        page.execute("notebook:delete-cell")
        wears(page, *first, "~-", *rest)
        to(active, 4)
        page.execute("notebook:move-cell-up")
        wears(page, *first, "show", "~-", "Skipped", "Metrics")
        page.execute("notebook:copy-cell")
        page.execute("notebook:paste-cell-below")
        wears(page, *first, "show", "-", "~-", "Skipped", "Metrics")
        page.execute("notebook:change-cell-to-markdown")
        wears(page, *first, "show", "", "~-", "Skipped", "Metrics")
        page.execute("notebook:change-cell-to-code")
        wears(page, *first, "show", "-", "~-", "Skipped", "Metrics")
        page.execute("notebook:move-cell-up")
        page.execute("notebook:merge-cell-below")
        wears(page, *first, "show", "~-", "Skipped", "Metrics")
        to(active, 2)
        to(
            "tags => window.jupyterapp.shell.currentWidget.content.activeCell"
            ".model.setMetadata('tags', tags)",
            ["step:fetch"],
        )
        wears(page, *first[:2], "fetch", "show", "~-", "Skipped", "Metrics")
