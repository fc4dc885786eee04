"""One JupyterLab and one browser for all tests of this folder; a page of its own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from lab import Lab, lab
from lab_page import LabPage

CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab that runs as long as the tests do."""
    place = tmp_path_factory.mktemp("lab")
    with lab(place / "root", place / "home") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("needs chromium")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM))
        yield started
        started.close()


@pytest.fixture
def page(browser: Any, shared_lab: Lab, request: pytest.FixtureRequest) -> Iterator[LabPage]:
    """A page on the JupyterLab, with a new folder for its notebooks; it must not log an error."""
    name = "".join(each if each.isalnum() else "-" for each in request.node.name)
    context = browser.new_context(viewport={"width": 1400, "height": 850})
    context.set_default_timeout(60_000)
    (shared_lab.root / name).mkdir()
    found = LabPage(context.new_page(), shared_lab, name)
    yield found
    found.shot(name)
    context.close()
    shared_lab.end_kernels()
    assert found.problems == []
