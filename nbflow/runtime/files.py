"""Files of the notebook's folder: laid out in the pod before a step runs, taken along when it wrote some."""

from __future__ import annotations

import base64
import hashlib
import io
import lzma
import os
import shutil
import zipfile
from typing import Callable, Iterable, Iterator, Mapping, Tuple

from .crate import Version

#: How many folders above the notebook's a file may lie that travels.
ABOVE = 3


def packed(content: bytes) -> str:
    """A file's content as text."""
    return base64.b85encode(lzma.compress(content)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The content of which ``packed`` has made a text."""
    return lzma.decompress(base64.b85decode(text))


def lay_out(files: Mapping[str, str], folder: str) -> None:
    """Write packed files into ``folder``, at their paths from there."""
    for path, text in files.items():
        with open(_made_ready(folder, path), "wb") as file:
            file.write(unpacked(text))


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
    """Put files that earlier steps have written where they were, and remove those that they removed."""
    for version in versions:
        target = _made_ready(folder, version.name)
        if version.content:
            shutil.copyfile(place(version.content), target)
        elif os.path.exists(target):
            os.unlink(target)


def kept(
    paths: Iterable[str], folder: str, place: Callable[[str], str]
) -> Iterator[Tuple[str, str]]:
    """The files among ``paths`` that lie in ``folder`` or not far above, by their paths from there.

    Each content is copied to its place; a file that is gone has none ("").
    """
    work = os.path.realpath(folder)
    root = os.path.normpath(os.path.join(work, *[os.pardir] * ABOVE))
    for path in sorted({os.path.realpath(each) for each in paths}):
        if not path.startswith(root + os.sep):
            continue
        name = os.path.relpath(path, work)
        if os.path.isfile(path):
            content = _digest(path)
            shutil.copyfile(path, place(content))
            yield name, content
        elif not os.path.exists(path):
            yield name, ""
        else:
            below = (os.path.join(top, each) for top, _, found in os.walk(path) for each in found)
            yield from kept(below, folder, place)


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
