"""Findings of a notebook with their repairs, as an editor offers them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import distributions
from typing import Final

from nbflow.analysis.edits import Fix
from nbflow.analysis.fixes import fixes, unpinned
from nbflow.diagnostics import Finding
from nbflow.errors import KernelError
from nbflow.kernels import python_of
from nbflow.model import Notebook
from nbflow.service.check import Checked

#: Runs in the interpreter of the notebook's kernel: prints the folders in which it finds modules. It imports
#: nothing that could be found where the server was started, beside notebooks.
_FOLDERS: Final = "import sys; print(ascii(sys.path))"


def repairs(checked: Checked, findings: Sequence[Finding]) -> tuple[tuple[Fix, ...], ...]:
    """The repairs of each of the findings of a notebook, the best one first."""
    names = unpinned(findings, checked.notebook)
    versions = installed(checked.notebook, names) if names else {}
    return fixes(findings, checked.notebook, checked.analysis, versions)


def installed(notebook: Notebook, names: frozenset[str]) -> Mapping[str, str]:
    """The versions of those of the distributions that the kernel's environment has from an index.

    What was built with options of its own (``2.1+cu121``) or comes from a folder or an address has no version
    that could be asked for.
    """
    try:
        python = python_of(notebook).python
    except KernelError:
        return {}
    found: dict[str, str] = {}
    for name in sorted(names):
        for each in distributions(name=name, path=list(_folders(python))):
            if "+" not in each.version and not each.read_text("direct_url.json"):
                found[name] = each.version
            break
    return found


@lru_cache(maxsize=8)
def _folders(python: str) -> tuple[str, ...]:
    """The folders in which an interpreter finds modules, none where it does not tell them."""
    try:
        answer = subprocess.run(
            [python, "-c", _FOLDERS], capture_output=True, check=True, text=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(folder for folder in ast.literal_eval(answer.stdout.splitlines()[-1]) if folder)
