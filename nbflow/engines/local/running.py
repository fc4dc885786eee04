"""Steps that run, and what is heard of them: events, text, errors."""

from __future__ import annotations

import json
import os
import select
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nbflow.engines.events import (
    CellEnded,
    CellError,
    CellEvent,
    CellShown,
    CellStarted,
    Event,
    StepLog,
)
from nbflow.engines.local.launcher import Pipes, drained
from nbflow.engines.outputs import Outputs
from nbflow.model import CellId, Step
from nbflow.runtime.pipes import lying
from nbflow.runtime.text import MarkedText


@dataclass(slots=True)
class Running:
    """A step whose process is alive, and what has been heard of it so far."""

    step: Step
    index: int
    launch: int
    folder: Path
    pipes: Pipes
    started: float
    began: float
    order: tuple[CellId, ...]
    hidden: frozenset[CellId]
    texts: dict[str, MarkedText]
    why: str = ""
    cell: CellId | None = None
    events: bytes = b""
    error: CellError | None = None
    fault: str = ""
    cell_seconds: dict[CellId, float] = field(default_factory=dict)
    waits: bool = False
    released: bool = False
    #: When it began to wait for its turn, and how long it has waited.
    waits_since: float = 0.0
    waited: float = 0.0

    @property
    def held(self) -> bool:
        """Whether the step waits for its turn."""
        return self.waits and not self.released

    def hold(self) -> None:
        """The step waits for its turn from now on."""
        self.waits, self.waits_since = True, time.monotonic()

    def release(self) -> None:
        """It is the step's turn."""
        self.released, self.waited = True, time.monotonic() - self.waits_since
        self.pipes.let_go()

    def taken(self) -> float:
        """The seconds that the step has taken, without those in which it waited for its turn."""
        now = self.waits_since if self.held else time.monotonic()
        return now - self.began - self.waited


class Ear:
    """Listens to running steps: fills ``outputs``, tells ``on_event`` what they write.

    ``on_cell`` hears what the cells do that a step shows as its own.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        outputs: Outputs,
        on_event: Callable[[Event], None],
        on_cell: Callable[[CellEvent], None],
    ) -> None:
        self._selector = selector
        self._outputs = outputs
        self._on_event = on_event
        self._on_cell = on_cell

    def listen(self, running: Running) -> None:
        """Let the selector tell when the step has something to say; its data is the step's index."""
        for pipe in running.pipes.readable:
            self._selector.register(pipe, selectors.EVENT_READ, running.index)

    def hear_the_rest(self, running: Running) -> None:
        """Take in the last that a step that has ended has said."""
        self.hear(running)
        for stream, text in running.texts.items():
            self._write(running, stream, text.rest())

    def hear(self, running: Running) -> None:
        """Take in what a step has said."""
        pipes = running.pipes
        # What is told by now was told before the text that lies in the streams.
        texts = [("stdout", pipes.stdout, lying(pipes.stdout))]
        texts += [("stderr", pipes.stderr, lying(pipes.stderr))]
        events, ended = drained(pipes.events)
        self._end(pipes.events, ended)
        *lines, running.events = (running.events + events).split(b"\n")
        for line in lines:
            self._take(running, json.loads(line))
        for stream, pipe, size in texts:
            if size:
                data = os.read(pipe, size)
                self._write(running, stream, running.texts[stream].take(data))
            else:
                self._end(pipe, _is_closed(pipe))

    def _end(self, pipe: int, ended: bool) -> None:
        if ended and pipe in self._selector.get_map():
            self._selector.unregister(pipe)

    def _write(self, running: Running, stream: str, texts: list[tuple[int, str]]) -> None:
        for number, text in texts:
            cell = running.order[number] if number < len(running.order) else None
            if cell is not None and cell not in running.hidden:
                self._outputs.stream(cell, stream, text)
                self._on_event(StepLog(running.step.name, cell, stream, text))

    def _take(self, running: Running, event: dict[str, object]) -> None:
        kind = event["event"]
        if kind in ("phase", "ready"):
            return
        if kind == "held":
            running.hold()
            return
        if kind == "internal":
            running.fault = str(event["error"])
            return
        cell = CellId(str(event["cell"]))
        if kind == "cell_start":
            running.cell = cell
            if cell not in running.hidden:
                self._on_cell(CellStarted(running.step.name, cell))
        elif kind == "cell_end":
            seconds = running.cell_seconds[cell] = float(str(event["seconds"]))
            if cell not in running.hidden:
                outputs = tuple(dict(output) for output in self._outputs.of(cell))
                self._on_cell(
                    CellEnded(running.step.name, cell, seconds, outputs, bool(event["ok"]))
                )
        elif kind == "stream":
            name, text = str(event["name"]), str(event["text"])
            self._outputs.stream(cell, name, text)
            self._on_event(StepLog(running.step.name, cell, name, text))
        else:
            if cell not in running.hidden:
                self._outputs.add(event)
                if isinstance(data := event.get("data"), dict) and kind != "update_display":
                    self._on_cell(CellShown(running.step.name, cell, data))
            if kind == "error":
                running.error = CellError(
                    cell,
                    str(event["ename"]),
                    str(event["evalue"]),
                    tuple(str(line) for line in event["traceback"]),  # type: ignore[attr-defined]  # a JSON list
                )

    def close(self, running: Running) -> None:
        """Listen no more."""
        for pipe in running.pipes.readable:
            if pipe in self._selector.get_map():
                self._selector.unregister(pipe)
        running.pipes.close()


def _is_closed(pipe: int) -> bool:
    """Whether nobody can write to a pipe any more."""
    poll = select.poll()
    poll.register(pipe, 0)  # that it is closed is told unasked
    return bool(poll.poll(0))
