"""One run on this machine: starts each step when what it needs has ended, and listens to all of them.

A single thread waits on the pipes of the running steps. Steps commit their versions of variables when they
end; a step that turns out to have read a version that was not the last one is told, never passed over.
"""

from __future__ import annotations

import json
import os
import secrets
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from nbflow.engines.events import CellError, Event, StepEnded, StepLog, StepStarted, StepState
from nbflow.engines.local.launcher import Exit, Launcher, Pipes, drained
from nbflow.engines.local.outcome import Outcome, StepResult, read_outcome, reason_of
from nbflow.engines.local.plan import (
    CLASS,
    MODULE,
    Place,
    Plan,
    is_variable,
    needed,
    obstacles,
    shown_before,
    step_spec,
)
from nbflow.engines.local.reading_back import same_meaning
from nbflow.engines.local.specification import write_json
from nbflow.engines.local.text import MarkedText
from nbflow.engines.local.versions import Version, Versions
from nbflow.engines.outputs import Outputs
from nbflow.errors import EngineError
from nbflow.model import CellId, Name, Step, StepName


@dataclass(slots=True)
class _Running:
    """A step whose process is alive, and what has been heard of it so far."""

    step: Step
    index: int
    pipes: Pipes
    started: float
    began: float
    order: tuple[CellId, ...]
    hidden: frozenset[CellId]
    texts: dict[str, MarkedText]
    cell: CellId | None = None
    events: bytes = b""
    error: CellError | None = None
    fault: str = ""
    cell_seconds: dict[CellId, float] = field(default_factory=dict)


#: Ambient state that the import of a library may change, and what is grouped with variables.
_SET_BY_IMPORTS: Final = frozenset(
    {
        "@environ", "@ipython", "@logging", "@matplotlib.colormaps", "@out", "@pyplot",
        "@sys.modules", "@sys.path", "@warnings",
    }
)  # fmt: skip


