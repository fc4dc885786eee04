"""Where a plain module cannot mean what the cells mean."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nbflow.codegen.python.cells import Code, Piece
from nbflow.codegen.python.hoisting import BUILTINS
from nbflow.codegen.python.inert import is_future, is_star
from nbflow.codegen.python.layout import Layout
from nbflow.codegen.python.scopes import names_of
from nbflow.codegen.python.statements import dotted
from nbflow.model import Location

_NAME_IT: Final = "Name what is used."
#: Names that mean something only where IPython runs the cells, unless the notebook binds them itself.
_OF_IPYTHON: Final = frozenset(
    {"In", "Out", "_", "__", "___", "_dh", "_ih", "_oh", "exit", "get_ipython", "quit"}
)
#: Functions that look at the names around them, unless they are given something to look at.
_LOOKING: Final = {"dir": 1, "eval": 2, "exec": 2, "globals": 99, "locals": 99, "vars": 1}
#: Names that a file has and a notebook has not, or has otherwise.
_OF_FILES: Final = frozenset(
    {
        "__annotations__", "__builtins__", "__cached__", "__doc__", "__file__", "__loader__", "__package__",
        "__spec__",
    }
)  # fmt: skip
#: Attributes and functions that show where code stands, and in which function.
_PLACES: Final = frozenset(
    {
        "__closure__", "__globals__", "_getframe", "co_filename", "co_firstlineno", "co_freevars",
        "currentframe", "f_back", "f_globals", "f_lineno", "f_locals", "getfile", "getsource",
        "getsourcefile", "getsourcelines", "tb_lineno",
    }
)  # fmt: skip
#: What changes how Jupyter shows results, or looks for code in the module that runs.
_OF_JUPYTER: Final = frozenset({"clear_output", "init_printing", "init_session", "testmod"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason: where, what, and what to do about it."""

    location: Location
    message: str
    hint: str


def problems(layout: Layout) -> list[Problem]:
    """All reasons, in the order of the notebook; none where the module can be written."""
    found = [problem for code in layout.codes for problem in _of_cell(code)]
    bound = names_of(layout.nodes).bound_anywhere | {p.name for p in layout.given}
    known = bound | BUILTINS | {"display"}
    if not any(is_star(node) for node in layout.nodes):
        found.extend(problem for code in layout.codes for problem in _of_word(code, known))
    for piece in (*layout.imports, *layout.top, *layout.setting):
        found.extend(_of_statement(piece, bound))
    for function in layout.functions:
        for piece in function.unit.pieces:
            found.extend(_of_statement(piece, bound))
            if is_star(piece.node):
                what = "`import *` stands within a step, where Python allows it nowhere"
                found.append(_problem(piece, 0, what, "Import by name, or tag the cell `imports`."))
    found.extend(_of_parameters(layout))
    return sorted(found, key=lambda each: (each.location.number, each.location.line))


def _of_cell(code: Code) -> Iterator[Problem]:
    place = Location(code.cell.id, code.cell.number, code.error)
    if code.error:
        line = code.cell.source.splitlines()[code.error - 1 : code.error]
        what = (
            f"`{line[0].strip()[:60]}` is no plain Python"
            if line
            else "the cell is no plain Python"
        )
        yield Problem(place, what, "Write it in Python, take it out, or tag the cell `skip`.")
    if "raises-exception" in code.cell.tags:
        what = "the cell may fail and the notebook goes on"
        yield Problem(place, what, "Catch the error in the cell, or tag the cell `skip`.")


def _of_word(code: Code, known: frozenset[str]) -> Iterator[Problem]:
    """A cell that is one name that nobody binds: ``ls`` and ``pwd`` are magics there."""
    for piece in code.pieces:
        alone = len(code.pieces) == 1 and isinstance(piece.node, ast.Expr)
        value = piece.node.value if isinstance(piece.node, ast.Expr) else None
        if alone and isinstance(value, ast.Name) and value.id not in known:
            yield _problem(piece, 0, f"`{value.id}` is there in IPython only", _NAME_IT)


