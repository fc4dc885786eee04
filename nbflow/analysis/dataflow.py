"""Effects of steps to edges: for each name that a step reads, the step whose version it takes.

Versions are those of SSA form: each write makes a new one, and a reader takes the version that the
notebook's order gives it (Cytron et al., "Efficiently computing static single assignment form and
the control dependence graph", 1991). So only read-after-write makes an edge; two steps that write
the same name, or one that reads what a later one writes, may run side by side. Files have no
versions: there every conflict keeps the notebook's order.

A called notebook has names of its own. What it takes is written into them by the step that calls it; what
it gives back is written into its caller's names as well. Files are the same for all.
"""

from __future__ import annotations

import builtins
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nbflow.analysis.effects import CellEffects, read_by_all
from nbflow.analysis.footprint import FILES, conflict, folders, is_file, relocated, tail
from nbflow.model import Access, Call, Edge, Grade, Name, Step, StepEffects, StepName

#: The file that stands for the installed packages: what a step installs, every later step reads.
PACKAGES: Final = "@file:site-packages"
#: On edges from a step that may bind any name: whatever names it binds.
NAMES: Final = "@names"
_BUILTINS: Final = frozenset(dir(builtins))
#: Past this many files written one by one, a step that reads "all files" counts as writing them:
#: that keeps the number of edges linear, and only orders more.
_MOST_FILES: Final = 64


def step_effects(step: StepName, cells: Iterable[CellEffects]) -> StepEffects:
    """What the cells do to names as one step: a read of what the step itself has bound is none."""
    total = _Total()
    for cell in cells:
        total.add(cell)
    return StepEffects(
        step=step,
        reads=tuple(total.reads.values()),
        binds=tuple(total.binds.values()),
        deletes=tuple(total.deletes.values()),
        mutates=tuple(total.mutates.values()),
        everything=total.reads_all or total.binds_all,
        reads_all=total.reads_all,
        binds_all=total.binds_all,
    )


def edges(
    steps: Sequence[Step],
    effects: Sequence[StepEffects],
    shared: Mapping[str, frozenset[Name]] | None = None,
    calls: Sequence[Call] = (),
) -> tuple[Edge, ...]:
    """The edges between ``steps``, which stand in run order beside their ``effects``.

    ``shared`` are, by call, the names that the notebook's prelude binds: a step that may bind any name
    only possibly binds those. ``calls`` are the notebooks that run as parts of the pipeline.

    They are the union of what the user asked for (``prev:``; where the named step stands before) and
    what the data needs, sorted by reader and writer. An edge of grade LIKELY exists for the last
    writer that is sure of its write, one of grade POSSIBLE for a later writer that is not; so the
    LIKELY edges alone are a whole graph too.
    """
    flow = _Flow(shared or {}, calls)
    for index, (step, each) in enumerate(zip(steps, effects, strict=True)):
        flow.step(index, step, each)
    position = {step.name: index for index, step in enumerate(steps)}
    asked = {
        (position[prev], index)
        for index, step in enumerate(steps)
        for prev in step.after
        if position.get(prev, index) < index
    }
    pairs = sorted(asked | flow.links.keys(), key=lambda pair: (pair[1], pair[0]))
    return tuple(
        Edge(
            writer=steps[writer].name,
            reader=steps[reader].name,
            variables=tuple(sorted(flow.links.get((writer, reader), ()))),
            asked=(writer, reader) in asked,
            grade=_grade(flow.links.get((writer, reader), {}), (writer, reader) in asked),
        )
        for writer, reader in pairs
    )


def _grade(variables: dict[Name, Grade], asked: bool) -> Grade:
    return Grade.LIKELY if asked or Grade.LIKELY in variables.values() else Grade.POSSIBLE


