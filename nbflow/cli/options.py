"""Options that several commands have."""

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
folder_option: Final = click.option(
    "--folder",
    type=click.Path(),
    default=".",
    help="The folder of the notebooks, if it is not this one.",
)
image_option: Final = click.option(
    "--image", metavar="REF", help="Run steps that name no image of their own in this one."
)
packages_option: Final = click.option(
    "--python", metavar="PATH", help="Ask for the packages of this interpreter or environment."
)
json_option: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of lines."
)
