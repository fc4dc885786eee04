"""An executed notebook in the form in which papermill leaves one, for what reads those.

papermill keeps its record in the metadata of the notebook and of each cell, see ``papermill/engines.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from nbflow.model import CellId
from nbflow.notebook.document import JsonObject, document_of, text_of
from nbflow.notebook.executed import file_of
from nbflow.notebook.reading import cell_ids

_PLACE: Final = "papermill"
_IDLE: Final = {"duration": None, "end_time": None, "exception": None, "start_time": None}


def in_papermill_form(
    copy: str | Path, record: Mapping[str, object], cells: Mapping[CellId, Mapping[str, object]]
) -> bytes:
    """The executed notebook in the file ``copy`` with papermill's ``record`` of it and of its ``cells``.

    Cells that do not run, such as those of text, count as completed up to the first that has failed.

    Raises:
        NotebookError: it cannot be read.
    """
    document = document_of(str(copy), text_of(str(copy)))
    _metadata_of(document)[_PLACE] = dict(record)
    raw = cast("list[JsonObject]", document["cells"])
    status = "completed"
    for cell, id_ in zip(raw, cell_ids(document), strict=True):
        own = cells.get(id_)
        if own and own["status"] == "failed":
            status = "pending"
        metadata = _metadata_of(cell)
        metadata[_PLACE] = {**_IDLE, "status": status} if own is None else dict(own)
        metadata.setdefault("tags", [])
    return file_of(document)


def _metadata_of(part: JsonObject) -> JsonObject:
    found = part.setdefault("metadata", {})
    assert isinstance(found, dict)  # the document was checked
    return found
