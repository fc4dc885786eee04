"""Which steps have read too early: they are run again, so that the run gives what the notebook's order gives.

Steps that do not seem to need each other run at once. What each of them reads when it begins is kept here;
when a step ends, what it has really changed is held against what later ones had read by then. So
Block-STM runs transactions: in any order, with the result of one order (Gelashvili, Spiegelman, Xiang,
Danezis, Li, Malkhi, Xia, Zhou: "Block-STM", PPoPP 2023).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nbflow.engines.local.outcome import Outcome
from nbflow.engines.local.plan import CLASS, MODULE, is_variable
from nbflow.engines.local.versions import Names, Version
from nbflow.model import GENERATORS, SET_BY_IMPORTS, Name, StepEffects


@dataclass(frozen=True, slots=True)
class Reads:
    """What a step has begun with: the writer of each version, -1 where nobody had made one.

    ``variables`` are those that it may read (any, where ``everything`` is true), ``state`` is all
    ambient state and all definitions of classes. ``ended`` are the steps that had ended by then.
    ``along`` are variables that were loaded since they lie in one bundle with those.
    """

    variables: Mapping[Name, int]
    state: Mapping[Name, int]
    ended: frozenset[int]
    everything: bool = False
    along: Mapping[Name, int] = field(default_factory=dict)

    def writers(self) -> frozenset[int]:
        """The steps that it has read something of."""
        return frozenset((*self.variables.values(), *self.state.values())) - {-1}


def reads(
    effects: StepEffects,
    index: int,
    versions: Names,
    ended: frozenset[int],
    loaded: tuple[Version, ...] = (),
) -> Reads:
    """What step ``index`` begins with, now; ``loaded`` are all versions that its process is given."""
    found = {version.name: version.writer for version in versions.all_before(index)}
    named = {access.name for access in effects.reads if is_variable(access.name)}
    names = {*named, *filter(is_variable, found)} if effects.reads_all else named
    return Reads(
        variables={name: found.get(name, -1) for name in names},
        state={name: writer for name, writer in found.items() if not is_variable(name)},
        ended=ended,
        everything=effects.reads_all,
        along={version.name: version.writer for version in loaded if version.name not in names},
    )


@dataclass(frozen=True, slots=True)
class Change:
    """Step ``writer`` has changed ``name`` since a later step read the version of ``old`` (-1: none)."""

    writer: int
    name: Name
    old: int = -1


def overtaken(
    read: Reads,
    declared: frozenset[Name],
    outcome: Outcome | None,
    earlier: Mapping[int, tuple[Outcome, frozenset[Name]]],
) -> Iterator[Change]:
    """What earlier steps have changed since a step read it.

    Args:
        read: what the step has begun with.
        declared: the names that it reads, as the analysis knows.
        outcome: how it has ended, or None while it runs.
        earlier: the outcome of each step before it that has ended, and the ambient state that the
            analysis knows that one to change.
    """
    for writer, (other, foreseen) in sorted(earlier.items()):
        if writer in read.ended:
            continue
        changed = {*other.written, *other.dropped, *other.deleted, *other.unpicklable}
        for name in sorted(changed):
            old = read.variables.get(name, -1 if read.everything else writer)
            if outcome is not None and (name in outcome.written or name in outcome.dropped):
                old = min(old, read.along.get(name, writer))  # what it has made is out of date
            if old < writer:
                yield Change(writer, name, old)
        if outcome is not None:
            yield from _behind(writer, read, declared, outcome, other, foreseen)


def perhaps_overtaken(
    read: Reads,
    declared: frozenset[Name],
    earlier: Mapping[int, tuple[Outcome, frozenset[Name]]],
) -> Iterator[Change]:
    """What earlier steps have changed since a step that still runs began, and it may have used.

    The arguments are those of ``overtaken``, which tells of variables at once.
    """
    for writer, (other, foreseen) in sorted(earlier.items()):
        if writer in read.ended:
            continue
        for name in sorted(CLASS + key for key in other.classes):
            if read.state.get(name, -1) < writer:
                yield Change(writer, name)
        known = (foreseen | SET_BY_IMPORTS) - declared - GENERATORS
        for name in sorted(set(other.ambient) - known):
            if read.state.get(name, -1) < writer:
                yield Change(writer, name)
        # Both have imported one text, unless its file was written: that is told of the file.
        for name in sorted(name for name, text in other.modules.items() if not text):
            if read.state.get(MODULE + name, -1) < writer:
                yield Change(writer, MODULE + name)
        for path in sorted(other.files_written):
            yield Change(writer, f"@file:{path}")


def _behind(
    writer: int,
    read: Reads,
    declared: frozenset[Name],
    outcome: Outcome,
    other: Outcome,
    foreseen: frozenset[Name],
) -> Iterator[Change]:
    """The same for what is known of a step only when it has ended: classes, ambient state, modules, files."""
    for key in sorted(set(other.classes).intersection(outcome.classes_read)):
        if read.state.get(CLASS + key, -1) < writer:
            yield Change(writer, CLASS + key)
    for name in sorted(other.ambient):
        used = name in declared or name in outcome.ambient
        unseen = name not in foreseen | GENERATORS | SET_BY_IMPORTS and _may_see(name, outcome)
        if (used or unseen) and read.state.get(name, -1) < writer:
            yield Change(writer, name)
    looks = "@sys.modules" in declared
    for name in sorted(other.modules):
        known = name in outcome.modules and other.modules[name] != outcome.modules[name]
        if (known or looks) and read.state.get(MODULE + name, -1) < writer:
            yield Change(writer, MODULE + name)
    for path in sorted(other.files_written):
        seen = outcome.files_read.intersection((path, posixpath.dirname(path)))
        seen |= outcome.files_asked & {path}
        if seen or _may_look_at(path, declared):
            yield Change(writer, f"@file:{path}")


def _may_see(name: Name, outcome: Outcome) -> bool:
    """Whether a step may have seen this ambient state: what a module holds, by importing the module."""
    path = name.removeprefix("@module:")
    return path == name or any(path.startswith(f"{module}.") for module in outcome.modules)


def _may_look_at(path: str, declared: frozenset[Name]) -> bool:
    """Whether the analysis knows of a look at the file that no event tells, such as ``os.path.exists``."""
    name = posixpath.basename(path)
    return "@files" in declared or any(
        posixpath.basename(each.removeprefix("@file:")) == name
        for each in declared
        if each.startswith("@file:")
    )
