"""Runs pipelines of a converted notebook under kfp.local, each step as a process of this Python.

Run as ``python kfp_local.py ROOT MODULE [MODULE ...]``; printed as JSON: for each module, the seconds that
its pipeline took, and those in which its steps kept a core busy. Nothing is installed.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import resource
import sys
import time
from pathlib import Path
from types import ModuleType

from kfp import dsl, local


def loaded(path: Path) -> ModuleType:
    """The module at ``path``, whose components install nothing."""
    spec = importlib.util.spec_from_file_location(f"pipeline_{abs(hash(path))}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _nothing_installed() -> None:
    original = dsl.component

    @functools.wraps(original)
    def component(function=None, **options):  # type: ignore[no-untyped-def]
        options.update(packages_to_install=[], install_kfp_package=False)
        return original(function, **options)

    dsl.component = component


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    root, *modules = sys.argv[1:]
    _nothing_installed()
    found = {}
    for module in modules:
        pipeline = loaded(Path(module)).pipeline
        local.init(local.SubprocessRunner(use_venv=False), pipeline_root=root)
        began, busy = time.perf_counter(), _busy()
        pipeline()
        found[module] = [time.perf_counter() - began, _busy() - busy]
    print("\n" + json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
