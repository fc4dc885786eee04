"""A process for steps that starts at once, while the rest of nbflow is still being imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nbflow import notebook as notebooks
from nbflow.engines.local.interpreter import Interpreter
from nbflow.engines.local.launcher import Early, Launchers, launcher
from nbflow.errors import NbflowError
from nbflow.kernels import environment, python_of
from nbflow.notebook.addresses import place_of


@contextmanager
def early(path: str, python: str | None, *, fork: bool) -> Iterator[Launchers]:
    """What gives ``run`` the launchers for the notebook at ``path``: the first is already on its way.

    Whatever is wrong with the notebook or its kernel is left to ``run`` to tell.
    """
    helper = _started(path, python) if fork else None
    if helper is None:
        yield launcher
        return
    try:
        yield helper.launcher
    finally:
        helper.close()


def _started(path: str, python: str | None) -> Early | None:
    absolute = place_of(path)
    try:
        kernel = python_of(notebooks.read(absolute), python)
        return Early(Interpreter(kernel.python, absolute.parent, environment(kernel)))
    except NbflowError:
        return None
