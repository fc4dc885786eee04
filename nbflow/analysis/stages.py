"""The way of a notebook through the analysis: tags, code, effects, layout, edges, findings."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nbflow.analysis import (
    call_findings,
    graph_findings,
    line_findings,
    name_findings,
    settings,
    tag_findings,
)
from nbflow.analysis.boundary import asked, boundary, wished
from nbflow.analysis.calls import Called, by_cell, called, steps_of
from nbflow.analysis.composition import composed
from nbflow.analysis.dataflow import edges, step_effects
from nbflow.analysis.effects import CellEffects
from nbflow.analysis.effects import effects as cell_effects
from nbflow.analysis.imports import leading_imports
from nbflow.analysis.layout import Layout, Unit, layout, run_order
from nbflow.analysis.learned import with_learned
from nbflow.analysis.marks import Mark, marks
from nbflow.analysis.parameters import parameters
from nbflow.analysis.proposal import proposed
from nbflow.analysis.references import Place
from nbflow.analysis.result import Analysis, Options
from nbflow.analysis.rules import in_order
from nbflow.analysis.source import (
    AUTOMAGICS,
    CellCode,
    SyntaxProblem,
    bare_magic,
    bare_word,
    broken_code,
    cell_code,
)
from nbflow.analysis.uses import uses
from nbflow.diagnostics import Finding
from nbflow.model import (
    Cell,
    Name,
    Notebook,
    Parameter,
    Pipeline,
    Resources,
    Role,
    StepEffects,
)

_USUAL: Final = Options()


def analyse(notebook: Notebook, options: Options = _USUAL) -> Analysis:
    """The notebook as a pipeline, with everything there is to tell about it. Never raises."""
    place = Place(chain=(options.file,), shown=(f"{notebook.name}.ipynb",))
    found = _analysed(notebook, options, place, Resources())
    return with_learned(found, notebook, options.learned) if options.learned else found


def _analysed(notebook: Notebook, options: Options, place: Place, defaults: Resources) -> Analysis:
    """The same for a notebook at its place, whose steps have ``defaults`` where they say nothing."""
    python = notebook.language == "python"
    marked = proposed(notebook, marks(notebook)) if python else marks(notebook)
    ordered = run_order(marked)
    codes, problems = _codes(ordered) if python else ((), ())
    info = settings.metadata(notebook, defaults)
    found = parameters(
        code for mark, code in _beside(ordered, codes) if mark.role is Role.PARAMETERS
    )
    below = called(ordered, notebook, options, place, found, info.defaults, _analysed)
    done, asks, wishes = _effects(codes, options, below, is_called=len(place.chain) > 1)
    known = {code.cell.number: (code, each) for code, each in zip(codes, done, strict=True)}
    units = tuple(_unit(mark, known.get(mark.cell.number)) for mark in ordered)
    plan = layout(marked, units if python else (), info.defaults)
    pipeline, flow, shared = _pipeline(plan, units)
    pipeline = replace(
        pipeline,
        name=info.name or notebook.name,
        parameters=found,
        metadata=info,
        leading_imports=leading_imports(_unbroken(ordered, codes)),
    )
    view = _View(notebook, marked, units, plan, pipeline, codes, problems, found, below)
    used = uses(plan.steps, flow, units, codes, found)
    homes = {role.cell for role in plan.cells if role.step is not None}
    alone = Analysis(
        pipeline=pipeline,
        findings=in_order(list(_findings(view))),
        effects=flow,
        cells=plan.cells,
        uses=used,
        shared={"": shared},
        boundary=boundary(units, homes, asks, wishes, found),
    )
    return _with_called(alone, below) if below else alone


def _effects(
    codes: Sequence[CellCode], options: Options, below: Sequence[Called], *, is_called: bool
) -> tuple[tuple[CellEffects, ...], tuple[Name, ...], tuple[Name, ...]]:
    """What the cells do, and the names that a called notebook asks of its caller or takes if it has them."""
    interfaces = by_cell(below)
    done = cell_effects(
        codes, inline_figures=options.inline_figures, modules=options.modules, calls=interfaces
    )
    asks, wishes = (asked(done), wished(done)) if is_called else ((), ())
    if asks or wishes:
        done = cell_effects(
            codes,
            inline_figures=options.inline_figures,
            modules=options.modules,
            names=(*asks, *wishes),
            calls=interfaces,
        )
    return done, asks, wishes


def _with_called(alone: Analysis, below: Sequence[Called]) -> Analysis:
    """The analysis of a notebook together with that of those that it calls."""
    pipeline = alone.pipeline
    own = list(zip(pipeline.steps, alone.effects, alone.uses, strict=True))
    whole = composed(own, dict(steps_of(below)))
    if len({step.name for step in whole.steps}) < len(whole.steps):
        return alone  # there is a finding of it
    shared = {**alone.shared, **whole.shared}
    return replace(
        alone,
        pipeline=replace(
            pipeline,
            steps=tuple(whole.steps),
            edges=edges(whole.steps, whole.effects, shared, whole.calls),
            calls=tuple(whole.calls),
        ),
        effects=tuple(whole.effects),
        uses=tuple(whole.uses),
        notebooks=whole.notebooks,
        shared=shared,
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What the findings are made from."""

    notebook: Notebook
    marks: Sequence[Mark]
    units: Sequence[Unit]
    layout: Layout
    pipeline: Pipeline
    codes: Sequence[CellCode]
    problems: Sequence[SyntaxProblem]
    parameters: Sequence[Parameter]
    called: Sequence[Called]


