"""One run on this machine: starts each step when what it needs has ended, and listens to all of them.

A single thread waits on the pipes of the running steps. Steps hand in their versions of variables when they
end; a step that turns out to have read a version that was not the last one is run again. What a step
does outside of its process waits until all steps before it have ended for good, so that nothing outside
happens twice or out of order.
"""

from __future__ import annotations

import secrets
import selectors
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

from nbflow.engines.events import (
    CellError,
    CellEvent,
    Event,
    StepEnded,
    StepLog,
    StepStarted,
    StepState,
)
from nbflow.engines.local.attempts import Attempts, overdue, time_left
from nbflow.engines.local.cache import Cache, Hit, Miss
from nbflow.engines.local.launcher import Exit, LateLauncher, Launcher
from nbflow.engines.local.learning import Shown
from nbflow.engines.local.lessons import Lessons
from nbflow.engines.local.memory import Memory, available, kills
from nbflow.engines.local.namespaces import Namespaces, has_code
from nbflow.engines.local.order import Order
from nbflow.engines.local.outcome import Outcome, StepResult, read_outcome, reason_of
from nbflow.engines.local.parts import Parts
from nbflow.engines.local.plan import (
    Place,
    Plan,
    is_variable,
    obstacles,
    step_spec,
)
from nbflow.engines.local.running import Ear, Running
from nbflow.engines.local.specification import write_json
from nbflow.engines.local.versions import Version
from nbflow.engines.outputs import Outputs
from nbflow.errors import EngineError
from nbflow.model import CellId, Grade, Step, StepName
from nbflow.runtime.child import line_of
from nbflow.runtime.text import MarkedText


