"""What a step tells while it runs: JSON objects, one a line, on a file descriptor of their own."""

from __future__ import annotations

import base64
import datetime
import json
import numbers
import os
import threading
from typing import Any, Iterable, Optional

from .pipes import Streams


def _plain(value: Any) -> Any:
    """What Jupyter's own encoder makes of values that JSON does not know."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    if isinstance(value, Iterable):
        return list(value)
    return str(value)


# Cells may put anything into these modules while events are sent.
_getpid, _write = os.getpid, os.write
_encoded = json.JSONEncoder(default=_plain, ensure_ascii=True).encode


class Events:
    """Writes events. While ``muted``, only what is not output is written."""

    _OUTPUT = frozenset({"stream", "display", "update_display", "clear_output", "result"})

    def __init__(self, descriptor: Optional[int]) -> None:
        self.descriptor = descriptor
        self.cell = ""
        self.muted = False
        self._lock = threading.Lock()
        self._begin()

    def begin(self, descriptor: int) -> None:
        """Write to ``descriptor`` from now on, in this process and beside its streams."""
        self.descriptor = descriptor
        self._begin()

    def _begin(self) -> None:
        self._process = _getpid()
        self._streams = Streams()

    def is_own_process(self) -> bool:
        """False in a process that user code has forked."""
        return _getpid() == self._process

    def send(self, kind: str, **fields: Any) -> None:
        """Write one event about the cell that runs (or has run last)."""
        if self.descriptor is None or (self.muted and kind in self._OUTPUT):
            return
        if not self.is_own_process():
            return
        event = {"event": kind, "cell": self.cell, **fields}
        line = _encoded(event).encode() + b"\n"
        self._streams.wait_until_read()
        with self._lock:
            view = memoryview(line)
            while view:
                view = view[_write(self.descriptor, view) :]
