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
from typing import Final, TypeVar

#: Modules that only the local engine uses.
_LEFT_OUT: Final = frozenset({"helper.py"})
PACKAGE: Final = "nbflow_runtime"
_Function = TypeVar("_Function", ast.FunctionDef, ast.AsyncFunctionDef)
_Scope = TypeVar("_Scope", ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
_FILTERS: Final = [
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}
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
    tree = _Bare().visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class _Bare(ast.NodeTransformer):
    def visit_Module(self, node: ast.Module) -> ast.Module:
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        return self._without_docstring(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        return self._without_annotations(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        return self._without_annotations(node)

    def _without_annotations(self, node: _Function) -> _Function:
        node.returns = None
        own = node.args
        for each in (*own.posonlyargs, *own.args, *own.kwonlyargs, own.vararg, own.kwarg):
            if each is not None:
                each.annotation = None
        return self._without_docstring(node)

    def _without_docstring(self, node: _Scope) -> _Scope:
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
        return node
