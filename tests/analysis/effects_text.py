"""Effects as one line of text, so that a line makes a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nbflow.analysis.effects import CellEffects, effects
from nbflow.analysis.source import CellCode, cell_code
from nbflow.model import Access, Cell, CellId, CellKind, Grade


def codes(sources: Sequence[str], tags: Sequence[str] = ()) -> list[CellCode]:
    """Code cells of a notebook with these sources."""
    found = []
    for number, source in enumerate(sources, 1):
        code = cell_code(Cell(CellId(f"c{number}"), CellKind.CODE, source, number, tuple(tags)))
        assert isinstance(code, CellCode), code
        found.append(code)
    return found


def last_effects(*sources: str) -> str:
    """What the last of these cells does, as text."""
    return text_of(effects(codes(sources))[-1])


def text_of(effect: CellEffects) -> str:
    """``r: reads | b: binds | m: mutates | d: deletes | u: undefined | o: outside``; "?" is possible."""
    tables = {
        "r": effect.reads,
        "b": effect.binds,
        "m": effect.mutates,
        "d": effect.deletes,
        "u": effect.undefined,
        "o": effect.outside,
    }
    parts = [f"{sign}: {_names(table)}" for sign, table in tables.items() if table]
    if effect.maybe:
        parts.append("maybe: " + " ".join(sorted(effect.maybe)))
    if effect.reads_all:
        parts.append("reads all")
    if effect.binds_all:
        parts.append("binds all")
    if effect.notes:
        notes = sorted(f"{note.kind}:{note.name.replace(' ', '+')}" for note in effect.notes)
        parts.append("n: " + " ".join(notes))
    return " | ".join(parts)


def _names(table: Iterable[Access]) -> str:
    return " ".join(
        sorted(each.name + ("?" if each.grade is Grade.POSSIBLE else "") for each in table)
    )
