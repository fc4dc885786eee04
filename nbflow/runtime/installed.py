"""What belongs to Python and to installed libraries, not to the user."""

from __future__ import annotations

import functools
import os
import sysconfig
from typing import Any, Tuple


@functools.lru_cache(maxsize=None)
def folders() -> Tuple[str, ...]:
    """The folders of the standard library and of installed libraries, each ending with a separator."""
    paths = sysconfig.get_paths()
    found = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    return tuple(path.rstrip(os.sep) + os.sep for path in found)


def is_library(module: Any) -> bool:
    """Whether a module belongs to Python or to an installed library, not to the user's folder."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return getattr(module, "__name__", "__main__") != "__main__"
    return is_library_file(file)


def is_library_file(path: str) -> bool:
    """Whether the file of a module belongs to Python or to an installed library."""
    return "-packages" in path or path.startswith(folders())
