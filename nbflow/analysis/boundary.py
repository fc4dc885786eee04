"""What a notebook asks of one that calls it, and what it gives back."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

from nbflow.analysis.effects import CellEffects
from nbflow.analysis.footprint import imported
from nbflow.analysis.layout import Unit
from nbflow.analysis.result import Boundary
from nbflow.model import CellId, Grade, Name, Parameter, Role


def asked(effects: Sequence[CellEffects]) -> tuple[Name, ...]:
    """The names that are used and that nobody has bound before."""
    return tuple(dict.fromkeys(each.name for cell in effects for each in cell.undefined))


def wished(effects: Sequence[CellEffects]) -> tuple[Name, ...]:
    """The names that are used where somebody has them: in a ``try``, or where they are bound perhaps."""
    bound = set(asked(effects))
    found: dict[Name, None] = {}
    for cell in effects:
        for each in cell.reads:
            known = each.name in bound or each.name.startswith("@")
            if not known and each.grade is Grade.LIKELY:
                found[each.name] = None
        bound.update(each.name for each in cell.binds)
    return tuple(found)


def boundary(
    units: Sequence[Unit],
    homes: Collection[CellId],
    asks: Sequence[Name],
    wishes: Sequence[Name],
    parameters: Sequence[Parameter],
) -> Boundary:
    """The boundary of a notebook of ``units``, of which those in ``homes`` belong to steps."""
    taken = {*asks, *(parameter.name for parameter in parameters)}
    steps = [unit for unit in units if unit.id in homes and _is_plain(unit)]
    gives: dict[Name, None] = {}
    changes: set[Name] = set()
    for unit in steps:
        if unit.effects is None or unit.tree is None:
            continue
        kept_out = taken | imported(unit.tree).keys() | set(definitions(unit.tree))
        for each in unit.effects.binds:
            if each.name not in kept_out and not each.name.startswith(("_", "@")):
                gives[each.name] = None
        for each in unit.effects.deletes:
            if each.name not in unit.effects.maybe:
                gives.pop(each.name, None)
        written = (*unit.effects.binds, *unit.effects.mutates)
        changes.update(each.name for each in written if each.grade is Grade.LIKELY)
    trees = [unit.tree for unit in units if unit.tree is not None]
    return Boundary(
        asks=tuple(asks),
        wishes=tuple(wishes),
        gives=tuple(gives),
        definitions=frozenset(name for tree in trees for name in definitions(tree)),
        changes=frozenset(changes.intersection((*taken, *wishes))),
        any_name=any(unit.effects is not None and unit.effects.binds_all for unit in steps),
    )


def definitions(tree: ast.Module) -> Iterator[Name]:
    """The names that a cell binds to functions and classes that it writes out."""
    for statement in tree.body:
        match statement:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
                yield name


def _is_plain(unit: Unit) -> bool:
    """Whether what the cell binds is a result, and neither import, definition nor parameter."""
    return not unit.mark.prelude and unit.mark.role is not Role.PARAMETERS
