"""Which names of a function are surely bound where they are read: Python asks that only when it runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from nbflow.codegen.python.scopes import LATE, names_of

#: Statements that do to names what another one does.
_SAME: Final = {
    "AsyncFor": "For",
    "AsyncFunctionDef": "FunctionDef",
    "AsyncWith": "With",
    "Break": "Return",
    "Continue": "Return",
    "ImportFrom": "Import",
    "Raise": "Return",
    "TryStar": "Try",
}
#: Context managers that let a block end in its middle as if nothing had happened.
_SWALLOWING: Final = frozenset({"suppress", "raises", "assertRaises", "ignored", "ExitStack"})


@dataclass(frozen=True, slots=True)
class Flow:
    """What becomes of the names that a function binds.

    ``unsure`` are names that may be read (or, in a function within, be looked up) before they are bound here,
    ``end`` those that are surely bound in the end, ``deleted`` those that may be deleted.
    """

    unsure: frozenset[str]
    end: frozenset[str]
    deleted: frozenset[str]


def flow(
    statements: Sequence[ast.stmt],
    given: Iterable[str] = (),
    own: frozenset[str] = frozenset(),
) -> Flow:
    """The flow of names through a function's body.

    Args:
        given: names that are bound from the start.
        own: names bound by the notebook: what a context manager among them does is not known.
    """
    names = names_of(statements)
    walk = _Walk(names.binds, own, set(given) & names.binds)
    walk.block(statements)
    return Flow(
        frozenset(walk.unsure), frozenset(walk.bound & names.binds), frozenset(walk.deleted)
    )


@dataclass(slots=True)
class _Walk:
    """Goes through statements in their order; ``bound`` is what is surely bound at this point."""

    binds: frozenset[str]
    own: frozenset[str]
    bound: set[str]
    unsure: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    def block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def read(self, name: str) -> None:
        if name in self.binds and name not in self.bound:
            self.unsure.add(name)

    def bind(self, name: str) -> None:
        self.bound.add(name)

    def delete(self, name: str) -> None:
        self.bound.discard(name)
        self.deleted.add(name)

    def branches(self, *ways: Callable[[], None]) -> None:
        """Goes each of the ways from here; surely bound is what all of them bind."""
        before, ends = set(self.bound), list[set[str]]()
        for way in ways:
            self.bound = set(before)
            way()
            ends.append(self.bound)
        self.bound = set.intersection(*ends)

    def leave(self) -> None:
        """Nothing that follows here runs."""
        self.bound = set(self.binds)

    # -- statements

    def statement(self, node: ast.stmt) -> None:
        name = _SAME.get(type(node).__name__, type(node).__name__)
        getattr(self, f"of_{name.lower()}", self.expressions)(node)

    def of_assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self.target(target)

    def of_annassign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.expression(node.value)
            self.target(node.target)
        elif not isinstance(node.target, ast.Name):
            self.target(node.target)

    def of_augassign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
        self.expression(node.value)
        self.target(node.target)

    def of_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.read(target.id)
                self.delete(target.id)
            elif isinstance(target, (ast.Tuple, ast.List)):
                self.of_delete(ast.Delete(target.elts))
            else:
                self.expression(target)

    def of_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self.bind((alias.asname or alias.name).partition(".")[0])

    def of_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (
            *node.decorator_list,
            *node.args.defaults,
            *filter(None, node.args.kw_defaults),
        ):
            self.expression(each)
        for each in _annotations(node):
            self.expression(each)
        for name in names_of([node]).late - {node.name}:
            self.read(name)
        self.bind(node.name)

    def of_classdef(self, node: ast.ClassDef) -> None:
        for each in (*node.decorator_list, *node.bases, *(k.value for k in node.keywords)):
            self.expression(each)
        for name in names_of([node]).mentions - {node.name}:
            self.read(name)
        self.bind(node.name)

    def of_return(self, node: ast.stmt) -> None:
        self.expressions(node)
        self.leave()

    def of_if(self, node: ast.If) -> None:
        self.expression(node.test)
        self.branches(lambda: self.block(node.body), lambda: self.block(node.orelse))

    def of_for(self, node: ast.For) -> None:
        self.expression(node.iter)
        turns = _surely_turns(node.iter)
        self.loop(node, lambda: self.target(node.target), turns=turns)

    def of_while(self, node: ast.While) -> None:
        turns = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self.expression(node.test)
        self.loop(node, lambda: self.expression(node.test), turns=turns)

    def loop(self, node: ast.For | ast.While, begin: Callable[[], None], *, turns: bool) -> None:
        """A loop that makes no turn, or many: ``turns`` says that it surely makes one."""
        self.bound -= _deleted([*node.body])
        before = set(self.bound)
        begin()
        bound_once = None
        for statement in node.body:
            if bound_once is None and _may_jump(statement):
                bound_once = set(self.bound)
            self.statement(statement)
        once = self.bound if bound_once is None else bound_once
        self.bound = (once if turns else before) & (once | before)
        after = set(self.bound)
        self.block(node.orelse)
        self.bound &= after if bound_once is not None else self.bound

    def of_with(self, node: ast.With) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars)
        before = set(self.bound)
        self.block(node.body)
        if any(self._swallows(item.context_expr) for item in node.items):
            self.bound = (before - _deleted(node.body)) & self.bound

    def _swallows(self, node: ast.expr) -> bool:
        made = node.func if isinstance(node, ast.Call) else node
        if isinstance(made, ast.Attribute):
            return made.attr in _SWALLOWING
        name = getattr(made, "id", "")
        return name in _SWALLOWING or name in self.own

    def of_try(self, node: ast.Try) -> None:
        gone = _deleted(node.body)
        start = self.bound - gone
        self.block(node.body)
        self.block(node.orelse)
        ends = [self.bound]
        for handler in node.handlers:
            self.bound = set(start)
            if handler.type is not None:
                self.expression(handler.type)
            if handler.name:
                self.bind(handler.name)
            self.block(handler.body)
            if handler.name:
                self.delete(handler.name)
            ends.append(self.bound)
        if node.finalbody:
            inner = [*node.body, *node.orelse, *(s for h in node.handlers for s in h.body)]
            self.bound = start - _deleted(inner)
            self.block(node.finalbody)
            self.bound = set.intersection(*ends)
            self.block(node.finalbody)
        else:
            self.bound = set.intersection(*ends)

    def of_match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        last = node.cases[-1]
        ways = [self._case(case) for case in node.cases]
        if not (_takes_all(last.pattern) and last.guard is None):
            ways.append(lambda: None)
        self.branches(*ways)

    def _case(self, case: ast.match_case) -> Callable[[], None]:
        def way() -> None:
            for node in ast.walk(case.pattern):
                for name in (getattr(node, "name", None), getattr(node, "rest", None)):
                    if name:
                        self.bind(name)
                if isinstance(node, ast.expr):
                    self.expression(node)
            if case.guard is not None:
                self.expression(case.guard)
            self.block(case.body)

        return way

    # -- expressions

    def target(self, node: ast.expr) -> None:
        """A target of an assignment."""
        if isinstance(node, ast.Name):
            self.bind(node.id)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for each in node.elts:
                self.target(each)
        elif isinstance(node, ast.Starred):
            self.target(node.value)
        else:
            self.expressions(node)

    def expressions(self, node: ast.AST) -> None:
        """All expressions right within a node, in their order."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child)
            else:
                self.expressions(child)

    def expression(self, node: ast.expr) -> None:
        match node:
            case ast.Name():
                self.read(node.id)
            case ast.NamedExpr():
                self.expression(node.value)
                self.target(node.target)
            case ast.BoolOp():
                self.expression(node.values[0])
                self.maybe(node.values[1:])
            case ast.Compare():
                self.expression(node.left)
                self.expression(node.comparators[0])
                self.maybe(node.comparators[1:])
            case ast.IfExp():
                self.expression(node.test)
                self.branches(
                    lambda: self.expression(node.body), lambda: self.expression(node.orelse)
                )
            case ast.Lambda():
                for each in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                    self.expression(each)
                self.within(node)
            case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                self.expression(node.generators[0].iter)
                self.within(node)
            case _:
                self.expressions(node)

    def maybe(self, nodes: Sequence[ast.expr]) -> None:
        """Expressions that may not be reached."""
        before = set(self.bound)
        for node in nodes:
            self.expression(node)
        self.bound = before

    def within(self, node: ast.expr) -> None:
        """A scope within: what it takes from here has to be bound by now; what ``:=`` binds is not sure."""
        names = names_of([ast.Expr(node)])
        for name in names.mentions - names.binds:
            self.read(name)
        for name in names.binds:
            if any(
                isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
                for n in ast.walk(node)
            ):
                self.read(name)


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr]:
    found = [each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    return [each for each in (*found, node.returns) if each is not None]


def _deleted(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that statements may delete, in so far as they stand in no scope of their own."""
    found: set[str] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
                found.add(node.id)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                found.add(node.name)
    return found


def _may_jump(statement: ast.stmt) -> bool:
    """Whether a statement may leave the turn of the loop in which it stands."""
    if isinstance(statement, (ast.Break, ast.Continue)):
        return True
    if isinstance(statement, (*LATE, ast.ClassDef)):
        return False
    return any(_may_jump(each) for each in ast.iter_child_nodes(statement))  # type: ignore[arg-type]


def _surely_turns(node: ast.expr) -> bool:
    """Whether a loop over this makes at least one turn."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return any(not isinstance(each, ast.Starred) for each in node.elts)
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return bool(node.value)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enumerate" and node.args:
        return _surely_turns(node.args[0])
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range":
        values = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if len(values) == len(node.args) and all(isinstance(v, int) for v in values) and values:
            return bool(range(*values[:3]))  # type: ignore[arg-type]
    return False


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
