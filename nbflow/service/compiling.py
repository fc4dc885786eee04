"""Compile a generated module for Kubeflow Pipelines with the SDK, where that is installed."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from nbflow.codegen import kfp, kfp_references
from nbflow.errors import EngineError

_HOW = "install it with `pip install 'nbflow[kfp]'`, or run `python {module}` where it is installed"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The size of the manifest in bytes, or why there is none."""

    bytes: int = 0
    missing: str = ""


def compiled(folder: Path, shown: Path, *, with_kubernetes: bool) -> Compiled:
    """What came of compiling the module in ``folder`` to a manifest beside it.

    ``shown`` is the folder's name for the user.

    Raises:
        EngineError: the SDK refuses the module, or what it made is not whole.
    """
    missing = _missing(with_kubernetes=with_kubernetes)
    if missing:
        return Compiled(missing=f"{missing}; {_HOW.format(module=shown / kfp.MODULE)}")
    target = folder / kfp.MANIFEST
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = _imported(folder / kfp.MODULE)
            spec = _compile(module, target)
        except Exception as problem:
            raise EngineError(
                f"the SDK of Kubeflow Pipelines refuses the pipeline: {type(problem).__name__}: {problem}"
            ) from problem
    dangling = kfp_references.dangling(spec)
    if dangling:
        raise EngineError(f"the compiled pipeline is not whole: {dangling[0]}")
    return Compiled(target.stat().st_size)


def _missing(*, with_kubernetes: bool) -> str:
    """Why the SDK cannot be used, or ""."""
    for module, name in (("kfp", "kfp"), ("kfp.kubernetes", "kfp-kubernetes")):
        if module == "kfp.kubernetes" and not with_kubernetes:
            continue
        try:
            if importlib.util.find_spec(module) is None:
                return f"{name} is not installed here, so {kfp.MANIFEST} was not compiled"
        except ImportError:
            return f"{name} is not installed here, so {kfp.MANIFEST} was not compiled"
    return ""


def _imported(path: Path) -> ModuleType:
    name = "nbflow_generated_pipeline"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
        del sys.modules[name]
    return module


def _compile(module: ModuleType, target: Path) -> dict[str, Any]:
    # Deferred: the SDK takes half a second to import, and need not be installed.
    from google.protobuf import json_format  # noqa: PLC0415
    from kfp import compiler  # noqa: PLC0415

    compiler.Compiler().compile(module.pipeline, str(target))
    found: dict[str, Any] = json_format.MessageToDict(module.pipeline.pipeline_spec)
    return found
