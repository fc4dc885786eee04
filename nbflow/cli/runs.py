"""``nbflow runs``: the list of recorded runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from nbflow.cli.options import folder_option
from nbflow.cli.words import GLYPHS, duration, moment, table
from nbflow.service.elsewhere.look import runs
from nbflow.store import RunRow


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
    elif not rows:
        click.echo("no runs are recorded")
    else:
        heading = ("run", "state", "notebook", "engine", "started", "took", "parameters")
        click.echo(table([heading, *map(_row, rows)]), nl=False)


def _row(row: RunRow) -> tuple[str, ...]:
    sign, _ = GLYPHS.get(row.state, ("?", ""))
    return (
        row.id,
        f"{sign} {row.state}",
        Path(row.notebook).name,
        row.profile or row.engine,
        moment(row.started),
        duration(row.seconds),
        ", ".join(f"{name}={json.dumps(value)}" for name, value in (row.parameters or {}).items()),
    )
