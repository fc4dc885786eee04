"""``sys.stdout`` and ``sys.stderr`` of a step: as in a Jupyter kernel, but sending events."""

from __future__ import annotations

import io
import os
import sys
import time
from typing import Any, List, Optional

from . import reducers
from .events import Events

#: Lines are sent as they come, unless they come faster than this (per second); then in blocks.
LINES_A_SECOND = 200
BLOCK = 4096
_monotonic, _write = time.monotonic, os.write  # cells may put anything into these modules


class OutStream(io.TextIOBase):
    """A text stream whose text becomes ``stream`` events.

    As ipykernel's stream of the same name it has no ``buffer``, is no terminal, and its file descriptor
    is not the cell's output: what is written there is not shown.
    """

    encoding = "UTF-8"

    def __init__(self, name: str, events: Events) -> None:
        self.name = name
        self.echo = None
        self._events = events
        self._parts: List[str] = []
        self._length = 0
        self._sent = 0.0
        self._elsewhere: Optional[int] = None

    def fileno(self) -> int:
        """A descriptor that leads away from the cell, as a kernel's does."""
        if self._elsewhere is None:
            self._elsewhere = os.open(os.devnull, os.O_WRONLY)
        return self._elsewhere

    def isatty(self) -> bool:
        """No."""
        return False

    def writable(self) -> bool:
        """Yes."""
        return True

    def set_parent(self, parent: Any) -> None:
        """Nothing: kernels tell their streams which request they answer."""

    def write(self, string: str) -> int:
        """Take ``string``; it is sent line by line, or at a flush.

        Raises ``TypeError`` for anything but text.
        """
        if not isinstance(string, str):
            raise TypeError(f"write() argument must be str, not {type(string)}")
        if not self._events.is_own_process():
            # A process that the user forked: its text goes the way that its children's goes.
            descriptor = 1 if self.name == "stdout" else 2
            _write(descriptor, string.encode("utf-8", "replace"))
            return len(string)
        self._parts.append(string)
        self._length += len(string)
        if self._length >= BLOCK or ("\n" in string and self._is_due()):
            self.flush()
        return len(string)

    def _is_due(self) -> bool:
        return _monotonic() - self._sent > 1 / LINES_A_SECOND

    def writelines(self, lines: Any) -> None:
        """Write each line."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what has been written."""
        if self._parts and self._events.is_own_process():
            parts, self._parts, self._length = self._parts, [], 0
            self._sent = _monotonic()
            text = "".join(parts)
            if text:
                self._events.send("stream", name=self.name, text=text)


def install(events: Events) -> None:
    """Put streams in the place of ``sys.stdout`` and ``sys.stderr``."""
    reducers.add_stream_type(OutStream)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    sys.stdout = OutStream("stdout", events)
    sys.stderr = OutStream("stderr", events)
