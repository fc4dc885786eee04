"""The names that a prelude binds, as far as its text tells, and whether one stands for the same already."""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from nbflow.runtime.spec import Cell

_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class _Imported:
    """A name that an import binds: to a module, or to an attribute of one."""

    module: str
    attribute: str = ""

    def is_same(self, _name: str, value: Any) -> bool:
        module = sys.modules.get(self.module)
        if not self.attribute:
            return module is value
        found = getattr(module, self.attribute, sys.modules.get(f"{self.module}.{self.attribute}"))
        return found is value and found is not None


@dataclass(frozen=True, slots=True)
class _Defined:
    """A name that a definition binds, with its text."""

    text: str

    def is_same(self, name: str, value: Any) -> bool:
        if not isinstance(value, (type, types.FunctionType)) or value.__name__ != name:
            return False
        try:
            return inspect.getsource(value).strip() == self.text.strip()
        except (OSError, TypeError):
            return False


@dataclass(frozen=True, slots=True)
class _Bound:
    """A name that some statement binds: to a value that is known, or to any."""

    value: Any = _NOTHING

    def is_same(self, _name: str, value: Any) -> bool:
        return self.value is not _NOTHING and _are_alike(value, self.value)


def _are_alike(here: Any, literal: Any) -> bool:
    """Whether a value is what the literal gives; no code of the value's own class runs."""
    if type(here) is not type(literal):
        return False
    if isinstance(literal, (list, tuple)):
        return len(here) == len(literal) and all(map(_are_alike, here, literal))
    if isinstance(literal, dict):
        return _are_alike([*here.items()], [*literal.items()])
    if isinstance(literal, (set, frozenset)):
        return set(map(type, here)) == set(map(type, literal)) and here == literal
    return repr(here) == repr(literal)


Made: TypeAlias = _Imported | _Defined | _Bound


def made_by(shell: Any, prelude: Iterable[Cell]) -> dict[str, Made]:
    """What the cells of a prelude bind, by its names."""
    found: dict[str, Made] = {}
    for cell in prelude:
        found.update(_of_cell(shell, cell))
        found.update({name: _Bound(value) for name, value in cell.parameters.items()})
        found.update({name: _Bound() for name in cell.arguments})
    return found


def _of_cell(shell: Any, cell: Cell) -> Iterator[tuple[str, Made]]:
    try:
        text = shell.transform_cell(cell.source)
        tree = ast.parse(text)
    except Exception:  # the restore tells what is wrong with it
        return
    lines = text.splitlines(keepends=True)
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield from _imports(statement)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            first = min([statement.lineno, *(each.lineno for each in statement.decorator_list)])
            yield statement.name, _Defined("".join(lines[first - 1 : statement.end_lineno]))
        else:
            yield from _assigned(statement)


def _imports(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Made]]:
    for alias in statement.names:
        if isinstance(statement, ast.Import):
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or whole, _Imported(whole)
        elif alias.name == "*":
            module = sys.modules.get(statement.module or "")
            names = getattr(module, "__all__", None) or vars(module or types).keys()
            yield from ((n, _Imported(statement.module or "", n)) for n in names if n[0] != "_")
        else:
            yield alias.asname or alias.name, _Imported(statement.module or "", alias.name)


def _assigned(statement: ast.stmt) -> Iterator[tuple[str, Made]]:
    value: Any = _NOTHING
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        try:
            value = ast.literal_eval(statement.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            value = _NOTHING
    plain = isinstance(statement, ast.AnnAssign) or (
        isinstance(statement, ast.Assign)
        and all(isinstance(target, ast.Name) for target in statement.targets)
    )
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, _Bound(value if plain else _NOTHING)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, _Bound()
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0], _Bound()
