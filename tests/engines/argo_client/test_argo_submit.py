"""Orders that become runs on Argo: what is sent, once, and what the cluster refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import argo_run
import pytest
from argo_engines import LINE, engine, manifest, order
from kubernetes_server import Close, Cluster, Half, Refuse

from nbflow.engines.remote import Handle
from nbflow.errors import EngineError, NbflowError

cluster = argo_run.cluster


def test_a_workflow_with_the_name_of_the_run(cluster: Cluster, tmp_path: Path) -> None:
    run = engine(cluster, tmp_path, server="https://argo.example/").submit(order())
    made = cluster.object("workflows", "lab", "churn-1")
    assert run == Handle(
        made["metadata"]["uid"], "churn-1", "lab", "https://argo.example/workflows/lab/churn-1"
    )
    assert "generateName" not in made["metadata"]
    assert made["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "nbflow"}
    assert made["metadata"]["annotations"]["workflows.argoproj.io/title"] == "churn"
    assert made["spec"]["templates"][0]["dag"]["tasks"][0]["name"] == "load"


@pytest.mark.parametrize(
    "value",
    [5, 1.5, True, None, "second", "{{workflow.name}}", "$(HOME) $$", "ü\n'", [1, {"a": "{{"}]],
)
def test_arguments_are_json_that_argo_leaves_alone(
    cluster: Cluster, tmp_path: Path, value: Any
) -> None:
    engine(cluster, tmp_path).submit(order(t=value))
    parameters = cluster.object("workflows", "lab", "churn-1")["spec"]["arguments"]["parameters"]
    assert parameters[0] == {"name": "n", "value": "3"}
    assert json.loads(parameters[1]["value"]) == value
    assert not any(pair in parameters[1]["value"] for pair in ("{{", "$(", "$$"))


def test_a_parameter_that_the_manifest_has_not(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(NbflowError, match=r"no parameter `epochs`: it has n, t"):
        engine(cluster, tmp_path).submit(order(epochs=3))
    assert not cluster.requests


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, ("runner", [{"name": "pull"}])),
        (
            {"serviceAccountName": "own", "imagePullSecrets": [{"name": "x"}]},
            ("own", [{"name": "x"}]),
        ),
    ],
)
def test_what_the_profile_fills_in(
    cluster: Cluster, tmp_path: Path, spec: Any, expected: Any
) -> None:
    given = engine(cluster, tmp_path, service_account="runner", pull_secrets=("pull",))
    given.submit(order(text=manifest(LINE, **spec)))
    made = cluster.object("workflows", "lab", "churn-1")["spec"]
    assert (made["serviceAccountName"], made["imagePullSecrets"]) == expected


@pytest.mark.parametrize(
    ("profile", "own", "expected"),
    [("", "", "lab"), ("team", "", "team"), ("", "nb", "nb"), ("team", "nb", "team")],
)
def test_the_namespace(
    cluster: Cluster, tmp_path: Path, profile: str, own: str, expected: str
) -> None:
    text = manifest(LINE).replace("  labels:", f"  namespace: {own}\n  labels:") if own else ""
    run = engine(cluster, tmp_path, namespace=profile).submit(order(text=text))
    assert run.namespace == expected
    assert cluster.object("workflows", expected, "churn-1")


def test_an_order_makes_one_run(cluster: Cluster, tmp_path: Path) -> None:
    given = engine(cluster, tmp_path)
    assert given.submit(order(n=4)) == given.submit(order(n=4))
    with pytest.raises(EngineError, match=r"has another run with the name churn-1; give this one"):
        given.submit(order(n=5))
    assert len(cluster.objects) == 1


@pytest.mark.parametrize(
    "fault", [Half(), Close(), Refuse(503), Refuse(429, headers={"Retry-After": "0"})]
)
def test_an_answer_that_is_lost_makes_no_second_run(
    cluster: Cluster, tmp_path: Path, fault: Any
) -> None:
    cluster.fail("POST", "/workflows", fault)
    run = engine(cluster, tmp_path).submit(order())
    assert run.id == cluster.object("workflows", "lab", "churn-1")["metadata"]["uid"]
    assert len(cluster.objects) == 1
    assert len(cluster.asked("POST", "/workflows")) == 2


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            Refuse(
                403,
                "Forbidden",
                'workflows.argoproj.io is forbidden: User "system:serviceaccount:lab:nb" cannot create '
                'resource "workflows" in API group "argoproj.io" in the namespace "lab"',
            ),
            "cannot submit churn to the namespace lab: system:serviceaccount:lab:nb may not create "
            "workflows.argoproj.io in the namespace lab: ask for a role with that right",
        ),
        (
            Refuse(
                400,
                "BadRequest",
                'admission webhook "validate.kyverno.svc-fail" denied the request: every run needs a '
                "label team",
            ),
            "a rule of the cluster (validate.kyverno.svc-fail) forbids it: every run needs a label team",
        ),
        (
            Refuse(
                403,
                "Forbidden",
                'workflows.argoproj.io "churn-1" is forbidden: exceeded quota: runs, requested: '
                "count/workflows.argoproj.io=1, used: count/workflows.argoproj.io=5, limited: "
                "count/workflows.argoproj.io=5",
            ),
            "the quota runs of the namespace is used up (requested: count/workflows.argoproj.io=1, used",
        ),
        (
            Refuse(
                422,
                "Invalid",
                'Workflow.argoproj.io "churn-1" is invalid: spec.templates: Invalid value: "string"',
                {
                    "causes": [
                        {
                            "reason": "FieldValueTypeInvalid",
                            "message": 'Invalid value: "string"',
                            "field": "spec.templates",
                        }
                    ]
                },
            ),
            'the cluster finds it invalid: spec.templates: Invalid value: "string"',
        ),
        (
            Refuse(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728"),
            "the manifest is too large for this cluster (Request entity too large: limit is 3145728)",
        ),
        (
            Refuse(500, message="etcdserver: request is too large"),
            "the manifest is too large for this cluster (etcdserver: request is too large)",
        ),
        (Refuse(404, text="404 page not found\n"), "Argo Workflows is not installed there"),
        (
            Refuse(
                404,
                "NotFound",
                'namespaces "lab" not found',
                {"name": "lab", "kind": "namespaces"},
            ),
            "the namespace lab is not there: see the profile's `namespace`",
        ),
    ],
)
def test_what_the_cluster_refuses(
    cluster: Cluster, tmp_path: Path, fault: Refuse, sentence: str
) -> None:
    cluster.fail("POST", "/workflows", fault)
    with pytest.raises(EngineError) as caught:
        engine(cluster, tmp_path).submit(order())
    assert sentence in str(caught.value)
    assert len(cluster.requests) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", r"the manifest of churn is not YAML \(line \d\)"),
        ("kind: Pod", "is no Workflow of Argo"),
        ("- 1", "is no Workflow of Argo"),
    ],
)
def test_texts_that_are_no_manifest(
    cluster: Cluster, tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(EngineError, match=sentence):
        engine(cluster, tmp_path).submit(order(text=text))


@pytest.mark.parametrize("name", ["", "Churn", "a_b", "-a", "a-", "a.b", "a" * 64])
def test_names_that_are_not_legal(cluster: Cluster, tmp_path: Path, name: str) -> None:
    with pytest.raises(EngineError, match="cannot be the name of a run"):
        engine(cluster, tmp_path).submit(order(name))
