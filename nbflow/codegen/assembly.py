"""What every target is made of: for each step its task, and what it is handed by which other steps.

Edges are those of possible effects: a cluster cannot run a step again. A step hands on the variables that
later steps may take from it, each in an artifact of its own, and all the rest in one that is called its
state: ambient state, classes, files, and what nobody foresaw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nbflow.codegen.callees import Callees
from nbflow.codegen.names import identifiers
from nbflow.model import (
    SET_BY_IMPORTS,
    Cell,
    CellId,
    Edge,
    Grade,
    Name,
    Parameter,
    Pipeline,
    Role,
    Step,
    StepEffects,
    StepName,
    StepUse,
    assigned_attributes,
    execution_counts,
    metric_names,
    reads_results,
)
from nbflow.runtime.task import Task
from nbflow.tags import binds_parameters


@dataclass(frozen=True, slots=True)
class Source:
    """A notebook as the analysis has it; ``cells`` are those that run, in run order.

    ``folder`` is where it lies, with as many folders above as are known.
    """

    pipeline: Pipeline
    cells: Mapping[CellId, Cell]
    effects: Mapping[StepName, StepEffects]
    uses: Mapping[StepName, StepUse]
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A variable that step ``writer`` hands on; ``name`` is legal for an argument in Python."""

    writer: StepName
    variable: Name
    name: str


