"""The prelude of a step, run in this process: imports, functions and classes of the notebook."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import linecache
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from nbflow.analysis.source import CellCode, SyntaxProblem, cell_code
from nbflow.errors import VariableError
from nbflow.model import Cell, CellId, CellKind, Json, Name
from nbflow.runtime import overrides
from nbflow.service.ran import ran
from nbflow.store import RunRecord, StepRecord
from nbflow.tags import binds_parameters

_Namespace: TypeAlias = dict[str, object]
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Prelude:
    """The prelude cells of a step, and the parameters that the run was given."""

    cells: tuple[Cell, ...]
    parameters: Mapping[Name, Json]
    run_id: str
    python: str
    #: Names that code of the notebook looks up past the ``__missing__`` of its globals (see ``_in_classes``).
    looked_up: frozenset[str]

    @classmethod
    def of(cls, record: RunRecord, folder: Path, step: StepRecord) -> Prelude:
        """The prelude of a step of a run; ``folder`` is the run's.

        Raises:
            VariableError: it is not known any more what ran, or the notebook was called with values.
        """
        found = ran(record, folder)
        if found is None:
            raise VariableError(
                f"the notebook has changed since run {record.id}, and no copy of it is left in"
                f" {folder}: its functions and classes are not known any more; run it again"
            )
        analysis, cells = found.analysis, found.cells
        own = next(each for each in analysis.pipeline.steps if each.name == step.name)
        call = next((c for c in analysis.pipeline.calls if c.name == own.call), None)
        if call is not None and (call.arguments or call.taken):
            raise VariableError(
                f"the notebook of `{call.name}` was called with values of its caller, which its functions"
                " and classes are not made with here: put them into a module beside the notebooks"
            )
        parameters = call.values if call else record.parameters or {}
        own_cells = tuple(cells[each] for each in own.prelude)
        looked_up = frozenset(dir(builtins)).union(*map(_in_classes, cells.values()))
        return cls(own_cells, parameters, record.id, record.python, looked_up)

    def run(self, namespace: _Namespace, learn: Callable[[CellId], None]) -> None:
        """Run the cells in ``namespace``; ``learn`` hears of each. What they print is not shown again.

        Raises:
            VariableError: a cell ends with an error here.
        """
        for cell in self.cells:
            file = f"<run {self.run_id}, cell {cell.number}>"
            remember(file, cell.source)
            try:
                _run(cell, self._given(cell), namespace, file)
            except Exception as error:  # whatever the user's code raises
                if "raises-exception" not in cell.tags:
                    raise VariableError(
                        "the imports and functions of the notebook are needed, and its cell"
                        f" {cell.number} ends with {type(error).__name__}: {error} here;"
                        f" the steps ran in {self.python}"
                    ) from error
            learn(cell.id)

    def _given(self, cell: Cell) -> Mapping[Name, Json]:
        return self.parameters if binds_parameters(cell.tags) else {}


def _in_classes(cell: Cell) -> set[str]:
    """The names in the bodies of classes that functions of a cell make.

    Python looks for these in the dict of the globals itself, and then among the builtins.
    """
    code = cell_code(cell) if cell.kind is CellKind.CODE else None
    if not isinstance(code, CellCode):
        return set()
    functions = [n for n in ast.walk(code.tree) if isinstance(n, _FUNCTIONS)]
    classes = [n for each in functions for n in ast.walk(each) if isinstance(n, ast.ClassDef)]
    return {n.id for each in classes for n in ast.walk(each) if isinstance(n, ast.Name)}


def remember(file: str, text: str) -> None:
    """Let tracebacks and ``inspect`` show the text of code that no file holds."""
    lines = [f"{line}\n" for line in text.splitlines()]
    linecache.cache[file] = (len(text), None, lines, file)


@dataclass(slots=True)
class _Shell:
    """What the override of parameters needs of a shell."""

    user_ns: _Namespace
    ast_transformers: list[ast.NodeTransformer] = field(default_factory=list)


def _run(cell: Cell, parameters: Mapping[Name, Json], namespace: _Namespace, file: str) -> None:
    code = cell_code(cell)
    if isinstance(code, SyntaxProblem):
        raise SyntaxError(code.message)
    tree = code.tree
    tree.body = [each for each in tree.body if not _is_magic(each)]
    shell = _Shell(namespace)
    with overrides.active(shell, parameters), _quietly():
        for transformer in shell.ast_transformers:
            tree = transformer.visit(tree)
        exec(compile(tree, file, "exec", dont_inherit=True), namespace)


def _is_magic(statement: ast.stmt) -> bool:
    """Whether a statement asks IPython for something, which is not there in a plain process."""
    return any(isinstance(n, ast.Name) and n.id == "get_ipython" for n in ast.walk(statement))


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """What the prelude prints and warns of was told when it ran; its filters of warnings end with it."""
    nowhere = io.StringIO()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
