"""Folders that a process uses for a while in a store; beside each lies a note of the process.

The note is there before its folder and after it, so that a folder without a living process is nobody's.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from nbflow.errors import StoreError
from nbflow.store.alive import is_alive, own_process

#: Names that begin so are scratch folders, and with the suffix their notes.
_PREFIX: Final = "verify-"
_NOTE: Final = ".process"


@contextmanager
def place_in(store: Path) -> Iterator[Path]:
    """A path in a store's folder at which nothing lies; what comes to lie there is removed at the end.

    Raises:
        StoreError: the store cannot be written.
    """
    place = store / f"{_PREFIX}{secrets.token_hex(4)}"
    note = place.with_name(place.name + _NOTE)
    half = note.with_name(f".{note.name}.{os.getpid()}.tmp")
    try:
        _note(half, note)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        for path in (note, half):
            path.unlink(missing_ok=True)


def _note(half: Path, note: Path) -> None:
    try:
        half.write_text(own_process(), encoding="utf-8")
        half.replace(note)
    except OSError as error:
        raise StoreError(
            f"the run store {note.parent} cannot be written: {error.strerror or error}"
        ) from error


def left(store: Path) -> Iterator[Path]:
    """The folders and notes of processes that are gone."""
    for path in store.glob(f"{_PREFIX}*"):
        note = path if path.suffix == _NOTE else path.with_name(path.name + _NOTE)
        process = ""
        with suppress(OSError):
            process = note.read_text(encoding="utf-8")
        if not is_alive(process):
            yield path
