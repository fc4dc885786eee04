"""Says which bundles a run needs before anything else does, so that nobody clears them away meanwhile.

Whoever clears the store away holds a lock on the file beside it, and leaves what running steps have
claimed. A claim waits for that lock: after it, a bundle that is there stays.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: The lock of the folder ``bundles`` is ``bundles.lock``; the claims of a step lie beside its outcome.
LOCK = ".lock"
NAME = "bundles"


def lock(file: Any, exclusive: bool) -> None:
    """Wait for the lock on an open file; closing the file lets go of it."""
    if fcntl is not None:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)


class Claims:
    """The bundles of the folder ``store`` that one step needs, in a file of ``folder``."""

    def __init__(self, store: str, folder: str) -> None:
        self.lock = store.rstrip(os.sep) + LOCK
        self.path = os.path.join(folder, NAME)

    def claim(self, key: str) -> None:
        """Claim the bundle ``key``, whether it is there or is going to be."""
        with (
            open(self.lock, "a", encoding="ascii") as held,
            open(self.path, "a", encoding="ascii") as file,
        ):
            lock(held, exclusive=False)
            file.write(key + "\n")
            file.flush()
