"""``nbflow cancel``: stops a run that goes on."""

from __future__ import annotations

import click

from nbflow.cli.options import folder_option
from nbflow.service.stopping import stop
from nbflow.wording.runs import told_to_stop


@click.command("cancel")
@click.argument("run_id", metavar="RUN")
@folder_option
def command(run_id: str, folder: str) -> None:
    """Stop RUN (a number from nbflow runs, or last): its steps are ended, what they made is kept."""
    click.echo(told_to_stop(stop(run_id, folder)))
