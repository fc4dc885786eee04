"""The tags of a cell, read and changed by the one grammar; they are written by whoever asks."""

from __future__ import annotations

from nbflow.analysis.cell_tags import cell_marks, problems
from nbflow.analysis.tag_changes import changed
from nbflow.server import schema
from nbflow.server.operation import Asked, Operation


def _tags(asked: Asked) -> schema.CellTags:
    order: schema.TagOrder = asked.body
    tags = changed(order.tags, order.change)
    return schema.CellTags(tags, cell_marks(tags), problems(tags))


OPERATIONS = (
    Operation(
        "POST",
        "/tags",
        "What the tags of a cell say, and the tags after a change; nothing is written.",
        schema.CellTags,
        _tags,
        body=schema.TagOrder,
    ),
)
