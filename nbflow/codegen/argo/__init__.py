"""A pipeline for Argo Workflows: one manifest that stands alone, and beside it the cells of its steps.

The manifest is plain data in the shape of hera's models (the tests hold it against them): importing those
would take longer than all the rest of a conversion. Source: https://argo-workflows.readthedocs.io.
"""

from __future__ import annotations

from nbflow.codegen.argo.expressible import obstacles
from nbflow.codegen.argo.options import Options
from nbflow.codegen.argo.references import DanglingError, check
from nbflow.codegen.argo.values import value
from nbflow.codegen.argo.workflow import MANIFEST, files, workflow
from nbflow.codegen.obstacle import Obstacle

__all__ = [
    "MANIFEST",
    "DanglingError",
    "Obstacle",
    "Options",
    "check",
    "files",
    "obstacles",
    "value",
    "workflow",
]
