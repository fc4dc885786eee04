"""Space on the disk, asked for before a large file is written, so that no page has to ask for its own.

Source: numpy's ``tofile``, which does the same.
"""

from __future__ import annotations

import ctypes
from typing import Any, Optional

#: Smaller files gain nothing.
_LARGE = 16 << 20
#: Leave the size of the file as it is (``FALLOC_FL_KEEP_SIZE``).
_KEEP_SIZE = 1


def _found() -> Optional[Any]:
    """``fallocate`` of the C library, which has it on Linux alone."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    function: Any = getattr(library, "fallocate64", None) or getattr(library, "fallocate", None)
    if function is not None:
        function.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]
    return function


_fallocate = _found()


def reserve(file: Any, size: int) -> None:
    """Ask for ``size`` bytes for ``file``; where that is refused, writing will say so itself."""
    if _fallocate is not None and size >= _LARGE:
        _fallocate(file.fileno(), _KEEP_SIZE, 0, size)
