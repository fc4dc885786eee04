"""Modules beside a notebook, and those of the same names that this process has loaded from elsewhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from nbflow.errors import VariableError


def check_stream(folder: Path, stream: bytes) -> None:
    """Nothing, unless a pickle names a module beside the notebook and another one would be taken for it.

    Raises:
        VariableError: so it is.
    """
    for name, other in _others(folder):
        own = re.escape(name.encode())
        # A short string of a pickle: the opcode, the length, the text.
        exact = re.escape(bytes([len(name.encode())])) + own
        if re.search(rb"\x8c(?:" + exact + rb"|." + own + rb"\.)", stream, re.DOTALL):
            raise _refusal(name, other)


def check_source(folder: Path, source: str) -> None:
    """The same for the text of a cell.

    Raises:
        VariableError: so it is.
    """
    for name, other in _others(folder):
        if re.search(rf"\bimport\b.*\b{re.escape(name)}\b|\bfrom\s+{re.escape(name)}\b", source):
            raise _refusal(name, other)


def _others(folder: Path) -> Iterator[tuple[str, str]]:
    """The names of modules beside the notebook under which this process has loaded other files, and these."""
    for path in (*folder.glob("*.py"), *folder.glob("*/__init__.py")):
        name = path.parent.name if path.stem == "__init__" else path.stem
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str) and Path(file).resolve() != path.resolve():
            yield name, file


def _refusal(name: str, other: str) -> VariableError:
    return VariableError(
        f"the notebook's own module {name} is needed, and another one of that name is loaded here:"
        f" {other}; rename one of them"
    )
