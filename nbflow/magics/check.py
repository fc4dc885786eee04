"""``%nbflow check``: what stands in the way of running the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.magics.place import notebook_of
from nbflow.magics.shown import show, show_widget
from nbflow.magics.sortable import SortableTable
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.unsaved import warn_unsaved
from nbflow.magics.which import named
from nbflow.service.check import check
from nbflow.wording.check import checked_text, closing
from nbflow.wording.findings import findings_table


@click.command()
def _parser() -> None:
    """Tell what stands in the way of running the notebook as a pipeline. Nothing of it is run."""


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Show the findings."""
    path = notebook_of(shell)
    warn_unsaved(shell, path)
    checked = check(path)
    name, findings = named(path), checked.analysis.findings
    if findings:
        table = findings_table(findings)
        show_widget(
            shell,
            checked_text(name, checked),
            lambda: SortableTable(table, "findings", below=closing(name, checked)).widget,
        )
    else:
        show(checked_text(name, checked))


SUBCOMMAND: Final = Subcommand(_parser, work)
