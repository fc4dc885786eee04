"""Changes of a notebook that an editor is to make, as values; nothing is written here.

Each says what stands there ``before``, so that it is not made in a notebook that is another one meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from nbflow import step_line
from nbflow.errors import TagError
from nbflow.model import Cell, CellId, Json
from nbflow.tags import (
    Functions,
    Imports,
    Metrics,
    NotebookTag,
    Parameters,
    StepTag,
    parse,
)


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
) -> tuple[TagsEdit | SourceEdit, ...]:
    """The edits that give cells the tags that are wanted, in the order of the notebook.

    What the ``%%step`` line of a cell says is changed in the line. A cell that is none of a step any more
    loses the line, and what it asks for becomes tags.

    Raises:
        TagError: the line of a cell is to be changed and cannot be read.
    """
    pairs = ((cells[id_], tags) for id_, tags in wanted.items())
    edits = (edit for cell, tags in pairs for edit in _edits_of(cell, tags))
    return tuple(sorted(edits, key=lambda edit: edit.number))


def _edits_of(cell: Cell, wanted: tuple[str, ...]) -> Iterator[TagsEdit | SourceEdit]:
    before = tags_of(cell)
    tags, source = split(before, cell.source, wanted)
    if tags != before:
        yield TagsEdit(cell=cell.id, number=cell.number, before=before, tags=tags)
    if source != cell.source:
        yield SourceEdit(cell=cell.id, number=cell.number, before=cell.source, source=source)


def said(own: tuple[str, ...], source: str) -> tuple[str, ...]:
    """The tags of a cell, and behind them those that the ``%%step`` line of its text says."""
    line = step_line.read(source)
    return (*own, *(line.tags if line else ()))


def split(
    own: tuple[str, ...], source: str, wanted: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    """The tags and the text of a cell that together say what is ``wanted``; both as they were where they can.

    Raises:
        TagError: its ``%%step`` line is to be changed and cannot be read, or its tags say what it is, too.
    """
    line = step_line.read(source)
    if line is None or wanted == (*own, *line.tags):
        return (own if line else wanted), source
    if line.problems:
        raise TagError(f"Correct the line `{line.text}` first. {line.problems[0].sentence}")
    other = next((text for text in own if isinstance(parse(text), _ROLES)), None)
    if other is not None:
        raise TagError(
            f"The tag `{other}` and the line `{line.text}` both say what the cell is; remove one first."
        )
    tags, in_line = _sides(own, line.tags, wanted)
    if in_line == line.tags:
        return tags, source
    steps = [text for text in in_line if _names_step(text)]
    if len(steps) != 1 or any(_names_step(text) for text in tags):
        return tuple(dict.fromkeys((*tags, *in_line))), step_line.replaced(source, "")
    others = [text for text in in_line if text != steps[0]]
    return tags, step_line.replaced(source, step_line.unparse((*steps, *others)))


def _sides(
    own: tuple[str, ...], line: tuple[str, ...], wanted: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of the ``wanted`` stays a tag, and what the line says: each where it was, new ones in the line."""
    if len(wanted) == len(own) + len(line):
        return wanted[: len(own)], wanted[len(own) :]
    own_left, line_left = Counter(own), Counter(line)
    tags: list[str] = []
    in_line: list[str] = []
    for text in wanted:
        if own_left[text]:
            own_left[text] -= 1
            tags.append(text)
        elif line_left[text] or step_line.option_of(text) or _names_step(text):
            line_left[text] -= 1
            in_line.append(text)
        else:
            tags.append(text)
    return tuple(tags), tuple(in_line)


#: The tags that say what a cell is, but for ``skip``, which goes with a line.
_ROLES: Final = (StepTag, NotebookTag, Imports, Functions, Parameters, Metrics)


def _names_step(text: str) -> bool:
    return isinstance(parse(text), StepTag)
