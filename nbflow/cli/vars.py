"""``nbflow vars``: the variables that a step made."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from nbflow.cli.options import folder_option
from nbflow.service.history import run, stays_elsewhere, step_of
from nbflow.wording.tables import as_text
from nbflow.wording.variables import variables_table


@click.command("vars")
@click.argument("run_id", metavar="RUN")
@click.argument("name", metavar="STEP")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(run_id: str, name: str, folder: str, as_json: bool) -> None:
    """List the variables that STEP of RUN made or changed, with their type, size and beginning.

    RUN is a number from nbflow runs, or last.
    """
    record = run(run_id, folder)
    variables, remote = step_of(record, name).variables, record.remote
    if as_json:
        click.echo(json.dumps([asdict(variable) for variable in variables], indent=2))
    elif not variables and remote is not None:
        click.echo(stays_elsewhere(remote))
    else:
        click.echo(as_text(variables_table(variables)), nl=False)
