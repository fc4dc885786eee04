"""Tables as values: what each entry says, and what it is sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nbflow.wording.words import table

#: What an entry is sorted by: all those of a column are numbers, or all are texts.
Key: TypeAlias = float | str


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a table; it is sorted by its text where it has no ``key``."""

    text: str
    key: Key | None = None

    @property
    def rank(self) -> Key:
        """What it is sorted by."""
        return self.text if self.key is None else self.key


@dataclass(frozen=True, slots=True)
class Table:
    """The ``heading`` and the rows below it; ``nothing`` is said where there is no row."""

    heading: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    nothing: str

    def sorted_by(self, column: int, *, descending: bool = False) -> Table:
        """The same table, with its rows in the order of a column."""
        rows = sorted(self.rows, key=lambda row: row[column].rank, reverse=descending)
        return Table(self.heading, tuple(rows), self.nothing)


def entries(*fields: str | tuple[str, Key]) -> tuple[Entry, ...]:
    """A row of texts, or of texts with what they are sorted by."""
    return tuple(Entry(*each) if isinstance(each, tuple) else Entry(each) for each in fields)


def as_text(found: Table) -> str:
    """The table as aligned lines, or what is said where it has none."""
    if not found.rows:
        return f"{found.nothing}\n"
    rows: Sequence[Sequence[str]] = [[entry.text for entry in row] for row in found.rows]
    return table([found.heading, *rows])
