"""The runtime as it travels with a manifest: Python files, packed small and always to the same bytes.

Docstrings, comments, annotations and the names of local variables stay behind: nobody reads them in a pod.
"""

from __future__ import annotations

import ast
import base64
import bz2
import json
import re
import string
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

#: Modules that only the local engine uses: it forks, watches what steps do, shows what their variables
#: look like, and uses results again.
_LEFT_OUT: Final = frozenset(
    {
        "early.py",
        "gate.py",
        "helper.py",
        "lookout.py",
        "observed.py",
        "pictures.py",
        "portraits.py",
        "seeding.py",
    }
)
#: The largest that the packed files may be, in bytes before base64.
LARGEST: Final = 64 * 1024
PACKAGE: Final = "nbflow_runtime"
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
#: What may see the local variables of a function by their names, besides its own statements.
_SCOPES: Final = (
    *_FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom
)  # fmt: skip
#: What private functions, constants and methods are called.
_SHORT_NAMES: Final = tuple(f"_{letter}" for letter in string.ascii_letters)
_REFLECTING: Final = frozenset({"dir", "eval", "exec", "locals", "vars"})
_DOCUMENTED: Final = (ast.Module, ast.ClassDef, *_FUNCTIONS)
#: The fields of statements that hold statements.
_BLOCKS: Final = ("body", "orelse", "finalbody", "handlers")
#: Modules of which only annotations use the names, or may use them.
_FOR_ANNOTATIONS: Final = frozenset({"__future__", "typing"})


def packed(runtime: Mapping[str, str], cloudpickle: Mapping[str, str]) -> str:
    """The files of both packages (texts by file name) as text: base64 of bz2 of JSON, a text by each path.

    bz2 makes a tenth less of it than xz.
    """
    files = {f"{PACKAGE}/{name}": text for name, text in runtime.items() if name not in _LEFT_OUT}
    files |= {f"cloudpickle/{name}": text for name, text in cloudpickle.items()}
    bared = {name: bare(files[name], _others(files, name)) for name in sorted(files)}
    text = json.dumps(bared, separators=(",", ":"))
    return base64.b64encode(bz2.compress(text.encode())).decode("ascii")


def unpacking(code: str, path: str) -> tuple[str, ...]:
    """Lines of Python that make, of what ``packed`` gives, an archive from which modules are imported.

    ``code`` is an expression for the text, ``path`` one for the path of the archive.
    """
    return (
        *(f"import {name}" for name in ("base64", "bz2", "json", "sys", "zipfile")),
        "",
        f"files = json.loads(bz2.decompress(base64.b64decode({code})))",
        f'with zipfile.ZipFile({path}, "w") as archive:',
        "    for name, text in files.items():",
        "        archive.writestr(name, text)",
        f"sys.path.insert(0, {path})",
        f"from {PACKAGE} import archive",
        "",
        f"archive.add_compiled({path})",
    )


def _others(files: Mapping[str, str], name: str) -> str:
    return "".join(text for other, text in files.items() if other != name)


def bare(text: str, others: str = "") -> str:
    """A Python file without what only readers need; it does the same.

    ``others`` are the texts of the files that may use it.
    """
    tree = ast.parse(text)
    _strip(tree, annotated=False)
    _without_protocols(tree)
    _without_unused(tree)
    for each in ast.walk(tree):
        if isinstance(each, _FUNCTIONS):
            _shorten(each)
    _shorten_helpers(tree, others)
    _shorten_methods(tree, others)
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
            if isinstance(each, ast.AnnAssign):
                # Fields of a class need a type, whatever it is.
                each.annotation = ast.Name("int", ast.Load())
                block[place] = each if annotated else _assignment(each)
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


