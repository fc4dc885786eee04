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
#: Modules that ask what is at a path for whoever calls them.
_ASK_FOR_OTHERS = frozenset({"genericpath", "os", "pathlib", "pathlib._local", "posixpath"})
#: Who asks for identifiers that say nothing.
_FOR_NAMES = frozenset(
    {
        "IPython", "asyncio", "concurrent", "http", "ipykernel", "joblib", "multiprocessing", "urllib",
    }
)  # fmt: skip


class Observed:
    """What has been looked at so far, while ``watching()``; ``looked`` hears of paths that
    somebody asks about, and whether it is the notebook's own code that asks.
    """

    def __init__(self, watching: Callable[[], bool], looked: Callable[[Any, bool], None]) -> None:
        self.watching = watching
        self.looked = looked
        self.environ: Dict[str, None] = {}
        #: Whether somebody has asked which environment variables there are.
        self.environ_listed = False
        self.chance = False

    def asked(self, name: str) -> None:
        """An environment variable is looked up."""
        if self.watching():
            self.environ[name] = None

    def listed(self) -> None:
        """The names of all environment variables are looked at."""
        if self.watching():
            self.environ_listed = True

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
        if _current is not None and isinstance(key, (str, bytes)) and _is_environment(self):
            _current.asked(os.fsdecode(key))
        return original(self, key)

    item.__name__, item.__qualname__ = "__getitem__", original.__qualname__
    return item


def _watched_iteration(original: Any) -> Any:
    def iterate(self: Any) -> Any:
        if _current is not None and _is_environment(self):
            _current.listed()
        return original(self)

    iterate.__name__, iterate.__qualname__ = "__iter__", original.__qualname__
    return iterate


def _is_environment(mapping: Any) -> bool:
    return mapping is os.environ or mapping is getattr(os, "environb", None)


def _is_asked_by_notebook() -> bool:
    """Whether the code that asks is the notebook's, or that of a module beside it."""
    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") in _ASK_FOR_OTHERS:
        frame = frame.f_back
    return frame is not None and not installed.is_library_file(frame.f_code.co_filename)


def _watched_path(original: Any) -> Any:
    """A function of ``os`` that asks what is at a path, or where it leads, which no audit event tells."""

    def ask(path: Any, *args: Any, **options: Any) -> Any:
        if _current is not None and _current.watching():
            _current.looked(path, _is_asked_by_notebook())
        return original(path, *args, **options)

    ask.__name__ = ask.__qualname__ = original.__name__
    ask.__doc__, ask.__module__ = original.__doc__, "os"
    for name in (
        "supports_dir_fd",
        "supports_fd",
        "supports_follow_symlinks",
        "supports_effective_ids",
    ):
        able = getattr(os, name)
        if original in able:
            able.add(ask)
    return ask


def install(
    watching: Callable[[], bool] = lambda: False,
    looked: Callable[[Any, bool], None] = lambda _path, _own: None,
) -> Observed:
    """Observe this process from now on; a second call begins anew."""
    global _current
    first, _current = _current is None, Observed(watching, looked)
    if first:
        for name in ("stat", "lstat", "access", "readlink"):
            setattr(os, name, _watched_path(getattr(os, name)))
        watched = _watched_bytes(os.urandom)
        os.urandom = watched
        random._urandom = watched  # type: ignore[attr-defined]  # where SystemRandom finds it
        kind: Any = type(os.environ)
        kind.__getitem__ = _watched_item(kind.__getitem__)
        kind.__iter__ = _watched_iteration(kind.__iter__)
    return _current
