"""What happens in a run on this machine as it happens: a file of JSON lines in the folder of the run.

Whoever reads it says how far it has read, as a cursor: that is a place in the file, so that it holds for
another reader, and for one that begins anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from nbflow.errors import StoreError

#: So many bytes of what steps write are kept.
LIMIT: Final = 32 << 20
_LOG: Final = b'{"event": "step-log"'


class Journal:
    """The journal of a run; ``folder`` is the run's."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "events.jsonl"

    def write(self, record: Mapping[str, object]) -> None:
        """Add a record; what steps write is left out when there is too much of it.

        Raises:
            OSError: it cannot be written.
        """
        line = json.dumps(record).encode() + b"\n"
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(file).st_size
            if line.startswith(_LOG) and size + len(line) > LIMIT:
                return
            if os.write(file, line) < len(
                line
            ):  # the disk is full: the next record needs a line of its own
                os.ftruncate(file, size)
        finally:
            os.close(file)

    def read(self, since: int, most: int) -> tuple[list[dict[str, object]], int]:
        """The records from the cursor ``since`` on, and the cursor behind them; about ``most`` bytes of them.

        Raises:
            StoreError: it cannot be read, or no record begins at that cursor.
        """
        if since < 0:
            raise StoreError(f"{since} is no cursor of this run")
        try:
            with self._path.open("rb") as file:
                if since and (file.seek(since - 1) != since - 1 or file.read(1) != b"\n"):
                    raise StoreError(f"{since} is no cursor of this run")
                text = file.read(most)
                if len(text) == most and not text.endswith(b"\n"):
                    text += file.readline()
        except FileNotFoundError:
            if since:
                raise StoreError(f"{since} is no cursor of this run") from None
            return [], 0
        except OSError as error:
            raise StoreError(f"{self._path} cannot be read: {error.strerror or error}") from error
        whole = text[: text.rfind(b"\n") + 1]
        return [json.loads(line) for line in whole.splitlines()], since + len(whole)

    def logs(self, step: str) -> list[dict[str, object]]:
        """The records of what a step has written since it has begun last.

        Raises:
            StoreError: it cannot be read.
        """
        found: list[dict[str, object]] = []
        for record in map(json.loads, self._lines()):
            if record.get("step") == step and record["event"] == "step-started":
                found.clear()
            elif record.get("step") == step and record["event"] == "step-log":
                found.append(record)
        return found

    def steps(self) -> Iterator[dict[str, object]]:
        """All records but those of what steps write.

        Raises:
            StoreError: it cannot be read.
        """
        return (json.loads(line) for line in self._lines() if not line.startswith(_LOG))

    def _lines(self) -> Iterator[bytes]:
        """The lines that are there; one that is half written is not there yet."""
        try:
            with self._path.open("rb") as file:
                for line in file:
                    if not line.endswith(b"\n"):
                        return
                    yield line
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{self._path} cannot be read: {error.strerror or error}") from error
