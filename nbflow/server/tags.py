"""Tags of cells, read and changed by the one grammar; they are written by whoever asks."""

from __future__ import annotations

from nbflow.analysis.cell_tags import cell_marks, problems
from nbflow.analysis.edits import said, split
from nbflow.analysis.tag_changes import changed
from nbflow.server import schema
from nbflow.server.notebooks import unsaved
from nbflow.server.operation import Asked, Lane, Operation
from nbflow.service.renaming import renaming


def _tags(asked: Asked) -> schema.CellTags:
    order: schema.TagOrder = asked.body
    wanted = changed(said(order.tags, order.line), order.change)
    tags, line = split(order.tags, order.line, wanted)
    return schema.CellTags(tags, line, cell_marks(said(tags, line)), problems(tags, line))


def _renaming(asked: Asked) -> schema.Renaming:
    order: schema.RenamingOrder = asked.body
    path, text = unsaved(asked)
    return schema.Renaming(renaming(path, order.old, order.new, text=text))


OPERATIONS = (
    Operation(
        "POST",
        "/renamings",
        "The changes of tags that give a step of a notebook another name; nothing is written.",
        schema.Renaming,
        _renaming,
        body=schema.RenamingOrder,
        lane=Lane.ANALYSIS,
    ),
    Operation(
        "POST",
        "/tags",
        "What the tags of a cell say, and the tags after a change; nothing is written.",
        schema.CellTags,
        _tags,
        body=schema.TagOrder,
    ),
)
