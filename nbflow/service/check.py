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
    analysis = analyse(notebook, options or Options(inline_figures=inline_figures()))
    return Checked(notebook, analysis, _kernel_problem(notebook))


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
