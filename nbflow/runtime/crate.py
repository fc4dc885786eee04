"""The file in which versions travel from pod to pod: a table of them, and the bundles and files it names.

Each version says which step has made it. A step that is given several versions of one name, by steps
that ran side by side, begins with that of the step that comes last in the notebook. Notebooks that are
called have names of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import zlib
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, Callable, Dict, Iterable, List, Tuple

from . import bundle

MAGIC = b"NBFLOWC1"
VARIABLE, AMBIENT, CLASS, MODULE, FILE = "variable", "ambient", "class", "module", "file"
#: Where a step has looked, by its number (see ``looks``).
LOOK = "look"
#: Stands for all files among those that a step has looked at: another program may have read any.
ANY = "*"
#: What a called notebook was given for a parameter, whatever its steps have done to the name since.
ARGUMENT = "argument"
Key = Tuple[str, str, str]
_CHUNK = 1 << 20


class CrateError(Exception):
    """The file is no crate, or is cut short."""


@dataclass(frozen=True)
class Version:
    """A value of a name: made by step ``writer``, after that of step ``base`` (-1: there was none).

    ``content`` names the bundle, or of a file the bytes, that hold it; "" where the name was deleted.
    ``obstacle`` says why the value could not be stored. A ``loose`` variable travels in no artifact of its
    own; a ``foreseen`` change is one that the analysis knew of. ``form`` is only for what lies in the
    notebook's folder: ``folder``, ``link TARGET`` or ``file MODE TIME``, the mode in octal, the time in
    nanoseconds; such a thing is ``new`` if nothing lay there. Of a look, ``form`` is JSON. ``space`` is the
    call whose notebook has the name, "" for the pipeline's own, and for files.
    """

    kind: str
    name: str
    writer: int
    content: str = ""
    base: int = -1
    obstacle: str = ""
    loose: bool = False
    foreseen: bool = False
    form: str = ""
    new: bool = False
    space: str = ""

    @property
    def key(self) -> Key:
        """What a later version must have too, to take the place of this one."""
        return (self.space, self.kind, self.name)

    @property
    def deleted(self) -> bool:
        """Whether the step removed the name."""
        return not (self.content or self.obstacle or self.form)


def write(path: str, versions: Iterable[Version], place: Callable[[Version], str]) -> None:
    """Write a crate to ``path``; ``place`` is where the content of a version lies."""
    chosen = list(versions)
    contents = {version.content: place(version) for version in chosen if version.content}
    parts = [(content, os.path.getsize(source)) for content, source in sorted(contents.items())]
    header = json.dumps({"versions": [asdict(each) for each in chosen], "parts": parts}).encode()
    temporary = f"{path}.tmp"
    with open(temporary, "wb") as file:
        file.write(MAGIC + struct.pack("<II", len(header), zlib.crc32(header)) + header)
        for content, _ in parts:
            with open(contents[content], "rb") as source:
                shutil.copyfileobj(source, file, _CHUNK)
    os.replace(temporary, path)


def read(path: str, place: Callable[[str], str]) -> Tuple[Version, ...]:
    """The versions in the crate at ``path``; each content is laid at ``place(content)``, if it is not there.

    Raises ``CrateError``.
    """
    with open(path, "rb") as file:
        header = _header(path, file)
        for content, size in header["parts"]:
            _unpack(path, file, size, place(content))
    return tuple(Version(**each) for each in header["versions"])


def _header(path: str, file: BinaryIO) -> Dict[str, Any]:
    front = file.read(len(MAGIC) + 8)
    if len(front) < len(MAGIC) + 8 or front[: len(MAGIC)] != MAGIC:
        raise CrateError(f"{path} holds no variables, or those of another version of nbflow")
    length, checksum = struct.unpack("<II", front[len(MAGIC) :])
    text = file.read(length)
    if len(text) < length or zlib.crc32(text) != checksum:
        raise CrateError(f"{path} is damaged")
    header: Dict[str, Any] = json.loads(text)
    return header


def _unpack(path: str, file: BinaryIO, size: int, target: str) -> None:
    if os.path.exists(target):
        file.seek(size, os.SEEK_CUR)
        return
    left = size
    with open(f"{target}.tmp", "wb") as made:
        while left:
            chunk = file.read(min(left, _CHUNK))
            if not chunk:
                raise CrateError(f"{path} is cut short")
            made.write(chunk)
            left -= len(chunk)
    os.replace(f"{target}.tmp", target)


def latest(versions: Iterable[Version]) -> Dict[Key, Version]:
    """The version of each name that the step that comes last in the notebook has made."""
    found: Dict[Key, Version] = {}
    for version in versions:
        if version.key not in found or found[version.key].writer < version.writer:
            found[version.key] = version
    return found


def lost(versions: Iterable[Version]) -> List[Tuple[Version, Version]]:
    """Pairs of versions of one piece of ambient state of which the later was made without the earlier.

    What the one has changed is not in the other, and a step that is given both would miss it. Where the
    analysis knew of the change, it knew that the later one needs nothing of the earlier.
    """
    given = set(versions)
    last = latest(given)
    found = []
    for version in given:
        winner = last[version.key]
        unseen = winner.base < version.writer < winner.writer
        if version.kind == AMBIENT and unseen and not winner.foreseen:
            found.append((version, winner))
    return sorted(found, key=lambda pair: (pair[0].name, pair[0].writer))


def look(index: int, apart: Iterable[int], seen: Iterable[str]) -> Version:
    """Where step ``index`` has looked, while it knew nothing of the steps that are ``apart`` from it."""
    about = {"apart": sorted(apart), "seen": sorted(seen)}
    return Version(LOOK, str(index), index, form=json.dumps(about))


def overlooked(versions: Iterable[Version]) -> List[Tuple[Version, int]]:
    """Files, and the steps that looked there without them, though the notebook has them by then."""
    given = set(versions)
    files = [version for version in given if version.kind == FILE]
    found = []
    for each in (version for version in given if version.kind == LOOK):
        about = json.loads(each.form)
        apart, seen = set(about["apart"]), set(about["seen"])
        for file in files:
            if not apart.isdisjoint((file.writer, file.base)):
                there = {file.name}
                if file.writer in apart:
                    there.update([ANY] if not file.name.startswith("tmp") else ())
                    if file.new or file.deleted:
                        there.add(os.path.join(os.path.dirname(file.name), ""))
                if not seen.isdisjoint(there):
                    found.append((file, each.writer))
    return sorted(found, key=lambda pair: (pair[1], pair[0].name, pair[0].writer))


def bundle_place(store: str) -> Callable[[str], str]:
    """Where the contents of crates lie in the folder ``store``."""
    return lambda content: bundle.path_of(store, content)