def _codes(ordered: Sequence[Mark]) -> tuple[tuple[CellCode, ...], tuple[SyntaxProblem, ...]]:
    read = [_code(mark.cell) for mark in ordered]
    codes = [code for code in read if isinstance(code, CellCode)]
    bare = [code for code in codes if bare_word(code.cell) in AUTOMAGICS]
    if bare:
        bound = {name for code in codes for name in _stored(code.tree)}
        codes = [
            bare_magic(code) if code in bare and bare_word(code.cell) not in bound else code
            for code in codes
        ]
    return tuple(codes), tuple(each for each in read if isinstance(each, SyntaxProblem))


def _code(cell: Cell) -> CellCode | SyntaxProblem:
    """A cell as Python, or why it cannot be read, unless it is there to show that."""
    read = cell_code(cell)
    expected = isinstance(read, SyntaxProblem) and "raises-exception" in cell.tags
    return broken_code(cell) if expected else read


def _stored(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name


def _unit(mark: Mark, known: tuple[CellCode, CellEffects] | None) -> Unit:
    return Unit(mark, known[0].tree, known[1]) if known else Unit(mark)


def _beside(ordered: Sequence[Mark], codes: Sequence[CellCode]) -> Iterator[tuple[Mark, CellCode]]:
    by_number = {code.cell.number: code for code in codes}
    for mark in ordered:
        code = by_number.get(mark.cell.number)
        if code is not None:
            yield mark, code


def _unbroken(ordered: Sequence[Mark], codes: Sequence[CellCode]) -> Iterator[CellCode]:
    """The code in run order, up to the first cell that cannot be read."""
    by_number = {code.cell.number: code for code in codes}
    for mark in ordered:
        code = by_number.get(mark.cell.number)
        if code is None:
            return
        yield code


def _pipeline(
    plan: Layout, units: Sequence[Unit]
) -> tuple[Pipeline, tuple[StepEffects, ...], frozenset[Name]]:
    """The steps with the edges between them, what they do, and the names that the prelude binds."""
    by_id = {unit.id: unit.effects for unit in units}
    flow = tuple(
        step_effects(step.name, [e for cell in step.cells if (e := by_id.get(cell)) is not None])
        for step in plan.steps
    )
    prelude = {cell for step in plan.steps for cell in step.prelude}
    shared = frozenset(
        each.name
        for unit in units
        if unit.id in prelude and unit.effects
        for each in unit.effects.binds
    )
    return Pipeline("", plan.steps, edges(plan.steps, flow, {"": shared})), flow, shared


def _findings(view: _View) -> Iterator[Finding]:
    cells = {cell.id: cell for cell in view.notebook.cells}
    steps = {step.name: step for step in view.pipeline.steps}
    units = {unit.id: unit for unit in view.units}
    homes = {role.cell: role.step for role in view.layout.cells if role.step is not None}
    yield from tag_findings.about_notebook(view.notebook, view.pipeline.steps)
    yield from tag_findings.about_tags(view.marks, view.layout.cells)
    yield from line_findings.about_step_lines(view.marks)
    yield from line_findings.about_magics(view.marks, view.codes)
    yield from tag_findings.about_layout(view.layout, cells)
    yield from tag_findings.about_names(view.pipeline.steps, cells)
    yield from tag_findings.about_syntax(view.problems)
    yield from tag_findings.about_parameters(view.marks, view.parameters, view.codes)
    yield from name_findings.about_cells(view.units, homes)
    if not view.problems:
        # A cell that cannot be read may bind whatever seems to be missing.
        yield from name_findings.about_undefined(view.units)
    yield from name_findings.about_travel(view.pipeline, units, steps)
    yield from name_findings.about_secrets(view.pipeline, units, steps)
    yield from graph_findings.about_graph(view.pipeline, view.marks, homes)
    yield from call_findings.about_calls(view.called, view.units, tuple(steps))
