"""``%nbflow notebook``: which notebook is meant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from nbflow.errors import NotebookError
from nbflow.magics.place import notebook_of
from nbflow.magics.session import session_of
from nbflow.magics.subcommand import Subcommand


@click.command()
@click.argument("path", type=click.Path(), required=False)
@click.option("--forget", is_flag=True, help="Forget the one that was named: ask Jupyter again.")
def _parser() -> None:
    """Tell which notebook the other words mean, or name it by its PATH for as long as the kernel lives."""


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Name the notebook, and tell which one is meant."""
    if options["forget"]:
        session_of(shell).chosen = None
    if options["path"]:
        path = Path(options["path"]).expanduser().absolute()
        if not path.is_file():
            raise NotebookError(f"there is no notebook {path}")
        session_of(shell).chosen = path
    click.echo(notebook_of(shell))


SUBCOMMAND: Final = Subcommand(_parser, work)
