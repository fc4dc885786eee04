"""A fresh copy of a notebook's folder to run in, so that one run does not see the files of another.

A file is cloned where the file system can (no bytes are copied), else copied. Large files that the notebook
does not seem to write are linked, and looked at again afterwards; so are folders that hold no data.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nbflow.errors import EngineError

if sys.platform == "linux":
    from fcntl import ioctl

#: Files of more bytes are linked where they cannot be cloned and the notebook does not seem to write them.
_LARGE: Final = 64 * 2**20
#: More than this is not copied.
_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 4 * 2**30
#: How many folders above the notebook's are there in a copy, with links to all that they hold.
_ABOVE: Final = 3
_LEFT_OUT: Final = frozenset({".nbflow", ".ipynb_checkpoints", "__pycache__"})
_LINKED: Final = frozenset({"node_modules", "site-packages"})
#: Linux' request to clone a file: ``FICLONE`` in ioctl_ficlonerange(2).
_FICLONE: Final = 0x40049409


@dataclass(slots=True)
class Copied:
    """What a copy of ``root`` holds: files, bytes, and the paths that are only linked."""

    root: Path
    files: int = 0
    bytes: int = 0
    linked: list[Path] = field(default_factory=list)
    #: Size and time of change of each file that is linked.
    states: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def touched(self) -> tuple[Path, ...]:
        """The files that are linked and have changed since."""
        return tuple(path for path, state in self.states.items() if _state(path) != state)


def root_of(folder: Path, written: Iterable[str]) -> Path:
    """The folder to copy: the notebook's, or one above it that the notebook writes to by a relative path."""
    root = folder
    for path in written:
        place = Path(os.path.normpath(folder / path)).parent
        if not os.path.isabs(path) and not place.is_relative_to(root):
            root = Path(os.path.commonpath([root, place]))
    within_home = root != Path.home() and root != Path(root.anchor)
    return root if within_home else folder


def copy(root: Path, scratch: Path, written: frozenset[str] = frozenset()) -> tuple[Path, Copied]:
    """The place of a copy of ``root`` in the new folder ``scratch``, and what it holds.

    The folders above are there too, with links in place of what else they hold. ``written`` are the names
    of files that are not to be linked.

    Raises:
        EngineError: the folder holds too much, or cannot be copied.
    """
    above = [root, *root.parents][: _ABOVE + 1]
    place, copied = scratch, Copied(root)
    try:
        scratch.mkdir(mode=0o700, exist_ok=True)
        for outer, inner in zip(reversed(above[1:]), reversed(above[:-1]), strict=True):
            _link_siblings(outer, inner, scratch, place)
            place = place / (inner.name or "root")
            place.mkdir(exist_ok=True)
        _Copying(copied, written, scratch).folder(root, place)
    except OSError as error:
        raise EngineError(
            f"{root} cannot be copied to run the notebook in: {error.strerror or error}"
        ) from error
    return place, copied


def _link_siblings(outer: Path, inner: Path, scratch: Path, place: Path) -> None:
    with contextlib.suppress(OSError):  # a folder that may not be listed, or a system without links
        for entry in os.scandir(outer):
            own = Path(entry.path)
            if own != inner and not scratch.is_relative_to(own):
                (place / entry.name).symlink_to(entry.path)


class _Copying:
    """One copy in the making."""

    def __init__(self, copied: Copied, written: frozenset[str], scratch: Path) -> None:
        self._copied = copied
        self._written = written
        self._scratch = scratch
        self._clones = sys.platform == "linux"

    def folder(self, source: Path, target: Path) -> None:
        """Copy what lies in ``source`` into ``target``, which is there."""
        for entry in sorted(os.scandir(source), key=lambda each: each.name):
            path, to = Path(entry.path), target / entry.name
            if entry.name in _LEFT_OUT or path == self._scratch:
                continue
            if entry.is_symlink():
                self._symlink(path, to)
            elif entry.is_dir():
                if self._holds_no_data(path):
                    self._link(path, to)
                else:
                    to.mkdir()
                    self.folder(path, to)
                    shutil.copystat(path, to)
            elif stat.S_ISREG(entry.stat().st_mode):
                self._file(path, to, entry.stat().st_size)

    def _holds_no_data(self, folder: Path) -> bool:
        hidden = folder.name.startswith(".") and folder.name not in self._written
        return hidden or folder.name in _LINKED or (folder / "pyvenv.cfg").exists()

    def _symlink(self, path: Path, to: Path) -> None:
        inside = path.resolve().is_relative_to(self._copied.root.resolve())
        relative = not os.path.isabs(os.readlink(path))
        to.symlink_to(os.readlink(path) if inside and relative else path.resolve())

    def _link(self, path: Path, to: Path) -> None:
        to.symlink_to(path)
        self._copied.linked.append(path)
        if path.is_file():
            self._copied.states[path] = _state(path)

    def _file(self, path: Path, to: Path, size: int) -> None:
        if not (self._clones and self._cloned(path, to)):
            if size > _LARGE and path.name not in self._written:
                self._link(path, to)
                return
            self._copied.bytes += size
            shutil.copyfile(path, to)
        shutil.copystat(path, to)
        self._copied.files += 1
        if self._copied.files > _MOST_FILES or self._copied.bytes > _MOST_BYTES:
            raise EngineError(
                f"{self._copied.root} holds more than {_MOST_FILES} files or"
                f" {_MOST_BYTES // 2**30} GB, too much to copy for a verified run;"
                " put the notebook and its data into a folder of their own"
            )

    def _cloned(self, path: Path, to: Path) -> bool:
        """Whether ``to`` now shares the content of ``path``, as some file systems can."""
        with path.open("rb") as source, to.open("wb") as target:
            try:
                ioctl(target.fileno(), _FICLONE, source.fileno())
            except OSError:
                self._clones = False
        return self._clones


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return (found.st_size, found.st_mtime_ns)
