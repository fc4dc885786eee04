"""``%nbflow runs``: the runs of the notebook that are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.errors import NotRecordedError
from nbflow.magics.place import notebook_of
from nbflow.magics.shown import show, show_widget
from nbflow.magics.sortable import SortableTable
from nbflow.magics.subcommand import Subcommand
from nbflow.service.elsewhere.look import Listed, runs
from nbflow.wording.runs import runs_table
from nbflow.wording.tables import as_text


@click.command()
@click.option(
    "--all", "of_folder", is_flag=True, help="Those of the other notebooks of the folder too."
)
def _parser() -> None:
    """List the runs of the notebook that are recorded, the newest first.

    Runs elsewhere that have not ended are looked up.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Show the runs."""
    path = notebook_of(shell)
    try:
        listed = runs(None if options["of_folder"] else str(path), path.parent)
    except NotRecordedError:
        listed = Listed(())
    for note in listed.notes:
        click.echo(f"note: {note}", err=True)
    table = runs_table(listed.rows)
    if table.rows:
        show_widget(shell, as_text(table), lambda: SortableTable(table, "runs").widget)
    else:
        show(as_text(table))


SUBCOMMAND: Final = Subcommand(_parser, work)
