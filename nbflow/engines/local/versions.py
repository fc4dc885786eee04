"""Which version of a variable a step reads: the one that the notebook's order gives it.

Each step is known by its index in the run order. A version is made by the step that wrote it; a reader
takes the last version made by a step before it, whatever else has ended meanwhile.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from nbflow.model import Name


@dataclass(frozen=True, slots=True)
class Version:
    """A value of a name: made by step ``writer``, held in ``bundle`` ("" where the name was deleted).

    ``obstacle`` says why the value could not be stored; such a version has no bundle.
    """

    name: Name
    writer: int
    bundle: str = ""
    obstacle: str = ""

    @property
    def deleted(self) -> bool:
        """Whether the step removed the name."""
        return not self.bundle and not self.obstacle


class Names(Protocol):
    """The names of one notebook, with the versions of each."""

    def before(self, name: Name, reader: int) -> Version | None:
        """The version of ``name`` that step ``reader`` reads, or None where no step before it wrote it."""

    def all_before(self, reader: int) -> Iterator[Version]:
        """The version of every name that step ``reader`` would read."""


class Versions:
    """All versions that steps have committed so far."""

    __slots__ = ("_by_name",)

    def __init__(self) -> None:
        self._by_name: dict[Name, list[Version]] = {}

    def commit(self, version: Version) -> None:
        """Add a version; a second one by the same step replaces the first."""
        history = self._by_name.setdefault(version.name, [])
        place = bisect_left([v.writer for v in history], version.writer)
        if place < len(history) and history[place].writer == version.writer:
            history[place] = version
        else:
            history.insert(place, version)

    def retract(self, writer: int) -> frozenset[Name]:
        """Forget all versions that step ``writer`` made; the names of which it had made one."""
        found = set()
        for name, history in self._by_name.items():
            kept = [version for version in history if version.writer != writer]
            if len(kept) < len(history):
                found.add(name)
                self._by_name[name] = kept
        return frozenset(found)

    def before(self, name: Name, reader: int) -> Version | None:
        """The version of ``name`` that step ``reader`` reads, or None where no step before it wrote it."""
        history = self._by_name.get(name, [])
        place = bisect_left([v.writer for v in history], reader)
        return history[place - 1] if place else None

    def all_before(self, reader: int) -> Iterator[Version]:
        """The version of every name that step ``reader`` would read."""
        for name in self._by_name:
            version = self.before(name, reader)
            if version is not None:
                yield version
