"""``nbflow run``: a notebook as a pipeline on this machine, with its progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TypedDict

import click

from nbflow.cli.watching import watching
from nbflow.diagnostics import Finding
from nbflow.engines.events import Event
from nbflow.engines.local.keeping import Keep
from nbflow.model import StepName
from nbflow.notebook import is_address
from nbflow.profiles import LOCAL
from nbflow.service.early import early
from nbflow.wording.parameters import Given
from nbflow.wording.progress import JsonLines, Plain, Progress, Quiet, source_of
from nbflow.wording.run_options import names_in, refuse_local_options, run_options


@click.command("run")
@click.argument("notebook", type=click.Path())
@run_options
@click.option(
    "--verify",
    "verified",
    is_flag=True,
    help="Run it whole in one kernel as well, and tell whether both give the same.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each event.")
def command(
    notebook: str,
    engine: str | None,
    parameters: Given,
    python: str | None,
    image: str | None,
    jobs: int | None,
    steps: tuple[str, ...],
    output: str | None,
    report: str | None,
    no_cache: bool,
    force: tuple[str, ...],
    keep: str,
    verified: bool,
    no_fork: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run NOTEBOOK as a pipeline on this machine; the notebook itself is not changed.

    Every step runs in a process of its own, and steps that need nothing of each other run side by
    side. NOTEBOOK may be an address (s3://bucket/a.ipynb): it runs in this folder then.

    With --engine it runs elsewhere, and this command shows its progress. Ctrl-C stops watching then:
    the run goes on.
    """
    if engine not in (None, LOCAL):
        refuse_local_options()
        return _elsewhere(
            notebook, str(engine), parameters, python, image, quiet=quiet, as_json=as_json
        )
    if image is not None:
        raise click.UsageError("--image is for runs elsewhere: it goes with --engine")
    if verified and (steps or force):
        raise click.UsageError("--verify runs every step: it goes without --steps and --force")
    if verified and is_address(notebook):
        raise click.UsageError("--verify copies the notebook's folder: it goes without an address")
    if verified and keep != Keep.ALL.value:
        raise click.UsageError("--verify compares every variable: it goes without --keep")
    progress = progress_of(notebook, quiet=quiet, as_json=as_json)
    asked = _Asked(
        parameters=parameters,
        python=python,
        jobs=jobs,
        output=output,
        report=report,
        fork=not no_fork,
        on_event=progress.event,
        on_findings=progress.findings,
    )
    try:
        if verified:
            return _verify(notebook, progress, asked, quiet=quiet, as_json=as_json)
        with early(notebook, python, fork=not no_fork) as launchers:
            # Deferred: imported while the process starts that the steps are forked from.
            from nbflow.service.run import Reuse, run  # noqa: PLC0415

            reuse = Reuse(off=no_cache, forced=frozenset(map(StepName, names_in(force))))
            chosen, stored = names_in(steps), Keep(keep)
            record = run(
                notebook, steps=chosen, reuse=reuse, keep=stored, launchers=launchers, **asked
            )
        progress.end(record)
    finally:
        progress.close()
    return 0 if record.state == "done" else 1


def _elsewhere(
    notebook: str,
    engine: str,
    parameters: Given,
    python: str | None,
    image: str | None,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Run the notebook on an engine elsewhere and show its progress; the exit code."""
    # Deferred: only runs elsewhere need them.
    from nbflow.service.elsewhere.submit import submit  # noqa: PLC0415
    from nbflow.service.engines import chosen  # noqa: PLC0415

    profile = chosen(engine)
    assert profile is not None  # as it is not local
    with watching(progress_of(notebook, quiet=quiet, as_json=as_json)) as progress:
        record = submit(
            notebook,
            profile,
            parameters=parameters,
            python=python,
            image=image,
            on_event=progress.event,
            on_findings=progress.findings,
            wait=True,
        )
        progress.end(record)
    return 0 if record.state == "done" else 1


class _Asked(TypedDict):
    """What the user asked of a run, verified or not."""

    parameters: Given
    python: str | None
    jobs: int | None
    output: str | None
    report: str | None
    fork: bool
    on_event: Callable[[Event], None]
    on_findings: Callable[[tuple[Finding, ...]], None]


def _verify(notebook: str, progress: Progress, asked: _Asked, *, quiet: bool, as_json: bool) -> int:
    """Run the notebook both ways and tell what came of it; the exit code."""
    # Deferred: what talks to kernels takes half a second to import.
    from nbflow.cli.verification import as_record, begins, told  # noqa: PLC0415
    from nbflow.service.verify import Stage, verify  # noqa: PLC0415

    def tell(stage: Stage) -> None:
        if not (quiet or as_json):
            click.echo(begins(stage), err=True)

    found = verify(notebook, on_record=progress.end, on_stage=tell, **asked)
    click.echo(json.dumps(as_record(found)) if as_json else told(found))
    if not found.same:
        return 9
    return 0 if found.record.state == "done" else 1


def progress_of(path: str, *, quiet: bool, as_json: bool) -> Progress:
    """What shows the progress of a run of the notebook at ``path``, as the user has asked for it."""
    if as_json:
        return JsonLines()
    source = source_of(path)
    if quiet:
        return Quiet(path, source)
    if sys.stdout.isatty() and sys.stderr.isatty():
        # Deferred: rich takes a while to import, and only a terminal shows what it draws.
        from nbflow.cli.live import Live  # noqa: PLC0415

        return Live(path, source)
    return Plain(path, source)