class Scheduler:
    """Runs the steps of a plan through a launcher; ``on_cell`` hears of the cells that run.

    ``on_step`` hears of each step when it has ended or has been passed over, and again where it has been
    run again. ``before_step`` is called before a step begins or an earlier result of it is looked for; until
    it returns, nothing else happens in the run.
    """

    def __init__(
        self,
        plan: Plan,
        place: Place,
        launcher: Callable[[], Launcher],
        *,
        jobs: int,
        on_event: Callable[[Event], None],
        on_step: Callable[[StepResult], None],
        only: frozenset[StepName] | None = None,
        cache: Cache | None = None,
        on_cell: Callable[[CellEvent], None] = lambda event: None,
        before_step: Callable[[StepName], None] = lambda step: None,
    ) -> None:
        self._plan = plan
        self._place = place
        self._launcher = LateLauncher(launcher, place.preload)
        self._jobs = max(1, jobs)
        self._on_event = on_event
        self._on_step = on_step
        self._before_step = before_step
        self.outputs = Outputs()
        self.spaces = Namespaces(plan.pipeline, partial(has_code, place))
        self._parts = Parts(plan, place)
        self.results: dict[StepName, StepResult] = {}
        self._index = {step.name: i for i, step in enumerate(plan.pipeline.steps)}
        self._waiting = [s for s in plan.pipeline.steps if only is None or s.name in only]
        self._before: dict[StepName, set[StepName]] = {s.name: set() for s in plan.pipeline.steps}
        #: The steps that each one perhaps needs: it does not wait for them.
        self._perhaps: dict[StepName, set[StepName]] = {s.name: set() for s in plan.pipeline.steps}
        for edge in plan.pipeline.edges:
            if only is None or edge.writer in only:
                waits = edge.asked or edge.grade is Grade.LIKELY
                (self._before if waits else self._perhaps)[edge.reader].add(edge.writer)
        self._order = [self._index[s.name] for s in self._waiting]
        self._final = 0
        self._launches = count()
        self._running: dict[int, Running] = {}
        self._again: dict[StepName, str] = {}
        self._attempts = Attempts()
        #: The bundles that steps of this run have written, with the times of their files.
        self._written: dict[str, int] = {}
        self._memory = Memory(available())
        self._kills = kills()
        self._cache = cache
        self._selector = selectors.DefaultSelector()
        self._ear = Ear(self._selector, self.outputs, on_event, on_cell)
        self._begun = Order(
            plan,
            self._parts,
            self.spaces,
            self.results,
            self._running,
            self._launcher,
            self._launches,
        )
        self._lessons = Lessons(plan, self._parts, self.spaces, self._begun)

    def shown(self) -> list[Shown]:
        """What the run has shown of steps that the analysis did not foresee."""
        return self._lessons.shown()

    def run(self) -> None:
        """Run all steps to their end; whatever happens, no process is left behind."""
        try:
            self._launch_ready()
            while self._running or self._attempts.wait(self._waiting) is not None:
                self._turn()
                self._launch_ready()
            self._lessons.learn_from(self.results.values(), looks=self._launcher.warm)
        except BaseException:
            self._stop()
            raise
        finally:
            self._selector.close()
            self._launcher.close()

    # Starting

    def _launch_ready(self) -> None:
        """Launch what can run now, and pass over what can never run, until nothing more changes."""
        before: object = None
        while before != ([*self._waiting], self._final):
            before = ([*self._waiting], self._final)
            well = all(result.state is StepState.DONE for result in self.results.values())
            for step in sorted(self._waiting, key=self._is_early):
                ended = self.results.keys() >= self._before[step.name]
                if well and not ended:  # as for most of a long notebook, most of the time
                    continue
                unfit = self._unfit(step)
                if any(self._is_final(r.index) for r in unfit):
                    self._skip(step, f"`{unfit[0].step}`, which it needs, did not end well")
                elif ended and not unfit and self._has_place(step):
                    self._launch(step)
            self._advance()

    def _is_early(self, step: Step) -> bool:
        """Whether the step may have to run again: those that surely need nothing more come first."""
        return not self.results.keys() >= self._perhaps[step.name]

    def _unfit(self, step: Step) -> list[StepResult]:
        """The results that did not end well of steps that the step needs, or perhaps needs."""
        names = (*self._before[step.name], *self._perhaps[step.name])
        ended = [self.results[name] for name in names if name in self.results]
        unfit = [result for result in ended if result.state is not StepState.DONE]
        return sorted(unfit, key=lambda result: result.index)

    def _is_final(self, index: int) -> bool:
        """Whether the step and all before it have ended for good."""
        return self._final == len(self._order) or index < self._order[self._final]

    def _has_place(self, step: Step) -> bool:
        """Whether the step may begin now, if all that it needs is there."""
        peaks = self._plan.peaks
        others = [peaks.get(running.step.name, 0) for running in self._running.values()]
        return (
            self._active() < self._jobs
            and self._attempts.is_due(step)
            and self._memory.has_room(peaks.get(step.name, 0), others)
        )

    def _active(self) -> int:
        """How many steps run that do not wait for their turn."""
        return sum(1 for running in self._running.values() if not running.held)

    def _advance(self) -> None:
        """Find the first step that has not ended for good; it may do what it does outside.

        What a step has used of some things is known when it has ended. One that has perhaps used what
        was changed since it began is begun anew rather than let go.
        """
        order = self._order
        while self._final < len(order) and (ended := self._result(order[self._final])):
            if self._has_failed_early(ended):
                self._run_again(ended.index, "it failed before its turn")
                return
            self._final += 1
        index = order[self._final] if self._final < len(order) else -1
        front = self._running.get(index)
        if front is None or not front.held:
            return
        change = self._begun.perhaps_stale(index)
        if change is None:
            front.release()
        else:
            self._lessons.learn(change, index)
            self._run_again(index, self._begun.told(change))

    def _has_failed_early(self, result: StepResult) -> bool:
        """Whether a step failed that began before all that come before it had ended: perhaps for that."""
        if result.state is not StepState.FAILED or result.outcome.outside:
            return False
        before = self._order[: self._order.index(result.index)]
        return self._begun.began_early(result.index, before)

    def _skip(self, step: Step, message: str) -> None:
        self._waiting.remove(step)
        index = self._index[step.name]
        self._finish(StepResult(step.name, index, StepState.SKIPPED, message=message))

    def _launch(self, step: Step) -> None:
        self._before_step(step.name)
        self._waiting.remove(step)
        index = self._index[step.name]
        blocked = obstacles(self._plan.effects[step.name], self._begun.begin(index))
        if blocked:
            self._finish(
                StepResult(
                    step.name, index, StepState.FAILED, message=self._obstacle(step, blocked[0])
                )
            )
            return
        found = (
            self._cache.look_up(step, index, self.spaces.of(step.call)) if self._cache else Miss("")
        )
        if isinstance(found, Hit):
            self._reuse(found)
        else:
            self._start(step, index, found.why)

    def _reuse(self, hit: Hit) -> None:
        """Let a step end at once with a result that it has given before."""
        self.outputs.bring_back(hit.outputs, self._plan.counts)
        step = self._plan.pipeline.steps[hit.result.index]
        for cell in self._own_cells(hit.result.index):
            for output in self.outputs.of(cell):
                if output["output_type"] == "stream":
                    name, text = str(output["name"]), str(output["text"])
                    self._on_event(StepLog(step.name, cell, name, text))
        self._finish(hit.result)
        self._commit(hit.result)
        self._validate(hit.result.index)

    def _start(self, step: Step, index: int, why: str) -> None:
        launch = next(self._launches)
        folder = self._place.folder / "steps" / str(launch)
        marker = secrets.token_hex(8)
        plan, place = self._parts.plan(step), self._parts.place(step)
        versions = self.spaces.of(step.call)
        spec = step_spec(plan, place, step, index, versions, folder, marker, self._written)
        first = not self._launcher.started
        pipes = self._launcher.launch(launch, write_json(folder, spec))
        if first:
            self._selector.register(self._launcher, selectors.EVENT_READ)
        now = time.time()
        self._running[index] = Running(
            step,
            index,
            launch,
            folder,
            pipes,
            now,
            time.monotonic(),
            order=(*step.prelude, *step.cells),
            hidden=self._plan.pipeline.shown_before(index).intersection(step.prelude),
            texts={name: MarkedText(f"\x1e{marker}:".encode()) for name in ("stdout", "stderr")},
            why=why,
        )
        self._ear.listen(self._running[index])
        self._on_event(StepStarted(step.name, now, self._again.pop(step.name, ""), why))

    def _obstacle(self, step: Step, version: Version) -> str:
        writer = self._plan.pipeline.steps[version.writer]
        together = writer.call == step.call and not writer.notebook
        way_out = f"; run the two as one step (tag both `step:{writer.name}`)" if together else ""
        return (
            f"`{version.name}` was made in step `{writer.name}` and cannot travel to step"
            f" `{step.name}`: {version.obstacle}{way_out}"
        )

    # Listening

    def _turn(self) -> None:
        exits, self._begun.late = self._begun.late, []
        heard: set[int] = set()
        limits = (time_left(self._running.values()), self._attempts.wait(self._waiting))
        limit = min((each for each in limits if each is not None), default=None)
        limit = 0.0 if exits else limit
        for key, _ in self._selector.select(limit):
            if key.data is None:
                exits += self._launcher.news()
            else:
                heard.add(key.data)
        for index in sorted(heard.intersection(self._running)):
            self._ear.hear(self._running[index])
        by_launch = {running.launch: index for index, running in self._running.items()}
        for exit in exits:
            ended = by_launch.get(exit.id, -1)
            if ended in self._running:
                self._ended(self._running.pop(ended), exit)
        for running in overdue(self._running.values()):
            running.fault = f"it took longer than its timeout of {running.step.resources.timeout} s"
            self._launcher.kill(running.launch)

    # Ending

    def _ended(self, running: Running, exit: Exit) -> None:
        self._ear.hear_the_rest(running)
        self._ear.close(running)
        outcome = read_outcome(running.folder / "outcome.json")
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
            cpu_seconds=max(exit.cpu_seconds, outcome.cpu_seconds if outcome else 0.0),
            cell_seconds=running.cell_seconds,
            reason=running.why,
        )
        self._finish(result)
        if good:
            self._commit(result)
            self._written.update(result.outcome.made)
        self._validate(running.index)
        if self.results.get(result.step) is not result:
            return
        if not good:
            self._try_again(running.step, result)
        elif self._cache:
            kept = self.outputs.kept(self._own_cells(running.index))
            self._cache.keep(running.step, result, running.folder, kept)

    def _try_again(self, step: Step, result: StepResult) -> None:
        """Let a step that has failed wait for its next try, if it gets one."""
        again = self._attempts.again(step, result.message)
        if again:
            self._run_again(result.index, again)

    def _take_back_readers(self, failed: StepResult) -> None:
        """Forget what steps have done that perhaps need one that has failed: the notebook ends there."""
        for step in self._plan.pipeline.steps[failed.index + 1 :]:
            begun = self._begun.has_begun(self._index[step.name])
            if begun and failed.step in self._perhaps[step.name]:
                self._run_again(self._index[step.name], f"`{failed.step}` failed")

    def _why(self, running: Running, error: CellError | None, exit: Exit) -> str:
        if running.fault:
            return running.fault
        if error is not None:
            number, line = self._plan.cells[error.cell].number, line_of(error.traceback)
            place = f"cell {number}, line {line}" if line else f"cell {number}"
            return f"{place}: {error.ename}: {error.evalue}".rstrip(": ")
        where = f" while cell {self._plan.cells[running.cell].number} ran" if running.cell else ""
        for_memory = kills() > self._kills
        return reason_of(exit.status, exit.peak_bytes, for_memory=for_memory) + where

    def _commit(self, result: StepResult) -> None:
        self.spaces.commit_all(result.index, result.outcome)
        self._learn_imports(result.outcome)

    def _learn_imports(self, outcome: Outcome) -> None:
        """Let later steps find what this one has imported, unless the environment may decide on it."""
        if "@environ" in outcome.ambient:
            self._place = replace(self._place, preloadable=frozenset())
        known = self._place.preloadable
        modules = tuple(m for m in outcome.imported if m.partition(".")[0] in known)
        if modules and self._waiting:
            self._launcher.preload(modules)

    # Order

    def _validate(self, ended: int) -> None:
        """Run again each step that has read what step ``ended``, or one before it, had not yet written."""
        for index, writers in self._begun.unheeded(ended):
            self._check(index, writers)

    def _check(self, index: int, writers: set[int]) -> None:
        """Run step ``index`` again if it has read what one of ``writers`` has changed since."""
        change = self._begun.stale(index, writers)
        if change is None:
            return
        if self._begun.looks(index) or not is_variable(change.name):
            self._lessons.learn(change, index)
        ended = self._result(index)
        if ended is not None and ended.outcome.outside:
            raise EngineError(self._begun.too_late(change, index))
        self._run_again(index, self._begun.told(change))

    def _result(self, index: int) -> StepResult | None:
        return self.results.get(self._plan.pipeline.steps[index].name)

    def _run_again(self, index: int, why: str) -> None:
        """Forget what a step has done, and what others have read of it; nothing outside has happened."""
        step = self._plan.pipeline.steps[index]
        running = self._running.pop(index, None)
        if running is not None:
            self._launcher.kill(running.launch)
            self._ear.close(running)
        self.results.pop(step.name, None)
        self.spaces.retract(index)
        self.outputs.forget(self._own_cells(index))
        self._again[step.name] = why
        self._waiting.append(step)
        self._waiting.sort(key=lambda each: self._index[each.name])
        for reader in self._begun.take_back(index):
            if self._begun.has_begun(reader):  # not yet taken back for one before it
                self._run_again(reader, f"`{step.name}` runs again")

    def _own_cells(self, index: int) -> tuple[CellId, ...]:
        """The cells whose outputs the step shows."""
        step, shown = self._plan.pipeline.steps[index], self._plan.pipeline.shown_before(index)
        return tuple(cell for cell in (*step.prelude, *step.cells) if cell not in shown)

    def _finish(self, result: StepResult) -> None:
        self.results[result.step] = result
        if result.state in (StepState.FAILED, StepState.SKIPPED):
            self._take_back_readers(result)
        self._on_step(result)
        self._on_event(
            StepEnded(
                result.step,
                result.state,
                result.seconds,
                result.message,
                result.error,
                result.reused,
            )
        )

    def _stop(self) -> None:
        """End every process and say of every step that has not ended that it was stopped."""
        for running in self._running.values():
            self._launcher.kill(running.launch)
            self._ear.close(running)
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
