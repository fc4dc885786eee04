"""Which names belong to which scope, as Python's compiler decides it: facts of one function.

Computed once for each function, lambda and class body of the notebook, without values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(slots=True)
class Scope:
    """The names of one scope.

    ``bound`` are bound here (locals, where the scope is a function), ``used`` are loaded here or in
    a scope inside that does not bind them. ``outer`` are declared global, ``nonlocals`` nonlocal.
    ``stored_outer`` are globals that the scope, or one inside it, binds.
    """

    bound: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    stored_outer: set[str] = field(default_factory=set)
    yields: bool = False

    @property
    def free(self) -> set[str]:
        """Names that the scope takes from outside."""
        return (self.used - (self.bound - self.outer - self.nonlocals)) | self.stored_outer


class Scopes:
    """The scopes of a notebook's functions, classes and comprehensions, each found once."""

    def __init__(self) -> None:
        self._known: dict[ast.AST, Scope] = {}

    def of(self, node: Function | ast.ClassDef) -> Scope:
        """The names of a function's or a class' own scope."""
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = scope_of(node)
        return known

    def of_comprehension(self, node: Comprehension) -> Scope:
        """The names that the clauses of a comprehension bind."""
        known = self._known.get(node)
        if known is None:
            bound = {name for each in node.generators for name in target_names(each.target)}
            known = self._known[node] = Scope(bound=bound)
        return known


def scope_of(node: Function | ast.ClassDef) -> Scope:
    """The names of a function's or a class' own scope."""
    scope = Scope()
    body: Iterable[ast.AST]
    if isinstance(node, ast.ClassDef):
        body = node.body
    else:
        scope.bound.update(argument.arg for argument in parameters(node.args))
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
    for name in type_parameters(node):
        scope.bound.add(name)
    _collect(scope, body)
    scope.bound -= scope.outer | scope.nonlocals
    return scope


def parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    """All parameters, in the order of a call."""
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg:
        yield arguments.kwarg


def type_parameters(node: ast.AST) -> Iterator[str]:
    """Names of PEP 695 type parameters."""
    for parameter in getattr(node, "type_params", ()):
        yield parameter.name


def target_names(target: ast.AST) -> Iterator[str]:
    """Names that an assignment to ``target`` binds."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id


def _collect(scope: Scope, body: Iterable[ast.AST]) -> None:
    todo = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            (scope.used if isinstance(node.ctx, ast.Load) else scope.bound).add(node.id)
            if isinstance(node.ctx, ast.Del):
                scope.used.add(node.id)
        elif isinstance(node, _FUNCTIONS):
            if not isinstance(node, ast.Lambda):
                scope.bound.add(node.name)
            _inner(scope, node)
            todo.extend(outside_parts(node))
        elif isinstance(node, ast.ClassDef):
            scope.bound.add(node.name)
            _inner(scope, node)
            todo.extend(outside_parts(node))
        elif isinstance(node, _COMPREHENSIONS):
            _comprehension(scope, node)
        else:
            _other(scope, node)
            todo.extend(ast.iter_child_nodes(node))


def _other(scope: Scope, node: ast.AST) -> None:
    """Statements that bind names by other means than a ``Name`` node."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            if alias.name != "*":
                scope.bound.add(alias.asname or alias.name.partition(".")[0])
    elif isinstance(node, ast.ExceptHandler) and node.name:
        scope.bound.add(node.name)
    elif isinstance(node, ast.Global):
        scope.outer.update(node.names)
        scope.stored_outer.update(node.names)
    elif isinstance(node, ast.Nonlocal):
        scope.nonlocals.update(node.names)
        scope.used.update(node.names)
    elif isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
        scope.bound.add(node.name)
    elif isinstance(node, ast.MatchMapping) and node.rest:
        scope.bound.add(node.rest)
    elif isinstance(node, (ast.Yield, ast.YieldFrom)):
        scope.yields = True


def outside_parts(node: Function | ast.ClassDef) -> Iterator[ast.AST]:
    """What is evaluated outside of the scope that ``node`` opens: decorators, defaults, bases."""
    if isinstance(node, ast.ClassDef):
        yield from node.decorator_list
        yield from node.bases
        yield from node.keywords
        return
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
        yield from annotations_of(node)


def annotations_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """The annotations of a function, which are evaluated where it is defined."""
    for argument in parameters(node.args):
        if argument.annotation is not None:
            yield argument.annotation
    if node.returns is not None:
        yield node.returns


def _inner(scope: Scope, node: Function | ast.ClassDef) -> None:
    inner = scope_of(node)
    # What a class binds is unseen by the scopes inside it, and read from outside until it is bound.
    scope.used |= inner.used if isinstance(node, ast.ClassDef) else inner.free
    scope.stored_outer |= inner.stored_outer


def _comprehension(scope: Scope, node: Comprehension) -> None:
    """A comprehension binds its targets inside; ``:=`` in it binds in the scope around it."""
    inner = Scope()
    _collect(scope, [node.generators[0].iter])  # evaluated outside
    targets: set[str] = set()
    for generator in node.generators:
        targets.update(target_names(generator.target))
    _collect(inner, ast.iter_child_nodes(node))
    scope.used |= inner.used - targets
    scope.bound |= inner.bound - targets
    scope.stored_outer |= inner.stored_outer
    scope.yields |= inner.yields
