"""One server for all tests of it, and a folder of one's own in what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_server import Server, server


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that runs as long as the tests do."""
    place = tmp_path_factory.mktemp("lab")
    (place / "root").mkdir()
    with server(place / "root", place / "home") as found:
        yield found


@pytest.fixture
def folder(shared: Server, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A new folder below the server's root; runs that wait for the file ``go`` there end with the test."""
    made = shared.root / "".join(c if c.isalnum() else "-" for c in request.node.name)
    made.mkdir()
    yield made
    (made / "go").touch()
