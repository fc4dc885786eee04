"""One kernel for the tests that empty it first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_kernel import LiveKernel, kernel_of


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKernel]:
    """A kernel that belongs to no notebook, with nbflow loaded."""
    with kernel_of(tmp_path_factory.mktemp("kernel") / "none.ipynb") as kernel:
        assert not kernel.run("%load_ext nbflow").error
        yield kernel


@pytest.fixture
def kernel(shared: LiveKernel, tmp_path: Path) -> LiveKernel:
    """That kernel, which has no names now, and belongs to ``n.ipynb`` of the test's folder."""
    assert not shared.run("%reset -f").error
    (tmp_path / "n.ipynb").touch()
    assert not shared.run(f"%nbflow notebook {tmp_path / 'n.ipynb'}").error
    return shared
