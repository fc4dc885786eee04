"""One run in the making: what the engine tells of it is handed on to the store and to the user."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbflow.analysis.learned import source_of
from nbflow.engines.events import CellEvent, Event, RunEnded, RunStarted, RunState, StepState
from nbflow.engines.local.cache import Cache
from nbflow.engines.local.keeping import NOT_KEPT
from nbflow.engines.local.launcher import Launcher
from nbflow.engines.local.outcome import StepResult
from nbflow.engines.local.plan import Place, Plan, is_variable
from nbflow.engines.local.reading_back import fingerprints
from nbflow.engines.local.scheduler import Scheduler
from nbflow.errors import EngineError, NbflowError
from nbflow.model import CellId, Learned, Name, Role, StepName, metric_names
from nbflow.runtime import preview
from nbflow.runtime.spec import class_name
from nbflow.service.journal import journalled
from nbflow.service.request import Request
from nbflow.store import CellRecord, StepRecord, Store, VariableRecord


class Job:
    """Runs the steps of a plan and records each; its results are there when it has run.

    ``on_cell`` hears of the cells as they run, ``on_step`` of each record as it is written;
    ``before_step`` is called before a step begins, and may make it wait.
    """

    def __init__(
        self,
        request: Request,
        plan: Plan,
        place: Place,
        store: Store,
        run_id: str,
        start: Callable[[], Launcher],
        on_event: Callable[[Event], None],
        cache: Cache | None,
        on_cell: Callable[[CellEvent], None] = lambda event: None,
        on_step: Callable[[StepRecord], None] = lambda record: None,
        before_step: Callable[[StepName], None] = lambda step: None,
    ) -> None:
        self._on_cell = on_cell
        self._on_step = on_step
        self._before_step = before_step
        self._cache = cache
        self._request = request
        self._plan = plan
        self._place = place
        self._store = store
        self._run = run_id
        self._start = start
        self._on_event = journalled(store.run_folder(run_id), on_event)
        self._scheduler: Scheduler | None = None
        self._began = time.monotonic()

    def run(self, *, jobs: int) -> None:
        """Run all steps and record each as it ends."""
        names = tuple(
            s.name
            for s in self._plan.pipeline.steps
            if self._request.only is None or s.name in self._request.only
        )
        self._on_event(RunStarted(self._run, self._request.known_as, names))
        state = RunState.STOPPED
        try:
            with _space(self._place.folder):
                self._scheduler = Scheduler(
                    self._plan,
                    self._place,
                    self._start,
                    jobs=jobs,
                    on_event=self._on_event,
                    on_step=self._record,
                    only=self._request.only,
                    cache=self._cache,
                    on_cell=self._on_cell,
                    before_step=self._before_step,
                )
                self._scheduler.run()
            self._settle_displays()
            good = all(r.state is StepState.DONE for r in self._scheduler.results.values())
            state = RunState.DONE if good else RunState.FAILED
        except NbflowError:
            state = RunState.FAILED
            raise
        finally:
            seconds = time.monotonic() - self._began
            self._store.end(self._run, state.value, seconds, self._metrics())
            self._learn()
            self._on_event(RunEnded(state, seconds))

    def _learn(self) -> None:
        """Keep what the run has shown of steps, for the next analysis of the same code."""
        shown = self._scheduler.shown() if self._scheduler else []
        facts = [
            Learned(each.step, source_of(self._plan.uses[each.step]), each.name, each.effect)
            for each in shown
        ]
        if facts:
            self._store.learn(self._request.known_as, self._run, facts)

    def _settle_displays(self) -> None:
        """Displays that other cells have updated show it, in the records of their steps too."""
        assert self._scheduler is not None
        changed = self._scheduler.outputs.settle(tuple(self._plan.cells))
        for result in self._scheduler.results.values():
            step = self._plan.pipeline.steps[result.index]
            if changed.intersection((*self._own_prelude(result.index), *step.cells)):
                self._record(result)

    def fingerprints(self) -> dict[Name, str]:
        """Fingerprints of all variables that the run left."""
        assert self._scheduler is not None
        names = self._scheduler.spaces.of("")
        starter = self._start()
        try:
            found = fingerprints(self._plan, self._place, names, starter)
        finally:
            starter.close()
        for version in names.all_before(len(self._plan.pipeline.steps)):
            if version.obstacle and is_variable(version.name):
                writer = self._plan.pipeline.steps[version.writer].name
                result = self._scheduler.results[writer]
                # What does not cross a call was stored where it was made.
                if unpicklable := result.outcome.unpicklable.get(version.name):
                    found[version.name] = unpicklable.meaning
        return found

    def outputs(self) -> dict[CellId, list[dict[str, object]]]:
        """The outputs of all code cells, as nbformat has them."""
        assert self._scheduler is not None
        return {cell: self._scheduler.outputs.of(cell) for cell in self._plan.cells}

    def counts(self) -> dict[CellId, int]:
        """The execution counts of the cells that ran."""
        assert self._scheduler is not None
        ran = {c for result in self._scheduler.results.values() for c in result.cell_seconds}
        return {cell: count for cell, count in self._plan.counts.items() if cell in ran}

    def _record(self, result: StepResult) -> None:
        step = self._plan.pipeline.steps[result.index]
        own = (*self._own_prelude(result.index), *step.cells)
        record = StepRecord(
            name=step.name,
            index=result.index,
            state=result.state.value,
            started=result.started,
            seconds=result.seconds,
            message=result.message,
            error=f"{result.error.ename}: {result.error.evalue}" if result.error else "",
            peak_bytes=result.peak_bytes,
            cpu_seconds=result.cpu_seconds,
            reason=result.reason,
            reused=result.reused,
            source=source_of(self._plan.uses[step.name]),
            changed=_changed(result) if result.state is StepState.DONE else None,
            cells=tuple(self._cell_record(cell, result) for cell in own),
            variables=_variables(result),
        )
        self._store.record_step(self._run, record)
        self._on_step(record)

    def _own_prelude(self, index: int) -> list[CellId]:
        steps = self._plan.pipeline.steps
        earlier = {cell for step in steps[:index] for cell in step.prelude}
        return [cell for cell in steps[index].prelude if cell not in earlier]

    def _cell_record(self, cell: CellId, result: StepResult) -> CellRecord:
        assert self._scheduler is not None
        source = self._plan.cells[cell]
        return CellRecord(
            id=cell,
            number=source.number,
            source=source.source,
            count=self._plan.counts.get(cell) if cell in result.cell_seconds else None,
            seconds=result.cell_seconds.get(cell),
            outputs=tuple(self._scheduler.outputs.of(cell)),
        )

    def _metrics(self) -> dict[str, float]:
        """The numbers that the metrics cells read or bind, by name."""
        if self._scheduler is None:
            return {}
        steps = self._plan.pipeline.steps
        named = {
            (step.call, name)
            for step in steps
            if step.role is Role.METRICS
            for name in metric_names(self._plan.effects[step.name])
        }
        found: dict[str, float] = {}
        for result in sorted(self._scheduler.results.values(), key=lambda r: r.index):
            call = steps[result.index].call
            for name, written in {**result.outcome.dropped, **result.outcome.written}.items():
                value = (
                    preview.number(written.type, written.preview) if (call, name) in named else None
                )
                if value is not None:
                    found[f"{call}/{name}" if call else name] = value
        return found


def _changed(result: StepResult) -> tuple[Name, ...]:
    """What a step has changed, by the names that the analysis has for it."""
    done = result.outcome
    parts = [name.removeprefix("@module:") for name in done.ambient if name.startswith("@module:")]
    modules = {name.partition(".")[0] for name in (*parts, *done.modules)}
    classes = {class_name(key) for key in done.classes}
    names = {*done.written, *done.dropped, *done.deleted, *done.unpicklable, *done.ambient}
    return tuple(sorted(names | modules | classes | ({"@files"} if done.outside else set())))


def _variables(result: StepResult) -> tuple[VariableRecord, ...]:
    stored = [
        VariableRecord(name, w.type, w.shape, w.bytes, w.bundle, w.preview)
        for name, w in {**result.outcome.handed, **result.outcome.written}.items()
    ]
    lost = [
        VariableRecord(name, found.type, obstacle=found.reason)
        for name, found in result.outcome.unpicklable.items()
    ]
    dropped = [
        VariableRecord(name, w.type, w.shape, w.bytes, "", w.preview, NOT_KEPT)
        for name, w in result.outcome.dropped.items()
    ]
    return tuple(sorted([*stored, *lost, *dropped], key=lambda v: v.name))


@contextmanager
def _space(folder: Path) -> Iterator[None]:
    """Turn a full disk under the run's folder into one sentence."""
    try:
        yield
    except BrokenPipeError:  # the reader of the output went away: no matter of disks
        raise
    except OSError as error:
        raise EngineError(
            f"the run's files in {folder} cannot be written: {error.strerror or error}"
        ) from error
