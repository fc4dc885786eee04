"""The notebooks that a notebook calls: read, analysed, and with all that their cells say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nbflow.analysis import references
from nbflow.analysis.effects import Interface
from nbflow.analysis.marks import Mark
from nbflow.analysis.references import Place
from nbflow.analysis.result import Analysis, Options
from nbflow.analysis.settings import of_called, resources
from nbflow.diagnostics import Finding
from nbflow.model import (
    Call,
    CellId,
    Json,
    Name,
    Notebook,
    Parameter,
    Resources,
    StepEffects,
    StepName,
)

#: The analysis of a called notebook, at its place, with what its steps have where they say nothing.
Analyse = Callable[[Notebook, Options, Place, Resources], Analysis]

_NOTHING: Final = Interface()


@dataclass(frozen=True, slots=True)
class Called:
    """A cell that calls a notebook, with the analysis of that notebook (None where it cannot be had)."""

    mark: Mark
    path: str
    analysis: Analysis | None = None
    notebook: Notebook | None = None
    interface: Interface = _NOTHING
    values: Mapping[Name, Json] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> StepName:
        """The name of the call."""
        return self.mark.notebook.name if self.mark.notebook else StepName("")

    def call(self, effects: StepEffects, parameters: Sequence[Parameter]) -> Call:
        """The call, of which the step that hands over has ``effects``."""
        accepted = {*self.interface.accepts}
        read = {each.name for each in effects.reads}
        written = {each.name for each in effects.binds}
        taken = [*self.interface.asks, *(name for name in self.interface.accepts if name in read)]
        return Call(
            name=self.name,
            path=self.path,
            taken=tuple(dict.fromkeys(taken)),
            given=tuple(name for name in self.interface.gives if name in written),
            arguments=tuple(p.name for p in parameters if p.name in accepted & read),
            parameters=tuple(parameters),
            values=self.values,
        )


def called(
    ordered: Sequence[Mark],
    notebook: Notebook,
    options: Options,
    place: Place,
    parameters: Sequence[Parameter],
    defaults: Resources,
    analyse: Analyse,
) -> tuple[Called, ...]:
    """What ``notebook`` calls, in the order of its cells; ``parameters`` and ``defaults`` are its own."""
    found = []
    for mark in ordered:
        if mark.notebook is not None:
            path = references.path_from(place.folder, references.path_of(mark))
            settled = resources(mark.settings, defaults)
            wrong = tuple(references.unusable(mark, path, options.notebooks.get(path), place))
            if wrong:
                found.append(Called(mark, path, findings=wrong))
            else:
                found.append(
                    _read(mark, path, notebook, options, place, parameters, settled, analyse)
                )
    return tuple(found)


def _read(
    mark: Mark,
    path: str,
    caller: Notebook,
    options: Options,
    place: Place,
    own: Sequence[Parameter],
    defaults: Resources,
    analyse: Analyse,
) -> Called:
    source = options.notebooks[path]
    notebook = source.notebook
    assert notebook is not None
    beside = Options(
        options.inline_figures, options.target, source.modules, options.notebooks, source.file
    )
    below = place.below(path, source.file)
    analysis = analyse(notebook, beside, below, of_called(notebook, defaults))
    parameters = analysis.pipeline.parameters
    values, unfit = references.values(mark, path, parameters)
    accepted = [parameter for parameter in parameters if parameter.name not in values]
    listed, unknown = references.outputs(mark, path, analysis)
    gives = analysis.boundary.gives if listed is None else listed
    return Called(
        mark,
        path,
        analysis,
        notebook,
        Interface(
            asks=analysis.boundary.asks,
            accepts=(*(parameter.name for parameter in accepted), *analysis.boundary.wishes),
            gives=gives,
            listed=listed is not None,
        ),
        values,
        (
            *unfit,
            *references.fitting(mark, path, accepted, own),
            *unknown,
            *references.about_kernel(mark, path, caller, notebook),
        ),
    )


def by_cell(found: Sequence[Called]) -> dict[CellId, Interface]:
    """The interfaces of what is called, by the id of the cell."""
    return {each.mark.cell.id: each.interface for each in found}


def steps_of(found: Sequence[Called]) -> Iterator[tuple[StepName, Called]]:
    """What can be a part of the pipeline, by the name of the step that calls it."""
    for each in found:
        if each.analysis is not None:
            yield each.name, each
