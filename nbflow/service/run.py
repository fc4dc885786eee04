"""Run a notebook as a pipeline, and keep a record of it."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis, analyse
from nbflow.analysis.learned import source_of
from nbflow.analysis.parameters import cast
from nbflow.diagnostics import Finding, Severity
from nbflow.engines.events import Event, RunEnded, RunStarted, RunState, StepState
from nbflow.engines.local.cache import Cache, Reuse
from nbflow.engines.local.keeping import NOT_KEPT, Keep, kept
from nbflow.engines.local.launcher import Imports, Launcher, Launchers, launcher
from nbflow.engines.local.outcome import StepResult
from nbflow.engines.local.packages import packages
from nbflow.engines.local.plan import Place, Plan, is_variable
from nbflow.engines.local.reading_back import fingerprints
from nbflow.engines.local.scheduler import Scheduler
from nbflow.engines.local.sharing import Helpers
from nbflow.errors import EngineError, NbflowError, ParameterError
from nbflow.kernels import environment, python_of
from nbflow.model import (
    Cell,
    CellId,
    CellKind,
    Json,
    Learned,
    Name,
    Notebook,
    Pipeline,
    Role,
    Step,
    StepName,
    execution_counts,
)
from nbflow.service import history
from nbflow.service.called import write_called
from nbflow.service.check import options_for
from nbflow.service.report import write_reports
from nbflow.store import (
    CellRecord,
    FindingRecord,
    RunRecord,
    StepRecord,
    Store,
    VariableRecord,
)
from nbflow.store.alive import pid_of

__all__ = ["Helpers", "Keep", "Refused", "Reuse", "cancel", "resume", "run"]

#: Modules that may be imported before a process is forked: they start no thread that a fork would lose,
#: open no device, and read no setting at import that a cell could still change.
PRELOADABLE = frozenset(
    {
        "altair", "bs4", "collections", "csv", "dataclasses", "datetime", "functools", "imblearn",
        "itertools", "json", "lxml", "math", "matplotlib", "mlxtend", "networkx", "numpy", "pandas",
        "patsy", "PIL", "pickle", "plotly", "random", "re", "scipy", "seaborn", "sklearn",
        "statistics", "statsmodels", "string", "sympy", "time", "typing", "urllib", "warnings",
    }
)  # fmt: skip


class Refused(NbflowError):  # noqa: N818  # an answer to a request, as the user reads it
    """The notebook has findings of severity error: it was not run."""

    exit_code = 8

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        errors = [f for f in findings if f.severity is Severity.ERROR]
        super().__init__(f"the notebook was not run: {errors[0].code} {errors[0].message}")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class _Request:
    """What the user asked for, checked."""

    path: Path
    notebook: Notebook
    analysis: Analysis
    parameters: Mapping[Name, Json]
    only: frozenset[StepName] | None


def run(
    path: str,
    *,
    parameters: Mapping[str, str] | None = None,
    python: str | None = None,
    jobs: int | None = None,
    steps: Sequence[str] = (),
    output: str | None = None,
    report: str | None = None,
    fork: bool = True,
    fingerprint: bool = False,
    reuse: Reuse | None = None,
    keep: Keep = Keep.ALL,
    workplace: Path | None = None,
    launchers: Launchers = launcher,
    on_event: Callable[[Event], None] = lambda event: None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> RunRecord:
    """The record of a run of the notebook at ``path`` as a pipeline on this machine.

    Args:
        parameters: values of parameters by name, as text or as JSON values.
        python: the interpreter of the steps; by default that of the notebook's kernelspec.
        jobs: how many steps may run at once; by default the number of cores.
        steps: run these steps and what they need; by default all.
        output: where the executed notebook is written; by default in the run's folder.
        report: a folder for one HTML page for each step, or None for no report.
        fork: fork steps from a warm helper where the system can.
        fingerprint: also take fingerprints of all variables at the end.
        reuse: which results of earlier runs may be used; by default all that still hold.
        keep: which variables of each step are stored; all where fingerprints are taken.
        launchers: starts the processes of steps; ``Helpers.launcher`` lets runs share what they import.
        workplace: the folder to run in, a copy of the notebook's: no results are used or kept then.
        on_event: hears of the run's progress.
        on_findings: hears the findings before the run begins.

    Raises:
        Refused: the notebook has findings of severity error.
        NbflowError: the notebook, a parameter, the kernel, the engine or the store is at fault.
    """
    request = _request(path, parameters or {}, steps)
    return _execute(
        request,
        python=python,
        jobs=jobs,
        output=output,
        report=report,
        fork=fork,
        fingerprint=fingerprint,
        reuse=reuse or Reuse(),
        keep=Keep.ALL if fingerprint else keep,
        workplace=workplace,
        launchers=launchers,
        on_event=on_event,
        on_findings=on_findings,
    )


def _execute(
    request: _Request,
    *,
    python: str | None,
    jobs: int | None,
    output: str | None,
    report: str | None,
    fork: bool,
    fingerprint: bool,
    reuse: Reuse,
    keep: Keep,
    on_event: Callable[[Event], None],
    on_findings: Callable[[tuple[Finding, ...]], None],
    workplace: Path | None = None,
    launchers: Launchers = launcher,
) -> RunRecord:
    on_findings(request.analysis.findings)
    if any(f.severity is Severity.ERROR for f in request.analysis.findings):
        raise Refused(request.analysis.findings)
    kernel = python_of(request.notebook, python)
    for target in (Path(output).absolute().parent if output else None, report):
        if target:
            _make(Path(target))
    folder, kernel_env = request.path.parent, environment(kernel)
    seed = secrets.randbits(32) if reuse.seed is None else reuse.seed
    with Store.open(folder, create=True) as store:
        run_id = store.begin(
            notebook=str(request.path),
            engine="local",
            python=kernel.python,
            parameters=request.parameters,
            findings=[_finding_record(f) for f in request.analysis.findings],
            seed=seed,
            resumes=reuse.resumed,
            keep=keep.value,
        )
        installed = packages(kernel.python, kernel_env, store.folder / "packages.json")
        plan = replace(_plan(request, keep), peaks=store.peaks(str(request.path)))
        place = Place(
            python=kernel.python,
            cwd=workplace or folder,
            env=kernel_env,
            bundles=store.bundles,
            folder=store.run_folder(run_id),
            seed=seed,
            preload=_preload(request),
            preloadable=_preloadable(request),
            codecs=installed.codecs,
        )
        cache = Cache(
            plan,
            place,
            installed,
            store,
            run=run_id,
            notebook=str(request.path),
            reuse=reuse,
        )
        imports = Imports(place.preload, installed)
        start = partial(launchers, place.interpreter, imports, fork=fork)
        used = None if workplace else cache
        job = _Job(request, plan, place, store, run_id, start, on_event, used)
        job.run(jobs=jobs or _cores())
        found = job.fingerprints() if fingerprint else None
        executed = Path(output).absolute() if output else place.folder / request.path.name
        notebooks.write_executed(request.path, job.outputs(), job.counts(), executed)
        called = write_called(plan, place, job.outputs(), job.counts())
        record = replace(store.run(run_id), executed=str(executed), fingerprints=found)
    if report is not None:
        write_reports(record, Path(report), called)
    return record


def resume(
    run_id: str,
    folder: str | Path = ".",
    *,
    jobs: int | None = None,
    fork: bool = True,
    on_event: Callable[[Event], None] = lambda event: None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> RunRecord:
    """The record of a run that goes on where run ``run_id`` (or ``LAST``) of ``folder`` has ended.

    The notebook is run as it is now, with that run's parameters, interpreter and initial states of
    generators. What ended well there is used, also where time or chance went into it, unless something that
    it depends on has changed since.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
        EngineError: the run is still going on.
        NbflowError: as for ``run``.
    """
    last = history.run(run_id, folder)
    if last.state == RunState.RUNNING.value:
        raise EngineError(f"run {last.id} is still going on; `nbflow cancel {last.id}` stops it")
    return _execute(
        replace(_request(last.notebook, {}, ()), parameters=last.parameters or {}),
        python=last.python,
        jobs=jobs,
        output=None,
        report=None,
        fork=fork,
        fingerprint=False,
        reuse=Reuse(resumed=last.id, seed=last.seed),
        keep=Keep(last.keep),
        on_event=on_event,
        on_findings=on_findings,
    )


def cancel(run_id: str, folder: str | Path = ".") -> RunRecord:
    """The record of a run that has been told to stop: its steps are ended, what they made is kept.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
        EngineError: the run does not go on, or not on this machine.
    """
    found = history.run(run_id, folder)
    if found.state != RunState.RUNNING.value:
        raise EngineError(f"run {found.id} does not go on: it is {found.state}")
    pid = pid_of(found.process)
    if pid is None:
        raise EngineError(f"run {found.id} goes on on another machine; stop it there")
    os.kill(pid, signal.SIGINT)
    return found


class _Job:
    """One run in the making: hands what the engine tells on to the store and to the user."""

    def __init__(
        self,
        request: _Request,
        plan: Plan,
        place: Place,
        store: Store,
        run_id: str,
        start: Callable[[], Launcher],
        on_event: Callable[[Event], None],
        cache: Cache | None,
    ) -> None:
        self._cache = cache
        self._request = request
        self._plan = plan
        self._place = place
        self._store = store
        self._run = run_id
        self._start = start
        self._on_event = on_event
        self._scheduler: Scheduler | None = None
        self._began = time.monotonic()

    def run(self, *, jobs: int) -> None:
        """Run all steps and record each as it ends."""
        names = tuple(
            s.name
            for s in self._plan.pipeline.steps
            if self._request.only is None or s.name in self._request.only
        )
        self._on_event(RunStarted(self._run, str(self._request.path), names))
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
            self._store.learn(str(self._request.path), self._run, facts)

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
                found[version.name] = result.outcome.unpicklable[version.name].meaning
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
        self._store.record_step(
            self._run,
            StepRecord(
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
                cells=tuple(self._cell_record(cell, result) for cell in own),
                variables=_variables(result),
            ),
        )

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
        """The numbers that the metrics cells read, by name."""
        if self._scheduler is None:
            return {}
        steps = self._plan.pipeline.steps
        read = {
            (step.call, access.name)
            for step in steps
            if step.role is Role.METRICS
            for access in self._plan.effects[step.name].reads
        }
        found: dict[str, float] = {}
        for result in sorted(self._scheduler.results.values(), key=lambda r: r.index):
            call = steps[result.index].call
            for name, written in {**result.outcome.dropped, **result.outcome.written}.items():
                value = _number(written.type, written.preview) if (call, name) in read else None
                if value is not None:
                    found[f"{call}/{name}" if call else name] = value
        return found


def _make(folder: Path) -> None:
    """Make a folder for what the user asked for, before anything runs."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{folder} cannot be made: {error.strerror or error}") from error