@dataclass(frozen=True, slots=True)
class Component:
    """One step as targets need it: ``name`` is a legal name for a function.

    ``takes`` are the artifacts that it is given, ``after`` the steps whose state it is given, ``gives``
    those that it makes. Of the pipeline's parameters it may use ``parameters``.
    """

    step: Step
    name: str
    task: Task
    takes: tuple[Artifact, ...] = ()
    after: tuple[StepName, ...] = ()
    gives: tuple[Artifact, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    #: What the text above the step says it does.
    title: str = ""
    #: Where its files lie, without an ending, if not under its name.
    place: str = ""
    #: Whether random numbers that no seed of the notebook repeats may go into the step.
    draws: bool = False

    @property
    def path(self) -> str:
        """Where the files of the step lie, without an ending."""
        return self.place or self.name

    @property
    def reported(self) -> bool:
        """Whether the step has a report: always, unless the user does not want one."""
        return self.step.resources.report is not False


@dataclass(frozen=True, slots=True)
class Assembly:
    """A pipeline as components, in notebook order.

    ``left_out`` is how many edges the code seems to need, and a verified run has shown to be needless.
    """

    name: str
    pipeline: Pipeline
    components: tuple[Component, ...] = ()
    left_out: int = 0

    def component(self, step: StepName) -> Component:
        """The component of a step."""
        return next(each for each in self.components if each.step.name == step)


def pairs(edges: Iterable[Edge]) -> frozenset[tuple[StepName, StepName]]:
    """The steps that edges lead from and to."""
    return frozenset((edge.writer, edge.reader) for edge in edges)


def assemble(source: Source, titles: Mapping[StepName, str] | None = None) -> Assembly:
    """The components of a pipeline; ``titles`` are the headings above its steps."""
    pipeline = source.pipeline
    names = identifiers([str(step.name) for step in pipeline.steps])
    functions = dict(zip((step.name for step in pipeline.steps), names, strict=True))
    graph = _Graph(source)
    paths = graph.callees.files()
    artifacts = {step.name: _artifacts(step.name, graph) for step in pipeline.steps}
    return Assembly(
        name=pipeline.metadata.name or pipeline.name,
        pipeline=pipeline,
        components=tuple(
            Component(
                step=step,
                name=functions[step.name],
                task=graph.task(index, step, [a.variable for a in artifacts[step.name]]),
                takes=tuple(_taken(step.name, graph, artifacts)),
                after=tuple(graph.before(step.name)),
                gives=artifacts[step.name],
                parameters=graph.parameters(step.name),
                title=(titles or {}).get(step.name, ""),
                place=paths[step.name],
                draws=source.uses[step.name].draws,
            )
            for index, step in enumerate(pipeline.steps)
        ),
    )


def _artifacts(step: StepName, graph: _Graph) -> tuple[Artifact, ...]:
    variables = sorted({name for edge in graph.after(step) for name in _variables(edge)})
    legal = identifiers(variables)
    return tuple(Artifact(step, *pair) for pair in zip(variables, legal, strict=True))


def _taken(
    step: StepName, graph: _Graph, artifacts: Mapping[StepName, tuple[Artifact, ...]]
) -> Iterator[Artifact]:
    for edge in graph.into(step):
        wanted = set(_variables(edge))
        yield from (each for each in artifacts[edge.writer] if each.variable in wanted)


def _variables(edge: Edge) -> tuple[Name, ...]:
    return tuple(name for name in edge.variables if not name.startswith("@"))


class _Graph:
    """Who comes before whom, and what later steps read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.steps = source.pipeline.steps
        self.index = {step.name: n for n, step in enumerate(self.steps)}
        self.callees = Callees(source.pipeline)
        self._below = self._descendants()
        self._counts = {call: self._counted(call) for call in {step.call for step in self.steps}}
        texts = [[step.name, *(source.cells[c].source for c in step.cells)] for step in self.steps]
        self._home = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:8]

    def _counted(self, call: str) -> dict[CellId, int]:
        """The numbers that Jupyter gives to the cells of one notebook."""
        notebook = self.callees.cells
        own = {cell: c for cell, c in self.source.cells.items() if notebook.get(cell) == call}
        return execution_counts(own, tuple(own))

    def into(self, step: StepName) -> list[Edge]:
        """The edges into a step, in the order of their writers."""
        found = [edge for edge in self.source.pipeline.edges if edge.reader == step]
        return sorted(found, key=lambda edge: self.index[edge.writer])

    def after(self, step: StepName) -> list[Edge]:
        """The edges out of a step."""
        return [edge for edge in self.source.pipeline.edges if edge.writer == step]

    def before(self, step: StepName) -> list[StepName]:
        """The steps that a step is given something of."""
        return [edge.writer for edge in self.into(step)]

    def _descendants(self) -> dict[StepName, set[StepName]]:
        below: dict[StepName, set[StepName]] = {step.name: set() for step in self.steps}
        for step in reversed(self.steps):
            for edge in self.after(step.name):
                below[step.name] |= {edge.reader, *below[edge.reader]}
        return below

    def parameters(self, step: StepName) -> tuple[Parameter, ...]:
        """The parameters of the pipeline that a step may use, but for those that are computed from others."""
        if self.steps[self.index[step]].call:
            return ()
        used = self.source.uses[step].parameters
        known = self.source.pipeline.parameters
        return tuple(p for p in known if p.name in used and not p.computed)

    def task(self, index: int, step: Step, gives: Sequence[Name]) -> Task:
        """What the step does in its pod."""
        effects = self.source.effects[step.name]
        later = self.steps[index + 1 :]
        beside = [self.source.effects[each.name] for each in self.steps if each.call == step.call]
        keeps_out = reads_results(beside)
        call, calls = self.callees.of(step), tuple(self.callees.told(index))
        shown = self.source.pipeline.shown_before(index)
        return Task(
            step=step.name,
            index=index,
            steps=tuple(each.name for each in self.steps),
            prelude=tuple(self._cell(each, show=each not in shown) for each in step.prelude),
            cells=tuple(self._cell(each, show=True) for each in step.cells),
            binding=tuple(self._binding(step)),
            reads=tuple(sorted({a.name for a in effects.reads})),
            reads_all=effects.reads_all,
            gives=tuple(gives),
            foreseen=tuple(sorted(_state(effects.written))),
            missed=self._missed(step, effects),
            apart=tuple(
                n for n in range(index) if step.name not in self._below[self.steps[n].name]
            ),
            read_later=tuple(sorted(self._read_by(later))),
            all_read_later=any(self.source.effects[s.name].reads_all for s in later),
            files_read_later=any(name.startswith("@file") for name in self._read_by(later, "@")),
            metrics=self._metrics(step, effects),
            attributes=tuple(assigned_attributes(beside)),
            keep_out=keeps_out,
            history=self._history(step.call) if keeps_out else {},
            env=dict(step.resources.env),
            home=self._home,
            defaults=_defaults(self.parameters(step.name)),
            call=step.call,
            calls=calls,
            values=json.dumps(dict(call.values)) if call and call.values else "",
            folder=self.callees.folder(step.call),
            folders=self.callees.folders(),
            place=self._place(),
            secrets=tuple(each.env for each in step.resources.secrets),
        )

    def _place(self) -> str:
        """The folders, down to the notebook's own, that the ways to called notebooks leave upwards."""
        above = self.callees.above()
        return "/".join(self.source.folder.split("/")[-above:]) if above else ""

    def _cell(self, cell: CellId, *, show: bool) -> dict[str, object]:
        source = self.source.cells[cell]
        told: dict[str, object] = {
            "id": cell,
            "source": source.source,
            "number": source.number,
            "count": self._counts[self.callees.cells[cell]].get(cell, 0),
        }
        if not show:
            told["show"] = False
        if "raises-exception" in source.tags:
            told["allow_error"] = True
        return told

    def _binding(self, step: Step) -> Iterator[CellId]:
        for cell in (*step.prelude, *step.cells):
            if binds_parameters(self.source.cells[cell].tags):
                yield cell

    def _read_by(self, steps: Iterable[Step], first: str = "") -> set[Name]:
        """The names that any of the steps reads, variables or (where ``first`` is "@") the rest."""
        found = {a.name for step in steps for a in self.source.effects[step.name].reads}
        return {name for name in found if name.startswith("@") == bool(first)}

    def _missed(self, step: Step, effects: StepEffects) -> dict[Name, tuple[str, str, str]]:
        """Names that a later step reads and is given nothing of this one, though nobody foresees a change.

        With each goes the first such step, and as which of the two it is to be tagged with a `prev:` of what.
        """
        known = effects.written | SET_BY_IMPORTS
        bound: set[tuple[str, Name]] = set()
        found: dict[Name, tuple[str, str, str]] = {}
        for other in self.steps[self.index[step.name] + 1 :]:
            if other.name not in self._below[step.name]:
                for name in self._unforeseen(step, other, bound):
                    if name not in known and name not in found:
                        found[name] = (other.name, *self.callees.beside(other, step))
            for access in self.source.effects[other.name].binds:
                if access.grade is Grade.LIKELY:
                    spaces = self.callees.reached(access.name, other)
                    bound.update((space, access.name) for space in spaces)
        return dict(sorted(found.items()))

    def _unforeseen(self, step: Step, other: Step, bound: set[tuple[str, Name]]) -> Iterator[Name]:
        """The names by which step ``other`` would see what ``step`` changes; "@" is the state of all.

        ``bound`` are names that steps between the two have bound, each with its notebook.
        """
        if other.call == step.call:
            yield "@"
        # Of files, a step behind both sees more: what was really read.
        met = not self._below[step.name].isdisjoint(self._below[other.name])
        for access in self.source.effects[other.name].reads:
            name = access.name
            if name.startswith("@file"):
                if not met:
                    yield self.callees.relocated(name, other.call)
            elif (other.call, name) not in bound and other.call in self.callees.reached(name, step):
                yield name

    def _metrics(self, step: Step, effects: StepEffects) -> tuple[Name, ...]:
        """The variables that this step makes and a metrics step reports."""
        named = {
            name
            for each in self.steps
            if each.role is Role.METRICS and each.call == step.call
            for name in metric_names(self.source.effects[each.name])
        }
        return tuple(sorted(named & effects.written))

    def _history(self, call: str) -> dict[str, str]:
        cells = self.source.cells
        return {str(count): cells[cell].source for cell, count in self._counts[call].items()}


def _defaults(parameters: Iterable[Parameter]) -> str:
    """The values that the notebook gives the parameters, as JSON: engines may hand over another form."""
    known = {p.name: p.default for p in parameters}
    return json.dumps(known) if known else ""


def _state(names: Iterable[Name]) -> Iterator[Name]:
    return (name for name in names if name.startswith("@"))
