"""Parameter values from outside: set after every statement that binds the name, never as source."""

from __future__ import annotations

import ast
import builtins
import copy
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping, Set

#: A name that no cell uses; it is there only while a cell with overrides runs.
_SETTER = "__nbflow_override__"


def _bound_names(statement: ast.stmt) -> Set[str]:
    """The names that ``statement`` may bind at the top level of the cell."""
    names: Set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return set()
    return names


class _Setter(ast.NodeTransformer):
    """Adds a call of the setter behind each statement that binds an overridden name."""

    def __init__(self, names: Set[str]) -> None:
        self.names = names

    def visit_Module(self, node: ast.Module) -> ast.Module:
        body: List[ast.stmt] = []
        for statement in node.body:
            body.append(statement)
            if isinstance(statement, ast.Expr) and statement is node.body[-1]:
                continue  # its value is the cell's result; the names are set after the cell anyway
            for name in sorted(_bound_names(statement) & self.names):
                body.append(_call(name, statement))
        node.body = body
        return node


def _call(name: str, after: ast.stmt) -> ast.stmt:
    call = ast.Call(ast.Name(_SETTER, ast.Load()), [ast.Constant(name)], [])
    statement = ast.copy_location(ast.Expr(call), after)
    statement.lineno = statement.end_lineno or after.lineno
    return ast.fix_missing_locations(statement)


@contextmanager
def active(shell: Any, parameters: Mapping[str, Any]) -> Iterator[None]:
    """While a cell runs, ``parameters`` win over what it binds; afterwards all of them are set."""
    if not parameters:
        yield
        return
    namespace: Dict[str, Any] = shell.user_ns
    latest: Dict[str, Any] = {}

    def put(name: str) -> None:
        namespace[name] = latest[name] = copy.deepcopy(parameters[name])

    transformer = _Setter(set(parameters))
    shell.ast_transformers.append(transformer)
    setattr(builtins, _SETTER, put)
    try:
        yield
    finally:
        if transformer in shell.ast_transformers:
            shell.ast_transformers.remove(transformer)
        delattr(builtins, _SETTER)
    for name in sorted(parameters):
        # What the cell made of the value that was set (aliases of it, say) must stay.
        if name not in latest or namespace.get(name) is not latest[name]:
            put(name)