def _of_statement(piece: Piece, bound: frozenset[str]) -> Iterator[Problem]:
    if piece.node is None:
        return
    if is_future(piece.node):
        what = "`from __future__` holds from its cell on, in a module everywhere"
        yield _problem(piece, 0, what, "Let it stand before all other code.")
    if _awaits(piece.node):
        hint = "Give the coroutine to `asyncio.run`."
        yield _problem(piece, 0, "`await` stands outside of a function", hint)
    compared = _compared_to_name(piece.node)
    for node in ast.walk(piece.node):
        if isinstance(node, ast.Name) and node.id not in bound:
            yield from _of_name(piece, node)
        elif isinstance(node, ast.Call):
            yield from _of_call(piece, node, bound)
        elif isinstance(node, ast.Attribute):
            yield from _of_attribute(piece, node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _of_import(piece, node)
        elif (
            isinstance(node, ast.Constant)
            and "__main__" in str(node.value)
            and node not in compared
        ):
            yield _problem(piece, node.lineno, "`__main__` has no names of steps", _NAME_IT)


def _of_attribute(piece: Piece, node: ast.Attribute) -> Iterator[Problem]:
    if node.attr in _PLACES | _OF_JUPYTER:
        yield from _of_place(piece, node.lineno, node.attr)
    elif dotted(node) == "sys.argv":
        what = "`sys.argv` holds words of the kernel in a notebook, and of the command line in a module"
        yield _problem(piece, node.lineno, what, "Make what is read a parameter.")


def _of_import(piece: Piece, node: ast.Import | ast.ImportFrom) -> Iterator[Problem]:
    module = node.module if isinstance(node, ast.ImportFrom) else ""
    for alias in node.names:
        if "__main__" in (module, alias.name):
            yield _problem(piece, node.lineno, "`__main__` has no names of steps", _NAME_IT)
        elif module and alias.name in _PLACES | _OF_JUPYTER:
            yield from _of_place(piece, node.lineno, alias.name)
        elif module == "sys" and alias.name == "argv":
            what = "`argv` holds words of the kernel in a notebook, and of the command line in a module"
            yield _problem(piece, node.lineno, what, "Make what is read a parameter.")


def _of_place(piece: Piece, line: int, name: str) -> Iterator[Problem]:
    if name in _OF_JUPYTER:
        yield _problem(
            piece, line, f"`{name}` does something else outside of Jupyter", "Leave it out."
        )
    else:
        what = f"`{name}` shows where code stands, which is elsewhere in a module"
        yield _problem(piece, line, what, "Leave it out.")


def _of_name(piece: Piece, node: ast.Name) -> Iterator[Problem]:
    name = node.id
    if not isinstance(node.ctx, ast.Load):
        return
    numbered = name.lstrip("_").lstrip("i").isdigit() and name.startswith("_")
    if name in _OF_IPYTHON or numbered:
        yield _problem(piece, node.lineno, f"`{name}` is there in IPython only", _NAME_IT)
    elif name in _OF_FILES:
        what = f"`{name}` is another one in a module than in a notebook"
        yield _problem(piece, node.lineno, what, "Leave it out.")
    elif name in _OF_JUPYTER:
        yield from _of_place(piece, node.lineno, name)


def _of_call(piece: Piece, node: ast.Call, bound: frozenset[str]) -> Iterator[Problem]:
    name = dotted(node.func)
    if (
        name in _LOOKING
        and name not in bound
        and len(node.args) + len(node.keywords) < _LOOKING[name]
    ):
        what = f"`{name}` looks at names that a function does not have"
        yield _problem(piece, node.lineno, what, _NAME_IT)
    last = name.rpartition(".")[2]
    if last in ("parse_args", "parse_known_args") and not node.args and not node.keywords:
        what = f"`{last}` reads the command line, which is not the notebook's"
        yield _problem(piece, node.lineno, what, "Give it a list, or make what is read parameters.")
    if name == "display" and name not in bound and node.keywords:
        what = "`display` with options does something else outside of Jupyter"
        yield _problem(piece, node.lineno, what, "Give it values alone.")
    if name in ("cProfile.run", "profile.run"):
        yield _problem(piece, node.lineno, f"`{name}` looks for names in the module", _NAME_IT)


def _compared_to_name(node: ast.AST) -> list[ast.AST]:
    """The texts that are compared to ``__name__``, which is the same in a notebook and a script."""
    found: list[ast.AST] = []
    for each in ast.walk(node):
        if isinstance(each, ast.Compare):
            sides = [each.left, *each.comparators]
            if any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides):
                found.extend(sides)
    return found


def _awaits(node: ast.AST) -> bool:
    """Whether ``await`` stands in the node and in no function within it."""
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return not isinstance(node, scopes) and any(map(_awaits, ast.iter_child_nodes(node)))


def _of_parameters(layout: Layout) -> Iterator[Problem]:
    """Parameters that are not known from the start, or set more than once."""
    names = {p.name for p in layout.given}
    seen: set[str] = set()
    for piece in layout.setting:
        for name in sorted(names_of([piece.node]).binds & names) if piece.node else []:
            if name in seen:
                what = f"the parameter `{name}` is set more than once"
                yield _problem(piece, 0, what, "Set it once.")
            seen.add(name)
    for number, function in enumerate(layout.functions):
        later = any(each.unit.computes for each in layout.functions[number:])
        used = (function.unit.names.mentions | function.unit.names.binds) & names
        if later and used and not function.unit.computes and function.unit.pieces:
            what = f"`{min(used)}` is used before the cell of parameters sets it"
            yield _problem(function.unit.pieces[0], 0, what, "Let that cell stand first.")


def _problem(piece: Piece, line: int, message: str, hint: str) -> Problem:
    cell = piece.code.cell
    return Problem(Location(cell.id, cell.number, line or piece.line), message, hint)
