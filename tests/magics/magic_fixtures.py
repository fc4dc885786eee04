"""One kernel for all tests of the magics that change nothing of it, and a folder of one's own for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from magic_kernel import Frontend, kernel


@pytest.fixture(scope="session")
def shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Frontend]:
    """A kernel that lives as long as the tests do."""
    place = tmp_path_factory.mktemp("kernel")
    (place / "start").mkdir()
    with kernel(place / "start", place) as found:
        yield found


@pytest.fixture
def frontend(shared_kernel: Frontend, tmp_path: Path) -> Iterator[Frontend]:
    """The kernel, in the folder of the test; runs that wait for the file ``go`` there end with the test."""
    shared_kernel.cell(f"%cd -q {tmp_path}\n%reload_ext nbflow")
    yield shared_kernel
    (tmp_path / "go").touch()
