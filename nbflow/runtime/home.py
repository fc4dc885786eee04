"""The folder in which the cells of a step run: at the same path in every pod of a pipeline.

Cells keep absolute paths in variables, and later steps open them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from typing import Any, Iterator, Optional

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None


@contextmanager
def home(name: str) -> Iterator[str]:
    """An empty folder for the steps of the pipeline ``name``; it is gone at the end.

    Where steps share a machine, one waits for the other. Where the folder cannot be had, it is another one.
    """
    path = os.path.join(os.path.realpath(tempfile.gettempdir()), f"nbflow-{name}-{_user()}")
    lock = _locked(f"{path}.lock")
    if lock is None:
        path = tempfile.mkdtemp(prefix="nbflow-")
    try:
        shutil.rmtree(path, ignore_errors=True)  # a step that was killed has left it
        os.makedirs(path, 0o700, exist_ok=True)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if lock is not None:
            with suppress(OSError):
                os.unlink(f"{path}.lock")
            os.close(lock)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _locked(path: str) -> Optional[int]:
    """A descriptor that holds the lock at ``path``; None where no lock can be had."""
    if fcntl is None:
        return None
    while True:
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except OSError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write("nbflow: waits for another step of this pipeline on this machine\n")
            sys.stderr.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            os.close(lock)
            return None
        if _is_still(lock, path):
            return lock
        os.close(lock)  # its last holder has removed it


def _is_still(lock: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), os.stat(path))
    except OSError:
        return False
