"""``nbflow show``: one run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from nbflow.cli.options import folder_option
from nbflow.cli.progress import glyph, metrics
from nbflow.cli.words import GLYPHS, counted, duration, moment, size, table
from nbflow.service.history import run
from nbflow.store import RunRecord, StepRecord


@click.command("show")
@click.argument("run_id", metavar="RUN")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with all that is known.")
def command(run_id: str, folder: str, as_json: bool) -> None:
    """Show RUN (a number from nbflow runs, or last): its state, steps, findings and errors."""
    record = run(run_id, folder)
    if as_json:
        click.echo(json.dumps(asdict(record), indent=2))
    else:
        click.echo("".join(f"{line}\n" for line in _lines(record)), nl=False)


def _lines(record: RunRecord) -> Iterator[str]:
    time = f" in {duration(record.seconds)}" if record.seconds is not None else ""
    yield f"{glyph(record.state)} run {record.id} {record.state}{time}"
    yield f"  notebook    {record.notebook}"
    yield f"  started     {moment(record.started)}"
    yield f"  engine      {record.engine}, {record.python}"
    for name, value in (record.parameters or {}).items():
        yield f"  parameter   {name} = {json.dumps(value)}"
    if record.metrics:
        yield f"  metrics     {metrics(record)}"
    for finding in record.findings:
        place = f" (cell {finding.number})" if finding.number else ""
        yield f"  {finding.severity:<11} {finding.code}{place} {finding.message}"
    if record.steps:
        heading = ("step", "state", "took", "memory", "variables")
        yield ""
        yield table([heading, *map(_row, record.steps)]).rstrip("\n")
    for step in record.steps:
        if step.error or (step.message and step.state == "failed"):
            yield ""
            yield f"step {step.name}: {step.error or step.message}"


def _row(step: StepRecord) -> tuple[str, ...]:
    sign, _ = GLYPHS.get(step.state, ("?", ""))
    return (
        step.name,
        f"{sign} {step.state}",
        duration(step.seconds),
        size(step.peak_bytes) if step.peak_bytes else "",
        counted(len(step.variables), "variable") if step.variables else "",
    )
