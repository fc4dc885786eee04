"""Propose tags for a notebook, and write them into it when the user wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import proposal
from nbflow.model import Cell, CellId, Notebook


@dataclass(frozen=True, slots=True)
class Proposal:
    """The tags to add to the cells of a notebook, by the cell's id, in the notebook's order."""

    notebook: Notebook
    tags: Mapping[CellId, tuple[str, ...]]

    @property
    def cells(self) -> tuple[tuple[Cell, tuple[str, ...]], ...]:
        """The cells that get tags, with these tags."""
        return tuple(
            (cell, self.tags[cell.id]) for cell in self.notebook.cells if cell.id in self.tags
        )


def propose(path: str | Path, *, text: str | None = None) -> Proposal:
    """The tags that make the pipeline of an untagged notebook explicit; the file is not written.

    With ``text`` it is that of an editor, which has not been saved to the file yet.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    notebook = notebooks.read(path) if text is None else notebooks.parse(path, text)
    tags = {cell: new for cell, new in proposal.tags(notebook).items() if new}
    return Proposal(notebook, tags)


def apply(path: str | Path) -> Proposal:
    """The proposal, written into the notebook; no byte but those of the tags changes.

    Raises:
        NotebookError: the file cannot be read or written; it is unchanged then.
    """
    found = propose(path)
    notebooks.apply_tags(path, found.tags)
    return found
