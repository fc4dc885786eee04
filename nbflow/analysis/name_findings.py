"""Findings about names and what cells do with them (NB2xx)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from nbflow.analysis import rules
from nbflow.analysis.effects import CellEffects, Note
from nbflow.analysis.layout import Unit
from nbflow.diagnostics import Finding, Rule
from nbflow.model import Access, CellId, Edge, Location, Name, Pipeline, Step, StepName

#: What no pickle carries, but bundles do: a module by value.
_TRAVELS: Final = frozenset({"module"})
_UNPICKLABLE: Final = frozenset({"unpicklable", "unpicklable-part"})
#: Notes of the walk that are findings wherever they stand.
_SAID: Final[Mapping[str, tuple[Rule, Callable[[Note], str], str]]] = {
    "module-patch": (
        rules.PATCHED_MODULE,
        lambda note: f"{note.name} is changed, an attribute of a module.",
        "Its value is carried to later steps as far as it can be pickled; a library that keeps a "
        "copy of its own may not notice.",
    ),
    "in-process": (
        rules.STAYS_BEHIND,
        lambda note: f"what {note.name} sets up here ends with the process of its step.",
        "Steps after this one do not have it. Put the call into a cell tagged `imports`, before the "
        "first step: it then runs in every step.",
    ),
    "thread": (
        rules.THREAD,
        lambda note: "a thread or process is started here; it does not outlive its step.",
        "Wait for its end in the same step.",
    ),
    "input": (
        rules.ASKS_FOR_INPUT,
        lambda note: "the cell asks for input, and nobody is there to answer.",
        "Make the answer a parameter: bind it in a cell tagged `parameters`.",
    ),
    "widget": (
        rules.WIDGET,
        lambda note: "the cell shows a live widget; a pipeline keeps only its first look.",
        "Make the widget's value a parameter, if the pipeline is to vary it.",
    ),
    "pip-install": (
        rules.INSTALLS_PACKAGE,
        lambda note: f"the cell installs packages{f' ({note.name})' if note.name else ''}.",
        "All steps after it wait for it. Installing before the run is faster and repeatable.",
    ),
}

#: Notes of what later steps lack; a prelude cell does it in each of them.
_LOST: Final = frozenset({"in-process"})


def about_cells(units: Sequence[Unit], homes: Mapping[CellId, StepName]) -> Iterator[Finding]:
    """What single cells do: notes of the walk, and access to any name."""
    steps = list(dict.fromkeys(homes[unit.id] for unit in units if unit.id in homes))
    many = len(steps) > 1
    for unit in units:
        if unit.effects is None:
            continue
        for note in unit.effects.notes:
            followed = unit.id in homes and homes[unit.id] != steps[-1]
            if note.kind in _SAID and (followed or note.kind not in _LOST):
                rule, message, hint = _SAID[note.kind]
                about = (note.name,) if rule is rules.INSTALLS_PACKAGE else ()
                yield Finding(rule, message(note), hint, note.location, about)
        if many and unit.effects.everything and unit.id in homes:
            yield _any_name(unit, unit.effects)


def about_undefined(units: Sequence[Unit]) -> Iterator[Finding]:
    """Names that are used and that no cell before has bound."""
    later: dict[Name, Location] = {}
    undefined: list[tuple[Access, Location | None, str]] = []
    for unit in reversed(units):
        if unit.effects is not None:
            user = " by the notebook that is called here" if unit.mark.notebook else ""
            undefined.extend((each, later.get(each.name), user) for each in unit.effects.undefined)
            later.update((each.name, each.location) for each in unit.effects.binds)
    for each, place, user in undefined:
        where = f"Cell {place.number} binds it, but runs later. " if place else ""
        yield Finding(
            rules.UNDEFINED_NAME,
            f"the name {each.name} is used{user}, but no cell before binds it.",
            f"{where}The notebook itself would fail here, run from top to bottom.",
            each.location,
        )


def about_travel(
    pipeline: Pipeline, units: Mapping[CellId, Unit], steps: Mapping[StepName, Step]
) -> Iterator[Finding]:
    """Names whose value cannot go from one process to another, and that a later step reads."""
    stuck = {name: _stuck(step, units) for name, step in steps.items()}
    for edge in pipeline.edges:
        for name in edge.variables if stuck[edge.writer] else ():
            note = stuck[edge.writer].get(name)
            if note is not None:
                yield _cannot_travel(name, note, edge, steps[edge.reader])


def about_secrets(
    pipeline: Pipeline, units: Mapping[CellId, Unit], steps: Mapping[StepName, Step]
) -> Iterator[Finding]:
    """Values of secrets that are passed on to another step."""
    for edge in pipeline.edges:
        writer = steps[edge.writer]
        secrets = {secret.env for secret in writer.resources.secrets}
        for unit in (units[cell] for cell in writer.cells) if secrets else ():
            for name, env, line in _from_environ(unit.tree, secrets):
                if name in edge.variables:
                    yield Finding(
                        rules.SECRET_TRAVELS,
                        f"{name} holds the secret {env}, and the step {edge.reader} reads it; so the "
                        "secret would be stored with the run's variables.",
                        f"Give the step {edge.reader} the same `secret:` tag, and read {env} there.",
                        Location(unit.id, unit.mark.cell.number, line),
                    )


def _any_name(unit: Unit, effects: CellEffects) -> Finding:
    does = "read" if not effects.binds_all else "bind" if not effects.reads_all else "read and bind"
    return Finding(
        rules.ANY_NAME,
        f"the cell may {does} any name, so nothing can be said of the names it needs or makes.",
        "It waits for all steps before it, or all steps after it wait for it. Naming the names "
        "(`from m import a, b`) lets steps run side by side.",
        Location(unit.id, unit.mark.cell.number),
    )


def _stuck(step: Step, units: Mapping[CellId, Unit]) -> dict[Name, Note]:
    """The names that hold something unpicklable when the step ends."""
    stuck: dict[Name, Note] = {}
    own: set[Name] = set()  # what the prelude has made, each step has anew
    for cell in step.cells:
        effects = units[cell].effects if cell in units else None
        if effects is None:
            continue
        for each in (*effects.binds, *effects.deletes):
            if each.name not in effects.maybe:
                stuck.pop(each.name, None)
        for each in effects.mutates:  # what its attributes hold now, the notes of this cell say
            if each.name in stuck and stuck[each.name].kind == "unpicklable-part":
                del stuck[each.name]
        own.update(each.name for each in effects.binds)
        stuck.update(
            {
                note.name: note
                for note in effects.notes
                if note.kind in _UNPICKLABLE and note.detail not in _TRAVELS and note.name in own
            }
        )
    return stuck


def _cannot_travel(name: Name, note: Note, edge: Edge, reader: Step) -> Finding:
    kind = note.detail or "object that cannot be stored"
    return Finding(
        rules.CANNOT_TRAVEL,
        f"{name} is a {kind}, which cannot be passed from the step {edge.writer} to {reader.name}.",
        f"Run the two steps as one: tag the cells of {reader.name} `step:{edge.writer}`. Or let "
        f"{reader.name} make {name} itself.",
        note.location,
        (name, edge.writer, reader.name),
    )


def _from_environ(tree: ast.Module | None, secrets: set[str]) -> Iterator[tuple[Name, str, int]]:
    """The names that are assigned something read from one of the variables."""
    for statement in ast.walk(tree) if tree else ():
        if not isinstance(statement, ast.Assign):
            continue
        texts = {node.value for node in ast.walk(statement.value) if isinstance(node, ast.Constant)}
        names = {node.attr for node in ast.walk(statement.value) if isinstance(node, ast.Attribute)}
        found = secrets & {text for text in texts if isinstance(text, str)}
        if found and names & {"environ", "getenv"}:
            for target in statement.targets:
                for node in ast.walk(target):
                    if isinstance(node, ast.Name):
                        yield node.id, min(found), statement.lineno
