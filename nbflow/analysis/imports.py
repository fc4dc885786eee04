"""The modules that a notebook imports before it does anything else."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from nbflow.analysis.source import CellCode

#: Line magics that may stand among the imports: they do not change what an import gives.
_HARMLESS: Final = frozenset({"autoreload", "load_ext", "matplotlib", "precision", "config"})


def leading_imports(codes: Iterable[CellCode]) -> tuple[str, ...]:
    """The full names of the modules imported before any other statement of the run, in order."""
    return tuple(dict.fromkeys(_leading(codes)))


def imports_only(code: CellCode) -> bool:
    """Whether the cell holds imports, and beside them only docstrings and harmless magics."""
    body = code.tree.body
    if any(magic.kind == "cell" for magic in code.magics):
        return False
    return any(_is_import(each) for each in body) and all(
        _is_import(each) or _passes(each) for each in body
    )


def _leading(codes: Iterable[CellCode]) -> Iterator[str]:
    for code in codes:
        if any(magic.kind == "cell" for magic in code.magics):
            return
        for statement in code.tree.body:
            match statement:
                case ast.Import(names=aliases):
                    yield from (alias.name for alias in aliases)
                case ast.ImportFrom(module=str(module), level=0):
                    yield module
                case _ if not _passes(statement):
                    return


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def _passes(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(attr="run_line_magic"),
                args=[ast.Constant(value=str(name)), *_],
            )
        ):
            return name in _HARMLESS
        case _:
            return False
