"""Repairs that change what belongs to a step: cells run as one, a part gets a name of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbflow import tags
from nbflow.analysis.board import Board, prevs_in
from nbflow.analysis.cell_tags import field_of, key_of
from nbflow.analysis.edits import Fix, tags_edits
from nbflow.analysis.marks import SETTINGS, Mark
from nbflow.analysis.renaming import renamed
from nbflow.analysis.tag_changes import TagChange, changed
from nbflow.analysis.tag_findings import on_cluster
from nbflow.diagnostics import Finding
from nbflow.errors import TagError
from nbflow.model import CellId, Resources, Role, StepName


def of_stuck_variable(finding: Finding, board: Board) -> Iterator[Fix]:
    """The step that makes a variable and the one that reads it, with all between, as one step."""
    _, writer, reader = map(StepName, finding.about)
    places = [
        place
        for place, mark in enumerate(board.running)
        if board.homes.get(mark.cell.id) in (writer, reader)
    ]
    if places and board.steps[reader].role is Role.STEP:
        yield from _as_one(writer, board, places[0], places[-1])


def of_piece(finding: Finding, board: Board) -> Iterator[Fix]:
    """A name of its own for the part of a step that stands behind another; or all between as one step."""
    assert finding.location is not None
    name = StepName(finding.about[0])
    running = board.running
    place = _place(running, finding.location.cell)
    piece = list(_piece(running, place, name, board))
    yield from _renamed_piece(name, piece, board)
    first = next(p for p, mark in enumerate(running) if board.homes.get(mark.cell.id) == name)
    yield from _as_one(name, board, first, _place(running, piece[-1].cell.id))


def of_call_name(finding: Finding, board: Board) -> Iterator[Fix]:
    """Another name for the cell that calls a notebook, or for the cells that go by the name of a call."""
    assert finding.location is not None
    name = StepName(finding.about[0])
    running = board.running
    place = _place(running, finding.location.cell)
    if running[place].notebook is not None:
        yield from _renamed_piece(name, [running[place]], board)
    else:
        yield from _renamed_piece(name, list(_piece(running, place, name, board)), board)


def of_collision(finding: Finding, board: Board) -> Iterator[Fix]:
    """Another name for one of two steps whose names are one on a cluster."""
    name = StepName(finding.about[-1])
    new = _free_name(name, board)
    try:
        wanted = renamed(board, name, new)
    except TagError:
        return
    yield Fix(f"Rename the step {name} to {new}", tags_edits(board.cells, wanted))


def _as_one(name: StepName, board: Board, first: int, last: int) -> Iterator[Fix]:
    """The cells from one place to another as the step ``name``, where nothing stands against it."""
    marks = board.running[first : last + 1]
    inside = {home for mark in marks if (home := board.homes.get(mark.cell.id)) is not None}
    inside -= {each for each in inside if board.steps[each].role is Role.METRICS}
    joined = [each for each in board.steps if each in inside]
    if len(joined) < 2 or not _may_be_one(name, board, marks, inside):
        return
    others: dict[StepName, StepName | None] = {each: name for each in joined if each != name}
    own: dict[StepName, StepName | None] = dict.fromkeys(joined)
    wanted = board.proposed()
    within = {mark.cell.id for mark in marks}
    for mark in board.marks:
        cell = mark.cell.id
        texts = board.spelled[cell]
        if cell in within and board.homes.get(cell) in inside:
            named = any(isinstance(tag, tags.StepTag) for tag in map(tags.parse, texts))
            if named or mark is marks[0]:
                texts = changed(texts, TagChange(step=name))
            wanted[cell] = prevs_in(texts, own)
        elif not others.keys().isdisjoint(mark.prevs):
            wanted[cell] = prevs_in(texts, others)
    listed = f"{', '.join(joined[:-1])} and {joined[-1]}"
    if len(listed) > _LONGEST:
        listed = f"{len(joined)} steps, {joined[0]} to {joined[-1]},"
    yield Fix(f"Run {listed} as one step", tags_edits(board.cells, wanted))


#: A list of steps longer than this is not shown whole.
_LONGEST = 60


def _may_be_one(name: StepName, board: Board, marks: Sequence[Mark], inside: set[StepName]) -> bool:
    """Whether the cells can run in one process and give the same."""
    cells = {mark.cell.id for mark in marks}
    for mark in marks:
        # What runs at the start of every later step would run once, and be handed on.
        shared = mark.cell.id not in board.homes and not mark.blank
        if shared or mark.role is Role.PARAMETERS or mark.notebook is not None:
            return False
    torn = any(
        home in inside and home != name and cell not in cells for cell, home in board.homes.items()
    )
    asked = [board.steps[each].resources for each in inside]
    return not (torn or _are_at_odds(asked)) and board.steps[name].role is Role.STEP


#: What a process has once: where steps ask for different ones, only the user can know what was meant.
_ONCE = ("image", "service_account", "run_as", "cache")
_PAIRS = ("env", "limits", "requests", "node_selector")


def _are_at_odds(asked: Sequence[Resources]) -> bool:
    """Whether one process cannot have what all of the steps ask for."""
    for field in _PAIRS:
        pairs = {pair for each in asked for pair in getattr(each, field)}
        if len({key for key, _ in pairs}) < len(pairs):
            return True
    for field in _ONCE:
        if len({getattr(each, field) for each in asked} - {"", None}) > 1:
            return True
    return len({each.timeout for each in asked}) > 1  # that of one would hold for all


def _piece(running: Sequence[Mark], place: int, name: StepName, board: Board) -> Iterator[Mark]:
    """The cells from a place on that run in the step, up to the first of another one."""
    for mark in running[place:]:
        home = board.homes.get(mark.cell.id)
        if home == name:
            yield mark
        elif home is not None:
            return


def _renamed_piece(name: StepName, piece: Sequence[Mark], board: Board) -> Iterator[Fix]:
    """The cells under a name of their own, with what the step asks for."""
    new = _free_name(name, board)
    cells = {mark.cell.id for mark in piece}
    wanted = {
        mark.cell.id: changed(board.spelled[mark.cell.id], TagChange(step=new))
        for mark in piece
        if mark.step == name
    }
    first = piece[0].cell.id
    said = {_thing(text) for text in wanted[first]}
    asked = [
        text
        for mark in board.running
        if board.homes.get(mark.cell.id) == name and mark.cell.id not in cells
        for text in mark.texts
        if isinstance(tags.parse(text), SETTINGS)
    ]
    inherited = () if piece[0].notebook else (each for each in asked if _thing(each) not in said)
    wanted[first] = (*wanted[first], *dict.fromkeys(inherited))
    title = f"Call this {'notebook' if piece[0].notebook else 'part'} {new}"
    yield Fix(title, tags_edits(board.cells, wanted))


def _thing(text: str) -> tuple[str, object]:
    """What a tag speaks of; of two that speak of the same thing the later one counts."""
    tag = tags.parse(text)
    return field_of(tag), key_of(tag)


def _free_name(name: StepName, board: Board) -> StepName:
    """A name like ``name`` that no step has, on a cluster neither: with a number behind it."""
    named = (mark.step for mark in board.marks if mark.step is not None)
    taken = {on_cluster(each) for each in (*board.steps, *named)}
    number = 2
    while on_cluster(f"{name}-{number}") in taken:
        number += 1
    return StepName(f"{name}-{number}")


def _place(running: Sequence[Mark], cell: CellId) -> int:
    return next(place for place, mark in enumerate(running) if mark.cell.id == cell)
