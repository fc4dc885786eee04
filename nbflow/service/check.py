"""Check a notebook: what nbflow makes of it, and what it has to tell before a run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis, Options, analyse
from nbflow.errors import KernelError
from nbflow.kernels import python_of
from nbflow.model import Notebook


@dataclass(frozen=True, slots=True)
class Checked:
    """A notebook and its analysis; ``kernel`` says why its kernel cannot be used here, or is ""."""

    notebook: Notebook
    analysis: Analysis
    kernel: str = ""


def check(path: str | Path, options: Options | None = None) -> Checked:
    """The notebook at ``path`` with its pipeline and findings; nothing of it is run.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    notebook = notebooks.read(path)
    analysis = analyse(notebook, options or options_for(path, notebook))
    return Checked(notebook, analysis, _kernel_problem(notebook))


def options_for(path: str | Path, notebook: Notebook) -> Options:
    """What the analysis has to know of a run of the notebook at ``path`` on this machine."""
    return Options(inline_figures=inline_figures(), modules=_modules(Path(path).parent, notebook))


#: A folder with more modules than this is no notebook's folder.
_MOST_MODULES = 500


def _modules(folder: Path, notebook: Notebook) -> dict[str, str]:
    """The texts of the modules in the folder, and one folder below, that the notebook's text names."""
    texts = "\n".join(cell.source for cell in notebook.cells)
    paths = [*folder.glob("*.py"), *folder.glob("*/*.py")]
    found: dict[str, str] = {}
    for path in sorted(paths) if len(paths) < _MOST_MODULES else ():
        parts = path.relative_to(folder).with_suffix("").parts
        named = [part for part in parts if part != "__init__"]
        try:
            text = path.read_text(encoding="utf-8") if named and named[-1] in texts else ""
        except (OSError, UnicodeDecodeError):
            continue
        if text:
            found[".".join(named)] = text
            found.setdefault(named[-1], text)  # its folder may be put on the path
    return found


def inline_figures() -> bool:
    """Whether a kernel started from here shows figures inline and closes them after each cell."""
    backend = os.environ.get("MPLBACKEND", "")
    return not backend or "inline" in backend


def notebook_at(path: str | Path) -> Notebook:
    """The notebook at ``path``, for doors that show its cells.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    return notebooks.read(path)


def _kernel_problem(notebook: Notebook) -> str:
    if notebook.language != "python":
        return ""  # a finding of the analysis says so
    try:
        python_of(notebook)
    except KernelError as problem:
        return str(problem)
    return ""
