"""What libraries look at when they are imported before steps are forked: each step has looked at it too.

Some of them read files and environment variables then: ``matplotlibrc``, ``PANDAS_COPY_ON_WRITE``.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, Iterator

from . import gate, installed, observed

_environ: Dict[str, None] = {}
#: What was at the paths that were asked about; those in the working folder start with ``_HERE``.
_looks: Dict[str, gate.Look] = {}
_HERE = os.path.join(".", "")
_outdated = False


@contextlib.contextmanager
def noted() -> Iterator[None]:
    """What is imported meanwhile is watched."""
    watcher = observed.install(lambda: True, _note)
    try:
        yield
    finally:
        observed.install()
        _environ.update(watcher.environ)


def _note(path: Any, _by_notebook: bool) -> None:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    folder = os.path.join(os.getcwd(), "")
    whole = os.path.normpath(os.path.join(folder, os.fsdecode(path)))
    if not whole.startswith(gate.NOWHERE) and not installed.is_library_file(whole):
        inside = whole.startswith(folder)
        _looks.setdefault(_HERE + whole[len(folder) :] if inside else whole, gate.look(whole))


def _looks_from(folder: str) -> Dict[str, gate.Look]:
    """The same where the working folder is another one."""
    return {os.path.normpath(os.path.join(folder, path)): look for path, look in _looks.items()}


def _differs(folder: str) -> bool:
    return any(gate.look(path) != look for path, look in _looks_from(folder).items())


def begin_run() -> None:
    """Look again: a run begins, and what it shares was imported for others.

    What its own steps write later, a notebook does not see, as it has imported the libraries before.
    """
    global _outdated  # noqa: PLW0603 - one record per process
    _outdated = _differs(os.getcwd())


def is_outdated(folder: str) -> bool:
    """Whether libraries that are imported in ``folder`` as the run begins might begin with something else."""
    return _outdated if folder == os.getcwd() else _differs(folder)


def hand_over(watcher: observed.Observed, door: gate.Gate, folder: str) -> None:
    """Count what was looked at for what a step in ``folder`` looks at."""
    watcher.environ.update(_environ)
    for path, look in _looks_from(folder).items():
        door.seen.setdefault(path, look)
        door.asked(path, False)