def _request(path: str, parameters: Mapping[str, str], steps: Sequence[str]) -> _Request:
    absolute = Path(path).absolute()
    notebook = notebooks.read(absolute)
    analysis = analyse(notebook, options_for(absolute, notebook))
    return _Request(
        path=absolute,
        notebook=notebook,
        analysis=analysis,
        parameters=_cast_all(analysis, parameters),
        only=_with_ancestors(analysis, steps) if steps else None,
    )


def _cast_all(analysis: Analysis, given: Mapping[str, str]) -> dict[Name, Json]:
    known = {p.name: p for p in analysis.pipeline.parameters}
    unknown = [name for name in given if name not in known]
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise ParameterError(
            f"the notebook has no parameter `{unknown[0]}`; its parameters are: {names}"
        )
    return {name: cast(known[name], value) for name, value in given.items()}


def _with_ancestors(analysis: Analysis, steps: Sequence[str]) -> frozenset[StepName]:
    names = {step.name for step in analysis.pipeline.steps}
    for step in steps:
        if step not in names:
            raise ParameterError(
                f"the notebook has no step `{step}`; its steps are: {', '.join(sorted(names))}"
            )
    asked = {StepName(step) for step in steps}
    pipeline = analysis.pipeline
    found = {step.name for step in pipeline.steps if asked.intersection(pipeline.around(step))}
    while more := {
        e.writer for e in analysis.pipeline.edges if e.reader in found and e.writer not in found
    }:
        found |= more
    return frozenset(found)


