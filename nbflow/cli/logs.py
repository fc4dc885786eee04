"""``nbflow logs``: what the steps of a run wrote."""

from __future__ import annotations

import click

from nbflow.cli.options import folder_option
from nbflow.cli.progress import Lines
from nbflow.service.history import run, step
from nbflow.store import StepRecord


@click.command("logs")
@click.argument("run_id", metavar="RUN")
@click.argument("name", metavar="[STEP]", required=False)
@folder_option
def command(run_id: str, name: str | None, folder: str) -> None:
    """Print what the steps of RUN wrote, each line behind its step; of STEP exactly as it wrote it.

    RUN is a number from nbflow runs, or last. What a step wrote to its error stream goes to the error
    stream.
    """
    if name is not None:
        for _, stream, text in step(run_id, name, folder).log:
            click.echo(text, nl=False, err=stream == "stderr")
        return
    for found in run(run_id, folder).steps:
        _print(found)


def _print(found: StepRecord) -> None:
    lines = Lines()
    for _, stream, text in found.log:
        for line in lines.add(found.name, stream, text):
            click.echo(f"[{found.name}] {line}", err=stream == "stderr")
    for stream, line in lines.rest(found.name):
        click.echo(f"[{found.name}] {line}", err=stream == "stderr")
