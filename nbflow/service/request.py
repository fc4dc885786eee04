"""What a user asks of a run, checked: the notebook, its analysis, parameters, steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis, analyse
from nbflow.analysis.parameters import cast
from nbflow.engines.local.keeping import Keep, kept
from nbflow.engines.local.plan import Plan
from nbflow.errors import NotebookError, ParameterError
from nbflow.graph import ancestors
from nbflow.model import (
    Cell,
    CellId,
    CellKind,
    Json,
    Name,
    Notebook,
    Pipeline,
    Role,
    Step,
    StepName,
    execution_counts,
)
from nbflow.notebook.addresses import name_of, place_of
from nbflow.service.check import options_for

#: Modules that may be imported before a process is forked: they start no thread that a fork would lose,
#: open no device, and read no setting at import that a cell could still change.
PRELOADABLE: Final = frozenset(
    {
        "altair", "bs4", "collections", "csv", "dataclasses", "datetime", "functools", "imblearn",
        "itertools", "json", "lxml", "math", "matplotlib", "mlxtend", "networkx", "numpy", "pandas",
        "patsy", "PIL", "pickle", "plotly", "random", "re", "scipy", "seaborn", "sklearn",
        "statistics", "statsmodels", "string", "sympy", "time", "typing", "urllib", "warnings",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for, checked; ``only`` are the steps that run, None for all.

    A notebook from an ``address`` has the ``text`` that was read there, and runs as if it stood at ``path``.
    """

    path: Path
    notebook: Notebook
    analysis: Analysis
    parameters: Mapping[Name, Json]
    only: frozenset[StepName] | None
    address: str = ""
    text: str | None = None

    @property
    def known_as(self) -> str:
        """What records call the notebook: its address or its path."""
        return self.address or str(self.path)


def request(
    path: str,
    parameters: Mapping[str, Json],
    steps: Sequence[str],
    folder: str | Path = ".",
) -> Request:
    """The request to run the notebook at ``path``, or those of its ``steps`` and what they need.

    ``path`` may be an address, such as ``s3://bucket/a.ipynb``; it runs in ``folder`` then.

    Raises:
        NotebookError: the file cannot be read as a notebook.
        ParameterError: there is no such parameter or step, or a value does not fit.
    """
    if notebooks.is_address(path):
        text = notebooks.fetched(path)
        place = Path(folder).absolute() / name_of(path)
        try:
            notebook = notebooks.parse(place, text)
        except NotebookError as error:
            raise NotebookError(str(error).replace(str(place), path)) from None
        asked = request_of(notebook, place, parameters, steps, address=path)
        return replace(asked, text=text)
    absolute = place_of(path)
    return request_of(notebooks.read(absolute), absolute, parameters, steps)


def request_of(
    notebook: Notebook,
    path: Path,
    parameters: Mapping[str, Json] | None = None,
    steps: Sequence[str] = (),
    *,
    address: str = "",
) -> Request:
    """The same for a notebook that is to run as if it stood in the file at ``path``, an absolute one.

    Raises:
        ParameterError: there is no such parameter or step, or a value does not fit.
    """
    analysis = analyse(notebook, options_for(path, notebook, address))
    return Request(
        address=address,
        path=path,
        notebook=notebook,
        analysis=analysis,
        parameters=_cast_all(analysis, parameters or {}),
        only=_with_ancestors(analysis, steps) if steps else None,
    )


def analysed_anew(request: Request) -> Request:
    """The same request for the same notebook, with what runs have shown of its steps meanwhile."""
    options = options_for(request.path, request.notebook, request.address)
    analysis = analyse(request.notebook, options)
    return replace(request, analysis=analysis)


def _cast_all(analysis: Analysis, given: Mapping[str, Json]) -> dict[Name, Json]:
    known = {p.name: p for p in analysis.pipeline.parameters}
    unknown = [name for name in given if name not in known]
    if unknown:
        names = ", ".join(sorted(known)) or "none"
        raise ParameterError(
            f"the notebook has no parameter `{unknown[0]}`; its parameters are: {names}"
        )
    return {name: cast(known[name], value) for name, value in given.items()}


