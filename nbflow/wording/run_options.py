"""The options of a run that the command line and the magics share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from nbflow.engines.local.keeping import Keep
from nbflow.wording.options import (
    engine_image_option,
    python_option,
    quiet_option,
    with_options,
)
from nbflow.wording.parameters import parameter_options

F = TypeVar("F", bound=Callable[..., Any])

#: What only this machine can be told of a run.
_LOCAL: Final = frozenset(
    {"jobs", "steps", "output", "report", "no_cache", "force", "keep", "verified", "no_fork"}
)

_OPTIONS: Final = (
    click.option(
        "--engine",
        metavar="ENGINE",
        help="Run it there: a name from nbflow engine list, or kfp, argo or local.  [default: local]",
    ),
    parameter_options,
    python_option,
    engine_image_option,
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        help="How many steps may run at once; 1 keeps the notebook's order.  [default: all cores]",
    ),
    click.option(
        "--steps",
        metavar="NAME,...",
        multiple=True,
        help="Run these steps and those that they need; may be given several times.",
    ),
    click.option(
        "--output",
        metavar="PLACE",
        help="Write the executed notebook there: a file or an address.",
    ),
    click.option("--report", metavar="FOLDER", help="Write an HTML page for each step there."),
    click.option(
        "--no-cache", is_flag=True, help="Run every step, whatever earlier runs have given."
    ),
    click.option(
        "--force",
        metavar="STEP,...",
        multiple=True,
        help="Run these steps even if nothing they depend on has changed.",
    ),
    click.option(
        "--keep",
        type=click.Choice([each.value for each in Keep]),
        default=Keep.ALL.value,
        help="Store all variables of each step, or those that later steps may read.  [default: all]",
    ),
    click.option("--no-fork", is_flag=True, help="Start a new interpreter for each step."),
    quiet_option,
)


def run_options(command: F) -> F:
    """The command, with these options."""
    return with_options(command, _OPTIONS)


def refuse_local_options() -> None:
    """Nothing, where no option was given that only this machine knows.

    Raises:
        click.UsageError: there is one.
    """
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        if name in _LOCAL and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{parameter.opts[-1]} is for runs on this machine: it goes without --engine"
            )


def names_in(given: Iterable[str]) -> list[str]:
    """The names in options that take several of them, with commas between."""
    return [name.strip() for names in given for name in names.split(",") if name.strip()]
