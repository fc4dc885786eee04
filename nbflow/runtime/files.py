"""Files of the notebook's folder: laid out in the pod before a step runs, taken along when it wrote some."""

from __future__ import annotations

import base64
import hashlib
import lzma
import os
import shutil
from typing import Callable, Iterable, Iterator, Mapping, Tuple

from .crate import Version


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
    """The files among ``paths`` that lie in ``folder``, by their paths from there, with their contents.

    Each content is copied to its place; a file that is gone has none ("").
    """
    root = os.path.realpath(folder)
    for path in sorted({os.path.realpath(each) for each in paths}):
        if not path.startswith(root + os.sep):
            continue
        name = os.path.relpath(path, root)
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
