"""Files of the notebook's folder: laid out in the pod before a step runs, taken along when it changed some.

What has changed is seen by looking at the whole folder, so it does not matter which program did it.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import shutil
import stat
import zipfile
from contextlib import suppress
from typing import Callable, Dict, Iterable, Iterator, Mapping, NamedTuple, Tuple

from .crate import Version

#: How many folders above the notebook's a file may lie that travels.
ABOVE = 3
#: Nobody's data.
_LEFT_OUT = frozenset({"__pycache__", ".ipynb_checkpoints"})
#: What lies at each path: kind and mode, size, times of change, and which file it is.
Look = Mapping[str, Tuple[int, ...]]


class Kept(NamedTuple):
    """Something in the folder: its path from there, the name of its content, what it is (see ``Version``)."""

    name: str
    content: str = ""
    form: str = ""
    new: bool = False


def unpack(parts: Iterable[str], folder: str) -> None:
    """Write the files of an archive into ``folder``; it lies in one piece or more (``codegen.carried``)."""
    pieces = []
    for path in parts:
        with open(path, "rb") as file:
            pieces.append(file.read())
    if not pieces:
        return
    with zipfile.ZipFile(io.BytesIO(lzma.decompress(b"".join(pieces)))) as archive:
        for each in archive.infolist():
            target = _made_ready(folder, each.filename)
            with open(target, "wb") as file:
                file.write(archive.read(each))
            os.chmod(target, (each.external_attr >> 16) or 0o644)


def bring_back(versions: Iterable[Version], place: Callable[[str], str], folder: str) -> None:
    """Put what earlier steps have left where it was, with its times, and remove what they removed."""
    left = {version.name: version for version in versions}
    for name in sorted((n for n, v in left.items() if v.deleted), reverse=True):
        _remove(os.path.join(folder, name))
    there = [version for version in left.values() if not version.deleted]
    # The oldest first: notebooks ask for the newest.
    for version in sorted(there, key=lambda version: (_time(version.form), version.name)):
        target = _made_ready(folder, version.name)
        kind, _, about = version.form.partition(" ")
        if kind == "folder":
            os.makedirs(target, exist_ok=True)
            continue
        _remove(target)
        if kind == "link":
            os.symlink(about, target)
        else:
            shutil.copyfile(place(version.content), target)
            os.chmod(target, int(about.partition(" ")[0], 8))
            os.utime(target, ns=(_time(version.form),) * 2)


def _time(form: str) -> int:
    kind, _, about = form.partition(" ")
    return int(about.partition(" ")[2]) if kind == "file" else 0


def look(folder: str) -> Dict[str, Tuple[int, ...]]:
    """What lies in the folder now."""
    found: Dict[str, Tuple[int, ...]] = {}
    for top, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each not in _LEFT_OUT]
        for name in (*folders, *files):
            path = os.path.join(top, name)
            with suppress(OSError):
                about = os.lstat(path)
                found[os.path.relpath(path, folder)] = (
                    (about.st_mode,)
                    if stat.S_ISDIR(about.st_mode)
                    else (*about[:3], about.st_size, about.st_mtime_ns, about.st_ctime_ns)
                )
    return found


def kept(before: Look, folder: str, place: Callable[[str], str]) -> Iterator[Kept]:
    """What lies there that did not ``before``; each content is put at its place.

    What is gone has neither content nor form.
    """
    now = look(folder)
    for name in sorted({*before, *now}):
        if name not in now:
            yield Kept(name)
        elif now[name] != before.get(name):
            path, mode, new = os.path.join(folder, name), now[name][0], name not in before
            if stat.S_ISDIR(mode):
                yield Kept(name, "", "folder", new)
            elif stat.S_ISLNK(mode):
                yield Kept(name, "", f"link {os.readlink(path)}", new)
            elif stat.S_ISREG(mode):
                content = _digest(path)
                _put(path, place(content))
                yield Kept(name, content, f"file {stat.S_IMODE(mode):o} {now[name][4]}", new)


def is_named(name: str, path: str) -> bool:
    """Whether ambient state ``name`` may be the file at ``path``, a folder around it, or lie in it."""
    kind, _, own = name.partition(":")
    if kind != "@file":
        return name == "@files"
    one, other = os.path.join(own, ""), os.path.join(path, "")
    return one.startswith(other) or other.startswith(one)


def _put(path: str, place: str) -> None:
    if not os.path.exists(place):
        try:
            os.link(path, place)  # the process that has written it is gone
        except (OSError, NotImplementedError):
            shutil.copyfile(path, place)


def _digest(path: str) -> str:
    hasher = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            hasher.update(chunk)
    return hasher.hexdigest()


def _made_ready(folder: str, path: str) -> str:
    target = os.path.join(folder, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    return target


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            os.unlink(path)
