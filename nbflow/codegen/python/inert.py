"""What a statement does when it runs, as far as that can be seen: which may run earlier, or not at all."""

from __future__ import annotations

import ast
import sys
from collections.abc import Container, Iterable
from typing import Final

#: Decorators that do nothing but make another function or class of theirs.
_DECORATORS: Final = frozenset(
    {
        "abstractmethod", "cache", "cached_property", "classmethod", "contextmanager", "dataclass", "jit",
        "lru_cache", "njit", "no_grad", "property", "runtime_checkable", "staticmethod", "total_ordering",
        "unique", "vectorize", "wraps",
    }
)  # fmt: skip
#: Libraries of which an import that nobody uses is of no use.
_WELL_KNOWN: Final = frozenset(
    {
        "matplotlib", "numpy", "pandas", "requests", "scipy", "sklearn", "tqdm", "xgboost", "lightgbm",
    }
)  # fmt: skip
#: Modules within them, and of the standard library, whose import does something.
_ACTING: Final = frozenset({"antigravity", "experimental", "mplot3d", "readline", "this"})
#: Methods and attributes that change what imports that come later do.
_DISTURBING: Final = frozenset(
    {"environ", "meta_path", "path_hooks", "putenv", "use", "switch_backend"}
)


def is_import(node: ast.AST | None) -> bool:
    """Whether a statement imports, by name."""
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__" and all(alias.name != "*" for alias in node.names)
    return isinstance(node, ast.Import)


def is_future(node: ast.AST | None) -> bool:
    """Whether a statement is ``from __future__ import ...``."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def is_star(node: ast.AST | None) -> bool:
    """Whether a statement is ``from ... import *``."""
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def modules_of(node: ast.AST) -> list[str]:
    """The modules that an import names."""
    if isinstance(node, ast.ImportFrom):
        return [("." * node.level) + (node.module or "")]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def is_standard(node: ast.AST) -> bool:
    """Whether an import is one of the standard library that does nothing but bind names."""
    return all(
        module.partition(".")[0] in sys.stdlib_module_names and module not in _ACTING
        for module in modules_of(node)
    )


def is_idle_import(node: ast.AST) -> bool:
    """Whether an import may be left out where nobody uses what it binds."""
    words = {word for module in modules_of(node) for word in module.split(".")}
    roots = {module.partition(".")[0] for module in modules_of(node)}
    known = roots <= (_WELL_KNOWN | set(sys.stdlib_module_names))
    return is_import(node) and known and _ACTING.isdisjoint(words)


def is_value(node: ast.expr | None, known: frozenset[str]) -> bool:
    """Whether an expression does nothing but give a value, made of constants and of names in ``known``."""
    match node:
        case None | ast.Constant():
            found = True
        case ast.Name():
            found = node.id in known
        case ast.Attribute():
            found = is_value(node.value, known)
        case ast.UnaryOp():
            found = is_value(node.operand, known)
        case ast.Tuple() | ast.List() | ast.Set():
            found = all(is_value(each, known) for each in node.elts)
        case ast.Dict():
            found = all(is_value(each, known) for each in (*node.keys, *node.values))
        case ast.BinOp():
            simple = isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
            found = simple and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult))
        case ast.Subscript():  # annotations: list[int]
            found = is_value(node.value, known) and is_value(node.slice, known)
        case _:
            found = False
    return found


def is_definition(node: ast.AST | None, known: frozenset[str]) -> bool:
    """Whether a statement defines a function or class, and nothing else; ``known`` are names that stay."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        arguments = node.args
        parts = (
            *arguments.defaults,
            *arguments.kw_defaults,
            *(a.annotation for a in ast.walk(arguments) if isinstance(a, ast.arg)),
            node.returns,
        )
        return _decorated(node.decorator_list, known) and all(is_value(e, known) for e in parts)
    if isinstance(node, ast.ClassDef):
        inner = known | {node.name}
        for each in node.body:
            inner |= _bound(each)
        return (
            _decorated(node.decorator_list, known)
            and not node.keywords
            and all(is_value(each, known) for each in node.bases)
            and all(_in_class(each, inner) for each in node.body)
        )
    return False


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    return {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _in_class(node: ast.stmt, known: frozenset[str]) -> bool:
    if isinstance(node, ast.AnnAssign):
        return is_value(node.annotation, known) and is_value(node.value, known)
    return (
        isinstance(node, ast.Pass)
        or is_constant(node, known)
        or is_definition(node, known)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    )


def _decorated(decorators: Iterable[ast.expr], known: frozenset[str]) -> bool:
    for each in decorators:
        made = each.func if isinstance(each, ast.Call) else each
        name = made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
        own = isinstance(made, ast.Attribute) and name in {"setter", "getter", "deleter"}
        if not (own or name in _DECORATORS) or _root(made) not in known:
            return False
        if isinstance(each, ast.Call) and not all(
            is_value(a, known) for a in (*each.args, *(k.value for k in each.keywords))
        ):
            return False
    return True


def is_constant(node: ast.AST | None, known: frozenset[str]) -> bool:
    """Whether a statement gives names values, and does nothing else."""
    if isinstance(node, ast.Assign):
        plain = all(isinstance(each, ast.Name) for each in node.targets)
        return plain and is_value(node.value, known)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name) and is_value(node.value, known)
    return False


def is_idle(node: ast.AST | None, known: frozenset[str]) -> bool:
    """Whether a statement may be left out where nobody uses what it binds."""
    if isinstance(node, ast.ClassDef) and node.bases:
        return False  # its base may keep a list of its children
    imports = node is not None and is_idle_import(node)
    return imports or is_definition(node, known) or is_constant(node, known)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", "")


def disturbs_imports(node: ast.AST, modules: Container[str]) -> bool:
    """Whether a statement may change what imports behind it do; ``modules`` are names that are imported."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute):
            root, styles = _root(each), "style" in ast.dump(each.value)
            if each.attr in _DISTURBING and not styles:
                return True
            if isinstance(each.ctx, ast.Store) and root in modules:
                return True
            if each.attr in {"path", "modules"} and getattr(each.value, "id", "") == "sys":
                return True
        elif isinstance(each, ast.ImportFrom) and each.module in {"os", "sys"}:
            names = {alias.name for alias in each.names}
            if names & {"environ", "putenv", "path", "modules"}:
                return True
        elif isinstance(each, ast.Name) and each.id in {"setattr", "__import__"}:
            return True
    return False