class Scheduler:
    """Runs the steps of a plan through a launcher.

    ``on_step`` hears of each step once, when it has ended or has been passed over.
    """

    def __init__(
        self,
        plan: Plan,
        place: Place,
        launcher: Launcher,
        *,
        jobs: int,
        on_event: Callable[[Event], None],
        on_step: Callable[[StepResult], None],
        only: frozenset[StepName] | None = None,
    ) -> None:
        self._plan = plan
        self._place = place
        self._launcher = launcher
        self._jobs = max(1, jobs)
        self._on_event = on_event
        self._on_step = on_step
        self.outputs = Outputs()
        self.versions = Versions()
        self.results: dict[StepName, StepResult] = {}
        self._index = {step.name: i for i, step in enumerate(plan.pipeline.steps)}
        self._waiting = [s for s in plan.pipeline.steps if only is None or s.name in only]
        self._before: dict[StepName, set[StepName]] = {s.name: set() for s in plan.pipeline.steps}
        for edge in plan.pipeline.edges:
            if only is None or edge.writer in only:
                self._before[edge.reader].add(edge.writer)
        self._running: dict[int, _Running] = {}
        self._read: dict[int, dict[Name, int]] = {}
        self._classes: dict[int, dict[Name, int]] = {}
        self._states: dict[int, dict[Name, int]] = {}
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Run all steps to their end; whatever happens, no process is left behind."""
        self._selector.register(self._launcher, selectors.EVENT_READ)
        try:
            self._launch_ready()
            while self._running:
                self._turn()
                self._launch_ready()
        except BaseException:
            self._stop()
            raise
        finally:
            self._selector.close()
            self._launcher.close()

    # Starting

    def _launch_ready(self) -> None:
        """Launch what can run now, and pass over what can never run, until nothing more changes."""
        before = -1
        while before != len(self._waiting):
            before = len(self._waiting)
            for step in list(self._waiting):
                ended = [self.results.get(name) for name in self._before[step.name]]
                unfit = [r.step for r in ended if r and r.state is not StepState.DONE]
                if unfit:
                    self._skip(step, f"`{unfit[0]}`, which it needs, did not end well")
                elif all(ended) and len(self._running) < self._jobs:
                    self._launch(step)

    def _skip(self, step: Step, message: str) -> None:
        self._waiting.remove(step)
        index = self._index[step.name]
        self._finish(StepResult(step.name, index, StepState.SKIPPED, message=message))

    def _launch(self, step: Step) -> None:
        self._waiting.remove(step)
        index = self._index[step.name]
        effects = self._plan.effects[step.name]
        start = needed(effects, index, self.versions)
        blocked = obstacles(effects, start)
        if blocked:
            self._finish(
                StepResult(
                    step.name, index, StepState.FAILED, message=self._obstacle(step, blocked[0])
                )
            )
            return
        writers = {v.name: v.writer for v in start}
        read = writers if effects.reads_all else {a.name for a in effects.reads}
        self._read[index] = {name: writers.get(name, -1) for name in read if is_variable(name)}
        self._states[index] = {
            a.name: state.writer if (state := self.versions.before(a.name, index)) else -1
            for a in effects.reads
            if a.name.startswith("@")
        }
        self._classes[index] = {
            v.name: v.writer for v in self.versions.all_before(index) if v.name.startswith(CLASS)
        }
        folder = self._place.folder / "steps" / str(index)
        marker = secrets.token_hex(8)
        spec = step_spec(self._plan, self._place, step, index, self.versions, marker)
        pipes = self._launcher.launch(index, write_json(folder, spec))
        now = time.time()
        self._running[index] = _Running(
            step,
            index,
            pipes,
            now,
            time.monotonic(),
            order=(*step.prelude, *step.cells),
            hidden=shown_before(self._plan.pipeline, index).intersection(step.prelude),
            texts={name: MarkedText(f"\x1e{marker}:".encode()) for name in ("stdout", "stderr")},
        )
        for pipe in pipes.all:
            self._selector.register(pipe, selectors.EVENT_READ, index)
        self._on_event(StepStarted(step.name, now))

    def _obstacle(self, step: Step, version: Version) -> str:
        writer = self._plan.pipeline.steps[version.writer].name
        return (
            f"`{version.name}` was made in step `{writer}` and cannot travel to step `{step.name}`:"
            f" {version.obstacle}; run the two as one step (tag both `step:{writer}`)"
        )

    # Listening

    def _turn(self) -> None:
        exits: list[Exit] = []
        heard: set[int] = set()
        for key, _ in self._selector.select():
            if key.data is None:
                exits = self._launcher.news()
            else:
                heard.add(key.data)
        for index in sorted(heard):
            self._hear(self._running[index])
        for exit in exits:
            if exit.id in self._running:
                self._ended(self._running.pop(exit.id), exit)

    def _hear(self, running: _Running) -> None:
        """Take in what a step has said."""
        events = self._drain(running.pipes.events)
        for stream, pipe in (("stdout", running.pipes.stdout), ("stderr", running.pipes.stderr)):
            self._write(running, stream, running.texts[stream].take(self._drain(pipe)))
        *lines, running.events = (running.events + events).split(b"\n")
        for line in lines:
            self._take(running, json.loads(line))

    def _drain(self, pipe: int) -> bytes:
        data, ended = drained(pipe)
        if ended and pipe in self._selector.get_map():
            self._selector.unregister(pipe)
        return data

    def _write(self, running: _Running, stream: str, texts: list[tuple[int, str]]) -> None:
        for number, text in texts:
            cell = running.order[number] if number < len(running.order) else None
            if cell is not None and cell not in running.hidden:
                self.outputs.stream(cell, stream, text)
                self._on_event(StepLog(running.step.name, cell, stream, text))

    def _take(self, running: _Running, event: dict[str, object]) -> None:
        kind = event["event"]
        if kind in ("phase", "ready"):
            return
        if kind == "internal":
            running.fault = str(event["error"])
            return
        cell = CellId(str(event["cell"]))
        if kind == "cell_start":
            running.cell = cell
        elif kind == "cell_end":
            running.cell_seconds[cell] = float(str(event["seconds"]))
        elif kind == "stream":
            name, text = str(event["name"]), str(event["text"])
            self.outputs.stream(cell, name, text)
            self._on_event(StepLog(running.step.name, cell, name, text))
        else:
            if cell not in running.hidden:
                self.outputs.add(event)
            if kind == "error":
                running.error = CellError(
                    cell,
                    str(event["ename"]),
                    str(event["evalue"]),
                    tuple(str(line) for line in event["traceback"]),  # type: ignore[attr-defined]  # a JSON list
                )

    # Ending

    def _ended(self, running: _Running, exit: Exit) -> None:
        self._hear(running)
        for stream, text in running.texts.items():
            self._write(running, stream, text.rest())
        self._close(running)
        outcome = read_outcome(self._place.folder / "steps" / str(running.index) / "outcome.json")
        good = outcome is not None and outcome.ok
        error = running.error or (outcome.error if outcome else None)
        message = "" if good else self._why(running, error if outcome else None, exit)
        result = StepResult(
            step=running.step.name,
            index=running.index,
            state=StepState.DONE if good else StepState.FAILED,
            started=running.started,
            seconds=time.monotonic() - running.began,
            message=message,
            error=None if good else error,
            outcome=outcome or Outcome(ok=False),
            peak_bytes=max(exit.peak_bytes, outcome.peak_bytes if outcome else 0),
            cell_seconds=running.cell_seconds,
        )
        if good:
            self._commit(result)
        self._finish(result)

    def _why(self, running: _Running, error: CellError | None, exit: Exit) -> str:
        if running.fault:
            return running.fault
        if error is not None:
            number = self._plan.cells[error.cell].number
            return f"cell {number}: {error.ename}: {error.evalue}".strip()
        where = f" while cell {self._plan.cells[running.cell].number} ran" if running.cell else ""
        return reason_of(exit.status) + where

    def _commit(self, result: StepResult) -> None:
        outcome, index = result.outcome, result.index
        for name, written in outcome.written.items():
            self.versions.commit(Version(name, index, written.bundle))
        for name in outcome.deleted:
            self.versions.commit(Version(name, index))
        for name, found in outcome.unpicklable.items():
            obstacle = f"a {found.type} cannot be stored ({found.reason})"
            self.versions.commit(Version(name, index, obstacle=obstacle))
        for name, bundle in outcome.ambient.items():
            self.versions.commit(Version(name, index, bundle))
        for name in outcome.modules:
            self.versions.commit(Version(MODULE + name, index, bundle=MODULE))
        for key, bundle in outcome.classes.items():
            self.versions.commit(Version(CLASS + key, index, bundle))
        read = {CLASS + key for key in outcome.classes_read}
        self._read[index].update(
            {name: writer for name, writer in self._classes[index].items() if name in read}
        )
        changed = {*outcome.written, *outcome.deleted, *outcome.unpicklable}
        self._check_readers(result, changed | {CLASS + key for key in outcome.classes})
        self._check_own_reads(result)
        self._check_states(result)
        self._learn_imports(outcome)

    def _learn_imports(self, outcome: Outcome) -> None:
        """Let later steps find what this one has imported, unless the environment may decide on it."""
        if "@environ" in outcome.ambient:
            self._place = replace(self._place, preloadable=frozenset())
        known = self._place.preloadable
        modules = tuple(m for m in outcome.imported if m.partition(".")[0] in known)
        if modules and self._waiting:
            self._launcher.preload(modules)

    def _check_readers(self, result: StepResult, changed: set[Name]) -> None:
        """Refuse to go on where a later step has begun with a version that is stale now.

        Raises:
            EngineError: names the variable, both steps and the way out.
        """
        for reader, read in self._read.items():
            if reader <= result.index:
                continue
            for name in sorted(changed):
                if read.get(name, result.index) < result.index and not self._harmless(
                    name, read[name], result.index
                ):
                    raise EngineError(self._stale(name, result.step, reader))

    def _check_states(self, result: StepResult) -> None:
        """The same for ambient state that earlier steps have set, which later code names or uses."""
        foreseen = {a.name for a in self._plan.effects[result.step].mutates}
        for name in sorted(set(result.outcome.ambient) - foreseen - _SET_BY_IMPORTS):
            if self.versions.before(name, result.index) is None:
                continue
            for reader, read in self._states.items():
                if reader > result.index and read.get(name, result.index) < result.index:
                    raise EngineError(self._stale(name, result.step, reader))

    def _check_own_reads(self, result: StepResult) -> None:
        """The same for what this step has read and an earlier one has changed since it began.

        Only the definitions of classes: which of them a step reads is known when it has ended.
        """
        for name, writer in self._read[result.index].items():
            version = self.versions.before(name, result.index)
            if name.startswith(CLASS) and version and version.writer > writer:
                raise EngineError(
                    self._stale(name, self._plan.pipeline.steps[version.writer].name, result.index)
                )

    def _harmless(self, name: Name, old: int, new: int) -> bool:
        """Whether the new version means the same as the old one: caches fill, sets change order."""
        if name.startswith(CLASS):  # a definition is written only where it differs
            return False
        before, after = self.versions.before(name, old + 1), self.versions.before(name, new + 1)
        if old < 0 or before is None or after is None or not before.bundle or not after.bundle:
            return False
        return same_meaning(self._plan, self._place, self.versions, before, after)

    def _stale(self, name: Name, writer: StepName, reader: int) -> str:
        step = self._plan.pipeline.steps[reader].name
        name = name.removeprefix(CLASS).rpartition("/")[2]
        return (
            f"step `{writer}` changed `{name}` in a way that could not be foreseen, while step"
            f" `{step}`, which comes after it in the notebook, had already read it; tag `{step}`"
            f" with `prev:{writer}`, or run with --jobs 1"
        )

    def _finish(self, result: StepResult) -> None:
        self.results[result.step] = result
        self._on_step(result)
        self._on_event(
            StepEnded(result.step, result.state, result.seconds, result.message, result.error)
        )

    def _close(self, running: _Running) -> None:
        for pipe in running.pipes.all:
            if pipe in self._selector.get_map():
                self._selector.unregister(pipe)
            os.close(pipe)

    def _stop(self) -> None:
        """End every process and say of every step that has not ended that it was stopped."""
        for index, running in self._running.items():
            self._launcher.kill(index)
            self._close(running)
        for running in self._running.values():
            self._finish(
                StepResult(
                    running.step.name,
                    running.index,
                    StepState.STOPPED,
                    started=running.started,
                    seconds=time.monotonic() - running.began,
                )
            )
        for step in self._waiting:
            self._finish(StepResult(step.name, self._index[step.name], StepState.STOPPED))
        self._running.clear()
        self._waiting.clear()
