"""A run elsewhere watched to its end: events as a run on this machine has them, and the record of it all."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from nbflow.engines.events import (
    Event,
    RunEnded,
    RunState,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
)
from nbflow.engines.remote import Engine, NoSuchRunError, Status
from nbflow.errors import EngineError, NbflowError
from nbflow.model import StepName
from nbflow.service.elsewhere import keeping
from nbflow.service.elsewhere.connection import handle, told
from nbflow.service.elsewhere.status import NO_CELL, Telling
from nbflow.store import RunRecord, Store
from nbflow.store.step_logs import StepLogs

#: What is said of a whole run, under this name.
_RUN: Final = StepName("run")
#: What an engine says of a whole run that goes on is told when it has said so for so long, in seconds.
_LASTING: Final = 20.0
#: A step's text may come so much later than the word that it has ended, in seconds.
_LATE: Final = 15.0
_FAILED: Final = StepState.FAILED.value


@dataclass(frozen=True, slots=True)
class _Wrote:
    """A step has written ``text``."""

    step: StepName
    text: str


@dataclass(frozen=True, slots=True)
class _Quiet:
    """All that a step has written is known."""

    step: StepName


@dataclass(frozen=True, slots=True)
class _Over:
    """There is nothing more to watch; ``problem`` is why, where the run has not ended."""

    problem: Exception | None = None


_News: TypeAlias = Status | _Wrote | _Quiet | _Over


def watch(
    store: Store,
    record: RunRecord,
    engine: Engine,
    on_event: Callable[[Event], None],
    *,
    logs: bool = True,
) -> RunRecord:
    """The record of a run when it has ended; ``on_event`` hears all but its start.

    An interrupt stops the watching and not the run. Without ``logs`` what steps write is not listened to.

    Raises:
        EngineError: the engine cannot be asked any more; the run may go on.
    """
    return _Watch(store, record, engine, on_event, logs=logs).run()


class _Watch:
    def __init__(
        self,
        store: Store,
        record: RunRecord,
        engine: Engine,
        on_event: Callable[[Event], None],
        *,
        logs: bool,
    ) -> None:
        assert record.remote is not None
        self._store, self._record, self._engine, self._on_event = store, record, engine, on_event
        self._tasks = record.remote.tasks
        self._handle = handle(record.remote)
        self._places = {step.name: step.index for step in record.steps}
        self._texts = StepLogs(store.run_folder(record.id))
        self._logs = logs
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        self._telling = Telling(self._tasks)
        self._heard: set[StepName] = set()
        #: Steps whose text still comes, and ends of steps that are told behind it.
        self._listening: set[StepName] = set()
        self._held: dict[StepName, tuple[StepEnded, float]] = {}
        self._last: Status | None = None
        #: What is said of the whole run, and when it is told.
        self._note: tuple[str, float] | None = None

    def run(self) -> RunRecord:
        self._start(self._watch_run)
        over: _Over | None = None
        while over is None or self._held:
            news = self._next()
            match news:
                case _Over():
                    over = news
                case Status():
                    self._on_status(news)
                case _Wrote(step, text):
                    self._on_event(StepLog(step, NO_CELL, "stdout", text))
                case _Quiet(step):
                    self._listening.discard(step)
            self._tell_held()
        return self._ended(over)

    def _ended(self, over: _Over) -> RunRecord:
        last = self._last
        if isinstance(over.problem, EngineError) and not isinstance(over.problem, NoSuchRunError):
            raise EngineError(
                f"{told(over.problem)}; run {self._record.id} may go on,"
                f" `nbflow show {self._record.id}` asks again"
            ) from over.problem
        if over.problem is not None:
            raise over.problem
        if last is None or last.state is RunState.RUNNING:
            raise EngineError(
                f"the engine tells no more of run {self._record.id};"
                f" `nbflow show {self._record.id}` asks again"
            )
        if self._logs:
            keeping.keep_logs(self._store, self._record.id, self._engine, _LATE)
        record = self._store.run(self._record.id)
        if last.state is RunState.FAILED and not any(s.state == _FAILED for s in record.steps):
            self._say(last.message)
        self._on_event(RunEnded(last.state, record.seconds or 0.0))
        return record

    def _next(self) -> _News | None:
        """The next news; None where something has been held back for long enough."""
        times = [until for _, until in self._held.values()]
        times += [self._note[1]] if self._note else []
        waiting = min(times, default=None)
        try:
            if waiting is None:
                return self._news.get()
            left = waiting - time.monotonic()
            return self._news.get(timeout=max(0.0, left) if left < math.inf else None)
        except queue.Empty:
            return None

    def _on_status(self, status: Status) -> None:
        self._last = status
        keeping.keep_status(self._store, self._record.id, status)
        said = status.message if status.state is RunState.RUNNING else ""
        if said != (self._note[0] if self._note else ""):
            self._note = (said, time.monotonic() + _LASTING) if said else None
        for event in self._telling.events(status, time.time()):
            match event:
                case StepStarted(step):
                    self._listen(step)
                    self._on_event(event)
                case StepEnded(step):
                    self._held[step] = event, time.monotonic() + _LATE
                case _:
                    self._on_event(event)

    def _tell_held(self) -> None:
        """Tell what was held back and need not be any longer."""
        now = time.monotonic()
        while ready := [step for step in self._held if self._may_be_told(step, now)]:
            for step in ready:
                event, _ = self._held.pop(step)
                self._on_event(event)
        if self._note and self._note[1] <= now:
            self._say(self._note[0])
            self._note = (self._note[0], math.inf)

    def _may_be_told(self, step: StepName, now: float) -> bool:
        """Whether the end of a step is due; one that was left out waits for those that are the reason."""
        event, until = self._held[step]
        failing = any(each.state is StepState.FAILED for each, _ in self._held.values())
        heard = step not in self._listening or until <= now
        return heard and not (failing and event.state is StepState.SKIPPED)

    def _say(self, text: str) -> None:
        """Tell what is known of the run as a whole."""
        if text.strip():
            self._on_event(StepLog(_RUN, NO_CELL, "stderr", f"{' '.join(text.split())}\n"))

    # Other threads

    def _start(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="nbflow-watch", daemon=True).start()

    def _watch_run(self) -> None:
        try:
            for status in self._engine.watch(self._handle):
                self._news.put(status)
        except Exception as problem:
            self._news.put(_Over(problem))
        else:
            self._news.put(_Over())

    def _listen(self, step: StepName) -> None:
        """Hear what a step writes, from its beginning to its end."""
        if not self._logs or step in self._listening:
            return
        self._listening.add(step)
        self._start(lambda: self._follow(step))

    def _follow(self, step: StepName) -> None:
        try:
            for text in self._pieces(step):
                if text:
                    self._news.put(_Wrote(step, text))
        except NbflowError:  # it is asked for again when the run has ended
            pass
        finally:
            self._news.put(_Quiet(step))

    def _pieces(self, step: StepName) -> Iterator[str]:
        place = self._places[step]
        if self._texts.has(place):
            return iter([self._texts.text(place)])
        return self._texts.kept(
            place, self._engine.logs(self._handle, self._tasks[step], follow=True)
        )
