"""What the result of a step depends on besides the values that it reads: code, and parameters.

Of the prelude only those cells count whose names the step uses, and of a cell's text only what Python makes
of it: a comment or a blank line changes nothing, unless the notebook looks at its own source.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Mapping, Sequence, Set
from typing import Final

from nbflow.analysis.effects import CellEffects
from nbflow.analysis.layout import Unit
from nbflow.analysis.source import CellCode
from nbflow.model import (
    GENERATORS,
    Cell,
    CellId,
    Name,
    Parameter,
    Role,
    Step,
    StepEffects,
    StepUse,
)

#: Nodes of expressions that run no code of anybody's, and cannot fail.
_PLAIN: Final = (
    ast.arguments, ast.arg, ast.Constant, ast.List, ast.Tuple, ast.Load, ast.UnaryOp, ast.USub,
)  # fmt: skip
_CONTAINERS: Final = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
#: Where one of these stands in a notebook, it may show its own text, or the numbers of its lines.
_LOOKS_AT_ITSELF: Final = re.compile(
    r"\binspect\b|getsource|linecache|\bIn\s*\[|\b_ih\b|\b_i+\b|\b_i\d|traceback|lineno|\?\?"
    r"|%\s*(?:hist|psource|pfile|recall|rerun|save|macro|load|edit|notebook|pycat)"
)


def uses(
    steps: Sequence[Step],
    flow: Sequence[StepEffects],
    units: Sequence[Unit],
    codes: Sequence[CellCode],
    parameters: Sequence[Parameter],
) -> tuple[StepUse, ...]:
    """What each of ``steps`` uses, in their order; ``flow`` are their effects."""
    texts = _texts(units, codes)
    by_id = {unit.id: unit for unit in units}
    plain = frozenset(p.name for p in parameters) if _are_plain(units, parameters) else frozenset()
    shown: set[CellId] = set()
    found = []
    for step, effects in zip(steps, flow, strict=True):
        prelude = [by_id[cell] for cell in step.prelude if cell in by_id]
        names, used = _closure(prelude, effects, shown.union(step.cells))
        shown.update(step.prelude)
        own = {cell: texts[cell] for cell in (*used, *step.cells) if cell in texts}
        binding = any(by_id[c].mark.role is Role.PARAMETERS for c in step.cells if c in by_id)
        if plain:
            own = {c: text for c, text in own.items() if by_id[c].mark.role is not Role.PARAMETERS}
        some = bool(plain) and not (binding or effects.reads_all)
        asked = (p.name for p in parameters if not some or p.name in names)
        draws = _draws(effects) or any(_draws(u.effects) for u in prelude if u.effects)
        found.append(StepUse(step.name, own, tuple(sorted(asked)), draws))
    return tuple(found)


def _draws(effects: StepEffects | CellEffects) -> bool:
    return any(access.name in GENERATORS for access in (*effects.reads, *effects.mutates))


def _texts(units: Sequence[Unit], codes: Sequence[CellCode]) -> Mapping[CellId, str]:
    """A digest of what each cell means, by its id."""
    exact = any(_LOOKS_AT_ITSELF.search(unit.mark.cell.source) for unit in units)
    known = {} if exact else {code.cell.id: code for code in codes}
    return {unit.id: _digest(unit.mark.cell, known.get(unit.id)) for unit in units}


def _digest(cell: Cell, code: CellCode | None) -> str:
    if code is None:
        text = cell.source
    else:
        magics = [(each.kind, each.name, each.text, each.body) for each in code.magics]
        text = ast.dump(code.tree) + (repr(magics) if magics else "")
    text += ";" * cell.source.rstrip().endswith(";")  # the result is not shown
    text += "|allowed to fail" * ("raises-exception" in cell.tags)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _are_plain(units: Sequence[Unit], parameters: Sequence[Parameter]) -> bool:
    """Whether the parameters are constants, each of which matters only to those who read it."""
    trees = [unit.tree for unit in units if unit.mark.role is Role.PARAMETERS]
    return not any(p.computed for p in parameters) and all(
        isinstance(node, (ast.Assign, ast.AnnAssign))
        for tree in trees
        for node in (tree.body if tree else [ast.Pass()])
    )


def _closure(
    prelude: Sequence[Unit], effects: StepEffects, shown: Set[CellId]
) -> tuple[frozenset[Name], tuple[CellId, ...]]:
    """The names that a step and what it uses of the prelude read, and those cells of the prelude."""
    names = {access.name for access in effects.reads}
    used = {unit.id: unit for unit in prelude if effects.reads_all or _is_shown(unit, shown)}
    waiting = [*used.values()]
    while True:
        for unit in waiting:
            names.update(access.name for access in (unit.effects.reads if unit.effects else ()))
        waiting = [u for u in prelude if u.id not in used and _is_used(u.effects, names)]
        if not waiting:
            return frozenset(names), tuple(unit.id for unit in prelude if unit.id in used)
        used.update((unit.id, unit) for unit in waiting)


def _is_shown(unit: Unit, shown: Set[CellId]) -> bool:
    """Whether a step is the first to run a prelude cell, which may show something."""
    return unit.id not in shown and (unit.tree is None or not all(map(_is_silent, unit.tree.body)))


def _is_silent(statement: ast.stmt) -> bool:
    """Whether a statement makes functions, classes or plain values, runs no other code and cannot fail."""
    match statement:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return all(map(_is_plain, (statement.args, statement.returns or ast.Load())))
        case ast.ClassDef(bases=[], keywords=[], decorator_list=[], body=body):
            return all(_is_silent(each) or _is_docstring(each) for each in body)
        case ast.Assign(value=value, targets=targets):
            return all(isinstance(each, ast.Name) for each in targets) and _is_plain(value)
        case _:
            return isinstance(statement, ast.Pass)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_plain(tree: ast.AST) -> bool:
    """Whether an expression, or the head of a function, is made of constants and builtin names."""
    return all(isinstance(node, _PLAIN) or _is_builtin(node) for node in ast.walk(tree))


def _is_builtin(node: ast.AST) -> bool:
    """Whether a node is a builtin name, or one of the container types with what it holds."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return node.value.id in _CONTAINERS
    return isinstance(node, ast.Name) and hasattr(builtins, node.id)


def _is_used(effects: CellEffects | None, names: set[Name]) -> bool:
    """Whether a prelude cell makes one of the names, or changes what has no name."""
    if effects is None or effects.binds_all or effects.reads_all:
        return True
    written = {each.name for each in (*effects.binds, *effects.mutates, *effects.deletes)}
    return not written.isdisjoint(names) or any(name.startswith("@") for name in written)
