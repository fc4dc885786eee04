"""What code needs around it: the modules that it imports, what it installs, the texts that may name files,
and the GPU that it asks for. Nothing of this says where these are to be found.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from nbflow.analysis import gpus
from nbflow.analysis.gpus import last_name, text_of
from nbflow.analysis.source import CellCode, Magic, cell_code
from nbflow.model import Cell, CellId, CellKind, Location

#: What is raised where a module is missing.
_FAILED_IMPORTS: Final = frozenset(
    {"BaseException", "Exception", "ImportError", "ModuleNotFoundError"}
)
_IMPORTERS: Final = frozenset({"__import__", "import_module"})
#: What methods and attributes of data frames use beside pandas, where it is installed.
_BESIDE: Final = {
    "pyarrow": ("read_feather", "read_orc", "read_parquet", "to_feather", "to_orc", "to_parquet"),
    "openpyxl": ("ExcelWriter", "read_excel", "to_excel"),
    "matplotlib": ("boxplot", "hist", "plot"),
    "jinja2": ("style", "to_latex"),
    "lxml": ("read_html", "read_xml", "to_xml"),
    "tabulate": ("to_markdown",),
    "tables": ("HDFStore", "read_hdf", "to_hdf"),
    "sqlalchemy": ("create_engine",),
}
_USED_BY: Final = {word: module for module, words in _BESIDE.items() for word in words}
_MATPLOTLIB: Final = frozenset({"matplotlib", "pylab"})
_OWN_EXTENSIONS: Final = frozenset({"autoreload", "storemagic"})
_INSTALL: Final = re.compile(r"(?:python3?\s+-m\s+|uv\s+)?pip3?\s+install\s+(.*)")


@dataclass(frozen=True, slots=True)
class Import:
    """A module by its full name, and where it is imported.

    An ``optional`` one is expected to be missing. One that stands ``inside`` a function is imported when
    that is called. One that is only ``wished`` for is no import of the code: what it calls may want it.
    """

    module: str
    location: Location
    optional: bool = False
    inside: bool = False
    wished: bool = False


@dataclass(frozen=True, slots=True)
class Gpu:
    """Code that asks for a GPU: ``what`` is its text; where it is ``needed``, it fails without one."""

    what: str
    location: Location
    needed: bool
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What a cell needs.

    ``installs`` is what it asks pip for. ``texts`` are its constant texts, of which ``handed`` are those
    that it hands to calls when it runs. ``names`` are those that it may bind.
    """

    imports: tuple[Import, ...] = ()
    installs: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    handed: tuple[str, ...] = ()
    gpus: tuple[Gpu, ...] = ()
    names: frozenset[str] = frozenset()

    def running(self) -> Needs:
        """What the cell needs where nothing calls the functions that it makes, or uses its values."""
        return Needs(
            imports=tuple(each for each in self.imports if not each.inside),
            installs=self.installs,
            texts=self.handed,
            handed=self.handed,
            gpus=tuple(each for each in self.gpus if not each.inside),
            names=self.names,
        )


def needs_of(cell: Cell) -> Needs:
    """What a cell of a notebook needs; nothing of one that cannot be read."""
    code = cell_code(cell)
    if not isinstance(code, CellCode):
        return Needs()
    walk = _Walk(cell)
    walk.visit(code.tree)
    for magic in code.magics:
        walk.magic(magic)
    return walk.found()


