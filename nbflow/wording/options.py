"""Options that the command line and the magics share."""

from __future__ import annotations

from typing import Final

import click


def _assignments(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """The values of ``name=value`` by name; the last one wins."""
    pairs = [text.partition("=") for text in given]
    for name, sign, _ in pairs:
        if not sign or not name.strip():
            raise click.BadParameter(f"{name!r} is not of the form name=value", ctx, parameter)
    return {name.strip(): value for name, _, value in pairs}


parameter_option: Final = click.option(
    "-p",
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_assignments,
    help="Override a parameter of the notebook; may be given several times.",
)
image_option: Final = click.option(
    "--image", metavar="REF", help="Run steps that name no image of their own in this one."
)
packages_option: Final = click.option(
    "--python", metavar="PATH", help="Ask for the packages of this interpreter or environment."
)
