"""Compile a generated module for Kubeflow Pipelines with the SDK, where that is installed."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from nbflow.codegen import kfp, kfp_references
from nbflow.errors import EngineError

_CLIENT: Final = "kfp.client"
_HOW: Final = (
    "install it with `pip install 'nbflow[kfp]'`, or run `python {module}` where it is installed"
)


def compile_module(folder: Path) -> None:
    """Compile the module in ``folder`` to a manifest beside it.

    Raises:
        EngineError: the SDK refuses the module, or what it made is not whole.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _without_client():
                module = _imported(folder / kfp.MODULE)
            spec = _compile(module, folder / kfp.MANIFEST)
        except Exception as problem:
            raise EngineError(
                f"the SDK of Kubeflow Pipelines refuses the pipeline: {type(problem).__name__}: {problem}"
            ) from problem
    dangling = kfp_references.dangling(spec)
    if dangling:
        raise EngineError(f"the compiled pipeline is not whole: {dangling[0]}")


def missing(shown: Path, *, with_kubernetes: bool) -> str:
    """Why the SDK cannot be used, and what to do with the module in ``shown`` then; "" where it can."""
    found = importlib.util.find_spec("kfp")
    folders = [Path(each) for each in (found and found.submodule_search_locations) or ()]
    wanted = {"kfp": "compiler", "kfp-kubernetes": "kubernetes"}
    for name, part in list(wanted.items())[: 2 if with_kubernetes else 1]:
        if not any((folder / part / "__init__.py").is_file() for folder in folders):
            how = _HOW.format(module=shown / kfp.MODULE)
            return f"{name} is not installed here, so {kfp.MANIFEST} was not compiled; {how}"
    return ""


@contextmanager
def _without_client() -> Iterator[None]:
    """Import the SDK without its client, which takes most of the time and compiles nothing.

    It is imported later, when somebody asks for it.
    """
    if "kfp" in sys.modules or _CLIENT in sys.modules:
        yield
        return
    stand_in = ModuleType(_CLIENT)
    stand_in.Client = None  # type: ignore[attr-defined]  # what the SDK takes from it
    sys.modules[_CLIENT] = stand_in
    try:
        yield
    finally:
        del sys.modules[_CLIENT]
        if sdk := sys.modules.get("kfp"):
            vars(sdk).pop("Client", None)
            vars(sdk).pop("client", None)
            vars(sdk)["__getattr__"] = _asked_for


def _asked_for(name: str) -> object:
    """The SDK's client, when it is asked for after all (PEP 562)."""
    if name not in ("Client", "client"):
        raise AttributeError(f"module 'kfp' has no attribute {name!r}")
    client = importlib.import_module(_CLIENT)
    return client.Client if name == "Client" else client


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
