"""Which names each function takes and returns, which are global, and what the module keeps of the prelude.

A name of the notebook becomes one of the module's in one of three ways, and means what it means in the cells:

- at the top: imports, the prelude, functions and classes that need nothing of a step;
- local: what a step makes is returned, and later steps take it as an argument, where it is sure that Python
  finds there what it finds in the notebook;
- global: the rest. A step that binds such a name says so (``global x``): functions that are older than its
  value read it, or it is bound in some cases only, deleted, or bound anew where the prelude has it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Final

from nbflow.codegen.assembly import Source
from nbflow.codegen.names import identifiers
from nbflow.codegen.python.cells import Code, Piece
from nbflow.codegen.python.flow import flow
from nbflow.codegen.python.hoisting import BUILTINS, hoisted
from nbflow.codegen.python.inert import is_future, is_idle, is_import, is_star
from nbflow.codegen.python.scopes import Names, mentioned, names_of, own_scope
from nbflow.codegen.python.units import Parts, Unit, parts_of
from nbflow.model import Name, Parameter, StepName

#: What the module calls its own functions and modules, where the notebook leaves these names free.
_OWN: Final = (
    "arguments", "argparse", "display", "inspect", "json", "main", "pandas", "read_value", "set_parameters",
    "show", "shown",
)  # fmt: skip
#: Those of them that are modules.
_MODULES: Final = frozenset({"argparse", "inspect", "json", "pandas"})


@dataclass(frozen=True, slots=True)
class Function:
    """A unit as a function: ``takes`` are its arguments, ``returns`` what later ones are given of it.

    ``shared`` are the global names that it binds. The cell of parameters has no name: it is part of ``main``.
    """

    unit: Unit
    name: str = ""
    takes: tuple[Name, ...] = ()
    returns: tuple[Name, ...] = ()
    shared: tuple[Name, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of the module in their order; ``own`` are the names of what is the module's own.

    ``shared`` are all global names that functions bind.
    """

    futures: tuple[Piece, ...]
    imports: tuple[Piece, ...]
    top: tuple[Piece, ...]
    functions: tuple[Function, ...]
    given: tuple[Parameter, ...]
    shared: frozenset[Name]
    own: Mapping[str, str]
    setting: tuple[Piece, ...] = ()
    codes: tuple[Code, ...] = ()

    @property
    def displays(self) -> bool:
        """Whether the notebook displays values by IPython's function, which the module has to have itself."""
        named = any(
            isinstance(n, ast.Name) and n.id == "display"
            for node in self.nodes
            for n in ast.walk(node)
        )
        return named and self.own["display"] == "display"

    @property
    def nodes(self) -> list[ast.stmt]:
        """All statements of the module that the user wrote."""
        pieces = (*self.futures, *self.imports, *self.top)
        own = [piece.node for piece in pieces if piece.node is not None]
        return own + [node for each in self.functions for node in each.unit.nodes]


def lay_out(
    source: Source, titles: Mapping[StepName, str], local: frozenset[str] = frozenset()
) -> Layout:
    """The parts of the module.

    Args:
        titles: what stands in Markdown above the steps.
        local: the modules beside the notebook.
    """
    parts = parts_of(source)
    moved = hoisted(parts, local)
    parts = moved.parts
    split = _after_imports(parts.top)
    leading, following = parts.top[:split], parts.top[split:]
    whole = (*leading, *moved.imports, *following, *moved.rest)
    kept = _used(whole, parts.units)
    imports = [p for p in (*leading, *moved.imports) if id(p) in kept]
    top = [p for p in (*following, *moved.rest) if id(p) in kept]
    above_nodes = [piece.node for piece in whole if piece.node]
    above = names_of(above_nodes)
    sharing = _Sharing(parts, above)
    shared = sharing.shared()
    words = mentioned([p.node for p in (*imports, *top) if p.node])
    words |= mentioned([node for unit in parts.units for node in unit.nodes])
    words |= {p.name for p in parts.given}
    own = _own_names(words, [*above_nodes, *(node for unit in parts.units for node in unit.nodes)])
    return Layout(
        futures=moved.futures,
        imports=tuple(imports),
        top=tuple(top),
        functions=tuple(_functions(parts, sharing, shared, titles, words | set(own.values()))),
        given=parts.given,
        shared=shared,
        own=own,
        setting=parts.setting,
        codes=parts.codes,
    )


