"""One set of notebooks, the same results everywhere: what Jupyter shows, every engine shows.

Containers have no network. Where none can run, as without root, their tests are skipped; continuous
integration does not let them be.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import argo_pods
import containers
import kfp_local
import pytest
import reference
from cases import NOTEBOOKS, Case, Shown, cases, said
from docker_host import DockerHost
from kfp_local import Sdk

from nbflow.codegen.names import kubernetes_name
from nbflow.service.run import run
from nbflow.store import RunRecord

if TYPE_CHECKING:
    from docker_engine import Engine

engine = containers.engine
CASES = [pytest.param(each, id=each.name) for each in cases()]
#: The SDK wants a name with "python" in it where it uses processes.
NO_IMAGE = "python"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_notebooks_hold_what_a_kernel_gives(case: Case, tmp_path: Path) -> None:
    assert _plain(reference.saved(case.name)) == _plain(reference.given(case.name, tmp_path))


def _plain(outputs: reference.Outputs) -> dict[str, list[str | None]]:
    return {
        path: [None if each is None else said(each) for each in cells]
        for path, cells in outputs.items()
    }


@pytest.mark.parametrize("case", CASES)
def test_this_machine(case: Case, tmp_path: Path) -> None:
    shutil.copytree(NOTEBOOKS, tmp_path / "notebooks")
    path = tmp_path / "notebooks" / case.path.name
    record = run(str(path), parameters=case.parameters(str(tmp_path)), python=sys.executable)
    assert _shown(record) == case.expected()


def _shown(record: RunRecord) -> Shown:
    ran = {kubernetes_name(each.name): each for each in record.steps}
    return Shown(
        {name: "".join(said(cell.outputs) for cell in step.cells) for name, step in ran.items()},
        {name: step.message for name, step in ran.items() if step.error},
        record.metrics or {},
    )


@pytest.fixture(scope="module")
def sdk() -> Iterator[Sdk]:
    """The SDK of Kubeflow Pipelines, ready to run what is converted."""
    with Sdk() as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_sdks_processes(case: Case, tmp_path: Path, sdk: Sdk) -> None:
    assert kfp_local.shown(sdk, case, tmp_path, image=NO_IMAGE) == case.expected()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_sdks_containers(case: Case, tmp_path: Path, sdk: Sdk, engine: Engine) -> None:
    found = kfp_local.shown(sdk, case, tmp_path, image=engine.image, docker=engine.address)
    assert found == case.expected()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_argos_templates_in_containers(case: Case, tmp_path: Path, engine: Engine) -> None:
    host = DockerHost(engine.address, tmp_path)
    found = argo_pods.shown(argo_pods.pods(case, tmp_path, image=engine.image, host=host))
    assert found == case.expected()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ambient", "failure"])
def test_argos_templates_in_containers_without_root(
    name: str, tmp_path: Path, engine: Engine
) -> None:
    host = DockerHost(engine.address, tmp_path, user=65534)
    found = argo_pods.shown(argo_pods.pods(Case(name), tmp_path, image=engine.image, host=host))
    assert found == Case(name).expected()
