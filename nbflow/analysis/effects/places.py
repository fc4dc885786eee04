"""Where relative paths lead: the notebook's working directory and links, as far as they are known."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from nbflow.analysis.effects.values import ANY_FILE, NOTHING

#: What stands for the notebook's folder, whose absolute path is not known: ``os.getcwd()``.
ANCHOR: Final = "//notebook"
_FILE: Final = "@file:"
_URL: Final = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")


class Places:
    """The working directory and the links that the notebook has made so far.

    ``folder`` is the working directory, seen from the notebook's folder (or an absolute path), None
    where it is not known.
    """

    def __init__(self) -> None:
        self.folder: str | None = ""
        self._links: dict[str, str] = {}

    def move(self, path: object, *, sure: bool) -> None:
        """Change the working directory to a constant path, ``NOTHING`` where it is not known."""
        name = self.name(path) if isinstance(path, str) else ANY_FILE
        here = isinstance(path, str) and name == ANY_FILE and self._plain(path) == "."
        found = "" if here else None if name == ANY_FILE else name.removeprefix(_FILE)
        self.folder = found if sure or found == self.folder else None

    def absolute(self, path: object = "") -> object:
        """The constant that ``os.path.abspath(path)`` gives, ``NOTHING`` where it is not known."""
        plain = self._plain(path) if isinstance(path, str) else None
        if plain is None or plain.startswith("/"):
            return NOTHING if plain is None else plain
        return f"{ANCHOR}/{plain}"

    def name(self, path: object) -> str:
        """The ambient name of the file at a constant path: ``./data//a.csv`` -> ``@file:data/a.csv``.

        It is that of any file where the path is not known, and "" for what is no file: a URL, a number.
        """
        if path is NOTHING:
            return ANY_FILE
        if not isinstance(path, str) or is_url(path):
            return ""
        plain = self._plain(path)
        return ANY_FILE if plain in (None, ".") else f"{_FILE}{plain}"

    def link(self, target: object, link: object, *, symbolic: bool) -> None:
        """Keep in mind that the path ``link`` leads to ``target``."""
        if symbolic and isinstance(target, str) and isinstance(link, str):
            target = posixpath.join(posixpath.dirname(link), target)
        name = self.name(link)
        if name.startswith(_FILE):
            self._links[name] = self.name(target) or ANY_FILE

    def names(self, name: str) -> Iterator[str]:
        """The name of a file, and those of what it leads to by links."""
        yield name
        for link, target in self._links.items():
            if name == link:
                yield target
            elif name.startswith(link + "/"):
                yield target if target == ANY_FILE else target + name[len(link) :]

    def _plain(self, path: str) -> str | None:
        path = re.sub("^file://(localhost)?", "", path).replace("\\", "/")
        if path.startswith(ANCHOR):
            return posixpath.normpath(path[len(ANCHOR) :].lstrip("/"))
        if path.startswith("/"):
            return posixpath.normpath(path)
        if self.folder is None:
            return None
        return posixpath.normpath(posixpath.join(self.folder, path))


def is_url(path: str) -> bool:
    """Whether a path names something on the network (``file:`` URLs are files)."""
    return bool(_URL.match(path)) and not path.startswith("file://")


def parent(path: str) -> str:
    """The folder that a path lies in, as ``pathlib`` has it."""
    if path.startswith(ANCHOR):
        plain = posixpath.normpath(path[len(ANCHOR) :].lstrip("/") + "/..")
        return f"{ANCHOR}/{plain}"
    return posixpath.dirname(path) or "."


def renamed(path: str, method: str, new: str) -> str | None:
    """The path that ``with_suffix`` and its like give."""
    folder, name = posixpath.split(path)
    stem, suffix = posixpath.splitext(name)
    name = {"with_suffix": stem + new, "with_name": new, "with_stem": new + suffix}.get(method, "")
    return posixpath.join(folder, name) if name else None
