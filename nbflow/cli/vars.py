"""``nbflow vars``: the variables that a step made."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

import click

from nbflow.cli.options import folder_option
from nbflow.cli.words import size, table, value
from nbflow.service.history import run, stays_elsewhere, step_of
from nbflow.store import VariableRecord

#: How much of a value is shown.
_SHOWN: Final = 100


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
    elif variables:
        heading = ("name", "type", "shape", "size", "version", "value")
        click.echo(table([heading, *map(_row, variables)]), nl=False)
    elif remote is not None:
        click.echo(stays_elsewhere(remote))
    else:
        click.echo("the step made no variables")


def _row(variable: VariableRecord) -> tuple[str, ...]:
    return (
        variable.name,
        variable.type,
        variable.shape,
        size(variable.bytes) if variable.version else "",
        variable.version[:8],
        value(variable.preview, variable.obstacle)[:_SHOWN],
    )
