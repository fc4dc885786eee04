"""Engines for Argo that speak to a ``Cluster`` of tests, and small orders for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from kubernetes_server import Cluster

from nbflow.engines.argo import ArgoEngine, Patience
from nbflow.engines.remote import Order
from nbflow.profiles import ArgoProfile

#: Quick where the server is, patient where this machine is busy.
QUICK = Patience(
    connect=20,
    answer=20,
    tries=4,
    first_pause=0.01,
    longest_pause=0.1,
    outage=20,
    glance=1,
    quiet=2,
)


def engine(
    cluster: Cluster, folder: Path, patience: Patience = QUICK, **profile: Any
) -> ArgoEngine:
    """An engine that is signed in by a kubeconfig in ``folder``."""
    settings = {"kubeconfig": str(cluster.kubeconfig(folder)), **profile}
    return ArgoEngine(ArgoProfile("test", **settings), patience)


def manifest(tasks: Mapping[str, str], **spec: Any) -> str:
    """A manifest in the shape of those that notebooks make: each task with the one that it needs, or ""."""
    dag = [
        {"name": n, "template": n, **({"dependencies": [d]} if d else {})} for n, d in tasks.items()
    ]
    image = {"image": "python:3.11", "command": ["python3", "-c", "print(1)"]}
    templates = [{"name": "pipeline", "dag": {"tasks": dag}}]
    found: str = yaml.safe_dump(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Workflow",
            "metadata": {
                "generateName": "churn-",
                "labels": {"app.kubernetes.io/managed-by": "nbflow"},
                "annotations": {"workflows.argoproj.io/title": "churn"},
            },
            "spec": {
                "entrypoint": "pipeline",
                "arguments": {
                    "parameters": [{"name": "n", "value": "3"}, {"name": "t", "value": '"a"'}]
                },
                "templates": [*templates, *({"name": n, "container": image} for n in tasks)],
                **spec,
            },
        },
        sort_keys=False,
    )
    return found


LINE = {"load": "", "train": "load", "report": "train"}


def order(run: str = "churn-1", *, text: str = "", **arguments: Any) -> Order:
    """An order of three steps in a line, or of another manifest."""
    return Order(text or manifest(LINE), "churn", run, arguments)
