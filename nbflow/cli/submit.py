"""``nbflow submit``: a notebook started as a pipeline elsewhere, without waiting for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import click

from nbflow.cli.options import json_option
from nbflow.cli.run import progress_of
from nbflow.diagnostics import Finding
from nbflow.errors import ProfileError
from nbflow.profiles import Profile
from nbflow.profiles.file import ProfileFile
from nbflow.service.engines import chosen
from nbflow.store import RunRecord
from nbflow.wording.findings import as_records
from nbflow.wording.options import image_option, packages_option
from nbflow.wording.parameters import Given, parameter_options
from nbflow.wording.words import at_folder, counted


@click.command("submit", short_help="Start a notebook as a pipeline elsewhere.")
@click.argument("notebook", type=click.Path())
@click.option(
    "--engine",
    metavar="ENGINE",
    help="Where: a name from nbflow engine list, or kfp, argo or local.  [default: the default there]",
)
@parameter_options
@image_option
@packages_option
@json_option
def command(
    notebook: str,
    engine: str | None,
    parameters: Given,
    image: str | None,
    python: str | None,
    as_json: bool,
) -> None:
    """Start NOTEBOOK as a pipeline on ENGINE, and do not wait for it.

    The run is recorded here, so that nbflow runs, show, logs, cancel and retry find it again. With
    local it runs on this machine, in a process of its own that goes on when the shell ends.
    """
    if engine is None and not ProfileFile().default:
        raise ProfileError(
            "name an engine with --engine, or one for all with `nbflow engine default`"
        )
    profile = chosen(engine)
    if profile is None and image is not None:
        raise click.UsageError("--image is for runs elsewhere: this machine has no images")
    findings: list[Finding] = []
    progress = progress_of(notebook, quiet=False, as_json=False)

    def hear(found: Sequence[Finding]) -> None:
        findings.extend(found)
        if not as_json:
            progress.findings(found)

    record = _started(notebook, profile, parameters, image, python, hear)
    if as_json:
        click.echo(json.dumps(as_record(record) | {"findings": as_records(findings)}))
    else:
        click.echo("\n".join(sent(record)))


def _started(
    notebook: str,
    profile: Profile | None,
    parameters: Given,
    image: str | None,
    python: str | None,
    hear: Callable[[Sequence[Finding]], None],
) -> RunRecord:
    # Deferred: what compiles a manifest and what runs steps are large, and one of them is needed.
    if profile is None:
        from nbflow.service.detached import start  # noqa: PLC0415

        return start(notebook, parameters=parameters, python=python, on_findings=hear)
    from nbflow.service.elsewhere.submit import submit  # noqa: PLC0415

    return submit(
        notebook, profile, parameters=parameters, image=image, python=python, on_findings=hear
    )


def sent(record: RunRecord) -> list[str]:
    """The lines that tell of a run that goes on without this command."""
    here, folder = record.remote is None, at_folder(record.notebook)
    remote = record.remote
    where = "in the background" if remote is None else f"on {remote.profile} ({record.engine})"
    known = counted(len(record.steps), "step") if record.steps else ""
    lines = [", ".join(filter(None, (f"run {record.id} goes on {where}", known)))]
    if remote is not None:
        place = f" in {remote.namespace}" if remote.namespace else ""
        lines.append(f"  there    {remote.name or remote.id}{place}")
        if remote.name and remote.name != remote.id:
            lines.append(f"  id       {remote.id}")
        if remote.url:
            lines.append(f"  page     {remote.url}")
    follow = "" if here else " --follow"
    lines.append(
        f"`nbflow show {record.id}{folder}` tells how it goes,"
        f" `nbflow logs {record.id}{follow}{folder}` what it writes"
    )
    return lines


def as_record(record: RunRecord) -> dict[str, object]:
    """What programs are told of a run that goes on without this command."""
    remote = record.remote
    return {
        "run": record.id,
        "engine": record.engine,
        "profile": remote.profile if remote else "",
        "id": remote.id if remote else "",
        "name": remote.name if remote else "",
        "namespace": remote.namespace if remote else "",
        "url": remote.url if remote else "",
        "steps": [step.name for step in record.steps],
    }
