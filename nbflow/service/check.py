"""Check a notebook: what nbflow makes of it, and what it has to tell before a run."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis, Options, analyse
from nbflow.errors import KernelError, StoreError
from nbflow.kernels import python_of
from nbflow.model import Learned, Notebook
from nbflow.notebook.addresses import name_of, place_of
from nbflow.service.beside import called_from, modules_of


@dataclass(frozen=True, slots=True)
class Checked:
    """A notebook and its analysis; ``kernel`` says why its kernel cannot be used here, or is "".

    ``called`` are the paths of the notebooks that it calls, from its folder, directly or through others.
    """

    notebook: Notebook
    analysis: Analysis
    kernel: str = ""
    called: tuple[str, ...] = ()


def check(path: str | Path, options: Options | None = None, *, text: str | None = None) -> Checked:
    """The notebook at ``path``, or at an address, with its pipeline and findings; nothing of it is run.

    With ``text`` it is that of an editor, which has not been saved to the file yet.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    if text is None and notebooks.is_address(path):
        path, text = name_of(str(path)), notebooks.fetched(str(path))
    notebook = notebooks.read(path) if text is None else notebooks.parse(path, text)
    options = options or options_for(path, notebook)
    analysis = analyse(notebook, options)
    return Checked(notebook, analysis, _kernel_problem(notebook), tuple(options.notebooks))


def options_for(path: str | Path, notebook: Notebook, known_as: str = "") -> Options:
    """What the analysis has to know of a run of the notebook at ``path`` on this machine.

    ``known_as`` is what records call it, where that is not its path.
    """
    return Options(
        inline_figures=inline_figures(),
        modules=modules_of(Path(path).parent, notebook),
        notebooks=called_from(path, notebook),
        file=os.path.realpath(path),
        learned=_learned(place_of(str(path)), known_as),
    )


def _learned(path: Path, known_as: str) -> tuple[Learned, ...]:
    """What earlier runs have shown; nothing where there is no store, or none that can be read."""
    home = os.environ.get("NBFLOW_HOME")
    if not home and not (path.parent / ".nbflow").is_dir():
        return ()
    # Deferred: SQLite is only needed where something may have been learned.
    from nbflow.store import Store  # noqa: PLC0415

    try:
        with Store.open(path.parent) as store:
            return store.learned(known_as or str(path))
    except StoreError:
        return ()


def inline_figures() -> bool:
    """Whether a kernel started from here shows figures inline and closes them after each cell."""
    backend = os.environ.get("MPLBACKEND", "")
    return not backend or "inline" in backend


def notebook_at(path: str | Path) -> Notebook:
    """The notebook at ``path``, with the cells of those that it calls, for doors that show cells.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    checked = check(path)
    return with_called(checked.notebook, checked.analysis)


def with_called(notebook: Notebook, analysis: Analysis) -> Notebook:
    """The notebook with the cells of those that it calls behind its own."""
    called = (cell for each in analysis.notebooks.values() for cell in each.cells)
    return replace(notebook, cells=(*notebook.cells, *called))


def _kernel_problem(notebook: Notebook) -> str:
    if notebook.language != "python":
        return ""  # a finding of the analysis says so
    try:
        python_of(notebook)
    except KernelError as problem:
        return str(problem)
    return ""
