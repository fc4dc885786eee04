"""The engine with its image as a fixture; test modules take it over by its name."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

#: Where this is set, as by continuous integration, nothing is skipped for want of an engine.
_REQUIRED = "NBFLOW_TEST_CONTAINERS"


@pytest.fixture(scope="session")
def engine() -> Iterator[object]:
    """The engine of containers; skips where there is none, and says why."""
    docker_engine = pytest.importorskip("docker_engine", reason="the package docker is missing")
    try:
        with docker_engine.engine() as found:
            yield found
    except docker_engine.MissingError as missing:
        if os.environ.get(_REQUIRED) == "required":
            pytest.fail(f"{_REQUIRED} asks for containers: {missing}")
        pytest.skip(f"no containers: {missing}")
