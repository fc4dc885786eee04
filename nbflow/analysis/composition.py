"""One pipeline of a notebook and of those that it calls.

The steps of a called notebook stand right behind the step that calls it. Their names and the ids of
their cells begin with the name of the call; the names of their variables stay as they are, each in a
namespace of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nbflow.analysis.calls import Called
from nbflow.model import (
    Access,
    Call,
    CellId,
    Location,
    Name,
    Notebook,
    Step,
    StepEffects,
    StepName,
    StepUse,
)


@dataclass(slots=True)
class Composed:
    """Steps with their effects and uses side by side, and the notebooks that they come from."""

    steps: list[Step] = field(default_factory=list)
    effects: list[StepEffects] = field(default_factory=list)
    uses: list[StepUse] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    notebooks: dict[str, Notebook] = field(default_factory=dict)
    shared: dict[str, frozenset[Name]] = field(default_factory=dict)

    def add(self, step: Step, effects: StepEffects, use: StepUse) -> None:
        """Let a step follow."""
        self.steps.append(step)
        self.effects.append(effects)
        self.uses.append(use)


def composed(
    own: Sequence[tuple[Step, StepEffects, StepUse]],
    called: Mapping[StepName, Called],
) -> Composed:
    """The steps of a notebook, with those of each notebook that it calls behind the step that calls it."""
    found = Composed()
    inner = {name: _names(name, each) for name, each in called.items()}
    for plain, effects, use in own:
        waits = tuple(name for prev in plain.after for name in (prev, *inner.get(prev, ())))
        step = replace(plain, after=tuple(dict.fromkeys(waits)))
        each = called.get(step.name)
        if each is None or each.analysis is None or each.notebook is None:
            found.add(step, effects, use)
            continue
        call = each.call(effects, each.analysis.pipeline.parameters)
        found.add(replace(step, notebook=call.path), replace(effects, binds=()), use)
        _add_called(found, each, call, first=bool(step.after))
    return found


def _names(name: StepName, each: Called) -> tuple[StepName, ...]:
    steps = each.analysis.pipeline.steps if each.analysis else ()
    return tuple(_inside(name, step.name) for step in steps)


def _add_called(found: Composed, each: Called, call: Call, *, first: bool) -> None:
    analysis, notebook = each.analysis, each.notebook
    assert analysis is not None
    assert notebook is not None
    name = call.name
    found.calls.append(call)
    found.calls.extend(
        replace(deeper, name=_inside(name, deeper.name), within=_place(name, deeper.within))
        for deeper in analysis.pipeline.calls
    )
    for step, effects, use in zip(
        analysis.pipeline.steps, analysis.effects, analysis.uses, strict=True
    ):
        moved = _moved_step(name, step)
        if first:
            moved = replace(moved, after=(name, *moved.after))
        arguments = () if step.call else [n for n in call.arguments if n in use.parameters]
        begun = _with_reads(effects, step, arguments)
        found.add(moved, _moved_effects(name, begun), _moved_use(name, use))
    found.notebooks[name] = _moved_notebook(name, notebook)
    for deeper_name, deeper_notebook in analysis.notebooks.items():
        found.notebooks[_inside(name, deeper_name)] = _moved_notebook(name, deeper_notebook)
    for place, shared in analysis.shared.items():
        found.shared[_place(name, place)] = shared


def _inside(call: str, name: str) -> StepName:
    return StepName(f"{call}/{name}")


def _place(call: str, place: str) -> str:
    """The name of a call as seen one notebook further out; "" is the called notebook itself."""
    return _inside(call, place) if place else call


def _cell(call: str, cell: CellId) -> CellId:
    return CellId(f"{call}/{cell}")


def _moved_step(call: str, step: Step) -> Step:
    return replace(
        step,
        name=_inside(call, step.name),
        cells=tuple(_cell(call, cell) for cell in step.cells),
        prelude=tuple(_cell(call, cell) for cell in step.prelude),
        after=tuple(_inside(call, prev) for prev in step.after),
        call=_place(call, step.call),
    )


def _moved_effects(call: str, effects: StepEffects) -> StepEffects:
    def moved(accesses: tuple[Access, ...]) -> tuple[Access, ...]:
        return tuple(
            replace(each, location=replace(each.location, cell=_cell(call, each.location.cell)))
            for each in accesses
        )

    return replace(
        effects,
        step=_inside(call, effects.step),
        reads=moved(effects.reads),
        binds=moved(effects.binds),
        deletes=moved(effects.deletes),
        mutates=moved(effects.mutates),
    )


def _moved_use(call: str, use: StepUse) -> StepUse:
    code = {_cell(call, cell): digest for cell, digest in use.code.items()}
    return replace(use, step=_inside(call, use.step), code=code)


def _moved_notebook(call: str, notebook: Notebook) -> Notebook:
    cells = tuple(replace(cell, id=_cell(call, cell.id)) for cell in notebook.cells)
    return replace(notebook, cells=cells)


def _with_reads(effects: StepEffects, step: Step, names: Sequence[Name]) -> StepEffects:
    """Effects of a step that begins with arguments as well."""
    known = {each.name for each in effects.reads}
    place = Location((*step.cells, *step.prelude, CellId(""))[0], 0)
    added = [Access(name, place) for name in names if name not in known]
    return replace(effects, reads=(*effects.reads, *added))
