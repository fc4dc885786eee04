"""Findings about what crosses between a notebook and one that it calls, and about the called one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbflow.analysis import rules
from nbflow.analysis.boundary import definitions
from nbflow.analysis.calls import Called
from nbflow.analysis.layout import Unit
from nbflow.analysis.references import OUTPUTS, whole
from nbflow.diagnostics import Finding, Severity
from nbflow.model import Name, StepName

_MODULE = "Put it into a module beside the notebooks, and import it in both."


def about_calls(
    called: Sequence[Called], units: Sequence[Unit], steps: Sequence[StepName]
) -> Iterator[Finding]:
    """All there is to say of the notebooks that a notebook of ``units`` and ``steps`` calls."""
    position = {unit.id: index for index, unit in enumerate(units)}
    for each in called:
        yield from each.findings
        yield from _same_names(each, steps)
        yield from _retold(each)
        index = position.get(each.mark.cell.id)
        if index is not None:
            yield from _crossing(each, units[:index], units[index], units[index + 1 :])


def _same_names(called: Called, steps: Sequence[StepName]) -> Iterator[Finding]:
    inner = called.analysis.pipeline.steps if called.analysis else ()
    for name in sorted({f"{called.name}/{step.name}" for step in inner}.intersection(steps)):
        yield Finding(
            rules.CALL_NAME,
            f"a step of this notebook is called {name}, as is one of the notebook {called.name}.",
            "Give one of them another name.",
            whole(called.mark),
        )


def _retold(called: Called) -> Iterator[Finding]:
    """What is wrong with the called notebook, told where it is called."""
    for finding in called.analysis.findings if called.analysis else ():
        if finding.severity is not Severity.INFO:
            cell = f", cell {finding.location.number}" if finding.location else ""
            message = f"in {called.path}{cell}: {finding.message}"
            yield Finding(finding.rule, message, finding.hint, whole(called.mark))


def _crossing(
    called: Called, before: Sequence[Unit], unit: Unit, after: Sequence[Unit]
) -> Iterator[Finding]:
    if called.analysis is None or unit.effects is None:
        return
    place, path, across = whole(called.mark), called.path, called.analysis.boundary
    own = {name for each in before if each.tree for name in definitions(each.tree)}
    for name in sorted(own.intersection(called.interface.asks)):
        yield Finding(
            rules.CODE_CROSSES,
            f"{path} uses {name}, a function or class of this notebook; only data goes into it.",
            _MODULE,
            place,
        )
    missing = {each.name for later in after if later.effects for each in later.effects.undefined}
    for name in sorted(missing & across.definitions):
        yield Finding(
            rules.CODE_CROSSES,
            f"a later cell uses {name}, a function or class of {path}; only data comes out of it.",
            _MODULE,
            place,
        )
    bound = {each.name for each in unit.effects.binds}
    for name in called.interface.gives if not called.interface.listed else ():
        if name not in {*bound, *across.wishes} and _is_read(name, after):
            yield Finding(
                rules.SEVERAL_MAKERS,
                f"{name} is made by {path} and, before it, by this notebook or another that it calls; "
                "which of them later cells mean cannot be told.",
                f"List what is to come out of {path} as `{OUTPUTS}` in the cell's metadata, or rename one.",
                place,
            )
    taken = {each.name for each in unit.effects.reads} - bound
    for name in sorted(taken & across.changes):
        if _is_read(name, after):
            yield Finding(
                rules.COPY_CHANGED,
                f"{name} goes into {path}, which changes its copy; later cells go on with the old value.",
                f"To have the new value, list {name} as one of `{OUTPUTS}` in the cell's metadata.",
                place,
            )


def _is_read(name: Name, units: Sequence[Unit]) -> bool:
    """Whether one of the cells reads the name before another binds it anew."""
    for unit in units:
        if unit.effects is None:
            continue
        if any(each.name == name for each in unit.effects.reads):
            return True
        if any(each.name == name for each in unit.effects.binds):
            return False
    return False
