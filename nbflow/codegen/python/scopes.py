"""Which names code binds and mentions, and from where: Python's own symbol table, put in words."""

from __future__ import annotations

import ast
import copy
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

#: What has names of its own and may run after the statement in which it stands.
LATE: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp)
#: Scopes that are done when their expression is.
_AT_ONCE: Final = frozenset({"listcomp", "setcomp", "dictcomp"})


@dataclass(frozen=True, slots=True)
class Names:
    """What statements do to names, as if they were the body of one function.

    ``binds`` are names bound, changed or deleted in the scope of the statements themselves, ``mentions`` all
    that are not local to a scope within; ``late`` are those of them that functions, lambdas and generators
    mention, which look when they run. ``declared`` are names that any scope calls global, ``mixed`` those
    that the body of a class binds and reads: there they are the class's or global, never a function's.
    """

    binds: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    late: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    mixed: frozenset[str] = frozenset()

    @property
    def bound_anywhere(self) -> frozenset[str]:
        """The names that are bound in the scope of the statements itself, or from within as global."""
        return self.binds | self.declared


def names_of(statements: Sequence[ast.stmt]) -> Names:
    """What the statements do to names."""
    binds: set[str] = set()
    mentions: set[str] = set()
    late: set[str] = set()
    declared: set[str] = set()
    mixed: set[str] = set()
    if any(isinstance(node, ast.Global) for each in statements for node in own_scope(each)):
        statements = [_WithoutGlobal(declared).visit(copy.deepcopy(each)) for each in statements]
        binds |= declared
    own = _table(statements)
    for symbol in own.get_symbols():
        name = symbol.get_name()
        if symbol.is_declared_global():
            declared.add(name)
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_annotated():
            binds.add(name)
        mentions.add(name)
    for table, chain in _below(own, ()):
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if table.get_type() == "class" and symbol.is_local() and symbol.is_referenced():
                mixed.add(name)
                mentions.add(name)
            if symbol.is_local() or _is_inner(name, chain):
                continue
            mentions.add(name)
            if symbol.is_declared_global():
                declared.add(name)
            if any(_is_late(each) for each in (*chain, table)):
                late.add(name)
    mixed |= _added_to_in_classes(statements)
    return Names(*map(frozenset, (binds, mentions | mixed, late, declared, mixed)))


def _added_to_in_classes(statements: Sequence[ast.stmt]) -> set[str]:
    """Targets of ``x += 1`` in classes, which Python's table does not call read."""
    return {
        node.target.id
        for statement in statements
        for each in ast.walk(statement)
        if isinstance(each, ast.ClassDef)
        for node in ast.walk(each)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }


class _WithoutGlobal(ast.NodeTransformer):
    """Takes ``global`` out of the scope of the statements: cells may say it late, functions may not."""

    def __init__(self, declared: set[str]) -> None:
        self.declared = declared

    def visit_Global(self, node: ast.Global) -> ast.stmt:
        self.declared.update(node.names)
        return ast.copy_location(ast.Pass(), node)

    def visit_FunctionDef(self, node: ast.stmt) -> ast.stmt:
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # the visitor's names
    visit_ClassDef = visit_FunctionDef  # noqa: N815  # the visitor's names


def own_scope(node: ast.AST) -> Iterator[ast.stmt]:
    """The statements in the scope in which a statement stands, itself first."""
    if isinstance(node, ast.stmt):
        yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        for child in ast.iter_child_nodes(node):
            yield from own_scope(child)


def _table(statements: Sequence[ast.stmt]) -> symtable.SymbolTable:
    body = [*statements, ast.Pass()]
    function = ast.FunctionDef("_", ast.arguments([], [], None, [], [], None, []), body, [])
    text = ast.unparse(ast.fix_missing_locations(ast.Module([_plain(function)], [])))
    return symtable.symtable(text, "<cell>", "exec").get_children()[0]


def _plain(function: ast.FunctionDef) -> ast.stmt:
    """The function without what may stand in cells alone."""
    function.body = [
        each
        for each in function.body
        if not (
            isinstance(each, ast.ImportFrom)
            and (each.module == "__future__" or any(a.name == "*" for a in each.names))
        )
    ]
    return function


def _below(
    table: symtable.SymbolTable, chain: tuple[symtable.SymbolTable, ...]
) -> Iterator[tuple[symtable.SymbolTable, tuple[symtable.SymbolTable, ...]]]:
    for child in table.get_children():
        yield child, chain
        yield from _below(child, (*chain, child))


def _is_inner(name: str, chain: Iterable[symtable.SymbolTable]) -> bool:
    """Whether a function around the scope has the name."""
    for table in chain:
        if table.get_type() != "class" and name in table.get_identifiers():
            symbol = table.lookup(name)
            if symbol.is_local() and not symbol.is_declared_global():
                return True
    return False


def _is_late(table: symtable.SymbolTable) -> bool:
    return table.get_type() != "class" and table.get_name() not in _AT_ONCE


def mentioned(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """Every name that stands anywhere in the statements, in whatever scope."""
    found: set[str] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found.add(node.name)
    return frozenset(found)
