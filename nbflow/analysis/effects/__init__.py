"""Names and effects: what each cell reads, binds, deletes and changes.

One abstract walk over all code cells in the order of the notebook. Pure: nothing is imported or run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from nbflow.analysis.effects import library
from nbflow.analysis.effects.local import IMPORT, IMPORTED, LocalModules
from nbflow.analysis.effects.magics import Magics
from nbflow.analysis.effects.notes import READ_BY_ALL, CellEffects, Interface, Note, read_by_all
from nbflow.analysis.effects.objects import Arguments, ClassObject, FunctionObject, InstanceObject
from nbflow.analysis.effects.passing import Names, Passing, is_passing
from nbflow.analysis.effects.values import NOTHING, Region, Value, exactly, family, fresh
from nbflow.analysis.source import CellCode, cell_code
from nbflow.model import Access, Cell, CellId, CellKind, Grade, Location, Name
from nbflow.tags import binds_parameters

__all__ = ["READ_BY_ALL", "CellEffects", "Interface", "Note", "Walk", "effects", "read_by_all"]

#: So many nodes of function bodies are walked for one cell at most; past that, their text must do.
BUDGET: Final = 2_500
#: The same for the whole notebook: to begin with, and for each cell.
_POOL: Final = 8_000
_POOL_PER_CELL: Final = 400
_HISTORY: Final = "@out"
#: By these a class says itself how it is pickled.
_PICKLES: Final = (
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__getnewargs__",
    "__getnewargs_ex__",
)


def effects(
    cells: Sequence[CellCode],
    *,
    inline_figures: bool = True,
    modules: Mapping[str, str] | None = None,
    names: Iterable[Name] = (),
    calls: Mapping[CellId, Interface] | None = None,
) -> tuple[CellEffects, ...]:
    """The effects of each cell, in the order of ``cells``, which is the order in which they run.

    ``inline_figures`` says that figures are closed when a cell ends, as Jupyter's inline backend does,
    until a cell chooses another backend. ``modules`` are the texts of modules beside the notebook.
    ``names`` are there before the first cell; ``calls`` are the cells that stand for another notebook.
    """
    walk = Walk(inline_figures)
    for name in names:
        walk.environment.adopt(name, fresh())
    walk.modules = LocalModules(modules or {}, _of_module)
    # Annotations of the module itself matter to those who ask for them, and nearly nobody does.
    walk.keeps_annotations = any("__annotations__" in code.cell.source for code in cells)
    walk.keeps_exit_code = any("_exit_code" in code.cell.source for code in cells)
    calls = calls or {}
    found = [
        walk.notebook(code, calls[code.cell.id]) if code.cell.id in calls else walk.cell(code)
        for code in cells
    ]
    if any(access.name == _HISTORY for each in found for access in each.reads):
        found = [_with_history(each, code) for each, code in zip(found, cells, strict=True)]
    return tuple(found)


class Walk(Magics):
    """The walk over a notebook. ``operations`` counts its work."""

    def __init__(self, inline_figures: bool = True) -> None:
        super().__init__(inline_figures)
        self.managed: set[Region] = set()
        self.unsettled: set[tuple[Region, str]] = set()
        self.written: set[str] = set()
        self.pool = _POOL

    def cell(self, code: CellCode) -> CellEffects:
        """The effects of the next cell."""
        self.pool += _POOL_PER_CELL
        budget = min(BUDGET, self.pool)
        self.begin(code.cell, budget)
        self.managed = set()
        self.current = code.tree.body[0] if code.tree.body else code.tree
        self.last = code.tree.body[-1] if code.tree.body else None
        for path, value in list(self.patches.items()):
            self.touch(value)  # whatever library code the cell runs may call it
            self.write_to_patch(path, self.current)
        self.run_hooks(self.current)
        try:
            if any(magic.kind == "cell" and magic.name == "timeit" for magic in code.magics):
                self.forgetting(lambda: self.block(code.tree.body))
            else:
                self.block(code.tree.body)
            for magic in code.magics:
                if magic.kind == "cell" and not _stands_as_call(magic.name):
                    self.around(magic.name, magic.text, _at_line(magic.line))
        except RecursionError:
            self._flat(code.tree)
        self.pool -= budget - max(self.budget, 0)
        for node in self.tasks.values():
            self.record.note("thread", "asyncio.create_task", node)
        self._note_unpicklable()
        if binds_parameters(code.cell.tags):
            self._forget_constants()
        result = self.record.result(self.environment)
        self.written.update(each.name for each in result.mutates if each.name.startswith("@file"))
        self.environment.commit(self.kept_frames)
        return result

    def notebook(self, code: CellCode, called: Interface) -> CellEffects:
        """The effects of a cell that stands for another notebook, which works on copies."""
        self.begin(code.cell, 0)
        node = _at_line(0)
        self.current = node
        unseen = self.unknown_names or bool(self.star_modules)
        for name in called.asks:
            self.load(name, node)
        for name in called.accepts:
            if unseen or self.environment.value(name) is not None:
                self.record.add(self.record.reads, name, node)
        for name in called.gives:
            if called.listed or self.environment.value(name) is None:
                self.bind(name, fresh(), node)
        result = self.record.result(self.environment)
        self.environment.commit(self.kept_frames)
        return result

    def used(self, name: str, code: CellCode) -> CellEffects:
        """What using the global ``name`` of a module may do: its functions are called on anything."""
        self.begin(code.cell, BUDGET)
        node = self.current or ast.Pass()
        value = self.environment.value(name)
        for region in value.at if value is not None else ():
            payload = region.found().payload
            if isinstance(payload, ClassObject):
                made = self.construct(region, payload, Arguments(), node)
                self.pass_functions(Arguments([made]), node, methods=True)
            elif isinstance(payload, FunctionObject):
                self.call_function(payload, Arguments(), node)
            elif isinstance(payload, InstanceObject):
                self.pass_functions(Arguments([exactly(region)]), node, methods=True)
        result = self.record.result(self.environment)
        self.environment.commit(self.kept_frames)
        classes = {each.name for each in result.mutates if self._is_class(each.name)}
        return replace(result, classes=frozenset(classes))

    def _is_class(self, name: str) -> bool:
        value = self.environment.value(name)
        found = value.at if value is not None else ()
        return any(isinstance(each.found().payload, ClassObject) for each in found)

    def _flat(self, tree: ast.Module) -> None:
        """Code that nests too deeply to be walked: names alone, all of them perhaps changed."""
        del self.environment.layers[1:]
        self.frame, self.stack, self.site, self.restored = None, [], None, []
        self.unsure = self.guarded = 0
        todo: list[ast.AST] = [tree]
        names: dict[str, ast.Name] = {}
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name):
                names.setdefault(node.id, node)
            todo.extend(ast.iter_child_nodes(node))
        for name, node in names.items():
            value = self.environment.value(name)
            if value is not None:
                self.record.add(self.record.reads, name, node)
                self.record.add(self.record.mutates, name, node, Grade.POSSIBLE)
        self.any_name(binds=True)

    def _forget_constants(self) -> None:
        """Parameters may have other values when the pipeline runs."""
        values = self.environment.layers[0].values
        for name, value in list(values.items()):
            if value is not None and value.const is not NOTHING:
                values[name] = value._replace(const=NOTHING)

    def _note_unpicklable(self) -> None:
        """Names that hold, when the cell ends, something that no pickle carries."""
        for name, access in {**self.record.mutates, **self.record.binds}.items():
            value = self.environment.value(name)
            of = self._unpicklable(value) if name in self.record.binds else ""
            part = self._unpicklable_part(value)
            if of or part:
                node = _at_line(access.location.line, access.location.column)
                self.record.note(
                    "unpicklable" if of else "unpicklable-part", name, node, of or part
                )

    def _unpicklable(self, value: Value | None) -> str:
        """The kind of object that a value surely is, if no pickle carries it."""
        if value is None or not value.at or value.within:
            return ""
        of = library.UNPICKLABLE.get(family(value), "")
        closed = any(region.found() in self.managed for region in value.at)
        return of if not closed or of == "lock" else ""

    def _unpicklable_part(self, value: Value | None) -> str:
        """The same for an instance of a notebook class that holds such an object, in words."""
        if value is None or len(value.at) != 1 or value.within:
            return ""
        (region,) = (each.found() for each in value.at)
        payload = region.payload
        if not isinstance(payload, InstanceObject) or payload.of.library_bases:
            return ""
        if any(payload.of.lookup(name) is not None for name in _PICKLES):
            return ""
        for name, part in sorted(region.attributes.items()):
            of = "" if (region, name) in self.unsettled else self._unpicklable(part)
            if of:
                return f"{payload.of.name} whose attribute {name} is a {of}"
        return ""


def _of_module(source: str, package: str, modules: LocalModules) -> Mapping[str, CellEffects]:
    """What a module does when it is imported, and what each of its functions and classes may do."""
    code = cell_code(_cell_of(source))
    if not isinstance(code, CellCode):
        return {}
    body = [each for each in code.tree.body if not _is_for_scripts(each)]
    code = replace(code, tree=ast.Module(body, []))
    walk = Walk()
    walk.modules, walk.package = modules, package
    whole = walk.cell(code)
    # What the module binds when it is imported, it binds anew in each process.
    state = tuple(each for each in whole.mutates if each.name.startswith("@"))
    if state or any(_acts(statement) for statement in code.tree.body):
        state = (*state, Access(IMPORTED, Location(CellId(IMPORT), 0)))
    passing, classes = _passing(code.tree, walk) if is_passing(whole) else ((), frozenset())
    done = {IMPORT: replace(whole, binds=passing, mutates=state, classes=classes)}
    for name in [key for key in walk.environment.base if isinstance(key, str)]:
        done[name] = walk.used(name, code)
    return {name: each for name, each in done.items() if _is_felt(each)}


def _is_for_scripts(statement: ast.stmt) -> bool:
    """Whether it is ``if __name__ == "__main__":``, which an import passes over."""
    match statement:
        case ast.If(
            test=ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")]),
            orelse=[],
        ):
            return True
        case _:
            return False


def _passing(tree: ast.Module, walk: Walk) -> tuple[tuple[Access, ...], frozenset[Name]]:
    """The names of a module that are something else each time it is imported, and which are classes."""

    def effects_of(statements: list[ast.stmt]) -> CellEffects:
        code = cell_code(_cell_of(ast.unparse(ast.Module(statements, []))))
        other = Walk()
        other.modules, other.package = walk.modules, walk.package
        return other.cell(code) if isinstance(code, CellCode) else CellEffects(CellId(IMPORT))

    def names_of(path: str) -> Names:
        known = walk.modules.effects(path) if walk.modules and walk.modules.holds(path) else None
        held = known[1].binds if known else ()
        return frozenset(each.name for each in held), known[1].classes if known else frozenset()

    found, classes = Passing(effects_of, names_of, walk.full_name).names(tree)
    place = Location(CellId(IMPORT), 0)
    return tuple(Access(name, place) for name in sorted(found)), classes


def _cell_of(source: str) -> Cell:
    return Cell(CellId(IMPORT), CellKind.CODE, source, 0)


def _acts(statement: ast.stmt) -> bool:
    """Whether a statement of a module may print: a call whose result nobody takes."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    calls = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return calls or any(
        _acts(each) for each in ast.iter_child_nodes(statement) if isinstance(each, ast.stmt)
    )


def _is_felt(effect: CellEffects) -> bool:
    """Whether it does more than to read the module's own names."""
    return bool(effect.binds or effect.mutates or any(e.name[0] == "@" for e in effect.reads))


def _stands_as_call(name: str) -> bool:
    return name in {
        "writefile",
        "file",
        "bash",
        "sh",
        "script",
        "html",
        "javascript",
        "js",
        "latex",
    }


def _at_line(line: int, column: int = 0) -> ast.AST:
    node = ast.Pass()
    node.lineno, node.col_offset = line, column
    return node


def _with_history(effect: CellEffects, code: CellCode) -> CellEffects:
    """Where some cell reads the history of results, each cell that adds to it changes it."""
    body = code.tree.body
    if not body:
        return effect
    last = body[-1]
    line, column = last.lineno, last.col_offset
    place = Location(code.cell.id, code.cell.number, line, column)
    access = Access(_HISTORY, place)
    return replace(
        effect,
        reads=_with(effect.reads, access),
        mutates=_with(effect.mutates, access),
    )


def _with(accesses: Iterable[Access], one: Access) -> tuple[Access, ...]:
    kept = tuple(accesses)
    return kept if any(each.name == one.name for each in kept) else (*kept, one)
