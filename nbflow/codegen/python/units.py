"""A notebook's cells as the parts of a module: what stands at its top, and units that run in order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from nbflow.codegen.assembly import Source
from nbflow.codegen.python.cells import Code, Piece, code_of
from nbflow.codegen.python.scopes import Names, names_of
from nbflow.model import CellId, Name, Parameter, Step, StepName
from nbflow.tags import binds_parameters

_WORD: Final = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Unit:
    """Statements that run together: a step, the rest of the parameters' cell, or a prelude cell in its place.

    ``step`` is None for what is no step; ``computes`` says that it is the cell of parameters.
    """

    pieces: tuple[Piece, ...]
    step: Step | None = None
    computes: bool = False
    names: Names = field(default_factory=Names)
    read_in_texts: frozenset[Name] = frozenset()

    @property
    def nodes(self) -> list[ast.stmt]:
        """Its statements."""
        return [piece.node for piece in self.pieces if piece.node is not None]

    def holding(self, pieces: Iterable[Piece]) -> Unit:
        """The unit with these pieces in place of its own."""
        kept = tuple(pieces)
        nodes = [piece.node for piece in kept if piece.node is not None]
        names = names_of(nodes)
        texts = frozenset(_words_in_texts(nodes)) & self.read_in_texts
        return replace(self, pieces=kept, names=replace(names, mentions=names.mentions | texts))


@dataclass(frozen=True, slots=True)
class Parts:
    """``top`` stands at the top of the module, ``given`` are the parameters that have a value to be given.

    ``setting`` are the statements that set these, ``codes`` all cells.
    """

    top: tuple[Piece, ...]
    units: tuple[Unit, ...]
    given: tuple[Parameter, ...]
    setting: tuple[Piece, ...] = ()
    codes: tuple[Code, ...] = ()


def parts_of(source: Source) -> Parts:
    """The parts, before anything is moved to the top that stands elsewhere in the notebook."""
    codes = {cell: code_of(found) for cell, found in source.cells.items()}
    _drop_display(codes.values())
    homes = {cell: step for step in source.pipeline.steps for cell in step.cells}
    given = tuple(p for p in source.pipeline.parameters if not p.computed)
    top: list[Piece] = []
    units: list[Unit] = []
    setting: list[Piece] = []
    for cell, group in _groups(source, homes):
        pieces = [piece for each in group for piece in codes[each].pieces]
        step = homes.get(cell)
        texts = frozenset(a.name for a in source.effects[step.name].reads) if step else frozenset()
        if binds_parameters(source.cells[cell].tags):
            rest = list(_computing(pieces, given))
            setting.extend(piece for piece in pieces if piece not in rest)
            units.append(Unit((), computes=True).holding(rest))
        elif step is None and _may_stand_above(pieces, units, given):
            top.extend(pieces)
        else:
            units.append(Unit((), step, read_in_texts=texts).holding(pieces))
    return Parts(tuple(top), tuple(units), given, tuple(setting), tuple(codes.values()))


def _drop_display(codes: Iterable[Code]) -> None:
    """Leave out imports of IPython's ``display``: the module has a function of that name itself."""
    codes = list(codes)
    nodes = [piece.node for code in codes for piece in code.pieces if piece.node is not None]
    others = [node for node in nodes if not _imports_display(node)]
    if "display" in names_of(others).bound_anywhere:
        return
    for code in codes:
        code.pieces = tuple(piece for each in code.pieces for piece in _without_display(each))


def _without_display(piece: Piece) -> Iterator[Piece]:
    node = piece.node
    if not _imports_display(node) or not isinstance(node, ast.ImportFrom):
        yield piece
        return
    kept = [alias for alias in node.names if alias.name != "display"]
    if kept:
        node = ast.copy_location(ast.ImportFrom(node.module, kept, 0), node)
        yield replace(piece, node=node, made=ast.unparse(node))


def _imports_display(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.ImportFrom)
        and node.module
        in ("IPython.display", "IPython.core.display", "IPython.core.display_functions")
        and any(alias.name == "display" and alias.asname is None for alias in node.names)
    )


def _groups(source: Source, homes: dict[CellId, Step]) -> Iterator[tuple[CellId, list[CellId]]]:
    """The cells in run order, those of a step that follow one another together."""
    group: list[CellId] = []
    last: StepName | None = None
    for cell in source.cells:
        parameters = binds_parameters(source.cells[cell].tags)
        home = None if parameters or cell not in homes else homes[cell].name
        if group and (home is None or home != last):
            yield group[0], group
            group = []
        group.append(cell)
        last = home
    if group:
        yield group[0], group


def _may_stand_above(
    pieces: Sequence[Piece], units: Sequence[Unit], given: Sequence[Parameter]
) -> bool:
    """Whether a prelude cell gives at the top of the module what it gives in its place."""
    if any(unit.step is not None or not unit.computes for unit in units):
        return False
    if not units:
        return True
    if any(
        not isinstance(node, (ast.Assign, ast.AnnAssign)) for unit in units for node in unit.nodes
    ):
        return False
    names = names_of([piece.node for piece in pieces if piece.node is not None])
    made = {p.name for p in given}.union(*(unit.names.binds for unit in units))
    return made.isdisjoint(names.mentions - (names.late - _at_once(pieces)) | names.binds)


def _at_once(pieces: Sequence[Piece]) -> frozenset[Name]:
    """The names that statements read when they run."""
    return frozenset().union(*(read_at_once(piece.node) for piece in pieces if piece.node))


def read_at_once(node: ast.AST) -> frozenset[Name]:
    """The names in a statement that stand in no function or lambda within it."""
    found: set[Name] = set()
    todo: list[ast.AST] = [node]
    while todo:
        each = todo.pop()
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)):
            todo += [*each.decorator_list, each.args, *([each.returns] if each.returns else [])]
        elif isinstance(each, ast.Lambda):
            todo.append(each.args)
        else:
            if isinstance(each, ast.Name):
                found.add(each.id)
            todo.extend(ast.iter_child_nodes(each))
    return frozenset(found)


def _computing(pieces: Sequence[Piece], given: Sequence[Parameter]) -> Iterator[Piece]:
    """What a cell of parameters does besides setting the values that are given."""
    names = {p.name for p in given}
    for piece in pieces:
        targets = _targets(piece.node)
        if not targets or not targets <= names:
            yield piece


def _targets(node: ast.stmt | None) -> frozenset[Name]:
    """The names that an assignment of constants sets."""
    if isinstance(node, ast.AnnAssign):
        targets: list[ast.expr] = [node.target]
        constant = node.value is not None and _is_literal(node.value)
    elif isinstance(node, ast.Assign):
        targets = node.targets
        constant = _is_literal(node.value)
    else:
        return frozenset()
    found: set[Name] = set()
    for target in targets:
        for each in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            if not isinstance(each, ast.Name):
                return frozenset()
            found.add(each.id)
    return frozenset(found) if constant else frozenset()


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _words_in_texts(nodes: Iterable[ast.AST]) -> Iterator[Name]:
    """Words in texts: what evaluates a text (``df.query``, formulas) reads names that only it spells."""
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield from _WORD.findall(each.value)
