"""What is done before any test runs, and the helper that tests of the runtime share."""

from __future__ import annotations

import compileall
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from steps import Chain, Helper

import nbflow
from nbflow.service.runtime_text import runtime_text


def pytest_configure(config: pytest.Config) -> None:
    """Compile nbflow and pack its runtime, once for the thousands of processes that tests start.

    They would each do it where Python is told to write no bytecode.
    """
    if hasattr(config, "workerinput"):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", False)
        compileall.compile_dir(Path(nbflow.__file__).parent, quiet=2)
        runtime_text()


@pytest.fixture(scope="session")
def helper() -> Iterator[Helper]:
    """A helper that serves until the tests are over."""
    made = Helper()
    yield made
    assert made.stop() == 0


@pytest.fixture
def chain(helper: Helper, tmp_path: Path) -> Chain:
    """Steps that the helper forks, one after the other."""
    return Chain(tmp_path, helper)
