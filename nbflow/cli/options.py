"""Options that several commands have."""

from __future__ import annotations

from typing import Final

import click

folder_option: Final = click.option(
    "--folder",
    type=click.Path(),
    default=".",
    help="The folder of the notebooks, if it is not this one.",
)