def steps_of(pipeline: Pipeline, names: Iterable[str]) -> frozenset[StepName]:
    """The steps that a user has named.

    Raises:
        ParameterError: there is no such step.
    """
    known = {step.name for step in pipeline.steps}
    for name in sorted(names):
        if name not in known:
            raise ParameterError(
                f"the notebook has no step `{name}`; its steps are: {', '.join(sorted(known))}"
            )
    return frozenset(map(StepName, names))


def _with_ancestors(analysis: Analysis, steps: Sequence[str]) -> frozenset[StepName]:
    pipeline = analysis.pipeline
    asked = steps_of(pipeline, steps)
    found = {step.name for step in pipeline.steps if asked.intersection(pipeline.around(step))}
    before = ancestors(pipeline)
    return frozenset(found.union(*(before[name] for name in found)))


def steps_after(pipeline: Pipeline, name: str) -> frozenset[StepName]:
    """The step that a user has named, and all that need something of it.

    Raises:
        ParameterError: there is no such step.
    """
    asked = steps_of(pipeline, [name])
    found = {step.name for step in pipeline.steps if asked.intersection(pipeline.around(step))}
    while more := {e.reader for e in pipeline.edges if e.writer in found and e.reader not in found}:
        found |= more
    return frozenset(found)


def plan_of(request: Request, keep: Keep) -> Plan:
    """What the engine runs for a request."""
    pipeline = request.analysis.pipeline
    effects = {e.step: e for e in request.analysis.effects}
    cells: dict[CellId, Cell] = {}
    counts: dict[CellId, int] = {}
    for call, notebook in [("", request.notebook), *request.analysis.notebooks.items()]:
        own = cells_in_order(notebook, [step for step in pipeline.steps if step.call == call])
        cells |= own
        counts |= execution_counts(own, tuple(own))
    return Plan(
        pipeline=_running(pipeline, request.only),
        cells=cells,
        effects=effects,
        kept=kept(pipeline, effects) if keep is Keep.EDGES else {},
        counts=counts,
        parameters=request.parameters,
        uses={use.step: use for use in request.analysis.uses},
    )


def _running(pipeline: Pipeline, only: frozenset[StepName] | None) -> Pipeline:
    """The pipeline, in which steps that do not run have no prelude: the first that runs shows it."""
    steps = (
        step if only is None or step.name in only else replace(step, prelude=())
        for step in pipeline.steps
    )
    return replace(pipeline, steps=tuple(steps))


def cells_in_order(notebook: Notebook, steps: Sequence[Step]) -> dict[CellId, Cell]:
    """The cells of a notebook that run in ``steps``, in the order in which Jupyter runs them."""
    cells = {c.id: c for c in notebook.cells if c.kind is CellKind.CODE}
    used = {cell for step in steps for cell in (*step.prelude, *step.cells)}
    last = [c for step in steps if step.role is Role.METRICS for c in step.cells]
    order = [c for c in cells if c in used and c not in last] + last
    return {c: cells[c] for c in order}


def preload(request: Request) -> tuple[str, ...]:
    """The modules that are imported before the first step, in order."""
    known = preloadable(request)
    leading = request.analysis.pipeline.leading_imports
    return tuple(module for module in leading if module.partition(".")[0] in known)


def preloadable(request: Request) -> frozenset[str]:
    """What may be imported early; a notebook that names matplotlib's backend itself must come first."""
    notebooks_ = (request.notebook, *request.analysis.notebooks.values())
    text = "\n".join(cell.source for notebook in notebooks_ for cell in notebook.cells)
    held = {"matplotlib", "seaborn", "pandas"} if "MPLBACKEND" in text else set()
    return PRELOADABLE - held
