"""The runtime as it travels with a manifest: an archive of Python files, small and always the same bytes.

Docstrings, comments and annotations stay behind: nobody reads them in a pod.
"""

from __future__ import annotations

import ast
import base64
import io
import lzma
import zipfile
from collections.abc import Mapping
from typing import Final, TypeAlias

#: Modules that only the local engine uses.
_LEFT_OUT: Final = frozenset({"helper.py"})
PACKAGE: Final = "nbflow_runtime"
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_DOCUMENTED: Final = (ast.Module, ast.ClassDef, *_FUNCTIONS)
#: The fields of statements that hold statements.
_BLOCKS: Final = ("body", "orelse", "finalbody", "handlers")
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
#: A higher preset takes half as long again and gains eight bytes.
_FILTERS: Final = [
    {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 19, "lc": 4, "lp": 0, "pb": 0}
]


def packed(runtime: Mapping[str, str], cloudpickle: Mapping[str, str]) -> str:
    """The archive of both packages (texts by file name) as text: base64 of xz of zip."""
    files = {f"{PACKAGE}/{name}": text for name, text in runtime.items() if name not in _LEFT_OUT}
    files |= {f"cloudpickle/{name}": text for name, text in cloudpickle.items()}
    return base64.b64encode(_compressed(files)).decode("ascii")


def _compressed(files: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _WHEN), bare(files[name]))
    return lzma.compress(made.getvalue(), filters=_FILTERS)


def bare(text: str) -> str:
    """A Python file without what only readers need; it does the same."""
    tree = ast.parse(text)
    _strip(tree, annotated=False)
    return ast.unparse(tree) + "\n"


def _strip(scope: ast.AST, *, annotated: bool) -> None:
    """Take docstrings and annotations out of a statement and those within; classes keep their own."""
    if isinstance(scope, _DOCUMENTED):
        annotated = isinstance(scope, ast.ClassDef)
        _without_docstring(scope)
    if isinstance(scope, _FUNCTIONS):
        _without_annotations(scope)
    for name in _BLOCKS:
        block: list[ast.stmt] = getattr(scope, name, [])
        for place, each in enumerate(block):
            if isinstance(each, ast.AnnAssign) and not annotated:
                block[place] = _assignment(each)
            _strip(each, annotated=annotated)


def _without_docstring(scope: ast.Module | ast.ClassDef | _Function) -> None:
    first = scope.body[0] if scope.body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        scope.body[:1] = [] if scope.body[1:] else [ast.Pass()]


def _without_annotations(function: _Function) -> None:
    function.returns = None
    own = function.args
    for each in (*own.posonlyargs, *own.args, *own.kwonlyargs, own.vararg, own.kwarg):
        if each is not None:
            each.annotation = None


def _assignment(statement: ast.AnnAssign) -> ast.stmt:
    if statement.value is None:
        return ast.Pass()
    return ast.Assign(targets=[statement.target], value=statement.value, lineno=0)
