"""Cells that call another notebook: which one, what they say of it, and what is wrong with that."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nbflow.analysis import rules
from nbflow.analysis.marks import Mark, marks
from nbflow.analysis.parameters import cast
from nbflow.analysis.result import Analysis, Source
from nbflow.diagnostics import Finding
from nbflow.errors import ParameterError
from nbflow.model import Json, Location, Name, Notebook, Parameter

#: What the metadata of the cell may hold; the first is Kale's.
PATH: Final = "notebook_path"
PARAMETERS: Final = "notebook_parameters"
OUTPUTS: Final = "notebook_outputs"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notebook stands: its folder from that of the pipeline's own, and who called it.

    ``chain`` are the files from the pipeline's own to this one, ``shown`` their names for the user.
    """

    folder: str = ""
    chain: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def below(self, path: str, file: str) -> Place:
        """The place of a notebook that this one calls."""
        return Place(folder_below(path), (*self.chain, file), (*self.shown, path))


def folder_below(path: str) -> str:
    """The folder in which a notebook lies, from that of the pipeline's own."""
    return posixpath.dirname(path)


def path_from(folder: str, path: str) -> str:
    """The path of a called notebook from the folder of the pipeline's own, "" where there is none."""
    return posixpath.normpath(posixpath.join(folder, path)) if path else ""


def path_of(mark: Mark) -> str:
    """The path in the metadata of a cell that calls a notebook, "" where there is none."""
    path = mark.cell.metadata.get(PATH)
    return path.strip() if isinstance(path, str) else ""


def paths(notebook: Notebook) -> tuple[str, ...]:
    """The paths of the notebooks that a notebook calls."""
    found = (path_of(mark) for mark in marks(notebook) if mark.notebook is not None)
    return tuple(dict.fromkeys(path for path in found if path))


def unusable(mark: Mark, path: str, source: Source | None, place: Place) -> Iterator[Finding]:
    """Why the notebook that a cell calls cannot be a part of the pipeline."""
    where = whole(mark)
    name = mark.notebook.name if mark.notebook else ""
    if mark.holds_code:
        yield Finding(
            rules.CALL_WITH_CODE,
            f"the cell calls the notebook {name} and holds code of its own, which would not run.",
            "Move the code to another cell; only comments may stand in this one.",
            where,
        )
    if not path:
        yield Finding(
            rules.NOTEBOOK_MISSING,
            f"the cell calls the notebook {name}, but does not say where it is.",
            f"Write its path into the cell's metadata, as `{PATH}`, from the folder of this notebook.",
            where,
        )
    elif source is not None and source.file in place.chain:
        first = place.chain.index(source.file)
        yield Finding(
            rules.NOTEBOOK_CYCLE,
            f"the notebook calls itself: {' → '.join((*place.shown[first:], place.shown[first]))}.",
            "Take one of these calls out.",
            where,
        )
    elif source is None or source.notebook is None:
        problem = (
            source.problem if source is not None else f"there is no file {path}; check the path"
        )
        yield Finding(
            rules.NOTEBOOK_MISSING,
            f"the notebook {name} cannot be read: {problem}.",
            f"Correct `{PATH}` in the cell's metadata, or the file.",
            where,
        )


def about_kernel(mark: Mark, path: str, caller: Notebook, called: Notebook) -> Iterator[Finding]:
    """A called notebook that is written for another kernel than its caller."""
    if caller.kernel and called.kernel and caller.kernel != called.kernel:
        yield Finding(
            rules.OTHER_KERNEL,
            f"{path} is written for the kernel {called.kernel}, and runs in that of its caller, "
            f"{caller.kernel}.",
            "Choose the same kernel in both notebooks.",
            whole(mark),
        )


def values(
    mark: Mark, path: str, parameters: Sequence[Parameter]
) -> tuple[dict[Name, Json], tuple[Finding, ...]]:
    """The values that the cell gives to parameters of the called notebook, and those that it cannot."""
    given = mark.cell.metadata.get(PARAMETERS, {})
    known = {parameter.name: parameter for parameter in parameters}
    found: dict[Name, Json] = {}
    wrong: list[Finding] = []
    if not isinstance(given, Mapping):
        wrong.append(_misfit(mark, f"`{PARAMETERS}` is no table of names and values."))
        given = {}
    for name, value in given.items():
        if name not in known:
            listed = ", ".join(known) or "none"
            text = f"{path} has no parameter {name}; its parameters are: {listed}."
            wrong.append(_misfit(mark, text))
            continue
        try:
            found[name] = cast(known[name], value)
        except ParameterError as problem:
            wrong.append(_misfit(mark, f"{problem}, in {path}."))
    return found, tuple(wrong)


def fitting(
    mark: Mark, path: str, parameters: Sequence[Parameter], own: Sequence[Parameter]
) -> Iterator[Finding]:
    """Parameters of the caller whose type does not fit the called notebook's parameter of that name."""
    types = {parameter.name: parameter.type for parameter in own}
    for parameter in parameters:
        has = types.get(parameter.name, "")
        wants = parameter.type
        if {has, wants} & {"", "None"} or has == wants or (has, wants) == ("int", "float"):
            continue
        text = (
            f"the parameter {parameter.name} is of type {has} here, and of type {wants} in {path}."
        )
        yield _misfit(mark, text)


def outputs(
    mark: Mark, path: str, analysis: Analysis
) -> tuple[tuple[Name, ...] | None, tuple[Finding, ...]]:
    """The names that the cell wants back (None where it does not say), and those that it cannot have."""
    listed = mark.cell.metadata.get(OUTPUTS)
    if listed is None:
        return None, ()
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        return (), (_no_output(mark, f"`{OUTPUTS}` is no list of names."),)
    known = {*analysis.boundary.gives, *analysis.boundary.changes}
    wrong = [
        _no_output(mark, f"{path} has no step that makes {name}.")
        for name in listed
        if name not in known and not analysis.boundary.any_name
    ]
    return tuple(dict.fromkeys(listed)), tuple(wrong)


def whole(mark: Mark) -> Location:
    """The place of the cell as a whole."""
    return Location(mark.cell.id, mark.cell.number)


def _misfit(mark: Mark, message: str) -> Finding:
    hint = (
        f"Correct `{PARAMETERS}` in the cell's metadata, or the parameters of the called notebook."
    )
    return Finding(rules.CALL_PARAMETER, message, hint, whole(mark))


def _no_output(mark: Mark, message: str) -> Finding:
    hint = (
        f"Correct `{OUTPUTS}` in the cell's metadata: list names that steps of the notebook bind."
    )
    return Finding(rules.CALL_OUTPUT, message, hint, whole(mark))
