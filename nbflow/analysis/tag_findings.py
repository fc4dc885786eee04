"""Findings about tags, parameters and the notebook as a whole (NB1xx, NB4xx)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from nbflow import tags
from nbflow.analysis import kale, rules
from nbflow.analysis.layout import CellRole, Layout
from nbflow.analysis.marks import OF_STEPS, Mark
from nbflow.analysis.parameters import not_json
from nbflow.analysis.settings import bad_defaults
from nbflow.analysis.source import CellCode, SyntaxProblem
from nbflow.diagnostics import Finding
from nbflow.model import Cell, CellId, Location, Notebook, Parameter, Role, Step, StepName


def about_notebook(notebook: Notebook, steps: Sequence[Step]) -> Iterator[Finding]:
    """The notebook as a whole: its language, whether it has code, its default tags."""
    if notebook.language != "python":
        yield Finding(
            rules.OTHER_LANGUAGE,
            f"the notebook's kernel runs {notebook.language}, not Python.",
            "Only notebooks with a Python kernel can become a pipeline.",
        )
    elif not steps:
        yield Finding(
            rules.NO_CODE,
            "the notebook has no code to run.",
            "Add a code cell, or take the tag `skip` from one.",
        )
    for bad in bad_defaults(notebook):
        yield Finding(
            rules.BAD_TAG,
            f"the tag {bad.text!r} in the notebook's steps_defaults is malformed: {bad.reason}.",
            "Correct it in the notebook's metadata, under kubeflow_notebook.",
            about=(bad.text,),
        )
    for name, does, hint in kale.without_effect(kale.settings_of(notebook.metadata)):
        yield Finding(
            rules.UNUSED_SETTING,
            f"the notebook's metadata sets `{name}`, with which Kale {does}.",
            hint,
            about=(name,),
        )


def about_tags(marks: Sequence[Mark], roles: Sequence[CellRole]) -> Iterator[Finding]:
    """Tags that are malformed, contradict each other, or have no step to speak of."""
    for mark, role in zip(marks, roles, strict=True):
        place = whole(mark.cell)
        for bad in mark.bad:
            yield Finding(
                rules.BAD_TAG,
                f"the tag {bad.text!r} is malformed: {bad.reason}.",
                "Correct the tag, or remove it.",
                place,
                (bad.text,),
            )
        if mark.conflict:
            listed = ", ".join(f"`{text}`" for text in mark.conflict)
            yield Finding(
                rules.CONFLICTING_TAGS,
                f"the cell has tags that contradict each other: {listed}.",
                "Keep one of them; a cell has one role, in one step.",
                place,
                mark.conflict,
            )
        if role.step is None and role.role is not Role.SKIP and (mark.prevs or mark.settings):
            yield Finding(
                rules.TAG_WITHOUT_STEP,
                "the cell's tags speak of a step, but the cell belongs to none; they have no effect.",
                "Move them to a cell of the step that they are meant for.",
                place,
                tuple(text for text in mark.texts if isinstance(tags.parse(text), OF_STEPS)),
            )


def about_layout(layout: Layout, cells: dict[CellId, Cell]) -> Iterator[Finding]:
    """Cells that run elsewhere than their tags say, and steps that are no steps."""
    for role in layout.cells:
        if role.demoted:
            yield Finding(
                rules.DEMOTED_PRELUDE,
                f"the cell is tagged `{role.role.value}`, but it {role.demoted}; "
                f"it runs once, in the step {role.step}.",
                "Nothing has to be done. To have it run at the start of every step, move it before "
                "the first step and let it do nothing but import and define.",
                whole(cells[role.cell]),
                (role.step or "",),
            )
    for cell, reason in layout.misplaced:
        yield Finding(
            rules.MISPLACED_PARAMETERS,
            f"the parameters cell {reason}; but every step starts with the parameters.",
            "Move the cell before the first step, and leave to it only names with their values.",
            whole(cells[cell]),
        )
    for cell, name in layout.pieces:
        yield Finding(
            rules.STEP_IN_PIECES,
            f"the step {name} goes on here, after another step has begun.",
            "Give these cells a step name of their own, or move them next to the others.",
            whole(cells[cell]),
            (name,),
        )
    for cell, name in layout.doubled:
        yield Finding(
            rules.CALL_NAME,
            f"the name {name} is that of another step; a cell that calls a notebook needs its own.",
            "Give one of them another name.",
            whole(cells[cell]),
            (name,),
        )


def about_names(steps: Iterable[Step], cells: dict[CellId, Cell]) -> Iterator[Finding]:
    """Steps whose names become one on a cluster, where names hold only a-z, 0-9 and "-"."""
    known: dict[str, StepName] = {}
    for step in steps:
        other = known.setdefault(on_cluster(step.name), step.name)
        if other != step.name and step.cells:
            yield Finding(
                rules.NAME_COLLISION,
                f"the steps {other!r} and {step.name!r} would have the same name on a cluster.",
                "Let their names differ in more than signs and capital letters.",
                whole(cells[step.cells[0]]),
                (other, step.name),
            )


def on_cluster(name: str) -> str:
    """The name of a step where names hold only a-z, 0-9 and "-"."""
    # A name without any legal character cannot be spelled there; it gets one that is its own.
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or name


def about_syntax(problems: Iterable[SyntaxProblem]) -> Iterator[Finding]:
    """Cells that cannot be read as Python, of the version that nbflow runs on."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for problem in problems:
        yield Finding(
            rules.SYNTAX_ERROR,
            f"the cell cannot be read as Python {version}: {problem.message}.",
            "Correct the cell, or tag it `skip`; or, if it is right for a newer Python, install nbflow "
            "under that one.",
            problem.location,
        )


def about_parameters(
    marks: Sequence[Mark], parameters: Sequence[Parameter], codes: Sequence[CellCode]
) -> Iterator[Finding]:
    """More than one parameters cell, and defaults that JSON cannot carry."""
    binding = [m for m in marks if m.role is Role.PARAMETERS and tags.INJECTED not in m.cell.tags]
    for mark in binding[1:]:
        yield Finding(
            rules.SEVERAL_PARAMETERS,
            "this is not the only parameters cell of the notebook.",
            "All of them count. If that is not meant, keep the tag on one of them.",
            whole(mark.cell),
        )
    by_id = {code.cell.id: code for code in codes}
    for parameter in parameters:
        code = by_id.get(parameter.location.cell)
        if parameter.computed and code is not None and not_json(parameter, code):
            yield Finding(
                rules.PARAMETER_NOT_JSON,
                f"the default of the parameter {parameter.name} has no form in JSON.",
                "A value given for it arrives as list, number or text. Let the cells after this one "
                "convert it, if that matters to them.",
                parameter.location,
            )


def whole(cell: Cell) -> Location:
    """The place of the cell as a whole."""
    return Location(cell.id, cell.number)
