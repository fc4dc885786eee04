"""Runs cells as a kernel does: in one running event loop, with their numbers, errors as events."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterator, Mapping, Optional

from . import overrides
from .events import Events
from .spec import Cell

#: Turns of the event loop that tasks get between two cells.
TURNS = 64
_clock, _write = time.perf_counter, os.write  # cells may put anything into these modules


@dataclass(frozen=True)
class Failure:
    """The error that a cell has ended with."""

    cell: str
    ename: str
    evalue: str


def _flush(library: Any) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # user code may have put anything in its place
            pass
    if library is not None:
        library.fflush(None)


@lru_cache(maxsize=1)
def libc() -> Any:
    """The C library of this process, or None where it cannot be reached."""
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):
        return None


@contextmanager
def _silence(events: Events, library: Any) -> Iterator[None]:
    """Outputs of the cell are dropped, those of its child processes too."""
    _flush(library)
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    events.muted = True
    try:
        yield
    finally:
        _flush(library)
        events.muted = False
        for target, saved in enumerate(kept, start=1):
            os.dup2(saved, target)
            os.close(saved)
        os.close(nowhere)


class Runner:
    """Runs one cell after the other in a shell. Call it inside a running event loop."""

    def __init__(
        self, shell: Any, events: Events, history: Mapping[int, str], marker: str = ""
    ) -> None:
        self.shell = shell
        self.events = events
        self.history = history
        self.marker = marker
        self.begun = 0
        self.libc = libc()

    async def run(self, cell: Cell) -> Optional[Failure]:
        """Run ``cell`` and return the error that it has ended with, if any."""
        self.events.cell = cell.id
        self._mark()
        self.events.send("cell_start")
        started = _clock()
        self._number(cell.count)
        if cell.show:
            failure = await self._execute(cell)
        else:
            with _silence(self.events, self.libc):
                failure = await self._execute(cell)
        seconds = _clock() - started
        self.events.send("cell_end", ok=failure is None, seconds=round(seconds, 6))
        return failure

    def _mark(self) -> None:
        """Tell the readers of both standard descriptors which cell's text follows."""
        mark = f"\x1e{self.marker}:{self.begun};".encode()
        self.begun += 1
        if self.marker:
            for descriptor in (1, 2):
                with suppress(OSError):  # user code may have closed it
                    _write(descriptor, mark)

    def _number(self, count: int) -> None:
        """Let the next cell be number ``count``: for ``In``, ``Out`` and tracebacks."""
        manager = self.shell.history_manager
        for texts in (manager.input_hist_parsed, manager.input_hist_raw):
            del texts[count:]
            while len(texts) < count:
                text = self.history.get(len(texts), "").rstrip("\n")
                texts.append(text if texts is manager.input_hist_raw else self._plain(text))
        if self.history:
            self._remember_texts(manager, count)
        self.shell.execution_count = count

    def _plain(self, text: str) -> str:
        """An earlier cell's text as ``In`` has it: in plain Python."""
        try:
            return str(self.shell.transform_cell(text)).rstrip("\n") if text else ""
        except Exception:  # that cell has told its error
            return text

    def _remember_texts(self, manager: Any, count: int) -> None:
        """Let ``_i``, ``_ii`` and ``_iN`` be what the cells before number ``count`` have made them."""
        before = range(count - 1, count - 4, -1)
        latest = [self.history.get(number, "").rstrip("\n") for number in before]
        manager._i00, manager._i, manager._ii = latest
        for number, text in self.history.items():
            if number < count:
                self.shell.user_ns.setdefault(f"_i{number}", text.rstrip("\n"))

    async def _execute(self, cell: Cell) -> Optional[Failure]:
        with overrides.active(self.shell, cell.parameters):
            result = await self._run(cell)
        await _let_tasks_run()
        _flush(self.libc)
        self.shell.payload_manager.clear_payload()
        error = result.error_before_exec or result.error_in_exec or self._display_error()
        if error is None:
            return None
        return Failure(cell.id, type(error).__name__, _text(error))

    def _display_error(self) -> Optional[BaseException]:
        """The error of showing the cell's result, where the kernel lets it fail the cell (ipykernel 7)."""
        if not getattr(self.shell, "_last_traceback_during_displayhook", False):
            return None
        self.shell._last_traceback_during_displayhook = False
        return getattr(sys, "last_value", None)

    async def _run(self, cell: Cell) -> Any:
        """As ipykernel's ``do_execute``: a cell that awaits is a task, any other a plain call."""
        shell = self.shell
        broken = None
        try:
            transformed = shell.transform_cell(cell.source)
        except Exception:  # told by the shell as the cell's error
            transformed, broken = cell.source, sys.exc_info()
        if not shell.should_run_async(
            cell.source, transformed_cell=transformed, preprocessing_exc_tuple=broken
        ):
            return shell.run_cell(cell.source, store_history=True, silent=False, cell_id=cell.id)
        task = asyncio.ensure_future(
            shell.run_cell_async(
                cell.source,
                store_history=True,
                silent=False,
                transformed_cell=transformed,
                preprocessing_exc_tuple=broken,
                cell_id=cell.id,
            )
        )
        result = None
        try:
            result = await task
        finally:
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
        return result


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # the user's own exception class may fail
        return "<the error's text could not be made>"


async def _let_tasks_run() -> None:
    """Tasks that a cell has started go on between cells, as in a kernel that waits for the next."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
        if len(asyncio.all_tasks()) < 2:
            return
