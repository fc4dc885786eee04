"""``nbflow cancel``: stops a run that goes on."""

from __future__ import annotations

import click

from nbflow.cli.options import folder_option
from nbflow.service import history
from nbflow.service.elsewhere import stop
from nbflow.service.run import cancel


@click.command("cancel")
@click.argument("run_id", metavar="RUN")
@folder_option
def command(run_id: str, folder: str) -> None:
    """Stop RUN (a number from nbflow runs, or last): its steps are ended, what they made is kept."""
    elsewhere = history.run(run_id, folder).remote is not None
    found = stop.cancel(run_id, folder) if elsewhere else cancel(run_id, folder)
    again = "retry" if elsewhere else "resume"
    click.echo(f"run {found.id} is told to stop; `nbflow {again} {found.id}` goes on from there")
