"""A cluster, an engine that leads there, a run that was submitted, and the hand of Argo's controller."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argo_controller import Controller
from argo_engines import engine, order
from kubernetes_server import Cluster

from nbflow.engines.argo import ArgoEngine
from nbflow.engines.remote import Handle


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster() as found:
        yield found


@pytest.fixture
def argo(cluster: Cluster, tmp_path: Path) -> ArgoEngine:
    return engine(cluster, tmp_path)


@pytest.fixture
def run(argo: ArgoEngine) -> Handle:
    return argo.submit(order())


@pytest.fixture
def controller(cluster: Cluster, run: Handle) -> Controller:
    found = Controller(cluster, run.name)
    found.begin()
    return found
