"""Repairs of single tags: corrected, removed, or one kept of several."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from nbflow import tags
from nbflow.analysis import kale, line_fixes
from nbflow.analysis.board import Board, Tags, prevs_in
from nbflow.analysis.corrections import corrected
from nbflow.analysis.edits import Fix, MetadataEdit, tags_edits
from nbflow.analysis.marks import SETTINGS
from nbflow.analysis.tag_changes import TagChange, changed, with_prev
from nbflow.diagnostics import Finding
from nbflow.model import CellId, Json, Role, StepName


def of_bad_tag(finding: Finding, board: Board) -> Iterator[Fix]:
    """The tag as it was meant, where that can be told; and the cell without it."""
    (bad,) = finding.about
    better = corrected(bad)
    if finding.location is None:
        yield from _of_bad_default(bad, better, board)
        return
    if finding.location.line:  # of a cell as a whole it is a tag
        yield from line_fixes.of_bad_value(finding, board)
        return
    cell = finding.location.cell
    if better is not None and _fits(tags.parse(better), cell, board):
        yield _fix(f"Correct `{bad}` to `{better}`", board, cell, _with(board, cell, bad, better))
    yield _fix(f"Remove `{bad}`", board, cell, _with(board, cell, bad, None))


def of_conflict(finding: Finding, board: Board) -> Iterator[Fix]:
    """The cell with one of the tags that contradict each other."""
    assert finding.location is not None
    cell = finding.location.cell
    role = next(mark.role for mark in board.marks if mark.cell.id == cell)
    for text in finding.about:
        if _may_be_kept(tags.parse(text), role, cell, finding.about, board):
            others = {*finding.about} - {text}
            kept = tuple(each for each in board.given[cell] if each not in others)
            yield _fix(f"Keep `{text}`", board, cell, kept)


def of_unknown_step(finding: Finding, board: Board) -> Iterator[Fix]:
    """``prev:`` with the name that is nearest among the steps before, and the cell without it."""
    assert finding.location is not None
    cell, (name,) = finding.location.cell, finding.about
    home = board.homes[cell]
    before = [each for each in board.steps if board.order[each] < board.order[home]]
    near = next(iter(get_close_matches(name.lower(), [*map(str.lower, before)], 1, 0.7)), None)
    for meant in before:
        if meant.lower() == near:
            texts = prevs_in(board.given[cell], {StepName(name): meant})
            yield _fix(f"Correct `prev:{name}` to `prev:{meant}`", board, cell, texts)
            break
    yield from of_wrong_prev(finding, board)


def of_wrong_prev(finding: Finding, board: Board) -> Iterator[Fix]:
    """The cell without a ``prev:`` that cannot be."""
    assert finding.location is not None
    cell, (name,) = finding.location.cell, finding.about
    texts = prevs_in(board.given[cell], {StepName(name): None})
    yield _fix(f"Remove `prev:{name}`", board, cell, texts)


def of_cycle(finding: Finding, board: Board) -> Iterator[Fix]:
    """The steps of a cycle without the ``prev:`` tags that lead to later ones."""
    wanted: dict[CellId, Tags] = {}
    removed: list[str] = []
    for mark in board.marks:
        home = board.homes.get(mark.cell.id)
        later = [
            prev
            for prev in mark.prevs
            if home in finding.about
            and prev in finding.about
            and board.order[prev] > board.order[home]
        ]
        if later:
            wanted[mark.cell.id] = prevs_in(board.given[mark.cell.id], dict.fromkeys(later))
            removed.extend(f"`prev:{prev}`" for prev in later)
    if removed:
        title = f"Remove {' and '.join(dict.fromkeys(removed))}"
        yield Fix(title, tags_edits(board.cells, wanted))


def of_idle_tags(finding: Finding, board: Board) -> Iterator[Fix]:
    """The cell without the tags that speak of a step that it does not belong to."""
    assert finding.location is not None
    cell = finding.location.cell
    kept = tuple(text for text in board.given[cell] if text not in finding.about)
    listed = ", ".join(f"`{text}`" for text in finding.about)
    yield _fix(f"Remove {listed}", board, cell, kept)


def of_edge(finding: Finding, board: Board) -> Iterator[Fix]:
    """``prev:`` that asks for what the data needs."""
    writer, reader = finding.about
    step = board.steps.get(StepName(reader))
    if writer in board.steps and step is not None and board.forward:
        (cell, *_) = step.cells
        yield _fix(f"Add `prev:{writer}`", board, cell, with_prev(board.given[cell], writer))


def of_missing_gpu(finding: Finding, board: Board) -> Iterator[Fix]:
    """``gpu:1`` on the steps that use one."""
    steps = [board.steps[StepName(name)] for name in finding.about if name in board.steps]
    firsts = [step.cells[0] for step in steps if step.cells]
    if len(firsts) == len(finding.about):
        wanted = {cell: (*board.given[cell], "gpu:1") for cell in firsts}
        yield Fix("Add `gpu:1`", tags_edits(board.cells, wanted))


def of_demoted(finding: Finding, board: Board) -> Iterator[Fix]:
    """The cell as a part of the step that it runs in."""
    assert finding.location is not None
    cell, (name,) = finding.location.cell, finding.about
    running = board.running
    place = next(place for place, mark in enumerate(running) if mark.cell.id == cell)
    if running[place].role is Role.PARAMETERS:
        return  # then it would be no cell of parameters any more
    ahead = (mark for mark in reversed(running[:place]) if mark.role is not None or not mark.blank)
    before = next(ahead, None)
    shared = before is not None and (before.prelude or before.role is Role.PARAMETERS)
    if shared or name not in board.steps or board.steps[StepName(name)].role is Role.METRICS:
        return  # what stands between cells of one step is no prelude any more
    spelled = {**board.proposed(), cell: changed(board.spelled[cell], TagChange(step=name))}
    edits = tags_edits(board.cells, spelled)
    yield Fix(f"Make the cell a part of the step {name}", edits)


def of_unused_setting(finding: Finding, board: Board) -> Iterator[Fix]:
    """The notebook's metadata without the setting."""
    (name,) = finding.about
    settings = kale.settings_of(board.notebook.metadata)
    left = {key: value for key, value in settings.items() if key != name}
    yield Fix(f"Remove `{name}` from the notebook's metadata", (_metadata(board, left),))


