"""What the steps of a run elsewhere have written: a file a step, in the run's folder of the store."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from nbflow.errors import StoreError

#: So much of a step's text is kept, in bytes.
LIMIT: Final = 32 << 20
_MORE: Final = "\nnbflow: the rest of what this step has written is not kept here\n"


class StepLogs:
    """The texts of a run's steps; ``folder`` is the run's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "logs"

    def has(self, index: int) -> bool:
        """Whether the whole text of a step is here."""
        return self._path(index).is_file()

    def text(self, index: int) -> str:
        """The text of a step, "" where it is not here.

        Raises:
            StoreError: it cannot be read.
        """
        try:
            return self._path(index).read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise StoreError(f"{self._path(index)} cannot be read: {error.strerror}") from error

    def kept(self, index: int, pieces: Iterable[str]) -> Generator[str, None, None]:
        """The pieces as they come; at their end, the whole text is here.

        Raises:
            StoreError: it cannot be written.
        """
        path = self._path(index)
        half = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with half.open("w", encoding="utf-8", errors="replace", newline="") as file:
                room = LIMIT
                for piece in pieces:
                    if room > 0:
                        file.write(piece[:room])
                        room -= len(piece.encode("utf-8", "replace"))
                        file.write("" if room > 0 else _MORE)
                    yield piece
            half.replace(path)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
        finally:
            with suppress(OSError):
                half.unlink(missing_ok=True)

    def take(self, other: StepLogs, index: int) -> None:
        """Keep the text of a step of another run, if it is there.

        Raises:
            StoreError: it cannot be read or written.
        """
        if other.has(index):
            for _ in self.kept(index, [other.text(index)]):
                pass

    def forget(self) -> None:
        """Remove what processes that are gone have left half written."""
        for path in self._folder.glob("*.part"):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _path(self, index: int) -> Path:
        return self._folder / f"{index:03d}.log"
