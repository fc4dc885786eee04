"""Options that the command line and the magics share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

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
quiet_option: Final = click.option(
    "--quiet", is_flag=True, help="Print errors and the closing line only."
)


def with_options(command: F, options: Sequence[Callable[[F], F]]) -> F:
    """The command with these options, which its help shows in this order."""
    for option in reversed(options):
        command = option(command)
    return command
