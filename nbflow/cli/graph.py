"""``nbflow graph``: the steps of a notebook as text, Mermaid, SVG or JSON."""

from __future__ import annotations

import json

import click

from nbflow.service.graph import as_json, as_mermaid, as_text, graph
from nbflow.service.svg import as_svg
from nbflow.wording.graph import graph_notes


@click.command("graph")
@click.argument("notebook", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "svg", "json"]),
    default="text",
    show_default=True,
    help="How the graph is written; redirect svg to a file to look at it.",
)
def command(notebook: str, form: str) -> None:
    """Show the steps of NOTEBOOK, the variables that travel between them, and what runs beside what.

    The number before a step counts waves: the steps of one wave can run side by side. A question
    mark behind a variable says that it is only possible that the step needs it.
    """
    found = graph(notebook)
    match form:
        case "mermaid":
            text = as_mermaid(found)
        case "svg":
            text = as_svg(found)
        case "json":
            text = json.dumps(as_json(found), indent=2) + "\n"
        case _:
            text = as_text(found)
    click.echo(text, nl=False)
    for note in graph_notes(notebook, found):
        click.echo(note, err=True)
