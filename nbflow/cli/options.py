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
json_option: Final = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of lines."
)
