"""One kernel for all tests of a file that empty it first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_kernel import LiveKernel
from magic_kernel import kernel


@pytest.fixture(scope="module")
def own_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """A kernel that is changed as tests want it."""
    place = tmp_path_factory.mktemp("kernel")
    (place / "start").mkdir()
    with kernel(place / "start", place) as found:
        yield LiveKernel(found)


@pytest.fixture
def live(own_kernel: LiveKernel, tmp_path: Path) -> LiveKernel:
    """That kernel, which has no names now, and belongs to ``n.ipynb`` of the test's folder."""
    own_kernel.ok("%reset -f")
    (tmp_path / "n.ipynb").touch()
    own_kernel.ok(f"%nbflow notebook {tmp_path / 'n.ipynb'}")
    return own_kernel
