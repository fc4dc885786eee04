"""``nbflow runs``: the list of recorded runs."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from nbflow.cli.options import folder_option
from nbflow.service.elsewhere.look import runs
from nbflow.wording.runs import runs_table
from nbflow.wording.tables import as_text


@click.command("runs")
@click.argument("notebook", type=click.Path(), required=False)
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def command(notebook: str | None, folder: str, as_json: bool) -> None:
    """List the runs that are recorded here, the newest first; with NOTEBOOK only those of it.

    Runs elsewhere that have not ended are looked up.
    """
    listed = runs(notebook, folder)
    rows = listed.rows
    for note in listed.notes:
        click.echo(f"note: {note}", err=True)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        click.echo(as_text(runs_table(rows)), nl=False)
