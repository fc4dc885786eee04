"""Where the function of a step cannot mean what its cells mean in the notebook."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from nbflow.codegen.python.cells import SCOPES, Code, bound_by, free, scopes
from nbflow.codegen.python.layout import Function, Layout
from nbflow.model import CellId, Location, Name

#: What looks at, or changes, names that no code spells.
_REFLECTION: Final = frozenset(
    {
        "In", "Out", "_", "__", "_ih", "_oh", "dir", "eval", "exec", "get_ipython", "globals", "locals",
        "vars",
    }
)  # fmt: skip
#: The same, but where the cell itself binds the name: ``for _ in range(3)``.
_UNLESS_BOUND: Final = frozenset({"In", "Out", "_", "__"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason: where, what, and what to do about it."""

    location: Location
    message: str
    hint: str


def problems(layout: Layout) -> list[Problem]:
    """All reasons, in the order of the notebook; none where the module can be written."""
    found = list(_of_prelude(layout))
    for number, function in enumerate(layout.functions):
        for code in function.codes:
            found.extend(_of_code(code))
        found.extend(_of_function(function, layout.functions[number + 1 :], layout))
    return sorted(found, key=lambda each: (each.location.number, each.location.line))


def _of_code(code: Code) -> Iterator[Problem]:
    """What no function, or no module, can hold."""
    if code.error:
        yield _problem(
            code,
            code.error,
            "the cell is no plain Python",
            "Replace magics and shell commands, or tag the cell `skip`.",
        )
    nodes = [each for statement in code.body for each in ast.walk(statement)]
    own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    looking = _REFLECTION - (_UNLESS_BOUND & own)
    for node in nodes:
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.Name) and node.id in looking:
            what = f"`{node.id}` looks at names that a function does not have"
            yield _problem(code, line, what, "Name what is used.")
        elif isinstance(node, ast.Global):
            what = f"`global {', '.join(node.names)}` changes names that are local in a function"
            yield _problem(code, line, what, "Return the new value instead.")
        elif isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
            what = f"`from {node.module} import *` cannot stand in a function"
            yield _problem(code, line, what, "Import by name, or tag the cell `imports`.")
    for node in code.body:
        if _awaits(node):
            yield _problem(
                code, node.lineno, "`await` stands outside of a function", "Use asyncio.run."
            )


def _awaits(node: ast.AST) -> bool:
    """Whether ``await`` stands in the node and in no function within it."""
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return True
    inner = (c for c in ast.iter_child_nodes(node) if not isinstance(c, SCOPES))
    return not isinstance(node, SCOPES) and any(map(_awaits, inner))


def _of_prelude(layout: Layout) -> Iterator[Problem]:
    """Functions of the prelude that read what a step, or a parameter, makes: there is no such global."""
    made = frozenset().union(*(_made(function) for function in layout.functions))
    for code in (*layout.prelude, *layout.parameters):
        yield from (p for p in _of_code(code) if "import *" not in p.message)
        for statement in code.body:
            for name in sorted(free(statement) & made - bound_by(statement)):
                yield _problem(
                    code,
                    statement.lineno,
                    f"a function reads `{name}`, which a step sets, as a global name",
                    f"Give it `{name}` as an argument.",
                )


def _of_function(
    function: Function, later: Iterable[Function], layout: Layout
) -> Iterator[Problem]:
    """Functions and classes within a step that read names that change after the step, or come later."""
    own = _made(function) | set(function.takes)
    after = frozenset().union(*(_made(each) for each in later))
    for code in function.codes:
        for statement in code.body:
            for scope in scopes(statement):
                for name in sorted(free(scope)):
                    if name in after and name not in layout.prelude_names:
                        when = (
                            "a later step binds it anew"
                            if name in own
                            else "only a later step has it"
                        )
                        yield _problem(
                            code,
                            scope.lineno,
                            f"a function reads `{name}` when it is called, and {when}",
                            f"Give it `{name}` as an argument.",
                        )
    for name in function.returns:
        if name not in function.takes and not _is_surely_bound(function, name):
            location = Location(CellId(function.codes[-1].cell.id), function.codes[-1].cell.number)
            yield Problem(
                location,
                f"`{name}` is bound in some cases only, and step `{function.step.name}` has to return it",
                f"Bind `{name}` before.",
            )


def _is_surely_bound(function: Function, name: Name) -> bool:
    """Whether a statement that always runs binds the name."""
    always = (ast.If, ast.For, ast.While, ast.Try, ast.Match, ast.AsyncFor)
    for statement in function.body:
        if name in bound_by(statement):
            if not isinstance(statement, always):
                return True
            if isinstance(statement, ast.If) and _in_both(statement, name):
                return True
            if isinstance(statement, ast.Try) and any(name in bound_by(s) for s in statement.body):
                return not statement.handlers or all(_leaves(h, name) for h in statement.handlers)
            if isinstance(statement, ast.For) and name in _targets(statement):
                return True
    return False


def _in_both(statement: ast.If, name: Name) -> bool:
    return all(
        any(name in bound_by(each) for each in branch)
        for branch in (statement.body, statement.orelse)
    )


def _leaves(handler: ast.ExceptHandler, name: Name) -> bool:
    return any(isinstance(s, ast.Raise) or name in bound_by(s) for s in handler.body)


def _targets(statement: ast.For) -> frozenset[str]:
    """The targets of a loop: a notebook whose loop runs no turn has an error there as well."""
    return frozenset(n.id for n in ast.walk(statement.target) if isinstance(n, ast.Name))


def _made(function: Function) -> frozenset[Name]:
    return frozenset().union(*(bound_by(statement) for statement in function.body))


def _problem(code: Code, line: int, message: str, hint: str) -> Problem:
    return Problem(Location(code.cell.id, code.cell.number, line), message, hint)
