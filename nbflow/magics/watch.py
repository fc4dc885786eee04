"""``%nbflow watch``: a run that goes on, shown to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.watching import wait_option, watch
from nbflow.magics.which import run_of
from nbflow.service.history import run
from nbflow.wording.options import quiet_option


@click.command()
@click.argument("run_id", metavar="RUN")
@wait_option
@quiet_option
def _parser() -> None:
    """Watch RUN (a number from %nbflow runs, or last) to its end, as %nbflow run shows it."""


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Show the run."""
    path = notebook_of(shell)
    record = run(run_of(path, options["run_id"]), path.parent)
    watch(shell, path, record, wait=options["wait"], quiet=options["quiet"])


SUBCOMMAND: Final = Subcommand(_parser, work)
