"""``%nbflow graph``: the steps of the notebook and what travels between them, as a picture and as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.magics.place import notebook_of
from nbflow.magics.shown import show
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.unsaved import warn_unsaved
from nbflow.magics.which import named
from nbflow.service.graph import as_mermaid, as_text, graph
from nbflow.service.svg import as_svg
from nbflow.wording.graph import graph_notes


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["picture", "text", "mermaid"]),
    default="picture",
    show_default=True,
    help="How the graph is shown.",
)
def _parser() -> None:
    """Show the steps of the notebook, the variables that travel between them, and what runs beside what.

    In the text, the number before a step counts waves: the steps of one wave can run side by side. A
    question mark behind a variable says that it is only possible that the step needs it.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Show the graph."""
    path = notebook_of(shell)
    warn_unsaved(shell, path)
    found = graph(path)
    match options["form"]:
        case "text":
            click.echo(as_text(found), nl=False)
        case "mermaid":
            click.echo(as_mermaid(found), nl=False)
        case _:
            show(as_text(found), {"image/svg+xml": as_svg(found)})
    for note in graph_notes(named(path), found):
        click.echo(note, err=True)


SUBCOMMAND: Final = Subcommand(_parser, work)
