"""Runs on Argo Workflows (3.6 to 4.1), through the Kubernetes API.

The Kubernetes client (``pip install 'nbflow[argo]'``) is imported when an engine first speaks to a cluster.
Wire formats: https://kubernetes.io/docs/reference/generated/kubernetes-api/ and ``Workflow`` in
https://argo-workflows.readthedocs.io/en/latest/fields/.
"""

from __future__ import annotations

from nbflow.engines.argo.engine import ArgoEngine
from nbflow.engines.argo.patience import Patience
from nbflow.engines.remote import Engine
from nbflow.profiles import ArgoProfile

__all__ = ["ArgoEngine", "Patience", "engine"]


def engine(profile: ArgoProfile, patience: Patience | None = None) -> Engine:
    """The engine that a profile leads to; nothing is sent yet."""
    return ArgoEngine(profile, patience or Patience())
