"""What of the steps may stand at the top of the module: what imports and defines, and means there the same.

A function at the top has the name that the notebook gives it (one within a function has another name, cannot
be pickled, and is not found by those that look a class up in its module), and steps need not hand it on.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from nbflow.codegen.python.cells import Piece
from nbflow.codegen.python.inert import (
    disturbs_imports,
    is_constant,
    is_definition,
    is_future,
    is_import,
    is_standard,
    is_star,
    modules_of,
)
from nbflow.codegen.python.scopes import Names, names_of
from nbflow.codegen.python.units import Parts, read_at_once
from nbflow.model import Name

BUILTINS: Final = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A statement in run order: ``unit`` is its number, -1 at the top."""

    piece: Piece
    unit: int
    names: Names
    prelude: bool = False

    @property
    def node(self) -> ast.stmt:
        assert self.piece.node is not None
        return self.piece.node


@dataclass(frozen=True, slots=True)
class Hoisted:
    """The parts, and what was moved: ``futures`` begin the module, ``imports`` and ``rest`` are new above."""

    parts: Parts
    futures: tuple[Piece, ...]
    imports: tuple[Piece, ...]
    rest: tuple[Piece, ...]


def hoisted(parts: Parts, local: frozenset[str]) -> Hoisted:
    """The parts of the module, with all at the top that may stand there.

    Args:
        local: the modules beside the notebook, whose import may do anything.
    """
    futures = tuple(p for p in _leading(parts) if is_future(p.node))
    search = _Search(parts, local)
    imports = list(search.imports())
    stars = list(search.stars())
    gone = {id(p.piece) for p in imports} | {id(p.piece) for p in stars} | {id(p) for p in futures}
    definitions = search.definitions(
        {n for p in imports for n in p.names.binds}, frozenset(id(p.piece) for p in imports)
    )
    gone |= {id(p.piece) for p in definitions}
    there = {_key(piece.node) for piece in parts.top if is_import(piece.node)}
    new: list[Piece] = []
    for placed in (*imports, *stars):
        if placed.unit >= 0 and _key(placed.node) not in there:
            there.add(_key(placed.node))
            new.append(placed.piece)
    units = tuple(unit.holding(p for p in unit.pieces if id(p) not in gone) for unit in parts.units)
    top = tuple(p for p in parts.top if not is_future(p.node))
    return Hoisted(
        replace(parts, top=top, units=units),
        futures,
        tuple(new),
        tuple(p.piece for p in definitions),
    )


def _leading(parts: Parts) -> Iterator[Piece]:
    """The first statements of the notebook, as long as they import and define."""
    for piece in (*parts.top, *(p for unit in parts.units for p in unit.pieces)):
        if piece.node is None or is_import(piece.node) or is_future(piece.node):
            yield piece
        else:
            return


def _key(node: ast.AST | None) -> str:
    return ast.dump(node) if node is not None else ""


