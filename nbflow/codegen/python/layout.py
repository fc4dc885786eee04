"""Which names each step's function takes and returns, and what of the prelude the module keeps."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nbflow.codegen.assembly import Source
from nbflow.codegen.names import identifiers
from nbflow.codegen.python.cells import Code, bound, bound_by, code_of, free, is_comment, read
from nbflow.model import CellId, Name, Step, StepName
from nbflow.tags import binds_parameters

BUILTINS: Final = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Function:
    """A step as a function: ``takes`` are its arguments, ``returns`` what later steps are given of it."""

    step: Step
    name: str
    codes: tuple[Code, ...]
    takes: tuple[Name, ...] = ()
    returns: tuple[Name, ...] = ()
    title: str = ""

    @property
    def body(self) -> list[ast.stmt]:
        """The statements of its cells, without what is shown."""
        return [statement for code in self.codes for statement in code.body]


@dataclass(frozen=True, slots=True)
class Layout:
    """The prelude, the cells of parameters, and a function for each step."""

    prelude: tuple[Code, ...]
    parameters: tuple[Code, ...]
    functions: tuple[Function, ...]

    @property
    def prelude_names(self) -> frozenset[Name]:
        """What the prelude binds."""
        return bound([statement for code in self.prelude for statement in code.body])

    @property
    def global_parameters(self) -> frozenset[Name]:
        """The parameters that functions of the prelude read as global names."""
        found = (free(statement) for code in self.prelude for statement in code.body)
        return frozenset().union(*found) & self.parameter_names

    @property
    def parameter_names(self) -> frozenset[Name]:
        """What the cells of parameters bind."""
        return bound([statement for code in self.parameters for statement in code.body])


def lay_out(source: Source, titles: Mapping[StepName, str]) -> Layout:
    """The parts of the module."""
    steps = source.pipeline.steps
    codes = {cell: code_of(found) for cell, found in source.cells.items()}
    before = dict.fromkeys(cell for step in steps for cell in step.prelude)
    binding = [c for c in source.cells if _binds(source, c)]
    prelude = tuple(codes[cell] for cell in before if cell not in binding)
    parameters = tuple(codes[cell] for cell in binding)
    names = identifiers([str(step.name) for step in steps])
    cells = {s.name: tuple(codes[c] for c in s.cells if c not in binding) for s in steps}
    made = {s.name: bound([x for code in cells[s.name] for x in code.body]) for s in steps}
    layout = Layout(prelude, parameters, ())
    taken = layout.prelude_names | layout.parameter_names | BUILTINS | {"main", "show"}
    taken |= frozenset().union(*made.values())
    functions = []
    for index, (step, name) in enumerate(zip(steps, names, strict=True)):
        earlier = frozenset().union(*(made[each.name] for each in steps[:index]))
        there = earlier | layout.parameter_names
        wanted = {a.name for a in source.effects[step.name].reads}
        later = _read_later(source, steps[index + 1 :])
        functions.append(
            Function(
                step=step,
                name=f"{name}_step" if name in taken else name,
                codes=cells[step.name],
                takes=_taken(wanted & there, cells[step.name], layout.global_parameters),
                returns=tuple(sorted(made[step.name] & later)),
                title=titles.get(step.name, ""),
            )
        )
    return Layout(prelude, parameters, tuple(functions))


def _taken(
    names: set[Name], codes: tuple[Code, ...], everywhere: frozenset[Name]
) -> tuple[Name, ...]:
    """The arguments: of parameters that are global names, only those that the step itself reads."""
    own = read(statement for code in codes for statement in code.body)
    return tuple(sorted(n for n in names if n in own or n not in everywhere))


def _binds(source: Source, cell: CellId) -> bool:
    return binds_parameters(source.cells[cell].tags)


def _read_later(source: Source, steps: tuple[Step, ...]) -> set[Name]:
    """The names that later steps may read of what was there before them."""
    found: set[Name] = set()
    for step in steps:
        found.update(a.name for a in source.effects[step.name].reads)
    return found


def used_prelude(layout: Layout) -> list[ast.stmt]:
    """The statements of the prelude whose names the functions use, directly or through others."""
    statements = [statement for code in layout.prelude for statement in code.body]
    wanted = set(read(node for function in layout.functions for node in function.body))
    wanted |= read(node for code in layout.parameters for node in code.body)
    kept: set[int] = set()
    while True:
        new = {
            number
            for number, statement in enumerate(statements)
            if number not in kept and not is_comment(statement) and _is_wanted(statement, wanted)
        }
        if not new:
            break
        kept |= new
        wanted |= read(statements[number] for number in new)
    return [s for n, s in enumerate(statements) if n in kept or _stands_with(statements, n, kept)]


def _is_wanted(statement: ast.stmt, wanted: set[str]) -> bool:
    """Whether a statement binds what is wanted, or does something that no name shows."""
    names = bound_by(statement)
    plain = isinstance(
        statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    )
    return "*" in names or not names.isdisjoint(wanted) or not (plain or names)


def _stands_with(statements: list[ast.stmt], number: int, kept: set[int]) -> bool:
    """Whether a comment stands right above, or beside, a statement that is kept."""
    if not is_comment(statements[number]):
        return False
    inline = getattr(statements[number], "inline", False)
    step, place = (-1, number - 1) if inline else (1, number + 1)
    while 0 <= place < len(statements) and is_comment(statements[place]):
        place += step
    return place in kept or not 0 <= place < len(statements)