def _plan(request: _Request, keep: Keep) -> Plan:
    pipeline = request.analysis.pipeline
    effects = {e.step: e for e in request.analysis.effects}
    cells: dict[CellId, Cell] = {}
    counts: dict[CellId, int] = {}
    for call, notebook in [("", request.notebook), *request.analysis.notebooks.items()]:
        own = _in_order(notebook, [step for step in pipeline.steps if step.call == call])
        cells |= own
        counts |= execution_counts(own, tuple(own))
    return Plan(
        pipeline=_running(pipeline, request.only),
        cells=cells,
        effects=effects,
        kept=kept(pipeline, effects) if keep is Keep.EDGES else {},
        counts=counts,
        parameters=request.parameters,
        uses={use.step: use for use in request.analysis.uses},
    )


def _running(pipeline: Pipeline, only: frozenset[StepName] | None) -> Pipeline:
    """The pipeline, in which steps that do not run have no prelude: the first that runs shows it."""
    steps = (
        step if only is None or step.name in only else replace(step, prelude=())
        for step in pipeline.steps
    )
    return replace(pipeline, steps=tuple(steps))


def _in_order(notebook: Notebook, steps: Sequence[Step]) -> dict[CellId, Cell]:
    """The cells of a notebook that run in ``steps``, in the order in which Jupyter runs them."""
    cells = {c.id: c for c in notebook.cells if c.kind is CellKind.CODE}
    used = {cell for step in steps for cell in (*step.prelude, *step.cells)}
    last = [c for step in steps if step.role is Role.METRICS for c in step.cells]
    order = [c for c in cells if c in used and c not in last] + last
    return {c: cells[c] for c in order}


def _preload(request: _Request) -> tuple[str, ...]:
    known = _preloadable(request)
    leading = request.analysis.pipeline.leading_imports
    return tuple(module for module in leading if module.partition(".")[0] in known)


def _preloadable(request: _Request) -> frozenset[str]:
    """What may be imported early; a notebook that names matplotlib's backend itself must come first."""
    notebooks_ = (request.notebook, *request.analysis.notebooks.values())
    text = "\n".join(cell.source for notebook in notebooks_ for cell in notebook.cells)
    held = {"matplotlib", "seaborn", "pandas"} if "MPLBACKEND" in text else set()
    return PRELOADABLE - held


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def _number(type_: str, preview: str) -> float | None:
    if "int" not in type_ and "float" not in type_:
        return None
    try:
        return float(preview.removeprefix(f"{type_.replace('numpy', 'np')}(").removesuffix(")"))
    except ValueError:
        return None


def _finding_record(finding: Finding) -> FindingRecord:
    place = finding.location
    return FindingRecord(
        code=finding.code,
        severity=finding.severity.value,
        message=finding.message,
        hint=finding.hint,
        cell=place.cell if place else None,
        number=place.number if place else 0,
        line=place.line if place else 0,
    )


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