class _Search:
    """Looks through all statements in run order."""

    def __init__(self, parts: Parts, local: frozenset[str]) -> None:
        self.parts = parts
        self.local = local
        self.all = [
            *(_placed(piece, -1) for piece in parts.top if piece.node is not None),
            *(
                _placed(piece, number, prelude=unit.step is None and not unit.computes)
                for number, unit in enumerate(parts.units)
                for piece in unit.pieces
                if piece.node is not None
            ),
        ]
        self.parameters = {p.name for p in parts.given}
        self.binders: dict[Name, list[_Placed]] = {}
        self.declared: set[Name] = set()
        for placed in self.all:
            self.declared |= placed.names.declared
            for name in placed.names.binds:
                self.binders.setdefault(name, []).append(placed)
        first: dict[Name, int] = {}
        for number, placed in enumerate(self.all):
            for name in placed.names.mentions | placed.names.mixed:
                first.setdefault(name, number)
        self.first = first

    def stars(self) -> Iterator[_Placed]:
        """``import *`` that nothing but imports comes before."""
        for placed in self.all:
            if is_star(placed.node) and placed.unit >= 0:
                yield placed
            elif not (is_import(placed.node) or is_star(placed.node) or is_future(placed.node)):
                return

    def imports(self) -> Iterator[_Placed]:
        """Imports whose names mean nothing else anywhere in the notebook."""
        disturbed, there = False, set[Name]()
        modules = {n for p in self.all if is_import(p.node) for n in p.names.binds}
        for number, placed in enumerate(self.all):
            if is_import(placed.node):
                quiet = placed.names.binds <= there or is_standard(placed.node) or not disturbed
                roots = {m.partition(".")[0] for m in modules_of(placed.node)}
                foreign = self.local.isdisjoint(roots) and "" not in roots
                only = all(self._is_only_import(name, number) for name in placed.names.binds)
                if placed.unit < 0:
                    there |= placed.names.binds
                elif quiet and foreign and only:
                    there |= placed.names.binds
                    yield placed
            elif placed.unit >= 0 and disturbs_imports(placed.node, modules):
                disturbed = True

    def _is_only_import(self, name: Name, number: int) -> bool:
        """Whether every statement that binds the name imports the same, and none reads it before."""
        kinds = {_bound_as(placed.node, name) for placed in self.binders[name]}
        return (
            len(kinds) == 1
            and "" not in kinds
            and name not in self.parameters
            and name not in self.declared
            and self.first[name] >= min(number, self.all.index(self.binders[name][0]))
        )

    def definitions(self, free: set[Name], gone: frozenset[int]) -> list[_Placed]:
        """Functions and classes that need nothing that a step makes, and constants of the prelude."""
        top = {n for placed in self.all if placed.unit < 0 for n in placed.names.binds}
        stays = {n for n in top if all(p.unit < 0 for p in self.binders[n])} | free
        stays -= self.parameters
        stays |= BUILTINS - self.binders.keys() - self.parameters
        found = {
            number: placed
            for number, placed in enumerate(self.all)
            if placed.unit >= 0 and id(placed.piece) not in gone and self._may_move(number)
        }
        while True:
            known = frozenset(stays)
            known |= {name for placed in found.values() for name in placed.names.binds}
            bad = [n for n, placed in found.items() if not self._stands(placed, known)]
            if not bad:
                return [found[n] for n in sorted(found)]
            for number in bad:
                del found[number]

    def _may_move(self, number: int) -> bool:
        """Whether nothing before the statement speaks of what it binds, and nothing else binds it."""
        placed = self.all[number]
        names = placed.names.binds
        return bool(names) and all(
            len(self.binders[name]) == 1
            and name not in BUILTINS
            and name not in self.parameters
            and name not in self.declared
            and self._is_new(name, number)
            for name in names
        )

    def _is_new(self, name: Name, number: int) -> bool:
        """Whether no statement before this one can have looked the name up."""
        place = number
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        while place > 0 and self.all[place - 1].unit == self.all[number].unit:
            before = self.all[place - 1]
            if not isinstance(before.node, kinds) or name in read_at_once(before.node):
                break
            place -= 1
        return self.first[name] >= place

    def _stands(self, placed: _Placed, known: frozenset[Name]) -> bool:
        """Whether the statement gives at the top what it gives in its place."""
        defined = is_definition(placed.node, known)
        constant = placed.prelude and is_constant(placed.node, known)
        made = self.binders.keys() | self.parameters
        taken = placed.names.mentions - placed.names.binds - known
        return (defined or constant) and made.isdisjoint(taken)


def _placed(piece: Piece, unit: int, *, prelude: bool = False) -> _Placed:
    assert piece.node is not None
    return _Placed(piece, unit, names_of([piece.node]), prelude)


def _bound_as(node: ast.stmt, name: Name) -> str:
    """What an import binds the name to, or "" for a statement that is none."""
    if not is_import(node) or not isinstance(node, (ast.Import, ast.ImportFrom)):
        return ""
    for alias in node.names:
        bound = alias.asname or alias.name.partition(".")[0]
        if bound == name and isinstance(node, ast.ImportFrom):
            return f"{'.' * node.level}{node.module}:{alias.name}"
        if bound == name:
            return alias.name if alias.asname else f"{bound}."
    return ""
