"""``%nbflow stop``: stops a run that goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.which import run_of
from nbflow.service.stopping import stop
from nbflow.wording.runs import told_to_stop


@click.command()
@click.argument("run_id", metavar="RUN")
def _parser() -> None:
    """Stop RUN (a number from %nbflow runs, or last): its steps are ended, what they made is kept."""


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Tell the run to stop."""
    path = notebook_of(shell)
    click.echo(told_to_stop(stop(run_of(path, options["run_id"]), path.parent)))


SUBCOMMAND: Final = Subcommand(_parser, work)
