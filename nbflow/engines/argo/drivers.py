"""The libraries that speak to a cluster, imported when they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from nbflow.errors import EngineError


def driver(name: str) -> Any:
    """The module ``name`` of the Kubernetes client, or of what comes with it.

    Raises:
        EngineError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        missing = error.name or name
        raise EngineError(
            f"Argo Workflows needs the Kubernetes client, and {missing} is not installed here: "
            "`pip install 'nbflow[argo]'`"
        ) from error
