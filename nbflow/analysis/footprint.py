"""What the cells of steps have written so far, and what that forbids a prelude cell that follows."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from typing import Final

from nbflow.analysis.effects import CellEffects, read_by_all
from nbflow.analysis.effects.passing import PASSING
from nbflow.model import Grade, Name

FILES: Final = "@files"
_FILE: Final = "@file:"
#: Ambient state that decides what an import finds and does.
_IMPORT_STATE: Final = frozenset({"@cwd", "@environ", "@sys.modules", "@sys.path"})
#: What an import binds: module and attribute. Equal values bind the same object again.
_Imported = tuple[str, str]


def is_file(name: Name) -> bool:
    """Whether the name stands for a file, or for files that analysis cannot tell apart."""
    return name.startswith(_FILE) or name == FILES


def conflict(one: Name, other: Name) -> bool:
    """Whether two names of files may stand for the same file, or for a folder and what lies in it."""
    if one == other or not (is_file(one) and is_file(other)):
        return one == other
    if FILES in {one, other}:
        return True
    near = one in folders(other) or other in folders(one) or _same_tail(one, other)
    return near or _leads_home(one, other) or _leads_home(other, one)


def folders(name: Name) -> Iterator[Name]:
    """The folders that a file lies in: ``@file:a/b/c`` lies in ``@file:a/b`` and ``@file:a``."""
    path = name.removeprefix(_FILE)
    while "/" in path.lstrip("/"):
        path = path.rpartition("/")[0]
        yield _FILE + path


def relocated(name: Name, folder: str) -> Name:
    """The name of a file that is called ``name`` from ``folder``."""
    path = name.removeprefix(_FILE)
    if not folder or name == FILES or not name.startswith(_FILE) or path.startswith("~"):
        return name
    return _FILE + posixpath.normpath(posixpath.join(folder, path))


def tail(name: Name) -> str:
    """The last part of a file's name."""
    return name.removeprefix(_FILE).rpartition("/")[2]


def _leads_home(one: Name, other: Name) -> bool:
    """Whether ``one`` goes up through folders and down again, perhaps to ``other``.

    What these folders are called is not known: in a folder ``a``, ``../a/x`` is ``x``.
    """
    parts = one.removeprefix(_FILE).split("/")
    above = parts.count("..")
    return above > 0 and parts[2 * above :] == other.removeprefix(_FILE).split("/")


def _same_tail(one: Name, other: Name) -> bool:
    """Whether an absolute and a relative path end alike: where the notebook lies is not known."""
    paths = {name.removeprefix(_FILE) for name in (one, other)}
    absolute = {path for path in paths if path.startswith("/")}
    if len(absolute) != 1:
        return False
    (relative,) = paths - absolute
    while relative.startswith("../"):
        relative = relative[3:]
    return absolute.pop().endswith("/" + relative)


def imported(tree: ast.Module) -> dict[Name, _Imported]:
    """The names that the tree binds by its own import statements, and by nothing else."""
    found = {name: what for statement in tree.body for name, what in _bindings(statement)}
    if found:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found.pop(node.id, None)
    return found


def _bindings(statement: ast.stmt) -> Iterator[tuple[Name, _Imported]]:
    match statement:
        case ast.Import(names=aliases):
            for alias in aliases:
                top = alias.name.partition(".")[0]
                yield (alias.asname, (alias.name, "")) if alias.asname else (top, (top, ""))
        case ast.ImportFrom(names=aliases, module=module, level=level):
            for alias in aliases:
                yield alias.asname or alias.name, ("." * level + (module or ""), alias.name)


