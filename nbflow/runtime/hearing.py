"""What the process of a step says while it runs: events, and text that it writes to its own descriptors."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any, Dict, List, Sequence, Tuple

from .guarded import Guard
from .pipes import lying
from .text import MarkedText

_BLOCK = 1 << 16
#: Seconds between two looks whether the process has ended: one that it has left behind may hold the pipes.
_LOOK = 0.2


@dataclass
class Heard:
    """What a process has told by its end: events of cells, why the step could not be run, its exit code."""

    events: List[Dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    code: int = 0


def hear(
    process: subprocess.Popen[bytes],
    events: int,
    cells: Sequence[Tuple[str, bool]],
    marker: str,
    aloud: bool,
    guard: Guard,
) -> Heard:
    """What ``process`` tells until it has ended.

    ``events`` is the pipe of its events, ``cells`` are the ids of its cells and whether they are shown. Text
    and results are passed on as they come if ``aloud``. What ``guard`` keeps is nowhere in it.
    """
    assert process.stdout is not None
    assert process.stderr is not None
    with os.fdopen(events, "rb", 0) as told, process.stdout as out, process.stderr as err:
        ear = _Ear(cells, marker, aloud, guard)
        with selectors.DefaultSelector() as selector:
            for pipe, name in ((out, "stdout"), (err, "stderr"), (told, "")):
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, name)
            while selector.get_map():
                ended = process.poll() is not None
                ready = {key.fileobj for key, _ in selector.select(0 if ended else _LOOK)}
                if ended and not ready:
                    break
                # What is told by now was told before the text that lies in the streams.
                sizes = [(pipe, lying(pipe.fileno())) for pipe in (out, err) if pipe in ready]
                for pipe, size in ((told, _BLOCK), *sizes):
                    name = "" if pipe is told else "stdout" if pipe is out else "stderr"
                    if not ear.take(pipe.fileno(), name, size or 1) and pipe in ready:
                        selector.unregister(pipe)
        ear.end()
    ear.heard.code = process.wait()
    return ear.heard


class _Ear:
    def __init__(
        self, cells: Sequence[Tuple[str, bool]], marker: str, aloud: bool, guard: Guard
    ) -> None:
        self.heard = Heard()
        self._cells, self._aloud, self._guard = cells, aloud, guard
        self._rest = b""
        mark = f"\x1e{marker}:".encode()
        self._texts = {name: MarkedText(mark) for name in ("stdout", "stderr")}

    def take(self, descriptor: int, name: str, size: int) -> bool:
        """Take in at most ``size`` bytes of a pipe; False at its end."""
        try:
            data = os.read(descriptor, size)
        except BlockingIOError:
            return True
        if name:
            self._write(name, self._texts[name].take(data))
        else:
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                self._event(json.loads(line))
        return bool(data)

    def end(self) -> None:
        """Take in what is left."""
        for name, text in self._texts.items():
            self._write(name, text.rest())

    def _write(self, name: str, texts: Sequence[Tuple[int, str]]) -> None:
        for number, text in texts:
            cell, shown = self._cells[number] if number < len(self._cells) else ("", True)
            if shown:
                self._event({"event": "stream", "cell": cell, "name": name, "text": text})

    def _event(self, event: Dict[str, Any]) -> None:
        event = self._guard.hidden(event)
        kind = event["event"]
        if kind == "internal":
            self.heard.fault = str(event["error"])
        if self._aloud:
            _pass_on(event)
        if kind not in ("phase", "cell_end", "internal"):
            self.heard.events.append(event)


def _pass_on(event: Dict[str, Any]) -> None:
    """Write what an event shows to this process's own streams."""
    kind = event["event"]
    if kind == "stream":
        _say(sys.stderr if event["name"] == "stderr" else sys.stdout, event["text"])
    elif kind in ("result", "display"):
        _say(sys.stdout, "".join(event["data"].get("text/plain", "")) + "\n")
    elif kind == "error":
        _say(sys.stderr, "\n".join(event["traceback"]) + "\n")


def _say(stream: Any, text: str) -> None:
    # The stream of a pod may know ASCII only.
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
