"""Changes of a notebook that an editor is to make, as values; nothing is written here.

Each says what stands there ``before``, so that it is not made in a notebook that is another one meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from nbflow.model import Cell, CellId, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsEdit:
    """The tags of a cell, all of them, become ``tags``. ``number`` counts the notebook's cells from 1."""

    edit: Literal["tags"] = "tags"
    cell: CellId
    number: int
    before: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """The text of a cell becomes ``source``."""

    edit: Literal["source"] = "source"
    cell: CellId
    number: int
    before: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEdit:
    """The value of ``key`` in the notebook's metadata becomes ``value``."""

    edit: Literal["metadata"] = "metadata"
    key: str
    before: Json
    value: Json


Edit: TypeAlias = TagsEdit | SourceEdit | MetadataEdit


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair of a finding; ``title`` says in the imperative what it does."""

    title: str
    edits: tuple[Edit, ...]


def tags_of(cell: Cell) -> tuple[str, ...]:
    """The tags of a cell as they stand in its metadata, where one may stand twice."""
    found = cell.metadata.get("tags")
    return tuple(cast("list[str]", found)) if isinstance(found, list) else cell.tags


def tags_edits(
    cells: Mapping[CellId, Cell], wanted: Mapping[CellId, tuple[str, ...]]
) -> tuple[TagsEdit, ...]:
    """The edits that give cells the tags that are wanted, in the order of the notebook."""
    edits = [
        TagsEdit(cell=cell.id, number=cell.number, before=before, tags=tags)
        for cell, tags in ((cells[id_], tags) for id_, tags in wanted.items())
        if tags != (before := tags_of(cell))
    ]
    return tuple(sorted(edits, key=lambda edit: edit.number))
