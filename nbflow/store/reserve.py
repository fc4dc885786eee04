"""A file that only takes up room: who clears the store gives it up first, and so can work on a full disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_NAME: Final = "reserve"
_SIZE: Final = 1 << 19


def keep(folder: Path) -> None:
    """Take up the room in a store's folder, unless it is taken already or the disk has little."""
    path = folder / _NAME
    if not path.exists() and shutil.disk_usage(folder).free > 4 * _SIZE:
        try:
            path.write_bytes(os.urandom(_SIZE))  # a file system may store zeros in no room at all
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)


@contextmanager
def given_up(folder: Path) -> Iterator[None]:
    """Let the room be free for a while."""
    path = folder / _NAME
    had = path.exists()
    with suppress(OSError):  # a store that may only be read
        path.unlink(missing_ok=True)
    try:
        yield
    finally:
        if had:
            keep(folder)
