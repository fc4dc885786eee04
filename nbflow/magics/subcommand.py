"""One word of ``%nbflow``: how its arguments are read, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Subcommand:
    """The ``parser`` reads the arguments; ``work`` gets the shell and their values by name.

    What there is to be seen is displayed or printed by ``work``: a magic that gives a value back would
    show it at the end of a cell only, and take the place of ``_``. Errors of the user are raised as
    ``NbflowError`` or ``click.UsageError``.
    """

    parser: click.Command
    work: Callable[[Any, Mapping[str, Any]], None]
