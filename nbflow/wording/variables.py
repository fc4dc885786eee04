"""The variables of a step as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nbflow.store import VariableRecord
from nbflow.wording.tables import Entry, Table, entries
from nbflow.wording.words import size, value

#: How much of a value is shown.
_SHOWN: Final = 100


def variables_table(variables: Sequence[VariableRecord]) -> Table:
    """The variables, one a row."""
    heading = ("name", "type", "shape", "size", "version", "value")
    return Table(heading, tuple(map(_row, variables)), "the step made no variables")


def _row(variable: VariableRecord) -> tuple[Entry, ...]:
    stored = bool(variable.version)
    return entries(
        variable.name,
        variable.type,
        variable.shape,
        (size(variable.bytes) if stored else "", float(variable.bytes) if stored else -1.0),
        variable.version[:8],
        value(variable.preview, variable.obstacle)[:_SHOWN],
    )
