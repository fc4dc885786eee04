"""``nbflow show``: one run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import click

from nbflow.cli.options import folder_option
from nbflow.model import StepName
from nbflow.service.elsewhere.look import run
from nbflow.service.resources import Proposal, proposals
from nbflow.store import RunRecord, StepRecord
from nbflow.wording.progress import glyph, metrics
from nbflow.wording.words import GLYPHS, counted, duration, moment, size, table


@click.command("show")
@click.argument("run_id", metavar="RUN")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with all that is known.")
def command(run_id: str, folder: str, as_json: bool) -> None:
    """Show RUN (a number from nbflow runs, or last): its state, steps, findings and errors.

    A run elsewhere that has not ended is looked up.
    """
    looked = run(run_id, folder)
    record = looked.record
    if looked.note:
        click.echo(f"note: {looked.note}", err=True)
    proposed = proposals(record.notebook, folder)
    if as_json:
        proposal = {step: asdict(each) for step, each in proposed.items()}
        click.echo(json.dumps({**asdict(record), "proposal": proposal}, indent=2))
    else:
        click.echo("".join(f"{line}\n" for line in _lines(record, proposed)), nl=False)


def _lines(record: RunRecord, proposed: Mapping[StepName, Proposal]) -> Iterator[str]:
    time = f" in {duration(record.seconds)}" if record.seconds is not None else ""
    yield f"{glyph(record.state)} run {record.id} {record.state}{time}"
    yield f"  notebook    {record.notebook}"
    yield f"  started     {moment(record.started)}"
    yield from _engine(record)
    if record.verified:
        yield f"  verified    {record.verified}"
    for name, value in (record.parameters or {}).items():
        yield f"  parameter   {name} = {json.dumps(value)}"
    if record.metrics:
        yield f"  metrics     {metrics(record)}"
    for finding in record.findings:
        place = f" (cell {finding.number})" if finding.number else ""
        yield f"  {finding.severity:<11} {finding.code}{place} {finding.message}"
    if record.steps:
        heading = ("step", "state", "took", "cpu", "memory", "variables", "why")
        yield ""
        yield table([heading, *map(_row, record.steps)]).rstrip("\n")
    for step in record.steps:
        if step.error or (step.message and step.state == "failed"):
            yield ""
            yield f"step {step.name}: {step.error or step.message}"
    own = [step.name for step in record.steps if step.name in proposed]
    if own:
        yield ""
        yield "tags that fit what the steps have taken, here and in other runs of the notebook:"
        yield table([("step", "runs", "tags"), *(_proposal(n, proposed[n]) for n in own)])[:-1]


def _engine(record: RunRecord) -> Iterator[str]:
    """Where it runs, and what it is called there."""
    remote = record.remote
    if remote is None:
        yield f"  engine      {record.engine}, {record.python}"
        return
    yield f"  engine      {remote.profile} ({record.engine})"
    if remote.id:
        names = dict.fromkeys(filter(None, (remote.name, remote.id)))
        place = f" in {remote.namespace}" if remote.namespace else ""
        yield f"  there       {', '.join(names)}{place}"
    if remote.url:
        yield f"  page        {remote.url}"
    if remote.message:
        yield f"  message     {' '.join(remote.message.split())}"


def _proposal(step: StepName, proposal: Proposal) -> tuple[str, ...]:
    return step, str(proposal.runs), " ".join(proposal.tags)


def _row(step: StepRecord) -> tuple[str, ...]:
    state = "unchanged" if step.reused else step.state
    sign, _ = GLYPHS.get(state, ("?", ""))
    return (
        step.name,
        f"{sign} {state}",
        "" if step.reused else duration(step.seconds),
        duration(step.cpu_seconds) if step.cpu_seconds else "",
        size(step.peak_bytes) if step.peak_bytes else "",
        counted(len(step.variables), "variable") if step.variables else "",
        step.reason,
    )
