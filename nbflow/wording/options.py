"""Options that the command line and the magics share."""

from __future__ import annotations

from typing import Final

import click

image_option: Final = click.option(
    "--image", metavar="REF", help="Run steps that name no image of their own in this one."
)
python_option: Final = click.option(
    "--python", metavar="PATH", help="Run the steps in this interpreter or environment."
)
engine_image_option: Final = click.option(
    "--image", metavar="REF", help="With --engine: run steps that name no image in this one."
)
packages_option: Final = click.option(
    "--python", metavar="PATH", help="Ask for the packages of this interpreter or environment."
)
