"""What is shown in the notebook: badges, the editor of a step, findings, states and errors of a run."""

from __future__ import annotations

import json
import re
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
        if "is not one of" in answer.text():
            pytest.skip("this JupyterLab has no such setting")
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


def code_of(page: LabPage, number: int) -> Locator:
    """The text of a cell."""
    return cell(page, number).locator(".cm-content")


def tags(page: LabPage, name: str) -> list[list[str]]:
    """The tags of the cells of a notebook on disk."""
    return [each["metadata"].get("tags", []) for each in page.saved(name)["cells"]]


def opened(page: LabPage, name: str) -> None:
    """Open a notebook, and wait until its kernel has written into the metadata what it is."""
    page.open(name)
    page.page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.context?.model?.sharedModel.metadata.language_info"
        " && window.jupyterapp.shell.currentWidget.context.sessionContext.session?.kernel?.status === 'idle'"
    )


def save(page: LabPage) -> None:
    """Save the notebook in front, and wait for it."""
    page.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")


def test_steps_of_an_untagged_notebook_by_the_keyboard(page: LabPage) -> None:
    """Tags are written by the editor alone; what else the notebook holds stays as it was."""
    page.write("bare.ipynb", ("import os",), ("x = 1", "mine"), ("y = x",), ("print(y)",))
    opened(page, "bare.ipynb")
    line = page.page.get_by_role("group", name="Step of the cell")
    keyboard = page.page.keyboard
    code_of(page, 2).click()
    expect(line).to_have_count(0)
    save(page)
    before = page.saved("bare.ipynb")

    keyboard.press("Escape")
    keyboard.press("e")
    role = line.get_by_role("combobox", name="Role of the cell")
    name = line.get_by_role("combobox", name="Name of the step")
    expect(name).to_be_focused()
    keyboard.type("first")
    keyboard.press("Enter")
    wears(page, "~setup", "first", "~-", "~-")
    keyboard.press("Escape")
    keyboard.press("j")
    keyboard.press("j")
    keyboard.press("e")
    expect(name).to_be_focused()
    keyboard.type("last")
    keyboard.press("Enter")
    wears(page, "~setup", "first", "~-", "last")
    expect(line).to_contain_text("first")
    keyboard.press("Shift+Tab")
    expect(role).to_be_focused()

    page.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0")
    role.select_option("Imports")
    wears(page, "Imports", "first", "~-", "last")
    save(page)
    assert tags(page, "bare.ipynb") == [["imports"], ["mine", "step:first"], [], ["step:last"]]
    after = page.saved("bare.ipynb")
    for one in (*before["cells"], *after["cells"]):
        one["metadata"].pop("tags", None)
    assert after == before


