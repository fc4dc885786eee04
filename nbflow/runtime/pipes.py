"""What lies in the pipes of a step: text goes another way than events, and keeps its place among them.

A step sends no event while text lies unread in its streams. So who looks first how much text there is, then
reads the events, then that much text, has read both in the order in which they were written.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from fcntl import ioctl
from termios import FIONREAD
from typing import Optional, Tuple

#: Seconds that an event waits for text to be read at most, and between two looks.
_PATIENCE, _LOOK = 0.25, 0.0001
# Cells may put anything into these modules.
_fstat, _monotonic, _sleep = os.fstat, time.monotonic, time.sleep


def lying(descriptor: int) -> int:
    """How many bytes lie in the pipe, seen from either end; 0 where its end is closed."""
    try:
        return int.from_bytes(ioctl(descriptor, FIONREAD, b"\0\0\0\0"), sys.byteorder)
    except OSError:
        return 0


class Streams:
    """The pipes that are this process's stdout and stderr now; without any where they are no pipes."""

    def __init__(self) -> None:
        self._pipes = [(each, found) for each in (1, 2) if (found := _pipe(each)) is not None]
        self._patience = _PATIENCE

    def wait_until_read(self) -> None:
        """Wait until all that was written has been read, but not for long."""
        end = _monotonic() + self._patience
        while not self._is_read():
            if _monotonic() > end:
                self._patience /= 2
                return
            _sleep(_LOOK)
        self._patience = _PATIENCE

    def _is_read(self) -> bool:
        # Cells may have led a descriptor elsewhere; what they write there is for others to read.
        return not any(lying(each) and _pipe(each) == found for each, found in self._pipes)


def _pipe(descriptor: int) -> Optional[Tuple[int, int]]:
    """Which pipe a descriptor leads to, None where it leads to none."""
    try:
        found = _fstat(descriptor)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISFIFO(found.st_mode) else None