def _after_imports(top: Sequence[Piece]) -> int:
    """How many of the first statements import; a text and comments may stand among them."""
    place = 0
    for number, piece in enumerate(top):
        if is_import(piece.node) or is_star(piece.node):
            place = number + 1
        elif piece.node is not None and not _is_text(piece.node):
            break
    return place


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _own_names(words: frozenset[Name], nodes: Sequence[ast.stmt]) -> dict[str, str]:
    """A name for each that the notebook does not use, or uses for the same."""
    found = {}
    for name in _OWN:
        ways = chain((name, f"{name}_"), (f"{name}_{number}" for number in count(2)))
        same = name in _MODULES and not _rebinds(nodes, name)
        found[name] = name if same else next(each for each in ways if each not in words)
    if "display" not in names_of(nodes).bound_anywhere:
        found["display"] = "display"
    return found


def _rebinds(nodes: Sequence[ast.stmt], name: Name) -> bool:
    """Whether the notebook gives the name of a module to something else."""
    return any(_names_otherwise(each, name) for node in nodes for each in ast.walk(node))


def _names_otherwise(node: ast.AST, name: Name) -> bool:
    if isinstance(node, ast.ImportFrom):
        return any((alias.asname or alias.name) == name for alias in node.names)
    if isinstance(node, ast.Import):
        return any(alias.asname == name for alias in node.names)
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    own = (getattr(node, "name", None), getattr(node, "rest", None))
    return not isinstance(node, ast.alias) and name in own


def _functions(
    parts: Parts,
    sharing: _Sharing,
    shared: frozenset[Name],
    titles: Mapping[StepName, str],
    words: frozenset[Name],
) -> Iterator[Function]:
    calls = sharing.calls(shared)
    wanted = identifiers([str(u.step.name) if u.step else "prelude" for u in parts.units])
    used = set(words) | BUILTINS
    for unit, name, (takes, returns) in zip(parts.units, wanted, calls, strict=True):
        binds = unit.names.binds & shared
        if unit.step is None and not unit.nodes:
            continue
        ways = chain((name, f"{name}_step"), (f"{name}_{number}" for number in count(2)))
        own = "" if unit.computes else next(each for each in ways if each not in used)
        used.add(own)
        yield Function(
            unit,
            own,
            takes,
            returns,
            tuple(sorted(binds)),
            titles.get(unit.step.name, "") if unit.step else "",
        )


