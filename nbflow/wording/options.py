"""Options that the command line and the magics share."""

from __future__ import annotations

from typing import Final

import click

image_option: Final = click.option(
    "--image", metavar="REF", help="Run steps that name no image of their own in this one."
)
packages_option: Final = click.option(
    "--python", metavar="PATH", help="Ask for the packages of this interpreter or environment."
)
