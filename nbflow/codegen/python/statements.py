"""One statement of a cell as it stands in the module: the user's text, with as little changed as can be."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from nbflow.codegen.python.cells import Edit, Piece, indented
from nbflow.codegen.python.scopes import own_scope
from nbflow.model import Name

#: Functions that return nothing, so that nothing is shown of them.
_SILENT: Final = frozenset(
    {
        "delattr", "json.dump", "logging.basicConfig", "logging.info", "matplotlib.pyplot.close",
        "matplotlib.pyplot.grid", "matplotlib.pyplot.show", "matplotlib.pyplot.style.use",
        "matplotlib.pyplot.subplots_adjust", "matplotlib.pyplot.tight_layout", "matplotlib.style.use",
        "matplotlib.use", "numpy.random.seed", "numpy.random.shuffle", "numpy.set_printoptions", "os.chdir",
        "os.makedirs", "os.mkdir", "os.remove", "pandas.set_option", "pickle.dump", "print", "random.seed",
        "random.shuffle", "seaborn.despine", "seaborn.set", "seaborn.set_context", "seaborn.set_palette",
        "seaborn.set_style", "seaborn.set_theme", "setattr", "sys.path.append", "sys.path.insert",
        "time.sleep", "warnings.filterwarnings", "warnings.simplefilter", "warnings.warn",
    }
)  # fmt: skip
#: Methods of lists that return nothing.
_OF_LISTS: Final = frozenset({"append", "clear", "extend", "insert", "remove", "reverse", "sort"})


class Statements:
    """Writes statements; it knows what binds the names that they use."""

    def __init__(self, nodes: Iterable[ast.AST], show: str) -> None:
        self.show = show
        self._binders: dict[Name, list[ast.AST]] = {}
        for node in (each for whole in nodes for each in ast.walk(whole)):
            for name in _bound(node):
                self._binders.setdefault(name, []).append(node)

    def text(self, piece: Piece, shared: frozenset[Name], *, within: bool) -> str:
        """The text of a statement, "" where nothing of it is left; ``shared`` are global where it stands."""
        if piece.node is None:
            return ""
        edits = list(_edits(piece, shared)) if within else []
        if any(edit == _whole(piece) for edit in edits):
            return ""
        text = piece.text(edits)
        if not edits and not _means(indented(text), piece.node):
            text = ast.unparse(piece.node)
        if (
            piece.shown
            and isinstance(piece.node, ast.Expr)
            and not self._is_silent(piece.node.value)
        ):
            bare = isinstance(piece.node.value, ast.Tuple) or "#" in text
            text = f"{self.show}(({text}\n))" if bare else f"{self.show}({text})"
        return text

    def _is_silent(self, value: ast.expr) -> bool:
        """Whether an expression surely gives None, which is not shown."""
        if isinstance(value, ast.Constant):
            return value.value is None
        if not isinstance(value, ast.Call):
            return False
        found = dotted(value.func)
        root, _, rest = found.partition(".")
        binders = self._binders.get(root, [])
        if not binders:
            return found in _SILENT
        if len(binders) == 1 and isinstance(binders[0], ast.FunctionDef) and not rest:
            return _returns_nothing(binders[0])
        if all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in binders):
            paths = {_path(node, root) for node in binders}
            return all(f"{path}.{rest}".rstrip(".") in _SILENT for path in paths)
        lists = all(isinstance(node, ast.Assign) and _is_list(node.value) for node in binders)
        return lists and rest in _OF_LISTS


def _means(text: str, node: ast.stmt) -> bool:
    """Whether the text, indented once, is the statement."""
    try:
        function = ast.parse(f"async def f():\n{text}").body[0]
    except (SyntaxError, ValueError):
        return False
    body = function.body  # type: ignore[attr-defined]
    return len(body) == 1 and ast.dump(body[0]) == ast.dump(node)


def _whole(piece: Piece) -> Edit:
    assert piece.node is not None
    return Edit(*piece.code.span(piece.node))


def _edits(piece: Piece, shared: frozenset[Name]) -> Iterator[Edit]:
    """What a function that calls names global cannot hold: their annotations, and ``global`` once more."""
    assert piece.node is not None
    for node in own_scope(piece.node):
        start, end = piece.code.span(node)
        if isinstance(node, ast.Global):
            yield _whole(piece) if node is piece.node else Edit(start, end, "pass")
        elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in shared:
            if node.value is None:
                yield _whole(piece) if node is piece.node else Edit(start, end, "pass")
            else:
                yield Edit(piece.code.span(node.target)[1], piece.code.span(node.annotation)[1])


def dotted(node: ast.expr) -> str:
    """A name with its attributes as it is written, or ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def _bound(node: ast.AST) -> frozenset[Name]:
    """The names that one node binds itself: an assignment its plain targets, which say nothing themselves."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset({node.name})
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return frozenset((a.asname or a.name).partition(".")[0] for a in node.names)
    if isinstance(node, ast.Assign):
        return frozenset(t.id for t in node.targets if isinstance(t, ast.Name))
    if isinstance(node, ast.arg):
        return frozenset({node.arg})
    targets = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.Name)]
    names = {t.id for t in targets if isinstance(t.ctx, (ast.Store, ast.Del))}
    names |= {
        n for n in (getattr(node, "name", None), getattr(node, "rest", None)) if isinstance(n, str)
    }
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        names |= set(node.names)
    return frozenset(names)


def _path(node: ast.AST, name: Name) -> str:
    for alias in getattr(node, "names", ()):
        if (alias.asname or alias.name).partition(".")[0] == name:
            if isinstance(node, ast.ImportFrom):
                return f"{node.module}.{alias.name}"
            return alias.name if alias.asname else name
    return ""


def _returns_nothing(node: ast.FunctionDef) -> bool:
    inner = list(_inner(node.body))
    returns = [n for n in inner if isinstance(n, ast.Return) and n.value is not None]
    yields = any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in inner)
    return not (returns or yields or node.decorator_list)


def _inner(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _inner(ast.iter_child_nodes(node))


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, (ast.List, ast.ListComp))


def imported(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The modules that are imported anywhere."""
    found: set[str] = set()
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Import):
                found.update(alias.name for alias in each.names)
            elif isinstance(each, ast.ImportFrom) and each.module:
                found.add(each.module)
    return frozenset(found)
