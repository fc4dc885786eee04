"""Run a notebook as a pipeline, and keep a record of it."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.diagnostics import Finding
from nbflow.engines.events import CellEvent, Event, RunState
from nbflow.engines.local.cache import Cache, Reuse
from nbflow.engines.local.keeping import Keep
from nbflow.engines.local.launcher import Imports, Launchers, launcher
from nbflow.engines.local.packages import packages
from nbflow.engines.local.plan import Place
from nbflow.engines.local.sharing import Helpers
from nbflow.errors import EngineError, ParameterError
from nbflow.kernels import environment, python_of
from nbflow.model import Json, Name, StepName
from nbflow.profiles import LOCAL
from nbflow.service import history
from nbflow.service.called import write_called
from nbflow.service.job import Job
from nbflow.service.output import check_output, filled, make_folder, values_of, write_output
from nbflow.service.recorded import finding_record
from nbflow.service.refused import Refused, refuse
from nbflow.service.report import write_reports
from nbflow.service.request import (
    Request,
    plan_of,
    preload,
    preloadable,
    request,
    steps_after,
    steps_of,
)
from nbflow.store import RunRecord, StepRecord, Store
from nbflow.store.alive import pid_of

__all__ = [
    "Helpers",
    "Keep",
    "Refused",
    "Reuse",
    "cancel",
    "check_jobs",
    "cores",
    "execute",
    "resume",
    "run",
    "run_unsaved",
]


def run(
    path: str,
    *,
    parameters: Mapping[str, Json] | None = None,
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
        output: where the executed notebook is written, a path or an address, with names of parameters
            in braces (``out/{depth}.ipynb``); by default in the run's folder.
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
    asked = request(path, parameters or {}, steps)
    return execute(
        asked,
        python=python,
        jobs=jobs,
        output=filled(output, values_of(asked)) if output else None,
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


def run_unsaved(
    asked: Request,
    *,
    engine: str,
    values: Mapping[Name, Json],
    jobs: int | None = None,
    reuse: Reuse | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
    on_cell: Callable[[CellEvent], None] = lambda event: None,
    on_step: Callable[[StepRecord], None] = lambda record: None,
) -> RunRecord:
    """The record of a run of a notebook that need not lie in a file; none is written either.

    ``engine`` is who runs it, and ``values`` are those that its parameters have, for the record.
    ``on_cell`` hears of the cells as they run, ``on_step`` what is recorded of each step when it has ended,
    and again where that changes. All else is as for ``run``.

    Raises:
        NbflowError: as for ``run``.
    """
    return execute(
        asked,
        python=None,
        jobs=jobs,
        reuse=reuse or Reuse(),
        engine=engine,
        values=values,
        saved=False,
        on_event=on_event,
        on_findings=on_findings,
        on_cell=on_cell,
        on_step=on_step,
    )


def execute(
    asked: Request,
    *,
    python: str | None,
    jobs: int | None,
    reuse: Reuse,
    on_event: Callable[[Event], None],
    output: str | None = None,
    report: str | None = None,
    fork: bool = True,
    fingerprint: bool = False,
    keep: Keep = Keep.ALL,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
    workplace: Path | None = None,
    launchers: Launchers = launcher,
    engine: str = LOCAL,
    values: Mapping[Name, Json] | None = None,
    saved: bool = True,
    on_cell: Callable[[CellEvent], None] = lambda event: None,
    on_step: Callable[[StepRecord], None] = lambda record: None,
    before_step: Callable[[StepName], None] = lambda step: None,
) -> RunRecord:
    """The record of a run of what was asked for and analysed already; else as ``run``.

    ``before_step`` is called before a step begins or is taken from an earlier run; it may make it wait.
    """
    check_jobs(jobs)
    on_findings(asked.analysis.findings)
    refuse(asked.analysis.findings, "run")
    steps_of(asked.analysis.pipeline, reuse.forced)
    kernel = python_of(asked.notebook, python)
    if output is not None:
        check_output(output)
    if report:
        make_folder(Path(report))
    folder, kernel_env = asked.path.parent, environment(kernel)
    seed = secrets.randbits(32) if reuse.seed is None else reuse.seed
    with Store.open(folder, create=True) as store:
        run_id = store.begin(
            notebook=asked.known_as,
            engine=engine,
            python=kernel.python,
            parameters=asked.parameters if values is None else values,
            findings=[finding_record(f) for f in asked.analysis.findings],
            seed=seed,
            resumes=reuse.resumed,
            keep=keep.value,
        )
        installed = packages(kernel.python, kernel_env, store.folder / "packages.json")
        plan = replace(plan_of(asked, keep), peaks=store.peaks(asked.known_as))
        place = Place(
            python=kernel.python,
            cwd=workplace or folder,
            env=kernel_env,
            bundles=store.bundles,
            folder=store.run_folder(run_id),
            seed=seed,
            preload=preload(asked),
            preloadable=preloadable(asked),
            codecs=installed.codecs,
        )
        cache = Cache(
            plan,
            place,
            installed,
            store,
            run=run_id,
            notebook=asked.known_as,
            reuse=reuse,
        )
        imports = Imports(place.preload, installed)
        start = partial(launchers, place.interpreter, imports, fork=fork)
        used = None if workplace else cache
        job = Job(
            asked, plan, place, store, run_id, start, on_event, used, on_cell, on_step, before_step
        )
        job.run(jobs=jobs or cores())
        found = job.fingerprints() if fingerprint else None
        record = replace(store.run(run_id), fingerprints=found)
        called = write_called(plan, place, job.outputs(), job.counts())
        if saved:
            executed = place.folder / asked.path.name
            notebooks.write_executed(
                asked.path, job.outputs(), job.counts(), executed, text=asked.text
            )
            record = replace(record, executed=str(executed))
    if report is not None:
        silent = {each.name for each in plan.pipeline.steps if each.resources.report is False}
        write_reports(record, Path(report), called, silent)
    if output is not None:
        record = write_output(record, output)
    return record


def resume(
    run_id: str,
    folder: str | Path = ".",
    *,
    step: str = "",
    jobs: int | None = None,
    fork: bool = True,
    on_event: Callable[[Event], None] = lambda event: None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
) -> RunRecord:
    """The record of a run that goes on where run ``run_id`` (or ``last``) of ``folder`` has ended.

    The notebook is run as it is now, with that run's parameters, interpreter and initial states of
    generators. What ended well there is used, also where time or chance went into it, unless something that
    it depends on has changed since. Where a ``step`` is named, that one and all that need something of it
    run anew.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
        EngineError: the run is still going on, or was not started here by nbflow itself.
        NbflowError: as for ``run``.
    """
    last = resumable(run_id, folder)
    asked = request(last.notebook, {}, (), folder)
    asked = replace(asked, parameters=last.parameters or {})
    anew = steps_after(asked.analysis.pipeline, step) if step else frozenset()
    return execute(
        asked,
        python=last.python,
        jobs=jobs,
        fork=fork,
        reuse=Reuse(forced=anew, resumed=last.id, seed=last.seed),
        keep=Keep(last.keep),
        on_event=on_event,
        on_findings=on_findings,
    )


def resumable(run_id: str, folder: str | Path = ".") -> RunRecord:
    """The record of run ``run_id`` (or ``last``) of ``folder``, which may be resumed.

    Raises:
        StoreError: there is no such run, or the store cannot be read.
        EngineError: the run is still going on, or was not started here by nbflow itself.
    """
    last = history.run(run_id, folder)
    if last.remote is not None:
        raise EngineError(
            f"run {last.id} is one of {last.remote.profile}; `nbflow retry {last.id}` goes on with it"
        )
    if last.engine != LOCAL:
        raise EngineError(
            f"run {last.id} was started by {last.engine}: start it there once more; what ended well and "
            "still holds is used"
        )
    if last.state == RunState.RUNNING.value:
        raise EngineError(f"run {last.id} is still going on; `nbflow cancel {last.id}` stops it")
    return last


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


def check_jobs(jobs: int | None) -> None:
    """Nothing, where so many may run at once, or nothing is said.

    Raises:
        ParameterError: it is less than one.
    """
    if jobs is not None and jobs < 1:
        raise ParameterError(f"jobs says how many may run at once, which is at least 1, not {jobs}")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