class Footprint:
    """The names that the steps' cells have written, in so far as prelude cells must heed them."""

    def __init__(self) -> None:
        self._written: set[Name] = set()
        self._imports: dict[Name, _Imported] = {}
        self._shared: dict[Name, _Imported] = {}
        self._state: set[Name] = set()
        self._begun = False
        self._unknown = False

    def add(self, tree: ast.Module | None, effects: CellEffects | None) -> None:
        """Count a cell of a step in."""
        if tree is None or effects is None or not (tree.body or effects.binds):
            return
        self._begun = True
        self._unknown = self._unknown or effects.binds_all
        imports = imported(tree)
        for bound in effects.binds:
            what = imports.get(bound.name)
            if what is None or (
                bound.name in self._written and self._imports.get(bound.name) != what
            ):
                self._imports.pop(bound.name, None)
            else:
                self._imports[bound.name] = what
            self._written.add(bound.name)
        for each in effects.deletes:
            self._imports.pop(each.name, None)
            self._written.add(each.name)
        for each in effects.mutates:
            if each.name in self._imports and each.grade is Grade.POSSIBLE:
                continue  # a module that was passed to a call is still the module
            self._imports.pop(each.name, None)
            self._written.add(each.name)
            if read_by_all(each.name):
                self._state.add(each.name)

    def share(self, tree: ast.Module | None) -> None:
        """Count a cell in that stays in the prelude."""
        if tree is not None:
            self._shared.update(imported(tree))

    def objection(self, tree: ast.Module, effects: CellEffects) -> str:
        """Why a prelude cell may not run again in later steps: a clause that follows "it", or ""."""
        alone = _alone(effects)
        if alone or not self._begun:
            return alone
        if effects.binds_all:
            return "may bind any name, after a step has run"
        if self._unknown:
            return "follows a step that may bind any name"
        return self._clash(tree, effects)

    def _clash(self, tree: ast.Module, effects: CellEffects) -> str:
        """How the cell meets what steps before it have written."""
        for each in (*effects.reads, *effects.mutates):
            if self._has(each.name):
                return f"uses {each.name}, which a step before it has made or changed"
        for each in effects.mutates:
            if each.name.startswith("@"):
                return f"changes {each.name} after a step has run"
        imports = imported(tree)
        for each in (*effects.binds, *effects.deletes):
            same = each.name in imports and self._imports.get(each.name) == imports[each.name]
            if each.name in self._written and not same:
                return f"binds {each.name}, which a step before it has made"
        state = self._implicit(tree)
        return f"runs under {state}, which a step before it has changed" if state else ""

    def _has(self, name: Name) -> bool:
        if is_file(name):
            return any(conflict(name, other) for other in self._written if is_file(other))
        if name not in self._written:
            return False
        # What both import is the same object, whoever ran first.
        return name not in self._imports or self._imports[name] != self._shared.get(name)

    def _implicit(self, tree: ast.Module) -> str:
        """The changed ambient state that the cell looks at without naming it."""
        if all(_defines(statement) for statement in tree.body):
            return ""
        imports_only = all(_imports(statement) or _defines(statement) for statement in tree.body)
        if imports_only:
            tops = {what[0].partition(".")[0] for what in imported(tree).values()}
            modules = {f"{_FILE}{top}.py" for top in tops} & self._written
            return min(modules | (self._state & _IMPORT_STATE), default="")
        return min(self._state, default="")


def _alone(effects: CellEffects) -> str:
    """What the cell does that may be done once only, wherever it stands."""
    if effects.reads_all:
        return "may read any name"
    if effects.outside:
        return f"acts on the outside ({effects.outside[0].name})"
    files = [each.name for each in effects.mutates if is_file(each.name)]
    return f"writes files ({files[0].removeprefix(_FILE)})" if files else passing(effects)


def passing(effects: CellEffects) -> str:
    """Why what the cell gives is never the same: a clause that follows "it", or ""."""
    found = (PASSING[each.name] for each in effects.reads if each.name in PASSING)
    return next((f"{clause}, which gives something else each time" for clause in found), "")


def _imports(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.Import, ast.ImportFrom))


def _defines(statement: ast.stmt) -> bool:
    """Whether the statement makes a function or a constant, and runs nothing else."""
    match statement:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return True
        case ast.Expr(value=ast.Constant()) | ast.Assign(value=ast.Constant()):
            return True
        case ast.ClassDef(decorator_list=[]) | ast.Pass():
            return True
        case _:
            return False
