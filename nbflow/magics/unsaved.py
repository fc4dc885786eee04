"""Cells that have run since the notebook was saved, and are not in its file as they ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import time as _now  # cells may put another clock into the module
from typing import Any

import click

from nbflow import notebook as notebooks
from nbflow.errors import NotebookError
from nbflow.magics.session import session_of
from nbflow.step_line import speaks_to_nbflow


@dataclass(frozen=True, slots=True)
class Ran:
    """A cell as it ran last: its source and when, in seconds since the epoch."""

    source: str
    at: float


def remember(shell: Any, info: Any) -> None:
    """Keep what is about to run, as IPython tells it before each cell."""
    if info.silent or not info.store_history:
        return
    key = info.cell_id or info.raw_cell
    session_of(shell).ran[str(key)] = Ran(info.raw_cell, _now())


def ran_since_saved(shell: Any, path: Path) -> dict[str, str]:
    """The texts of the cells that have run since the file was saved, by the keys that ``Session`` has."""
    try:
        saved = path.stat().st_mtime
    except OSError:  # told by whoever reads it
        return {}
    return {key: each.source for key, each in session_of(shell).ran.items() if each.at > saved}


def warn_unsaved(shell: Any, path: Path) -> None:
    """Say which cells are not in the file at ``path`` as they ran; the file is what nbflow works on."""
    for sentence in _sentences(shell, path):
        click.echo(f"{sentence}: save the notebook first (Ctrl+S)", err=True)


def _sentences(shell: Any, path: Path) -> Iterator[str]:
    ran = ran_since_saved(shell, path)
    since = {key: work for key, source in ran.items() if (work := _work(source))}
    if not since:
        return
    try:
        cells = notebooks.read(path).cells
    except (OSError, NotebookError):
        return  # whoever reads it next says so
    saved = {str(cell.id): cell for cell in cells}
    known = {_work(cell.source) for cell in cells}
    missing = 0
    for key, work in since.items():
        if key in saved:
            if work != _work(saved[key].source):
                yield f"Cell {saved[key].number} of {path.name} was run since as it is not saved"
        elif work not in known:
            missing += 1
    if missing:
        count = "A cell was" if missing == 1 else f"{missing} cells were"
        yield f"{count} run since that {path.name} does not have as it is saved"


def _work(source: str) -> str:
    """The cell without the lines that ask nbflow for something: they are no part of the notebook's work."""
    return "\n".join(line for line in source.splitlines() if not speaks_to_nbflow(line)).strip()
