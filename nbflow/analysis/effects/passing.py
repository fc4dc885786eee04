"""What differs each time that a module is imported, as it reads the clock or asks for random bits."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from nbflow.analysis.effects.ambient import writes
from nbflow.analysis.effects.notes import CellEffects
from nbflow.model import Name

#: The names that a module holds which are something else each time, and those that are classes.
Names = tuple[frozenset[Name], frozenset[Name]]
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS: Final = (*_FUNCTIONS, ast.ClassDef)
_IMPORTS: Final = (ast.Import, ast.ImportFrom)


#: What gives another value each time, and how a cell comes by it.
PASSING: Final = {
    "@clock": "reads the clock",
    "@chance": "asks for random bits",
    "@temporary": "asks for a name that nobody else has",
}


def is_passing(effect: CellEffects) -> bool:
    """Whether what it gives is another each time, as it reads the clock or asks for random bits."""
    return any(each.name in PASSING for each in effect.reads)


@dataclass(slots=True)
class Passing:
    """Goes through a module's statements.

    ``effects_of`` gives what statements do, ``names_of`` what the module that an import names holds, and
    ``full_name`` what this module is called. ``origins`` are modules that hold something passing.
    """

    effects_of: Callable[[list[ast.stmt]], CellEffects]
    names_of: Callable[[str], Names]
    full_name: Callable[[ast.ImportFrom], str]
    found: set[Name] = field(default_factory=set)
    classes: set[Name] = field(default_factory=set)
    origins: set[Name] = field(default_factory=set)
    before: list[ast.stmt] = field(default_factory=list)

    def names(self, tree: ast.Module) -> Names:
        """The names of the module that are something else each time that it is imported."""
        for statement in tree.body:
            self._statement(statement)
        return frozenset(self.found | self.classes), frozenset(self.classes)

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, _IMPORTS):
            self._imports(statement)
            self.before.append(statement)
        elif self._derives(statement) or is_passing(self.effects_of([*self.before, statement])):
            self._take(statement)
        elif isinstance(statement, _DEFINITIONS):
            self.before.append(statement)

    def _derives(self, statement: ast.stmt) -> bool:
        named = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        passing = self.found | self.classes | self.origins
        return not (isinstance(statement, _DEFINITIONS) or passing.isdisjoint(named))

    def _take(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ClassDef):
            self.classes.add(statement.name)
        elif isinstance(statement, _FUNCTIONS):
            self.before.append(statement)
        else:
            self.found.update(_changed(statement), self._globals(statement))

    def _imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        for alias in statement.names:
            if isinstance(statement, ast.Import):
                if self.names_of(alias.name)[0]:
                    self.origins.add(alias.asname or alias.name.partition(".")[0])
                continue
            module, name = self.full_name(statement), alias.asname or alias.name
            held, classes = self.names_of(module)
            if alias.name == "*":
                self.found.update(held - classes)
            elif alias.name in held - classes:
                self.found.add(name)
            elif alias.name in classes or self.names_of(f"{module}.{alias.name}")[0]:
                self.origins.add(name)

    def _globals(self, statement: ast.stmt) -> Iterator[Name]:
        """The global names that functions of the module bind which the statement names."""
        named = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        for each in self.before:
            if isinstance(each, _FUNCTIONS) and each.name in named:
                for node in ast.walk(each):
                    yield from node.names if isinstance(node, ast.Global) else ()


def _changed(statement: ast.stmt) -> Iterator[Name]:
    """The names that the statement binds, or whose objects it changes."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.Attribute, ast.Subscript)):
            calls = isinstance(node, ast.Attribute) and writes(node.attr)
            if calls or isinstance(node.ctx, ast.Store):
                yield from _root(node)


def _root(node: ast.expr) -> Iterator[Name]:
    """The name that a path of attributes and items begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
