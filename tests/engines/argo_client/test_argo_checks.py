"""What `nbflow engine test` says of an Argo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import argo_run
import kubernetes_validate
import pytest
import yaml
from argo_engines import engine
from kubernetes_server import Cluster, Refuse

from nbflow.engines.argo import ArgoEngine
from nbflow.engines.argo.checks import RIGHTS
from nbflow.engines.remote import Engine
from nbflow.profiles import ArgoProfile

cluster = argo_run.cluster
argo = argo_run.argo

PAGE = Path(__file__).parents[3] / "docs" / "argo.md"


def told(argo: ArgoEngine) -> dict[str, tuple[bool, str]]:
    return {each.what: (each.good, each.detail) for each in argo.test()}


def test_all_is_well(cluster: Cluster, tmp_path: Path) -> None:
    data = {"artifactRepository": "s3: {bucket: runs}"}
    about = {"metadata": {"name": "workflow-controller-configmap"}, "data": data}
    cluster.put("configmaps", "argo", about)
    found = told(engine(cluster, tmp_path))
    assert all(good for good, _ in found.values())
    assert (
        found["connection"][1] == f"{cluster.url}, of the context test of {tmp_path / 'kubeconfig'}"
    )
    assert found["sign-in"][1] == "Kubernetes v1.34.2"
    assert found["Argo Workflows"][1] == "workflows.argoproj.io v1alpha1"
    assert found["right to submit"][1] == "create workflows.argoproj.io"
    assert found["artifact repository"][1] == "config map workflow-controller-configmap in argo"


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_that_is_missing(
    cluster: Cluster, tmp_path: Path, right: tuple[str, str, str, str]
) -> None:
    purpose, _, resource, verb = right
    cluster.denied.add(f"{verb} {resource}")
    good, detail = told(engine(cluster, tmp_path))[f"right to {purpose}"]
    assert not good
    assert "is not allowed in the namespace lab: ask for a role with that right" in detail
    assert detail.startswith(f"{verb} {resource}")


def test_no_argo(cluster: Cluster, tmp_path: Path) -> None:
    cluster.argo = False
    found = told(engine(cluster, tmp_path))
    assert list(found) == ["connection", "sign-in", "Argo Workflows"]
    assert "Argo Workflows is not installed there" in found["Argo Workflows"][1]


def test_a_sign_in_that_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    cluster.tokens = set()
    found = told(engine(cluster, tmp_path))
    assert list(found) == ["connection", "sign-in"]
    assert "does not accept the sign-in" in found["sign-in"][1]


def test_no_way_there(tmp_path: Path) -> None:
    found = told(ArgoEngine(ArgoProfile("x", kubeconfig=str(tmp_path / "no"))))
    assert list(found) == ["connection"]
    assert not found["connection"][0]


@pytest.mark.parametrize(
    ("data", "good", "detail"),
    [
        ({}, False, "workflow-controller-configmap in lab names none"),
        ({"artifactRepository": "x"}, True, "config map workflow-controller-configmap in lab"),
        (
            {"config": "artifactRepository:\n  s3: {}"},
            True,
            "config map workflow-controller-configmap",
        ),
        (None, True, "not to be seen from here; steps fail where there is none"),
    ],
)
def test_where_artifacts_go(
    cluster: Cluster, tmp_path: Path, data: dict[str, str] | None, good: bool, detail: str
) -> None:
    if data is not None:
        name = "workflow-controller-configmap"
        cluster.put("configmaps", "lab", {"metadata": {"name": name}, "data": data})
    found = told(engine(cluster, tmp_path))["artifact repository"]
    assert (found[0], found[1].startswith(detail)) == (good, True)


def test_a_repository_of_the_namespace(cluster: Cluster, tmp_path: Path) -> None:
    about = {"metadata": {"name": "artifact-repositories"}, "data": {"default": "s3: {}"}}
    cluster.put("configmaps", "lab", about)
    found = told(engine(cluster, tmp_path))["artifact repository"]
    assert found == (True, "config map artifact-repositories in lab")


def test_reviews_that_fail(cluster: Cluster, tmp_path: Path) -> None:
    cluster.fail("POST", "selfsubjectaccessreviews", Refuse(403, "Forbidden", "no"))
    found = told(engine(cluster, tmp_path))
    assert not found["right to submit"][0]
    assert "right to watch runs" not in found
    assert "artifact repository" in found


def documented() -> list[dict[str, Any]]:
    """The objects that the page on Argo shows."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [yaml.safe_load(block) for block in blocks]


def test_roles_in_the_documentation_are_legal() -> None:
    for each in documented():
        kubernetes_validate.validate(each, "1.34", strict=True)
    assert [each["kind"] for each in documented()] == ["Role", "Role", "RoleBinding"]


def test_the_documented_role_is_what_is_needed() -> None:
    rules = documented()[0]["rules"]
    given = {
        (rule["apiGroups"][0], rule["resources"][0], verb)
        for rule in rules
        for verb in rule["verbs"]
    }
    assert given == {right[1:] for right in RIGHTS}


def test_it_is_an_engine(cluster: Cluster, tmp_path: Path) -> None:
    found: Engine = engine(cluster, tmp_path)
    assert found.test()
