"""Cells to steps: which cells run together, and which of them run at the start of every later step.

Cells without a tag belong to the step before them; before the first step they form a step of their
own. Behind a cell that calls a notebook they belong to the next step, or form one of their own. A prelude
cell stays in the prelude only where running it again in every later step gives what
running it once gave; else it is *demoted*: it runs once, in the step before it.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from nbflow.analysis.effects import CellEffects
from nbflow.analysis.footprint import Footprint, conflict, is_file, passing
from nbflow.analysis.marks import Mark
from nbflow.analysis.settings import resources
from nbflow.model import CellId, Name, Resources, Role, Step, StepName

#: The step of the untagged cells before the first step, and the step of the metrics cells.
SETUP: Final = StepName("setup")
METRICS: Final = StepName("pipeline-metrics")


@dataclass(frozen=True, slots=True)
class CellRole:
    """What a code cell does in the pipeline, and the step in which it runs.

    ``step`` is None for cells of the prelude, for parameters and for skipped cells. ``demoted`` says
    why a cell tagged as prelude runs once, in ``step``: a clause that follows "it", or "".
    """

    cell: CellId
    role: Role
    step: StepName | None = None
    demoted: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The steps in run order (metrics last), and the role of each code cell in notebook order.

    ``misplaced`` are the parameters cells that would have to be demoted, with the reason: they cannot
    be, because every step starts with its parameters. ``pieces`` are the cells that resume a step
    after another one, ``doubled`` those of which one calls a notebook under the name of another step.
    """

    steps: tuple[Step, ...]
    cells: tuple[CellRole, ...]
    misplaced: tuple[tuple[CellId, str], ...] = ()
    pieces: tuple[tuple[CellId, StepName], ...] = ()
    doubled: tuple[tuple[CellId, StepName], ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A code cell with what is known of it: its tags, its tree and its effects (None if broken)."""

    mark: Mark
    tree: ast.Module | None = None
    effects: CellEffects | None = None

    @property
    def id(self) -> CellId:
        """The cell's id."""
        return self.mark.cell.id


def run_order(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks in the order in which their cells run: without skipped cells, metrics last."""
    ordinary = [mark for mark in marks if mark.role not in {Role.SKIP, Role.METRICS}]
    return (*ordinary, *(mark for mark in marks if mark.role is Role.METRICS))


def layout(marks: Sequence[Mark], units: Sequence[Unit], defaults: Resources) -> Layout:
    """The layout of a notebook: ``marks`` of all code cells, ``units`` of those that run, in run order.

    ``defaults`` are the resources that a step has where its tags say nothing.
    """
    builder = _Builder(units, frozenset(mark.step for mark in marks if mark.step is not None))
    for index in range(len(units)):
        builder.place(index)
    roles = builder.roles
    cells = tuple(roles.get(mark.cell.id) or CellRole(mark.cell.id, Role.SKIP) for mark in marks)
    return Layout(
        steps=tuple(block.step(defaults) for block in builder.blocks.values()),
        cells=cells,
        misplaced=tuple(builder.misplaced),
        pieces=tuple(builder.pieces),
        doubled=tuple(builder.doubled),
    )


@dataclass(slots=True)
class _Block:
    """A step while it is being put together."""

    name: StepName
    role: Role
    prelude: tuple[CellId, ...]
    marks: list[Mark] = field(default_factory=list)

    @property
    def calls(self) -> bool:
        """Whether the step stands for another notebook."""
        return any(mark.notebook is not None for mark in self.marks)

    def step(self, defaults: Resources) -> Step:
        settings = [setting for mark in self.marks for setting in mark.settings]
        prevs = [prev for mark in self.marks for prev in mark.prevs]
        return Step(
            name=self.name,
            cells=tuple(mark.cell.id for mark in self.marks),
            prelude=self.prelude,
            after=tuple(dict.fromkeys(prevs)),
            role=self.role,
            resources=resources(settings, defaults),
        )


class _Builder:
    """Goes through the cells in run order, once; what it has seen decides what a prelude cell may do."""

    def __init__(self, units: Sequence[Unit], taken: frozenset[StepName]) -> None:
        self.units = units
        self.taken = taken
        self.blocks: dict[StepName, _Block] = {}
        self.current: _Block | None = None
        self.prelude: list[CellId] = []
        self.seen = Footprint()
        self.written = _last_file_writes(units)
        self.followers = _followers(units)
        self.roles: dict[CellId, CellRole] = {}
        self.misplaced: list[tuple[CellId, str]] = []
        self.pieces: list[tuple[CellId, StepName]] = []
        self.doubled: list[tuple[CellId, StepName]] = []

    def place(self, index: int) -> None:
        """Give the cell its role, and its step where it has one."""
        unit = self.units[index]
        mark = unit.mark
        if mark.prelude:
            self._place_prelude(index, unit)
        elif mark.role is Role.PARAMETERS:
            self._place_parameters(index, unit)
        elif mark.role is Role.METRICS:
            self._run(unit, self._metrics(), Role.METRICS)
        elif mark.step is not None:
            self._run(unit, self._named(mark.step, mark), Role.STEP)
        elif mark.blank and (self.current is None or self.current.calls):
            self._place_blank(index, unit)
        else:
            self._run(unit, self._home(index), Role.STEP)

    def _place_blank(self, index: int, unit: Unit) -> None:
        if unit.mark.numbered and self.followers[index] is not None:
            # A comment or ``%load_ext nbflow`` makes no step of its own.
            self._share(unit, Role.IMPORTS)
        else:
            self.roles[unit.id] = CellRole(unit.id, Role.STEP)

    def _place_prelude(self, index: int, unit: Unit) -> None:
        role = unit.mark.role or Role.IMPORTS
        reason = self._reason(index, unit) or self._within(index)
        if reason or self.followers[index] is None:
            # Where nothing follows, a prelude cell would never run: it runs in the last step.
            self._run(unit, self._home(index), role, reason)
        else:
            self._share(unit, role)

    def _place_parameters(self, index: int, unit: Unit) -> None:
        reason = self._reason(index, unit) or self._within(index)
        last = self.followers[index] is None
        alone = last and self._are_parameters()
        if self._runs_once(unit, reason) and not alone:
            self._run(unit, self._home(index), Role.PARAMETERS, reason)
            return
        if reason and not alone:
            self.misplaced.append((unit.id, reason))
        if last:
            self._run(unit, self._home(index), Role.PARAMETERS)
        else:
            self._share(unit, Role.PARAMETERS)

    def _runs_once(self, unit: Unit, reason: str) -> bool:
        """Whether a cell of parameters runs in the step before it: what it gives is never the same.

        So do those behind it that meet what it has made, before any cell of a step.
        """
        if not reason or unit.effects is None:
            return False
        marks = [mark for block in self.blocks.values() for mark in block.marks]
        begins = all(mark.prelude or mark.role is Role.PARAMETERS for mark in marks)
        return reason == passing(unit.effects) or bool(marks and begins)

    def _are_parameters(self) -> bool:
        """Whether all that runs before the cell are parameters: then they are all that there is."""
        blocks = self.blocks.values()
        return all(mark.role is Role.PARAMETERS for block in blocks for mark in block.marks)

    def _share(self, unit: Unit, role: Role) -> None:
        self.prelude.append(unit.id)
        self.seen.share(unit.tree)
        self.roles[unit.id] = CellRole(unit.id, role)

    def _within(self, index: int) -> str:
        """Why the cell cannot be moved to a step's beginning, where it stands inside of one."""
        follower = self.followers[index]
        if follower is None or self.current is None:
            return ""
        if follower.role is None or follower.step == self.current.name:
            return f"stands between cells of the step {self.current.name}"
        return ""

    def _run(self, unit: Unit, block: _Block, role: Role, demoted: str = "") -> None:
        block.marks.append(unit.mark)
        self.current = block
        self.roles[unit.id] = CellRole(unit.id, role, block.name, demoted)
        self.seen.add(unit.tree, unit.effects)

    def _block(self, name: StepName, role: Role) -> _Block:
        block = _Block(name, role, tuple(self.prelude))
        self.blocks[name] = block
        return block

    def _home(self, index: int) -> _Block:
        """The step of a cell that names none: the one before it, but never one that is a call."""
        if self.current is None:
            return self._setup()
        if not self.current.calls:
            return self.current
        following = self._next_step(index)
        if following is not None and following not in self.blocks:
            return self._block(following, Role.STEP)
        return self._block(self._free(StepName(f"after-{self.current.name}")), Role.STEP)

    def _next_step(self, index: int) -> StepName | None:
        """The step that the next cells with a role belong to, where they are cells of a plain step."""
        for unit in self.units[index:]:
            mark = unit.mark
            if mark.notebook is not None or mark.role in {Role.METRICS, Role.PARAMETERS}:
                return None
            if mark.step is not None:
                return mark.step
        return None

    def _setup(self) -> _Block:
        first = next((unit.mark.step for unit in self.units if unit.mark.step is not None), None)
        return self._block(SETUP if first == SETUP else self._free(SETUP), Role.STEP)

    def _metrics(self) -> _Block:
        if self.current is not None and self.current.role is Role.METRICS:
            return self.current
        return self._block(self._free(METRICS), Role.METRICS)

    def _free(self, name: StepName) -> StepName:
        number, free = 2, name
        while free in self.taken or free in self.blocks:
            number, free = number + 1, StepName(f"{name}-{number}")
        return free

    def _named(self, name: StepName, mark: Mark) -> _Block:
        block = self.blocks.get(name)
        if block is None:
            return self._block(name, Role.STEP)
        if block.calls or mark.notebook is not None:
            self.doubled.append((mark.cell.id, name))
        elif block is not self.current:
            self.pieces.append((mark.cell.id, name))
        return block

    def _reason(self, index: int, unit: Unit) -> str:
        """Why the cell may not run again at the start of every later step, or ""."""
        if unit.effects is None or unit.tree is None:
            return ""
        rewritten = any(
            last > index and conflict(name, each.name)
            for each in unit.effects.reads
            if each.name.startswith("@file")
            for name, last in self.written.items()
        )
        if rewritten:
            return "reads a file that a later step writes"
        return self.seen.objection(unit.tree, unit.effects)


def _last_file_writes(units: Sequence[Unit]) -> dict[Name, int]:
    """For each file, the index of the last cell that writes it."""
    return {
        each.name: index
        for index, unit in enumerate(units)
        if unit.effects is not None
        for each in unit.effects.mutates
        if is_file(each.name)
    }


def _followers(units: Sequence[Unit]) -> list[Mark | None]:
    """For each cell, the next one that is neither prelude nor parameters nor blank."""
    followers: list[Mark | None] = []
    follower: Mark | None = None
    for unit in reversed(units):
        followers.append(follower)
        mark = unit.mark
        if not (mark.prelude or mark.blank or mark.role is Role.PARAMETERS):
            follower = mark
    return followers[::-1]