@dataclass(slots=True)
class _Total:
    """The effects of some cells that run one after the other."""

    reads: dict[Name, Access] = field(default_factory=dict)
    binds: dict[Name, Access] = field(default_factory=dict)
    deletes: dict[Name, Access] = field(default_factory=dict)
    mutates: dict[Name, Access] = field(default_factory=dict)
    settled: set[Name] = field(default_factory=set)
    reads_all: bool = False
    binds_all: bool = False

    def add(self, cell: CellEffects) -> None:
        """Put the effects of the next cell on top."""
        for each in cell.reads:
            if each.name not in self.settled:
                _note(self.reads, each)
        for each in cell.binds:
            _note(self.binds, each)
            self._settle(each, cell, self.deletes)
        for each in cell.deletes:
            _note(self.deletes, each)
            self._settle(each, cell, self.binds)
        for each in cell.mutates:
            _note(self.mutates, each)
        for note in cell.notes:
            if note.kind == "pip-install":
                _note(self.mutates, Access(PACKAGES, note.location))
        self.reads_all = self.reads_all or cell.reads_all
        self.binds_all = self.binds_all or cell.binds_all

    def _settle(self, each: Access, cell: CellEffects, opposite: dict[Name, Access]) -> None:
        """From here on the name is the step's own: what it was before no longer shows."""
        if each.name not in cell.maybe and each.grade is Grade.LIKELY:
            self.settled.add(each.name)
            opposite.pop(each.name, None)


def _note(accesses: dict[Name, Access], access: Access) -> None:
    """Keep the first access of a name, or the first that is likely."""
    known = accesses.get(access.name)
    if known is None or (known.grade is Grade.POSSIBLE and access.grade is Grade.LIKELY):
        accesses[access.name] = access


@dataclass(slots=True)
class _Writers:
    """Who wrote a name last: for sure, and after that only possibly."""

    likely: int | None = None
    possible: int | None = None


@dataclass(slots=True)
class _Users:
    """Who has used a file since its last writer: that writer, and the readers after it."""

    writer: int | None = None
    readers: list[int] = field(default_factory=list)


class _Files:
    """Who has used which file, and which names may stand for the same file as a given one."""

    def __init__(self) -> None:
        self.users: dict[Name, _Users] = {}
        self._below: dict[Name, dict[Name, None]] = {}
        self._tails: dict[str, dict[Name, None]] = {}

    def written(self, name: Name, index: int) -> None:
        """The step is the last writer of the file; one of any file stands for all users before it."""
        if name == FILES:
            packages = self.users.get(PACKAGES)
            self.users, self._below, self._tails = {}, {}, {}
            if packages is not None:
                self._put(PACKAGES, packages)
        self._put(name, _Users(index))

    def read(self, name: Name, index: int) -> None:
        """The step has read the file since."""
        if name not in self.users:
            self._put(name, _Users())
        self.users[name].readers.append(index)

    def _put(self, name: Name, users: _Users) -> None:
        self.users[name] = users
        self._tails.setdefault(tail(name), {})[name] = None
        for folder in folders(name):
            self._below.setdefault(folder, {})[name] = None

    def like(self, name: Name) -> tuple[Name, ...]:
        """The names in use that may stand for the same file, in the order of their first use."""
        if name == FILES:
            return tuple(self.users)
        near = [name, FILES, *folders(name), *self._below.get(name, ())]
        near += [each for each in self._tails.get(tail(name), ()) if conflict(name, each)]
        return tuple(each for each in dict.fromkeys(near) if each in self.users)


@dataclass(slots=True)
class _Names:
    """Who has written the names of one notebook, up to a step.

    ``folder`` is where it lies, ``call`` what it was called by (None for the pipeline's own).
    """

    shared: frozenset[Name]
    folder: str = ""
    call: Call | None = None
    writers: dict[Name, _Writers] = field(default_factory=dict)
    implicit: set[Name] = field(default_factory=set)
    unknown: int | None = None

    def write(self, index: int, access: Access) -> None:
        """The step is the last writer of the name."""
        writers = self.writers.setdefault(access.name, _Writers())
        if access.grade is Grade.LIKELY:
            writers.likely, writers.possible = index, None
        elif writers.likely != index:
            writers.possible = index
        if read_by_all(access.name):
            self.implicit.add(access.name)


