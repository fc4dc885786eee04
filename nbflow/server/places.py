"""Paths of requests as files below the server's root, and back."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from jupyter_core.paths import is_hidden


class PlaceError(Exception):
    """There is no such place below the root; ``status`` is the answer's."""

    def __init__(self, sentence: str, status: int = 404) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Root:
    """The root of Jupyter's contents; ``hidden`` says whether hidden files are shown."""

    folder: Path
    hidden: bool = False

    def notebook(self, path: str) -> Path:
        """The file of a notebook.

        Raises:
            PlaceError: there is none below the root.
        """
        found = self.place(path)
        if not os.path.isfile(found):
            raise PlaceError(f"there is no notebook {path}")
        return found

    def directory(self, path: str) -> Path:
        """A folder.

        Raises:
            PlaceError: there is none below the root.
        """
        found = self.place(path)
        if not os.path.isdir(found):
            raise PlaceError(f"there is no folder {path or '/'}")
        return found

    def place(self, path: str) -> Path:
        """Where a path leads, whether or not anything is there; links count as what they lead to.

        Raises:
            PlaceError: it leads out of the root, or is hidden.
        """
        if "\0" in path or not _is_text(path):
            raise PlaceError("a path cannot hold the character NUL, or half of a character", 400)
        found = self.folder.joinpath(*(part for part in path.split("/") if part not in ("", ".")))
        if ".." in found.relative_to(self.folder).parts or not self.holds(found):
            raise PlaceError(f"{path} is not below the root of the server")
        if not self.hidden and is_hidden(str(found), str(self.folder)):
            raise PlaceError(f"{path} is hidden, and this server shows no hidden files")
        return found

    def holds(self, path: Path) -> bool:
        """Whether a path lies below the root, and stays there when links are followed."""
        root, real = os.path.realpath(self.folder), os.path.realpath(path)
        return real == root or real.startswith(root.rstrip(os.sep) + os.sep)

    def shown(self, path: str | Path) -> str:
        """The path of a file below the root as Jupyter has it."""
        inside = Path(path)
        if not inside.is_relative_to(self.folder):
            inside = Path(os.path.realpath(path)).relative_to(os.path.realpath(self.folder))
            return "/".join(inside.parts)
        return "/".join(inside.relative_to(self.folder).parts)


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
