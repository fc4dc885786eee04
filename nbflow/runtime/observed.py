"""What a step looks at that it was not given: environment variables, and chance that no seed repeats.

Both are told by their names alone: values of environment variables may be secrets.
"""

from __future__ import annotations

import os
import random
import sys
from typing import Any, Callable, Dict, Optional, Set

from . import installed

#: Modules that hand a request on: whoever called them counts.
_GO_BETWEEN = frozenset(
    {"os", "random", "secrets", "tempfile", "uuid", "nbflow", "_nbflow_runtime"}
)
#: Who asks for identifiers that say nothing.
_FOR_NAMES = frozenset(
    {
        "IPython", "asyncio", "concurrent", "http", "ipykernel", "joblib", "multiprocessing", "urllib",
    }
)  # fmt: skip


class Observed:
    """What has been looked at so far, while ``watching()``."""

    def __init__(self, watching: Callable[[], bool]) -> None:
        self.watching = watching
        self.environ: Dict[str, None] = {}
        self.chance = False

    def asked(self, name: str) -> None:
        """An environment variable is looked up."""
        if self.watching():
            self.environ[name] = None

    def drawn(self) -> None:
        """The system is asked for random bytes."""
        if self.watching() and _is_for_values():
            self.chance = True


_current: Optional[Observed] = None


def _is_for_values() -> bool:
    """Whether random bytes are for what a cell computes: not for a name, nor for a library's import."""
    frame: Any = sys._getframe(2)
    caller: Any = None
    passed: Set[str] = set()
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return False
        root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if caller is None and root not in _GO_BETWEEN and frame.f_globals is not globals():
            caller = frame
        passed.update((root,) if caller is None else ())
        frame = frame.f_back
    name = "" if caller is None else str(caller.f_globals.get("__name__", ""))
    if "uuid" in passed:
        return name == "__main__" or not installed.is_library_file(caller.f_code.co_filename)
    return "tempfile" not in passed and name.partition(".")[0] not in _FOR_NAMES


_system_bytes = os.urandom


def unwatched_bits(count: int) -> int:
    """A number of ``count`` random bits from the system, as ``secrets.randbits`` gives, seen by nobody."""
    size = (count + 7) // 8
    return int.from_bytes(_system_bytes(size), "big") >> (size * 8 - count)


def _watched_bytes(original: Any) -> Any:
    def urandom(size: int, /) -> bytes:
        """Return a bytes object containing random bytes suitable for cryptographic use."""
        if _current is not None:
            _current.drawn()
        found: bytes = original(size)
        return found

    urandom.__module__, urandom.__qualname__ = "os", "urandom"
    return urandom


def chance_taken() -> None:
    """Tell that a generator is about to be set by chance."""
    if _current is not None:
        _current.drawn()


def _watched_item(original: Any) -> Any:
    def item(self: Any, key: Any) -> Any:
        if _current is not None and self is os.environ and isinstance(key, str):
            _current.asked(key)
        return original(self, key)

    item.__name__, item.__qualname__ = "__getitem__", original.__qualname__
    return item


def install(watching: Callable[[], bool]) -> Observed:
    """Observe this process from now on; a second call begins anew."""
    global _current
    first, _current = _current is None, Observed(watching)
    if first:
        watched = _watched_bytes(os.urandom)
        os.urandom = watched
        random._urandom = watched  # type: ignore[attr-defined]  # where SystemRandom finds it
        kind: Any = type(os.environ)
        kind.__getitem__ = _watched_item(kind.__getitem__)
    return _current
