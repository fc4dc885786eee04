"""``nbflow tag``: the tags that nbflow would give to a notebook without them."""

from __future__ import annotations

import click

from nbflow.model import Cell
from nbflow.service.tag import Proposal, apply, propose
from nbflow.wording.words import counted


@click.command("tag")
@click.argument("notebook", type=click.Path())
@click.option("--apply", "write", is_flag=True, help="Write the tags into the notebook.")
def command(notebook: str, write: bool) -> None:
    """Propose tags for NOTEBOOK, or write them into it with --apply.

    The tags make the pipeline explicit that an untagged notebook is run as: leading imports become
    the prelude, and each heading starts a step. Only the tags are written; every other byte stays.
    """
    proposal = apply(notebook) if write else propose(notebook)
    for cell, tags in proposal.cells:
        click.echo(f"cell {cell.number}: {', '.join(tags)}{_excerpt(cell)}")
    click.echo(_closing(notebook, proposal, write))


def _excerpt(cell: Cell) -> str:
    line = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    short = line if len(line) <= 50 else f"{line[:49]}…"
    return click.style(f"  {short}", dim=True) if short else ""


def _closing(path: str, proposal: Proposal, write: bool) -> str:
    if not proposal.tags:
        return f"{path}: there is nothing to add"
    cells = counted(len(proposal.tags), "cell")
    if write:
        return f"{path}: tagged {cells}"
    return f"{path}: {cells} would be tagged; write the tags with nbflow tag --apply"