def _of_bad_default(bad: str, better: str | None, board: Board) -> Iterator[Fix]:
    """The list ``steps_defaults`` with the tag corrected, and without it."""
    settings = kale.settings_of(board.notebook.metadata)
    listed = settings.get("steps_defaults")
    if not isinstance(listed, list) or bad not in listed:
        return
    if better is not None and isinstance(tags.parse(better), SETTINGS):
        new = [better if each == bad else each for each in listed]
        edit = _metadata(board, {**settings, "steps_defaults": new})
        yield Fix(f"Correct `{bad}` to `{better}`", (edit,))
    left = [each for each in listed if each != bad]
    edit = _metadata(board, {**settings, "steps_defaults": left})
    yield Fix(f"Remove `{bad}` from steps_defaults", (edit,))


def _metadata(board: Board, settings: dict[str, object]) -> MetadataEdit:
    before: Json = board.notebook.metadata["kubeflow_notebook"]  # type: ignore[assignment]
    after: Json = settings  # type: ignore[assignment]
    return MetadataEdit(key="kubeflow_notebook", before=before, value=after)


def _fix(title: str, board: Board, cell: CellId, texts: Tags) -> Fix:
    return Fix(title, tags_edits(board.cells, {cell: texts}))


def _with(board: Board, cell: CellId, old: str, new: str | None) -> Tags:
    """The tags of a cell with one exchanged; none is there twice for it."""
    given = board.given[cell]
    known = new is None or new in given
    kept = (text if text != old else new for text in given if text != old or not known)
    return tuple(dict.fromkeys(text for text in kept if text is not None))


def _fits(tag: tags.Tag, cell: CellId, board: Board) -> bool:
    """Whether a corrected tag can be right at the cell."""
    mark = next(mark for mark in board.marks if mark.cell.id == cell)
    home = board.homes.get(cell)
    match tag:
        case tags.Prev(name):
            return home is not None and board.order.get(name, len(board.steps)) < board.order[home]
        case tags.StepTag(name):
            return mark.role is None and _stands_beside(name, cell, board)
        case tags.NotebookTag():
            return False
        case _:
            return True


def _may_be_kept(
    tag: tags.Tag, role: Role | None, cell: CellId, conflict: Tags, board: Board
) -> bool:
    """Whether the notebook goes on to give the same if this tag alone says what the cell is."""
    match tag:
        case tags.StepTag(name):
            given_up = {
                each.name for each in map(tags.parse, conflict) if isinstance(each, tags.StepTag)
            } - {name}
            others = {mark.step for mark in board.marks if mark.cell.id != cell}
            return (
                role not in {Role.PARAMETERS, Role.METRICS}
                and board.given == board.spelled
                and _waits_well(cell, name, board)
                and _stands_beside(name, cell, board)
                and not (given_up & board.asked()) - others
            )
        case tags.NotebookTag():
            return False
        case tags.Imports() | tags.Functions():
            return role in {Role.IMPORTS, Role.FUNCTIONS}
        case tags.Parameters():
            return role is Role.PARAMETERS
        case _:
            return role is Role.METRICS


def _stands_beside(name: StepName, cell: CellId, board: Board) -> bool:
    """Whether the cell can be a part of the step without tearing it to pieces."""
    running = [
        mark.cell.id
        for mark in board.running
        if not mark.blank or mark.step is not None or mark.cell.id == cell
    ]
    place = running.index(cell)
    before = [board.homes.get(each) for each in running[:place]]
    after = [board.homes.get(each) for each in running[place + 1 :]]
    if name in (*before, *after):  # it has to stand at their end or their beginning
        return before[-1:] == [name] or (after[:1] == [name] and name not in before)
    nearest = next((home for home in reversed(before) if home is not None), None)
    return nearest is None or nearest not in after


def _waits_well(cell: CellId, name: StepName, board: Board) -> bool:
    """Whether a new step at the cell would have what it waits for before it, and who waits for it behind."""
    marks = board.marks
    place = next(place for place, mark in enumerate(marks) if mark.cell.id == cell)
    before = {board.homes.get(mark.cell.id) for mark in marks[:place]}
    early = {prev for mark in marks[:place] for prev in mark.prevs}
    for mark in marks[place + 1 :]:
        if mark.role is not None or not mark.blank:
            break
        if mark.prevs and mark.cell.id not in board.homes:
            return False  # it would belong to the step, and wait for what nobody has looked at
    return before.issuperset(marks[place].prevs) and (name in board.steps or name not in early)