def _shorten(function: _Function) -> None:
    """Give the local variables of a function names of one letter, where nothing else may see the names."""
    own = [node for statement in function.body for node in ast.walk(statement)]
    read = {node.id for node in own if isinstance(node, ast.Name)}
    if any(isinstance(node, _SCOPES) for node in own) or not read.isdisjoint(_REFLECTING):
        return
    arguments = {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}
    # The name in a comprehension is seen by that alone: outside of it, it is another variable.
    inner = {
        id(n) for each in own if isinstance(each, ast.comprehension) for n in ast.walk(each.target)
    }
    bound = {
        node.id: None
        for node in own
        if isinstance(node, ast.Name)
        and not isinstance(node.ctx, ast.Load)
        and id(node) not in inner
    }
    caught = [node for node in own if isinstance(node, ast.ExceptHandler) and node.name]
    bound.update((str(node.name), None) for node in caught)
    free = (letter for letter in string.ascii_letters if letter not in read | arguments)
    new = dict(zip((name for name in bound if name not in arguments), free, strict=False))
    for node in own:
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
    for handler in caught:
        handler.name = new.get(str(handler.name), handler.name)


def _shorten_helpers(tree: ast.Module, others: str) -> None:
    """Give private functions and constants short names.

    A function that is handed on, and not called by its name, may be pickled by it: another release is to find
    that.
    """
    nodes = list(ast.walk(tree))
    named = [node for node in nodes if isinstance(node, ast.Name)]
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    kept = {node.id for node in named if id(node) not in called}
    functions = {
        f.name: f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name not in kept
    }
    # These stand as texts in the tree.
    texts = {node.arg for node in nodes if isinstance(node, ast.arg)}
    texts.update(n for node in nodes if isinstance(node, ast.Global) for n in node.names)
    constants = {
        target.id: None
        for each in tree.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    private = [name for name in {**functions, **constants} if name not in texts]
    new = _short_names(tree, private, others)
    for name, function in functions.items():
        function.name = new.get(name, name)
    for node in named:
        node.id = new.get(node.id, node.id)


def _shorten_methods(tree: ast.Module, others: str) -> None:
    """Give private methods short names, where nothing but ``self`` is asked for them.

    Methods of classes with a base stay as they are: the base may call them.
    """
    nodes = list(ast.walk(tree))
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    methods = [
        each
        for cls in classes
        if not cls.bases
        for each in cls.body
        if isinstance(each, _FUNCTIONS)
    ]
    asked = [node for node in nodes if isinstance(node, ast.Attribute)]
    kept = {
        node.attr
        for node in asked
        if not (isinstance(node.value, ast.Name) and node.value.id == "self")
    }
    kept.update(
        each.name
        for cls in classes
        if cls.bases
        for each in cls.body
        if isinstance(each, _FUNCTIONS)
    )
    kept.update(
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    private = dict.fromkeys(each.name for each in methods if each.name not in kept)
    new = _short_names(tree, private, others)
    for method in methods:
        method.name = new.get(method.name, method.name)
    for node in asked:
        node.attr = new.get(node.attr, node.attr)


def _short_names(tree: ast.Module, names: Iterable[str], others: str) -> dict[str, str]:
    """Short names that are free in the tree, for those of ``names`` that are private to it."""
    text = ast.unparse(tree)
    free = (name for name in _SHORT_NAMES if not re.search(rf"\b{name}\b", text))
    private = (n for n in names if n.startswith("_") and not n.startswith("__") and n not in others)
    return dict(zip(private, free, strict=False))


def _assignment(statement: ast.AnnAssign) -> ast.stmt:
    if statement.value is None:
        return ast.Pass()
    return ast.Assign(targets=[statement.target], value=statement.value, lineno=0)


def _without_protocols(tree: ast.Module) -> None:
    """Leave out the classes that only annotations speak of."""
    tree.body = [
        each
        for each in tree.body
        if not (isinstance(each, ast.ClassDef) and any(map(_is_protocol, each.bases)))
    ]


def _is_protocol(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id == "Protocol"


def _without_unused(tree: ast.Module) -> None:
    """Leave out imports of which nothing is used any more."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for each in list(tree.body):
        if isinstance(each, ast.ImportFrom) and each.module in _FOR_ANNOTATIONS:
            each.names = [alias for alias in each.names if alias.name in used - {"annotations"}]
            if not each.names:
                tree.body.remove(each)