class _Sharing:
    """Finds which names have to be global."""

    def __init__(self, parts: Parts, above: Names) -> None:
        self.units = parts.units
        self.above = above
        self.parameters = frozenset(p.name for p in parts.given)
        self.bound = self.parameters.union(*(unit.names.binds for unit in self.units))
        nodes = [each for unit in self.units for node in unit.nodes for each in ast.walk(node)]
        self.catches = any(isinstance(node, ast.ExceptHandler) for node in nodes)
        self.plain = {}
        for number, unit in enumerate(self.units):
            self.plain[number] = flow(unit.nodes, (), self.bound | above.binds)

    def shared(self) -> frozenset[Name]:
        """All names that units bind, or that can be given, and that no argument can mean."""
        shared = set(self._at_once())
        while True:
            new = set(self._missing(shared))
            if new <= shared:
                return frozenset(shared)
            shared |= new

    def _at_once(self) -> Iterator[Name]:
        """The names that are global for a reason of their own."""
        yield from self.above.binds & self.bound
        yield from (self.above.late | self.above.declared | self.above.mentions) & self.bound
        for number, unit in enumerate(self.units):
            after = frozenset().union(*(each.names.binds for each in self.units[number + 1 :]))
            yield from (unit.names.declared | unit.names.mixed) & self.bound
            yield from unit.names.declared
            yield from unit.names.late & after
            yield from self._definitions(unit)

    def _definitions(self, unit: Unit) -> Iterator[Name]:
        """Classes, and functions that are used for more than to be called: their names show.

        The sentence of an error that is caught shows the name of a function that is called wrongly.
        """
        for node in (each for whole in unit.nodes for each in own_scope(whole)):
            if isinstance(node, ast.ClassDef):
                yield node.name
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                called = self._is_called(node.name) and not node.decorator_list
                yield from [] if called and not self.catches else [node.name]

    def _is_called(self, name: Name) -> bool:
        """Whether a name stands nowhere but in calls of it."""
        for unit in self.units:
            for node in unit.nodes:
                called = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
                for each in ast.walk(node):
                    loads = isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
                    if loads and each.id == name and id(each) not in called:  # type: ignore[attr-defined]
                        return False
        return True

    def _missing(self, shared: set[Name]) -> Iterator[Name]:
        """The names that cannot be handed to a unit, or back from it, as a value."""
        there = set(self.parameters) - shared
        for unit, (takes, returns) in zip(self.units, self._needs(shared), strict=True):
            found = flow(unit.nodes, takes, self.bound | self.above.binds)
            yield from takes - there
            yield from returns - found.end
            yield from found.unsure
            there = (there | (returns & found.end)) - found.deleted

    def _needs(self, shared: Iterable[Name]) -> list[tuple[frozenset[Name], frozenset[Name]]]:
        """What each unit takes and returns where these names are global."""
        local = self.bound - frozenset(shared)
        wanted: frozenset[Name] = frozenset()
        found = []
        for number in reversed(range(len(self.units))):
            names, plain = self.units[number].names, self.plain[number]
            returns = names.binds & wanted
            takes = (names.mentions - names.binds) | plain.unsure | (returns - plain.end)
            takes &= local
            found.append((takes, returns))
            wanted = takes | (wanted - plain.end)
        return found[::-1]

    def calls(self, shared: frozenset[Name]) -> list[tuple[tuple[Name, ...], tuple[Name, ...]]]:
        """What each unit takes and returns, in the order in which the unit speaks of it."""
        found = []
        for unit, (takes, returns) in zip(self.units, self._needs(shared), strict=True):
            order = _order(unit.nodes)
            found.append((_sorted(takes, order), _sorted(returns, order)))
        return found


def _order(nodes: Iterable[ast.AST]) -> dict[Name, int]:
    """The place at which each name stands first."""
    found: dict[Name, tuple[int, int, int]] = {}
    for number, node in enumerate(nodes):
        for each in ast.walk(node):
            if isinstance(each, ast.Name):
                place = (number, each.lineno, each.col_offset)
                found[each.id] = min(place, found.get(each.id, place))
    return {name: n for n, name in enumerate(sorted(found, key=found.__getitem__))}


def _sorted(names: Iterable[Name], order: Mapping[Name, int]) -> tuple[Name, ...]:
    return tuple(sorted(names, key=lambda name: (order.get(name, len(order)), name)))


def _used(top: Sequence[Piece], units: Iterable[Unit]) -> set[int]:
    """The statements at the top that do something, or whose names are used, directly or through others."""
    known = BUILTINS.union(*(names_of([p.node]).binds for p in top if p.node is not None))
    wanted = set(frozenset().union(*(unit.names.mentions for unit in units)))
    kept: set[int] = set()
    names = {id(p): names_of([p.node]) for p in top if p.node is not None}
    todo = [p for p in top if p.node is not None]
    while True:
        new = [
            p
            for p in todo
            if id(p) not in kept
            and (not is_idle(p.node, known) or not names[id(p)].binds.isdisjoint(wanted))
            and not is_future(p.node)
        ]
        if not new:
            return kept | {id(p) for p in top if p.node is None}
        for piece in new:
            kept.add(id(piece))
            wanted |= names[id(piece)].mentions | names[id(piece)].mixed
