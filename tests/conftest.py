"""What is done before any test runs."""

from __future__ import annotations

import compileall
import sys
from pathlib import Path

import pytest

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
