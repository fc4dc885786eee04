"""What belongs to Python and to installed libraries, not to the user."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from typing import Any, Dict, Set, Tuple

#: The modules that were there before any cell ran, and the top-level ones of libraries among them.
_before: Dict[str, Any] = {}
_libraries_before: Set[str] = set()


def remember() -> None:
    """Take the modules that are there now for those that no cell has brought in."""
    _libraries_before.update(_libraries(newcomers()))
    _before.update(sys.modules)


def newcomers() -> Dict[str, Any]:
    """The modules that have come, or have taken the place of another, since they were remembered."""
    found: Dict[str, Any] = dict(sys.modules)  # anything may have been put there
    return {name: module for name, module in found.items() if _before.get(name) is not module}


def libraries() -> Set[str]:
    """The top-level modules of installed libraries that are there."""
    return _libraries_before | _libraries(newcomers())


def _libraries(modules: Dict[str, Any]) -> Set[str]:
    found = set()
    for name, module in modules.items():
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and "-packages" in file:
            found.add(name.partition(".")[0])
    return found


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
