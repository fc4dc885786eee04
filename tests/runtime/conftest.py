"""One helper for all tests of a module, and chains of steps that it runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from steps import Chain, Helper


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
