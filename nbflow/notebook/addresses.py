"""What lies at addresses (``s3://bucket/a.ipynb``), through papermill, which knows their schemes.

papermill comes with the extra ``papermill``, and each store with one of papermill's own: ``papermill[s3]``.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

from nbflow.errors import NotebookError

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
#: What the names of files that are read may end in, so that papermill does not wonder.
_ENDINGS: Final = [".ipynb", ".json", ".yaml", ".yml", ".csv"]


def is_address(path: object) -> bool:
    """Whether a path is none of this machine's files, but says by which scheme it is reached."""
    return isinstance(path, str) and _SCHEME.match(path) is not None


def name_of(address: str) -> str:
    """The name of a notebook's file in a folder of this machine, if it lay there."""
    name = re.split(r"[?#]", address)[0].rstrip("/").rpartition("/")[2]
    return name if name.endswith(".ipynb") else f"{name or 'notebook'}.ipynb"


def folder_of(notebook: str) -> Path:
    """The folder in which a notebook runs: its own, or the one where the user stands for an address."""
    return Path.cwd() if is_address(notebook) else Path(notebook).parent


def known_as(notebook: str) -> str:
    """What records call a notebook: its address, or its absolute path."""
    return notebook if is_address(notebook) else str(place_of(notebook))


def place_of(notebook: str) -> Path:
    """The absolute path of a notebook, the same whatever ``..`` it was named with."""
    place = Path(notebook).absolute()
    # What stands before ``..`` may be a link: only the file system knows where that leads.
    return Path(os.path.realpath(place.parent), place.name) if ".." in place.parts else place


def store_place(notebook: str | None, folder: str | os.PathLike[str]) -> Path:
    """The folder whose store holds the runs of a notebook; ``folder`` where none is named."""
    return Path(folder).absolute() if notebook is None else folder_of(known_as(notebook))


def fetched(address: str) -> str:
    """The text at an address.

    Raises:
        NotebookError: papermill is not installed, or cannot read it.
    """
    reached = _papermill(address)
    try:
        text: str = reached.read(address, _ENDINGS)
    except Exception as problem:  # each scheme has errors of its own
        raise NotebookError(f"{address} cannot be read: {_told(problem)}") from problem
    return text.removeprefix("\ufeff")


def put(text: str, address: str) -> None:
    """Write a text to an address.

    Raises:
        NotebookError: papermill is not installed, or cannot write it.
    """
    reached = _papermill(address)
    try:
        reached.write(text, address, _ENDINGS)
    except Exception as problem:
        raise NotebookError(f"{address} cannot be written: {_told(problem)}") from problem


def check_reachable(address: str) -> None:
    """Nothing, where papermill is there to reach an address.

    Raises:
        NotebookError: papermill is not installed.
    """
    _papermill(address)


def _papermill(address: str) -> Any:
    try:
        # Deferred: it takes a second to import, is not always installed, and most notebooks are files.
        from papermill.iorw import papermill_io  # noqa: PLC0415
    except ImportError:
        raise NotebookError(
            f"{address} is reached through papermill, which is not installed:"
            " pip install 'nbflow[papermill]'"
        ) from None
    return papermill_io


def _told(problem: Exception) -> str:
    """What an error of another library says, on one line."""
    return " ".join(str(problem).split()) or type(problem).__name__
