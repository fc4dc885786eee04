"""``%nbflow diff``: what differs between two runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.which import run_of
from nbflow.service.diff import diff
from nbflow.wording.diff import diff_lines


@click.command()
@click.argument("before", metavar="RUN")
@click.argument("after", metavar="RUN")
def _parser() -> None:
    """Show what differs between two runs (numbers from %nbflow runs, or last).

    Parameters, code, variables, metrics, states, times, and why each step ran.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Print the differences."""
    path = notebook_of(shell)
    before, after = (run_of(path, options[each]) for each in ("before", "after"))
    click.echo(
        "".join(f"{line}\n" for line in diff_lines(diff(before, after, path.parent))), nl=False
    )


SUBCOMMAND: Final = Subcommand(_parser, work)
