"""Which notebook a kernel belongs to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from nbflow.errors import NotebookError
from nbflow.magics.servers import notebooks_of, servers
from nbflow.magics.session import session_of

_KERNEL_FILE: Final = re.compile(r"kernel-(?P<id>.+)\.json")
_ASK: Final = "name it with `%nbflow notebook PATH`"


def notebook_of(shell: Any) -> Path:
    """The file of the notebook that the kernel of ``shell`` belongs to.

    It is the one that the user has named, else the one that the user's server has open with the kernel
    now: a notebook can be renamed while its kernel lives. Where no server can be asked, it is the one that
    the kernel was started for.

    Raises:
        NotebookError: it cannot be found; the sentence says how to name it.
    """
    session = session_of(shell)
    if session.chosen is not None:
        return _there(session.chosen)
    kernel, known = kernel_id(shell), tuple(servers())
    if kernel and (open_there := notebooks_of(kernel, known)):
        session.answered = _one(open_there, running_cell(shell))
    if session.answered is not None:
        return _there(session.answered)
    if isinstance(told := shell.user_ns.get("__vsc_ipynb_file__"), str) and _is_notebook(told):
        return Path(told)
    for path in _started_for(shell, [each.root for each in known]):
        if _is_notebook(path):
            return _certain(shell, path)
    raise NotebookError(f"which notebook this kernel belongs to cannot be found out: {_ASK}")


def _is_notebook(path: str | Path) -> bool:
    return Path(path).suffix == ".ipynb" and Path(path).is_file()


def _certain(shell: Any, path: Path) -> Path:
    """The notebook that a kernel was started for, where one of the cells that have run stands in its file.

    Another notebook may have its name by now.
    """
    cell, there = running_cell(shell), cell_ids(path)
    if not cell or not there or cell in there or there.intersection(session_of(shell).ran):
        return path
    raise NotebookError(
        f"it is not certain that this kernel belongs to {path}: save the notebook, or {_ASK}"
    )


def _there(path: Path) -> Path:
    if path.is_file():
        return path
    raise NotebookError(f"the notebook {path} is not there: save it, or {_ASK}")


def _one(paths: Sequence[Path], cell: str) -> Path:
    """The one of several notebooks with the same kernel in which the cell that runs stands."""
    if len(paths) == 1:
        return paths[0]
    with_cell = [path for path in paths if cell and cell in cell_ids(path)]
    if len(with_cell) == 1:
        return with_cell[0]
    names = ", ".join(path.name for path in paths)
    raise NotebookError(f"several notebooks are open with this kernel ({names}): {_ASK}")


def cell_ids(path: Path) -> frozenset[str]:
    """The ids of the cells in a file; none where it cannot be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return frozenset(str(cell["id"]) for cell in cells if "id" in cell)
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _started_for(shell: Any, roots: Sequence[Path]) -> Iterator[Path]:
    """Where the notebook may lie that the kernel was started for, as its environment tells."""
    # Jupyter Server sets an absolute path, or where a client gives no name, one below its root.
    if named := os.environ.get("JPY_SESSION_NAME", ""):
        start = Path(getattr(shell, "starting_dir", "") or os.getcwd())
        yield start / named
        yield from (root / named for root in roots)
        yield start / Path(named).name


def kernel_id(shell: Any) -> str:
    """The id by which a server knows the kernel: its connection file is named after it."""
    kernel = getattr(shell, "kernel", None)
    file = getattr(getattr(kernel, "parent", None), "connection_file", "")
    found = _KERNEL_FILE.fullmatch(Path(str(file)).name)
    return found["id"] if found else ""


def running_cell(shell: Any) -> str:
    """The id of the cell that runs, as its request tells; "" where it does not."""
    return str(_request(shell).get("cellId") or "")


def _request(shell: Any) -> dict[str, Any]:
    """The metadata of the request that the shell works on."""
    kernel = getattr(shell, "kernel", None)
    parent = kernel.get_parent("shell") if kernel is not None else {}
    metadata = parent.get("metadata") if isinstance(parent, dict) else None
    return metadata if isinstance(metadata, dict) else {}