class _Flow:
    """Goes through the steps in run order, once, and links each to those that it needs."""

    def __init__(self, shared: Mapping[str, frozenset[Name]], calls: Sequence[Call]) -> None:
        self.links: dict[tuple[int, int], dict[Name, Grade]] = {}
        self._names = {"": _Names(shared.get("", frozenset()))}
        for call in calls:
            names = shared.get(call.name, frozenset())
            self._names[call.name] = _Names(names, posixpath.dirname(call.path), call)
        self._files = _Files()

    def step(self, index: int, step: Step, effects: StepEffects) -> None:
        """Link the step at ``index`` to the steps before it, then count its writes."""
        own = self._names[step.call]
        grades = {each.name: each.grade for each in effects.reads}
        names = dict.fromkeys(own.implicit, Grade.LIKELY) | grades
        if effects.reads_all:
            names = dict.fromkeys(own.writers, Grade.LIKELY) | names
        for name, grade in names.items():
            if not is_file(name):
                self._read(own, index, name, grade)
        self._use_files(index, effects, own.folder)
        if effects.binds_all:
            if own.unknown is not None:
                self._link(own.unknown, index, NAMES, Grade.LIKELY)
            own.unknown = index
        for each in (*effects.binds, *effects.deletes, *effects.mutates):
            if not is_file(each.name):
                for names_ in self._written_by(own, each.name):
                    names_.write(index, each)
        self._hand_over(index, step, effects)

    def _written_by(self, own: _Names, name: Name) -> Iterator[_Names]:
        """The names of the notebook itself, and of each caller to which ``name`` is given back."""
        yield own
        while own.call is not None and name in own.call.given:
            own = self._names[own.call.within]
            yield own

    def _hand_over(self, index: int, step: Step, effects: StepEffects) -> None:
        """What the called notebook takes is written into its names by the step that calls it."""
        called = self._names.get(step.name) if step.notebook else None
        if called is not None and called.call is not None:
            places = {each.name: each.location for each in effects.reads}
            for name in called.call.taken:
                if name in places:
                    called.write(index, Access(name, places[name]))

    def _read(self, own: _Names, index: int, name: Name, grade: Grade) -> None:
        writers = own.writers.get(name)
        likely = writers.likely if writers else None
        if likely is not None:
            self._link(likely, index, name, grade)
        if writers and writers.possible is not None:
            self._link(writers.possible, index, name, Grade.POSSIBLE)
        if own.unknown is not None and own.unknown > (-1 if likely is None else likely):
            known = writers is not None or name in own.shared or name.startswith("@")
            sure = Grade.POSSIBLE if known else grade
            # A builtin that the step may have shadowed: no variable anyone would look for by name.
            shown = NAMES if name in _BUILTINS and writers is None else name
            self._link(own.unknown, index, shown, sure)

    def _use_files(self, index: int, effects: StepEffects, folder: str) -> None:
        writes = _files_of(effects.mutates, folder)
        reads = _files_of(effects.reads, folder)
        if PACKAGES in self._files.users:
            reads.setdefault(PACKAGES, Grade.LIKELY)
        pending = sum(users.writer is not None for users in self._files.users.values())
        if FILES in reads and FILES not in writes and pending > _MOST_FILES:
            writes[FILES] = reads[FILES]
        for name, grade in reads.items():
            if name not in writes:
                self._use_file(index, name, grade, writing=False)
        for name, grade in sorted(writes.items()):
            self._use_file(index, name, grade, writing=True)

    def _use_file(self, index: int, name: Name, grade: Grade, *, writing: bool) -> None:
        """Keep the notebook's order between this use of a file and those it conflicts with."""
        for other in self._files.like(name):
            users = self._files.users[other]
            shown = other if name == FILES else name
            if users.writer is not None:
                self._link(users.writer, index, shown, grade)
            for reader in users.readers if writing else ():
                self._link(reader, index, shown, grade)
        if writing:
            self._files.written(name, index)
        else:
            self._files.read(name, index)

    def _link(self, writer: int, reader: int, name: Name, grade: Grade) -> None:
        if writer == reader:
            return
        variables = self.links.setdefault((writer, reader), {})
        if variables.get(name) is not Grade.LIKELY:
            variables[name] = grade


def _files_of(accesses: Iterable[Access], folder: str) -> dict[Name, Grade]:
    """The files among the names, as they are called from the folder of the pipeline's notebook."""
    return {
        each.name if each.name == PACKAGES else relocated(each.name, folder): each.grade
        for each in accesses
        if is_file(each.name)
    }
