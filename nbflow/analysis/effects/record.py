"""The effects of one cell, as they are found."""

from __future__ import annotations

import ast

from nbflow.analysis.effects.environment import Environment
from nbflow.analysis.effects.notes import CellEffects, Note
from nbflow.model import Access, Cell, Grade, Location


class Record:
    """Collects the effects of a cell, each name once, at its first place."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.reads: dict[str, Access] = {}
        self.binds: dict[str, Access] = {}
        self.deletes: dict[str, Access] = {}
        self.mutates: dict[str, Access] = {}
        self.undefined: dict[str, Access] = {}
        self.outside: dict[str, Access] = {}
        self.notes: dict[tuple[str, str], Note] = {}
        self.reads_all = False
        self.binds_all = False
        #: Names that a `for` binds if it runs at all: that they keep their old value is only possible.
        self.looped: set[str] = set()

    def place(self, node: ast.AST | None) -> Location:
        """Where ``node`` stands."""
        line = getattr(node, "lineno", 0)
        return Location(self.cell.id, self.cell.number, line, getattr(node, "col_offset", 0))

    def add(
        self, table: dict[str, Access], name: str, node: ast.AST | None, grade: Grade = Grade.LIKELY
    ) -> None:
        """Put ``name`` into ``table``; a likely effect takes the place of a possible one."""
        known = table.get(name)
        if known is None or (grade is Grade.LIKELY and known.grade is Grade.POSSIBLE):
            table[name] = Access(name, self.place(node), grade)

    def note(self, kind: str, name: str, node: ast.AST | None, detail: str = "") -> None:
        """Tell the rules of something."""
        self.notes.setdefault((kind, name), Note(kind, name, self.place(node), detail))

    def result(self, environment: Environment) -> CellEffects:
        """The effects, when the walk of the cell is over."""
        final = environment.layers[0]
        for name in [*self.binds, *self.deletes]:
            if name in final.definite:
                gone = final.values.get(name) is None
                (self.binds if gone else self.deletes).pop(name, None)
        written = self.binds.keys() | self.deletes.keys()
        maybe = frozenset(name for name in written if name not in final.definite)
        for name in sorted(maybe):
            access = self.binds.get(name) or self.deletes[name]
            grade = Grade.POSSIBLE if name in self.looped else access.grade
            self.reads.setdefault(name, Access(name, access.location, grade))
        return CellEffects(
            cell=self.cell.id,
            reads=tuple(self.reads.values()),
            binds=tuple(self.binds.values()),
            deletes=tuple(self.deletes.values()),
            mutates=tuple(self.mutates.values()),
            maybe=maybe,
            undefined=tuple(self.undefined.values()),
            reads_all=self.reads_all,
            binds_all=self.binds_all,
            outside=tuple(self.outside.values()),
            notes=tuple(self.notes.values()),
        )
