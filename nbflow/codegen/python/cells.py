"""Cells as Python with the user's comments, and what their statements do to names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import ast_comments  # type: ignore[import-untyped]

from nbflow.model import Cell

#: Line magics without which a module does the same.
_HARMLESS: Final = re.compile(
    r"^[ \t]*%\s*(?:matplotlib|load_ext|reload_ext|autoreload|config\s+InlineBackend|precision)\b.*$",
    re.M,
)


@dataclass(frozen=True, slots=True)
class Code:
    """A cell as statements (and comments), None where it is no plain Python; ``error`` says on which line."""

    cell: Cell
    body: tuple[ast.stmt, ...] = ()
    error: int = 0


def code_of(cell: Cell) -> Code:
    """The statements of a cell; harmless magics become comments."""
    source = _HARMLESS.sub(lambda found: "# " + found.group().strip(), cell.source)
    try:
        return Code(cell, tuple(ast_comments.parse(source).body))
    except (SyntaxError, ValueError) as error:
        return Code(cell, error=getattr(error, "lineno", None) or 1)


def statements(codes: Iterable[Code]) -> Iterator[ast.stmt]:
    """All statements, one cell after the other; the value at the end of a cell is shown."""
    for code in codes:
        yield from _shown(code)


def _shown(code: Code) -> Iterator[ast.stmt]:
    last = max((n for n, s in enumerate(code.body) if not is_comment(s)), default=-1)
    for number, statement in enumerate(code.body):
        if number == last and isinstance(statement, ast.Expr) and _is_shown(code, statement):
            call = ast.Call(ast.Name("show", ast.Load()), [statement.value], [])
            yield ast.copy_location(ast.Expr(call), statement)
        else:
            yield statement


def _is_shown(code: Code, statement: ast.Expr) -> bool:
    """Whether a cell that ends with this expression shows its value, as far as that can be seen."""
    if code.cell.source.rstrip().endswith(";"):
        return False
    value = statement.value
    prints = (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "print"
    )
    return not prints and not (isinstance(value, ast.Constant) and value.value is None)


def is_comment(node: ast.AST) -> bool:
    """Whether the node is a comment of the user's."""
    return type(node).__name__ == "Comment"


def bound_by(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement binds in the scope in which it stands."""
    found = _Bound()
    found.visit(statement)
    return frozenset(found.names)


def bound(body: Sequence[ast.stmt]) -> frozenset[str]:
    """The names that any of the statements binds."""
    return frozenset().union(*map(bound_by, body))


def read(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """All names that are read anywhere in the nodes, nested scopes included."""
    return frozenset(
        each.id
        for node in nodes
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    )


class _Bound(ast.NodeVisitor):
    """Names bound in one scope: nested functions and classes bind their own name alone."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.names.add(node.id)

    def visit_FunctionDef(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ) -> None:
        self.names.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # the visitor's names
    visit_ClassDef = visit_FunctionDef  # noqa: N815  # the visitor's names

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A lambda binds nothing outside of it."""

    def visit_ListComp(self, node: ast.AST) -> None:
        """The names of a comprehension are its own, but for those of ``:=``."""
        self.names.update(
            each.target.id for each in ast.walk(node) if isinstance(each, ast.NamedExpr)
        )

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815  # the visitor's names

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self.names.add(alias.asname or alias.name.split(".")[0])

    visit_ImportFrom = visit_Import  # noqa: N815  # the visitor's names

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.names.add(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.names.add(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.names.add(node.rest)
        self.generic_visit(node)


#: What has names of its own.
SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def scopes(statement: ast.AST) -> Iterator[ast.FunctionDef]:
    """The outermost functions, lambdas and classes in a statement."""
    for node in [statement, *ast.iter_child_nodes(statement)]:
        if isinstance(node, SCOPES):
            yield node  # type: ignore[misc]  # all of them have a line
            if node is statement:
                return
        elif node is not statement:
            yield from scopes(node)


def free(node: ast.AST) -> frozenset[str]:
    """The names that functions and classes in the node read and do not bind themselves."""
    found: set[str] = set()
    for scope in scopes(node):
        own = {a.arg for a in ast.walk(scope) if isinstance(a, ast.arg)}
        own |= {name for part in ast.walk(scope) for name in _definitions(part)}
        own |= {
            n.id
            for n in ast.walk(scope)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        found |= read([scope]) - own
    return frozenset(found)


def _definitions(node: ast.AST) -> frozenset[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return bound_by(node) if isinstance(node, kinds) else frozenset()
