"""A notebook sent to an engine elsewhere; the store knows of the run before the engine does."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from nbflow.diagnostics import Finding
from nbflow.engines.events import Event, RunStarted, RunState, StepState
from nbflow.engines.remote import Handle, Order
from nbflow.errors import EngineError, NbflowError, StoreError
from nbflow.model import Json
from nbflow.profiles import Profile
from nbflow.service.elsewhere.connection import engine_of, handle, told
from nbflow.service.elsewhere.manifest import Manifest, manifest
from nbflow.service.elsewhere.watch import watch
from nbflow.service.engines import engine
from nbflow.service.recorded import finding_record
from nbflow.service.request import Request, request
from nbflow.store import CellRecord, RemoteRecord, RunRecord, StepRecord, Store
from nbflow.store.step_logs import StepLogs

#: As much of the pipeline's name as goes into that of a run.
_LONGEST: Final = 40
_MANIFEST: Final = "manifest.yaml"


def submit(
    path: str,
    profile: Profile,
    *,
    parameters: Mapping[str, Json] | None = None,
    python: str | None = None,
    image: str | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
    wait: bool = False,
) -> RunRecord:
    """The record of the run that was made of the notebook at ``path`` on the engine of ``profile``.

    Args:
        parameters: values of parameters by name, as text or as JSON values.
        python: the interpreter whose packages are asked for; by default that of the notebook's kernelspec.
        image: the image of steps that name none; by default the notebook's, the profile's, or Python's own.
        on_event: hears that the run has been sent, and with ``wait`` all that happens to its end.
        on_findings: hears the findings before anything is sent.
        wait: watch the run to its end.

    Raises:
        Refused: there are findings of severity error.
        NbflowError: the notebook, a parameter, the kernel, the engine or the store is at fault.
    """
    asked = request(path, parameters or {}, ())
    made = manifest(asked, profile, python=python, image=image, on_findings=on_findings)
    return submit_made(asked, made, profile, on_event=on_event, wait=wait)


def submit_made(
    asked: Request,
    made: Manifest,
    profile: Profile,
    *,
    on_run: Callable[[str], None] = lambda run: None,
    on_event: Callable[[Event], None] = lambda event: None,
    wait: bool = False,
) -> RunRecord:
    """The same for what was made of a notebook; ``on_run`` hears its number before it is sent.

    Raises:
        NbflowError: the engine or the store is at fault.
    """
    reached = engine(profile)
    with Store.open(asked.path.parent, create=True) as store:
        run = _begun(store, asked, made, profile)
        on_run(run)
        record = send(store, run, lambda: reached.submit(_order(store, store.run(run))))
        on_event(RunStarted(run, asked.known_as, tuple(step.name for step in made.steps)))
        return watch(store, record, reached, on_event) if wait else record


def retry(
    record: RunRecord,
    folder: str | Path = ".",
    *,
    on_event: Callable[[Event], None] = lambda event: None,
    wait: bool = False,
) -> RunRecord:
    """The record of a run that goes on where a run elsewhere, in the store of ``folder``, has failed.

    One that the engine has never answered for is sent again, as the same run.

    Raises:
        EngineError: the run goes on or has ended well, or the engine cannot take it up.
        NbflowError: the connection or the store is at fault.
    """
    assert record.remote is not None
    if record.state in (RunState.RUNNING.value, RunState.DONE.value):
        word = "is still going on" if record.state == RunState.RUNNING.value else "has ended well"
        raise EngineError(f"run {record.id} {word}: there is nothing to retry")
    reached = engine_of(record)
    with Store.open(Path(folder).absolute()) as store:
        if record.remote.id:
            old, run = handle(record.remote), _begun_again(store, record)
            sent = send(store, run, lambda: reached.retry(old))
            # The engine may know both by one name; the first stays as it was.
            store.note_remote(record.id, replace(record.remote, kept=True), state=record.state)
        else:
            run = record.id
            order = _order(store, record)
            sent = send(store, run, lambda: reached.submit(order))
        on_event(RunStarted(run, record.notebook, tuple(step.name for step in record.steps)))
        return watch(store, sent, reached, on_event) if wait else sent


def send(store: Store, run: str, work: Callable[[], Handle]) -> RunRecord:
    """The record of a run that was sent by ``work``, or why it could not be, kept in the store too."""
    began = time.monotonic()
    try:
        made = work()
    except NbflowError as error:
        record = store.run(run)
        assert record.remote is not None
        # What it was to go on from is another run: how that stands says nothing of this one.
        failed = replace(record.remote, message=told(error), kept=bool(record.remote.id))
        store.note_remote(run, failed, state=RunState.FAILED.value)
        store.end(run, RunState.FAILED.value, time.monotonic() - began, {})
        raise
    record = store.run(run)
    assert record.remote is not None
    remote = replace(record.remote, **asdict(made), message="", seen=0.0, kept=False)
    store.note_remote(run, remote)
    return store.run(run)


def _begun(store: Store, asked: Request, made: Manifest, profile: Profile) -> str:
    """The id of a run that is recorded with its steps, and not sent yet."""
    name = f"{made.name[:_LONGEST].rstrip('-')}-{secrets.token_hex(4)}"
    run = store.begin(
        notebook=asked.known_as,
        engine=profile.engine,
        python=made.python,
        parameters=asked.parameters,
        findings=[finding_record(finding) for finding in made.findings],
        remote=RemoteRecord(
            profile=profile.name,
            pipeline=made.name,
            order=name,
            arguments=made.arguments,
            tasks=made.tasks,
            experiment=made.experiment,
            account=made.account,
        ),
    )
    shown: set[str] = set()
    for index, step in enumerate(made.steps):
        own = [cell for cell in (*step.prelude, *step.cells) if cell in made.cells]
        cells = [made.cells[cell] for cell in own if cell not in shown]
        shown.update(own)
        store.record_step(
            run,
            StepRecord(
                name=step.name,
                index=index,
                state=StepState.WAITING.value,
                cells=tuple(CellRecord(cell.id, cell.number, cell.source) for cell in cells),
            ),
        )
    _keep_manifest(store, run, made.text)
    return run


def _begun_again(store: Store, record: RunRecord) -> str:
    """The id of a run that is to go on where another has ended; until it is sent, it is that one."""
    assert record.remote is not None
    same = replace(record.remote, message="", seen=0.0, kept=False)
    run = store.begin(
        notebook=record.notebook,
        engine=record.engine,
        python=record.python,
        parameters=record.parameters or {},
        findings=record.findings,
        resumes=record.id,
        remote=same,
    )
    logs = StepLogs(store.run_folder(run))
    for step in record.steps:
        fresh = StepRecord(step.name, step.index, StepState.WAITING.value, cells=step.cells)
        store.record_step(run, fresh)
        if step.state == StepState.DONE.value:  # it does not run again, and its pod may be gone
            logs.take(StepLogs(store.run_folder(record.id)), step.index)
    return run


def _keep_manifest(store: Store, run: str, text: str) -> None:
    """Keep what is sent: it can be sent again where the answer got lost."""
    path = store.run_folder(run) / _MANIFEST
    try:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error


def _order(store: Store, record: RunRecord) -> Order:
    """What a run is sent as; the same each time."""
    remote = record.remote
    assert remote is not None
    path = store.run_folder(record.id) / _MANIFEST
    try:
        text = path.read_bytes().decode("utf-8", "surrogatepass")
    except OSError as error:
        raise StoreError(
            f"what run {record.id} was sent as is gone ({error.strerror}); submit the notebook again"
        ) from error
    return Order(
        text,
        remote.pipeline,
        remote.order,
        remote.arguments,
        experiment=remote.experiment,
        account=remote.account,
    )