def needs_of_module(name: str, text: str) -> Needs:
    """What a module beside the notebook needs; its places are those of a cell called ``name``."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Needs()
    walk = _Walk(Cell(CellId(name), kind=CellKind.CODE, source=text, number=0))
    walk.visit(tree)
    return walk.found()


class _Walk(ast.NodeVisitor):
    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.imports: list[Import] = []
        self.installs: list[str] = []
        self.texts: list[str] = []
        self.handed: list[str] = []
        self.names: set[str] = set()
        self.gpus: list[Gpu] = []
        self._inside = self._optional = self._calls = self._guarded = 0
        self._asks = False

    def found(self) -> Needs:
        """All that was found, each once."""
        gpus = [replace(each, needed=each.needed and not self._asks) for each in self.gpus]
        return Needs(
            imports=tuple(dict.fromkeys(self.imports)),
            installs=tuple(dict.fromkeys(self.installs)),
            texts=tuple(dict.fromkeys(self.texts)),
            handed=tuple(dict.fromkeys(self.handed)),
            gpus=tuple(dict.fromkeys(gpus)),
            names=frozenset(self.names),
        )

    def _gpu(self, what: str, place: Location, *, needed: bool) -> None:
        needed = needed and not self._guarded
        self.gpus.append(Gpu(what, place, needed, self._inside > 0))

    def _asked(self, found: Iterable[gpus.Asked]) -> None:
        for each in found:
            self._gpu(each.what, self._at(each.node), needed=each.needed)

    def _at(self, node: ast.AST) -> Location:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        return Location(self.cell.id, self.cell.number, line, column)

    def _import(self, module: str, place: Location, *, wished: bool = False) -> None:
        optional = self._optional > 0 or wished
        self.imports.append(Import(module, place, optional, self._inside > 0, wished))
        needs_gpu = gpus.of_import(module)
        if needs_gpu is not None:
            self._gpu(f"import {module}", place, needed=needs_gpu and not optional)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._import(alias.name, self._at(node))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and not node.level:
            self._import(node.module, self._at(node))
            if node.module == "numba" and any(alias.name == "cuda" for alias in node.names):
                self._import("numba.cuda", self._at(node))

    def visit_Try(self, node: ast.Try) -> None:
        catches = _catches(node, _FAILED_IMPORTS)
        guarded = _catches(node, gpus.RAISED)
        self._optional += catches
        self._guarded += guarded
        for statement in node.body:
            self.visit(statement)
        self._guarded -= guarded
        self._optional -= catches
        for each in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(each)

    def visit_If(self, node: ast.If) -> None:
        self._condition(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._condition(node)

    def _condition(self, node: ast.If | ast.IfExp) -> None:
        test, *ways = ast.iter_child_nodes(node)
        self.visit(test)
        guarded = gpus.is_guard(node.test)
        self._guarded += guarded
        for each in ways:
            self.visit(each)
        self._guarded -= guarded

    def visit_Assert(self, node: ast.Assert) -> None:
        if gpus.asks_whether(node.test):
            self._gpu(f"assert {ast.unparse(node.test)}", self._at(node), needed=True)
        else:
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.add(node.name)
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.names.add(node.name)
        self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.names.add(node.name)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.names.add(node.id)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node)

    def _function(self, node: ast.AST) -> None:
        self._inside += 1
        self.generic_visit(node)
        self._inside -= 1

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.texts.append(node.value)
            if self._calls and not self._inside:
                self.handed.append(node.value)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in gpus.ASK_WHETHER:
            self._asks = True
        if node.attr in _USED_BY:
            self._import(_USED_BY[node.attr], self._at(node), wished=True)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = last_name(node.func)
        module = text_of(node.args[0]) if node.args else None
        if name in _IMPORTERS and module is not None:
            self._import(module, self._at(node))
        self._asked(gpus.of_call(node))
        self._calls += 1
        self.generic_visit(node)
        self._calls -= 1

    def visit_Assign(self, node: ast.Assign) -> None:
        self._asked(gpus.of_assignment(node.targets, node.value))
        self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> None:
        self._asked(gpus.of_dict(node))
        self.generic_visit(node)

    def magic(self, magic: Magic) -> None:
        """Count a magic or a shell command in."""
        place = Location(self.cell.id, self.cell.number, magic.line)
        words = f"{magic.text}\n{magic.body}"
        named = re.findall(r"[^\s'\"|<>;&()=,]+", words)
        self.texts.extend(named)
        self.handed.extend(named)
        if magic.name in _MATPLOTLIB:
            self._import("matplotlib", place)
        elif magic.name in {"load_ext", "reload_ext"}:
            module = magic.text.strip()
            if gpus.is_extension(module):
                self._gpu(f"%load_ext {module}", place, needed=False)
            if module.isidentifier() and module not in _OWN_EXTENSIONS:
                self._import(module, place)
        command = f"pip {magic.text}" if magic.name in {"pip", "uv"} else magic.text
        install = _INSTALL.match(command.strip()) if magic.kind in {"line", "shell"} else None
        if install:
            self.installs.extend(_installed(install[1]))


def _catches(node: ast.Try, raised: frozenset[str]) -> bool:
    """Whether one of these errors is caught."""
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or last_name(kind) in raised for kind in kinds):
            return True
    return False


#: Options of ``pip install`` that take a word with them.
WITH_WORD: Final = frozenset(
    {"-c", "--constraint", "-f", "--find-links", "-i", "--extra-index-url", "--index-url", "-t"}
    | {"--target", "--prefix", "--root", "-r", "--requirement", "-e", "--editable", "--python"}
)


def _installed(words: str) -> Iterator[str]:
    """The requirements among the arguments of ``pip install``."""
    try:
        parts = iter(shlex.split(words, comments=True))
    except ValueError:
        return
    for part in parts:
        if part in {"|", "||", "&&", ";", ">", ">>", "2>&1"} or part.startswith((">", "2>", "|")):
            return
        if part in WITH_WORD:
            next(parts, None)
        elif not part.startswith("-") and re.match(r"[A-Za-z0-9]", part):
            yield part.rstrip(";")
