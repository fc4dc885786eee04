"""Another name for a step of a notebook, as changes that an editor makes."""

from __future__ import annotations

from pathlib import Path

from nbflow.analysis.board import board
from nbflow.analysis.edits import SourceEdit, TagsEdit, tags_edits
from nbflow.analysis.renaming import renamed
from nbflow.service.check import check


def renaming(
    path: str | Path, old: str, new: str, *, text: str | None = None
) -> tuple[TagsEdit | SourceEdit, ...]:
    """The changes of tags and ``%%step`` lines under which the notebook's step ``old`` is called ``new``.

    With ``text`` the notebook is that of an editor, which has not been saved to the file yet.

    Raises:
        NotebookError: the file cannot be read as a notebook.
        TagError: the step cannot be renamed so.
    """
    checked = check(path, text=text)
    known = board(checked.notebook, checked.analysis)
    return tags_edits(known.cells, renamed(known, old, new))
