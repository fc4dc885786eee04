"""Kubeflow Pipelines v2, reached through its API (v2beta1). Its SDK is imported when it is used."""

from __future__ import annotations

import importlib
from typing import cast

from nbflow.engines.kfp.patience import Patience
from nbflow.engines.remote import Engine
from nbflow.errors import EngineError
from nbflow.profiles import KfpProfile

__all__ = ["Patience", "engine"]


def engine(profile: KfpProfile, patience: Patience | None = None) -> Engine:
    """The engine that a profile leads to; nothing is sent yet.

    Raises:
        EngineError: the SDK is not installed.
        ProfileError: settings of the profile are missing.
    """
    try:
        module = importlib.import_module("nbflow.engines.kfp.client")
        return cast(Engine, module.engine(profile, patience or Patience()))
    except ImportError as error:
        raise EngineError(
            f"Kubeflow Pipelines needs its SDK ({error}): `pip install 'nbflow[kfp]'`"
        ) from error
