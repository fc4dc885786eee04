"""``%nbflow vars``: the variables that a step of a run made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.magics.place import notebook_of
from nbflow.magics.shown import show, show_widget
from nbflow.magics.sortable import SortableTable
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.which import run_of
from nbflow.service.history import run, stays_elsewhere, step_of
from nbflow.wording.tables import as_text
from nbflow.wording.variables import variables_table


@click.command()
@click.argument("run_id", metavar="RUN")
@click.argument("step", metavar="STEP")
def _parser() -> None:
    """List the variables that STEP of RUN made or changed, with their type, size and beginning.

    RUN is a number from %nbflow runs, or last: the newest run of the notebook.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Show the variables."""
    path = notebook_of(shell)
    record = run(run_of(path, options["run_id"]), path.parent)
    step = step_of(record, options["step"])
    table = variables_table(step.variables)
    if table.rows:
        label = f"variables of {step.name}"
        show_widget(shell, as_text(table), lambda: SortableTable(table, label).widget)
    else:
        show(stays_elsewhere(record.remote) if record.remote else as_text(table))


SUBCOMMAND: Final = Subcommand(_parser, work)
