"""What lies at a path: told by its content, and looked at again only where size or time have changed."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from typing import Final

import xxhash

#: What nbflow and Jupyter themselves put into a folder.
_OURS: Final = frozenset({".nbflow", ".ipynb_checkpoints", "__pycache__"})
_CHUNK: Final = 1 << 22
#: A file that was changed less than this many seconds before may change again within one tick of its clock,
#: and nobody can tell of a file whose time is yet to come.
_TICK: Final = 2.0
ABSENT: Final = "absent"
ASKED: Final = "?"
#: Size and time of change of a file; -1 and 0 of what is none.
Look = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FileState:
    """What was at a path: a digest of the content, and when and how large it was then.

    ``time_ns`` is the time that programs can set, ``changed_ns`` the system's own time of the last change.
    """

    digest: str
    size: int = -1
    time_ns: int = 0
    steady: bool = False
    changed_ns: int = 0

    def as_text(self) -> str:
        """The state in one word."""
        steady = int(self.steady)
        return f"{self.digest}:{self.size}:{self.time_ns}:{steady}:{self.changed_ns}"


def parsed(text: str) -> FileState:
    """The state that ``as_text`` has written."""
    digest, size, time_ns, steady, *changed = text.split(":")
    if not changed:  # as states were written at first: the content is read again
        return FileState(digest, int(size), int(time_ns))
    return FileState(digest, int(size), int(time_ns), steady == "1", int(changed[0]))


def state(path: str, known: FileState | None = None, *, listed: bool = True) -> FileState:
    """What lies at ``path`` now; a file as large as ``known`` that has not changed since is not read.

    Of a folder that was not ``listed`` it matters only that it is there.
    """
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode) and not listed:
            return FileState("folder")
        if stat.S_ISDIR(found.st_mode):
            names = sorted(name for name in os.listdir(path) if name not in _OURS)
            return FileState(digest_of("\0".join(names)))
        if not stat.S_ISREG(found.st_mode):
            return FileState(f"special {stat.S_IFMT(found.st_mode)}".replace(":", " "))
        if known is not None and known.steady and _looks_like(found, known):
            return known
        digest = _content(path)
    except OSError:
        return FileState(ABSENT)
    steady = time.time() - found.st_mtime > _TICK
    return FileState(digest, found.st_size, found.st_mtime_ns, steady, found.st_ctime_ns)


def look(path: str) -> Look:
    """Size and time of what lies at ``path`` now."""
    try:
        found = os.stat(path)
    except OSError:
        return (-1, 0)
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else (-1, 0)


def _looks_like(found: os.stat_result, known: FileState) -> bool:
    times = (found.st_mtime_ns, found.st_ctime_ns)
    return (found.st_size, *times) == (known.size, known.time_ns, known.changed_ns)


def _content(path: str) -> str:
    hasher = xxhash.xxh3_128()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def digest_of(text: str) -> str:
    """A digest of a text, the same on every machine."""
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


class FileStates:
    """What lies at paths during one run.

    A path behind ``ASKED`` is one of which only was asked what is there.
    """

    def __init__(self) -> None:
        self._last: dict[str, FileState] = {}

    def now(self, path: str, known: FileState | None = None) -> FileState:
        """What lies at ``path`` now."""
        plain = path.removeprefix(ASKED)
        found = state(plain, known or self._last.get(plain), listed=plain == path)
        self._last[plain] = found
        return found