@pytest.fixture
def steps(page: LabPage) -> LabPage:
    """A page with a notebook of three steps, whose metadata say what all steps ask for."""
    path = page.write(
        "steps.ipynb",
        ("x = 1", "step:load", "mine", "limit:cpu:1"),
        ("y = 2", "step:load"),
        ("print(y)", "step:show", "prev:load"),
        ("print('end')", "step:end"),
    )
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["kubeflow_notebook"] = {
        "base_image": "python:3.11",
        "steps_defaults": ["limit:memory:2Gi"],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    opened(page, "steps.ipynb")
    wears(page, "load", "-", "show", "end")
    return page


def test_the_name_of_a_step(steps: LabPage) -> None:
    page = steps
    line = page.page.get_by_role("group", name="Step of the cell")
    name = line.get_by_role("combobox", name="Name of the step")

    # What is clicked stays under the pointer, upwards as well as downwards.
    for number in (4, 2, 3, 1):
        place = code_of(page, number).bounding_box()
        code_of(page, number).click()
        expect(cell(page, number).locator(".jp-nbflow-StepLine")).to_be_visible()
        expect(page.page.locator(".jp-nbflow-StepLine")).to_have_count(1)
        assert code_of(page, number).bounding_box() == place

    # Another name, and the same in the rest of the notebook.
    name.fill("fetch")
    name.press("Enter")
    wears(page, "fetch", "load", "show", "end")
    line.get_by_role("button", name="Rename it in 2 more places").click()
    wears(page, "fetch", "-", "show", "end")
    save(page)
    assert tags(page, "steps.ipynb") == [
        ["step:fetch", "mine", "limit:cpu:1"],
        ["step:fetch"],
        ["step:show", "prev:fetch"],
        ["step:end"],
    ]


def test_a_step_that_a_line_names(page: LabPage) -> None:
    path = page.write(
        "lines.ipynb",
        ("%load_ext nbflow",),
        ("%%step load\nx = 1", "mine"),
        ("%%step show --after load --gpu 1\nprint(x)",),
    )
    opened(page, "lines.ipynb")
    wears(page, "~Imports", "load", "show")
    code_of(page, 2).click()
    line = page.page.get_by_role("group", name="Step of the cell")
    name = line.get_by_role("combobox", name="Name of the step")
    expect(name).to_have_value("load")
    name.fill("read it")
    name.press("Enter")
    line.get_by_role("button", name="Rename it in 1 more place").click()
    wears(page, "~Imports", "read it", "show")
    expect(code_of(page, 3)).to_contain_text('--after "read it"')
    save(page)
    assert tags(page, "lines.ipynb") == [[], ["mine"], []]
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert ["".join(each["source"]) for each in cells] == [
        "%load_ext nbflow",
        '%%step "read it"\nx = 1',
        '%%step show --after "read it" --gpu 1\nprint(x)',
    ]


def test_resources_of_a_step(steps: LabPage) -> None:
    page = steps
    line = page.page.get_by_role("group", name="Step of the cell")
    keyboard = page.page.keyboard
    gear = line.get_by_role("button", name="What the step asks for: 1 tag")
    gear.focus()
    for key in "ddab":
        keyboard.press(key)
    keyboard.press("Enter")
    form = page.page.get_by_role("dialog", name="What the step asks for")
    expect(form.get_by_label("Image")).to_be_focused()
    expect(form.get_by_label("Image")).to_have_attribute("placeholder", "python:3.11")
    expect(form.get_by_label("Memory, at most")).to_have_accessible_description(
        "2Gi, from the notebook"
    )
    memory = form.get_by_label("Memory, at most")
    memory.fill("4Gi")
    memory.press("Enter")
    form.get_by_label("GPUs").fill("1")
    keyboard.press("Enter")
    form.get_by_label("Cache").select_option("Runs every time")
    expect(form.get_by_label("Kind of GPU")).to_be_enabled()
    limit = form.get_by_label("Time limit")
    limit.fill("soon")
    limit.press("Enter")
    expect(form.get_by_role("alert")).to_be_visible()
    # The browser logs each answer that is a refusal.
    assert all("422" in each and "nbflow/api/tags" in each for each in page.problems)
    page.problems.clear()
    limit.fill("10m")
    assert page.violations(".jp-nbflow-Popover") == []
    assert page.violations(".jp-nbflow-StepLine") == []
    keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_have_count(0)
    keyboard.press("Escape")
    expect(form).to_have_count(0)
    gear = line.get_by_role("button", name="What the step asks for: 5 tags")
    expect(gear).to_be_focused()
    save(page)
    asked = [
        "step:load", "mine", "limit:cpu:1", "limit:memory:4Gi", "limit:nvidia.com/gpu:1",
        "cache:disabled", "timeout:10m",
    ]  # fmt: skip
    assert tags(page, "steps.ipynb") == [
        asked, ["step:load"], ["step:show", "prev:load"], ["step:end"]
    ]  # fmt: skip
    page.open("steps.ipynb")
    expect(line.get_by_role("button", name="What the step asks for: 5 tags")).to_be_visible()


def test_what_a_step_waits_for_and_undo(steps: LabPage) -> None:
    page = steps
    line = page.page.get_by_role("group", name="Step of the cell")
    keyboard = page.page.keyboard
    code_of(page, 4).click()
    line.get_by_role("combobox", name="Wait for another step").select_option("show")
    expect(line.get_by_role("button", name="Do not wait for show")).to_be_visible()
    waiting = ["step:end", "prev:show"]
    save(page)
    assert tags(page, "steps.ipynb")[3] == waiting

    # Each change is undone by itself.
    keyboard.press("Escape")
    keyboard.press("z")
    expect(line.get_by_role("button", name="Do not wait for show")).to_have_count(0)
    expect(line.get_by_role("combobox", name="Name of the step")).to_have_value("end")
    page.execute("notebook:redo-cell-action")
    expect(line.get_by_role("button", name="Do not wait for show")).to_be_visible()
    line.get_by_role("button", name="Do not wait for show").focus()
    keyboard.press("Control+z")
    expect(line.get_by_role("button", name="Do not wait for show")).to_have_count(0)
    save(page)
    assert tags(page, "steps.ipynb")[3] == ["step:end"]


def test_a_finding_at_its_line_and_its_repair(page: LabPage) -> None:
    page.write(
        "findings.ipynb",
        ("# packages\n%pip install -q ipykernel", "step:load"),
        ("print(nowhere)", "step:show", "prev:laod"),
    )
    opened(page, "findings.ipynb")
    first, second = (cell(page, n).locator(".jp-nbflow-FoundLine") for n in (1, 2))
    expect(cell(page, 1).locator(".jp-nbflow-Underline")).to_have_text("%pip install -q ipykernel")
    expect(first).to_have_attribute("title", re.compile("note NB208: the cell installs packages"))
    expect(cell(page, 2).locator(".jp-nbflow-Underline")).to_have_text("nowhere)")
    expect(second).to_have_attribute("title", re.compile("error NB103"))
    expect(second).to_have_attribute("data-nbflow-sign", "✖ Fix…")

    # By the mouse, at the sign behind the text: tags are repaired.
    dialog = page.page.get_by_role("dialog", name="Findings of the line")
    text = second.locator(".jp-nbflow-Underline").bounding_box()
    page.page.mouse.click(text["x"] + text["width"] + 20, text["y"] + text["height"] / 2)
    expect(dialog).to_contain_text("laod")
    assert page.violations(".jp-nbflow-Popover") == []
    dialog.get_by_role("button", name="Correct").click()
    expect(dialog).to_have_count(0)
    expect(second).not_to_have_attribute("title", re.compile("NB103"))

    # By the keyboard: the text is repaired, and the cursor is back in it.
    code_of(page, 1).click()
    page.page.keyboard.press("Control+.")
    pin = dialog.get_by_role("button", name="Pin ipykernel to")
    expect(pin).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(code_of(page, 1)).to_contain_text("-q ipykernel==")
    expect(code_of(page, 1)).to_be_focused()
    save(page)
    assert tags(page, "findings.ipynb") == [["step:load"], ["step:show", "prev:load"]]
    page.page.keyboard.press("Control+z")
    expect(code_of(page, 1)).not_to_contain_text("==")

    # What is typed over lines with findings is what was typed.
    code_of(page, 1).click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.type("x = 1")
    save(page)
    assert page.saved("findings.ipynb")["cells"][0]["source"] == ["x = 1"]


def test_a_run_at_the_cells(page: LabPage) -> None:
    """States and times at the badges, and the error at the cell where it happened."""
    page.write(
        "failing.ipynb",
        ("x = 1", "step:load"),
        ("# now\nprint(undefined + x)", "step:train"),
        ("y = x", "step:train"),
        ("print(y)", "step:show"),
    )
    opened(page, "failing.ipynb")
    wears(page, "load", "train", "-", "show")
    page.execute("nbflow:run")
    error = page.page.get_by_role("region", name="Error of a run")
    expect(error).to_be_visible(timeout=60_000)
    expect(cell(page, 2)).to_have_attribute("data-nbflow-state", "failed")
    expect(cell(page, 2)).to_have_attribute("aria-description", "Step train, failed")
    expect(cell(page, 1)).to_have_attribute("data-nbflow-state", "done")
    expect(cell(page, 2).get_by_role("region", name="Error of a run")).to_be_visible()
    expect(error.get_by_role("alert")).to_contain_text("NameError: name 'undefined' is not defined")
    expect(error.locator(".jp-nbflow-Traceback .ansi-red-fg").first).to_be_visible()
    assert page.violations(".jp-nbflow-Failure") == []

    code_of(page, 2).click()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.type("print(x)")
    expect(error.get_by_role("status")).to_contain_text("Resuming runs train, show")
    error.get_by_role("button", name="Resume").click()
    expect(error).to_have_count(0, timeout=60_000)
    expect(cell(page, 4)).to_have_attribute("data-nbflow-state", "done", timeout=60_000)
    expect(cell(page, 1)).to_have_attribute("data-nbflow-badge", re.compile("load"))
    save(page)
    saved = page.saved("failing.ipynb")["cells"]
    assert saved[1]["source"] == ["print(x)"]
    assert [each["outputs"] for each in saved] == [[], [], [], []]
