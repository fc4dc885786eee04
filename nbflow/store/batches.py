"""Batches in the store: runs of one notebook that belong together, each with its own parameters."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from nbflow.errors import NotRecordedError, StoreError
from nbflow.model import Json, Name
from nbflow.store.alive import is_alive, own_process, state_now

#: The state of a member that no run has been made for, or whose run has been removed.
WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """A member of a batch with what its latest run has left; ``run`` is "" where there is none.

    ``steps`` of it have ended well, ``shared`` of them used what another run had given, which would have
    taken about ``saved`` seconds. ``error`` says which step failed and why, or is "". ``output`` is where the
    executed notebook was written besides, or "".
    """

    position: int
    parameters: Mapping[Name, Json]
    run: str = ""
    state: str = WAITING
    started: float | None = None
    seconds: float | None = None
    metrics: Mapping[str, float] | None = None
    steps: int = 0
    shared: int = 0
    saved: float = 0.0
    error: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One line of the list of batches: how many members it has, by their states.

    ``started`` is when the last of its runs began, or else when it was made.
    """

    name: str
    notebook: str
    made: float
    started: float
    running: bool
    members: Mapping[str, int]

    @property
    def state(self) -> str:
        """How it stands as a whole: "done" when all its members are."""
        if self.running:
            return "running"
        worst = ("failed", "stopped", "running", WAITING)
        return next((state for state in worst if state in self.members), "done")


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch: its notebook, when it was made, and its members in order.

    ``python`` is the interpreter that its user has named, or "". ``running`` says that a process works
    on it. ``settings`` are what else was asked for (see ``nbflow.service.batch.settings``).
    """

    name: str
    notebook: str
    made: float
    python: str = ""
    running: bool = False
    members: tuple[MemberRecord, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)

    @property
    def row(self) -> BatchRow:
        """Its line in the list of batches."""
        begun = (member.started or 0.0 for member in self.members)
        return BatchRow(
            self.name,
            self.notebook,
            self.made,
            max(self.made, *begun),
            self.running,
            Counter(member.state for member in self.members),
        )


def check_notebook(name: str, kept: str, notebook: str) -> None:
    """Nothing, where the batch of that name, which is one of ``kept``, is one of ``notebook``.

    Raises:
        StoreError: it is not.
    """
    if kept != notebook:
        raise StoreError(f"the batch {name} is one of {kept}; take another --name")


class Batches:
    """The batches of a store that is open; ``writing`` and ``reading`` tell what the disk refuses."""

    def __init__(
        self,
        db: sqlite3.Connection,
        writing: Callable[[], AbstractContextManager[None]],
        reading: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._db = db
        self._writing = writing
        self._reading = reading

    def claim(
        self,
        name: str,
        notebook: str,
        python: str,
        members: Iterable[Mapping[Name, Json]],
        settings: Mapping[str, Json] | None = None,
    ) -> int:
        """Make a batch, or take one that there is, for this process; how many members were added to it.

        Members that it has already are not added. ``settings`` are kept in place of those before, if given.

        Raises:
            StoreError: the batch is of another notebook, or another process works on it.
        """
        with self._writing():
            row = self._db.execute(
                "SELECT notebook, process FROM batches WHERE name = ?", (name,)
            ).fetchone()
            if row:
                check_notebook(name, row[0], notebook)
            if row and is_alive(row[1]):
                raise StoreError(f"the batch {name} is still going on; wait for it, or stop it")
            if row:
                self._db.execute(
                    "UPDATE batches SET process = ? WHERE name = ?", (own_process(), name)
                )
            else:
                self._db.execute(
                    "INSERT INTO batches (name, notebook, python, made, process)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (name, notebook, python, time.time(), own_process()),
                )
            if settings is not None:
                self._db.execute(
                    "UPDATE batches SET settings = ? WHERE name = ?",
                    (json.dumps(dict(settings)), name),
                )
            return self._add(name, members)

    def _add(self, name: str, members: Iterable[Mapping[Name, Json]]) -> int:
        """Add the members that a batch has not yet; how many they were."""
        rows = self._db.execute("SELECT parameters FROM members WHERE batch = ?", (name,))
        known = {_key(json.loads(text)) for (text,) in rows.fetchall()}
        before = len(known)
        for parameters in members:
            if (key := _key(parameters)) not in known:
                known.add(key)
                self._db.execute(
                    "INSERT INTO members (batch, position, parameters) VALUES (?, ?, ?)",
                    (name, len(known), json.dumps(dict(parameters))),
                )
        return len(known) - before

    def release(self, name: str) -> None:
        """Let other processes work on a batch."""
        with self._writing():
            self._db.execute("UPDATE batches SET process = '' WHERE name = ?", (name,))

    def note_run(self, name: str, position: int, run: str) -> None:
        """Record the run that is made for a member, in place of one before."""
        with self._writing():
            self._db.execute(
                "UPDATE members SET run = ?, output = '' WHERE batch = ? AND position = ?",
                (run, name, position),
            )

    def forget_runs(self, name: str, positions: Iterable[int], runs: Iterable[str]) -> None:
        """Let members wait as if without a run; what ``runs`` have given is not used again."""
        with self._writing():
            self._db.executemany(
                "UPDATE members SET run = NULL, output = '' WHERE batch = ? AND position = ?",
                [(name, position) for position in positions],
            )
            self._db.executemany("DELETE FROM results WHERE run = ?", [(run,) for run in runs])

    def note_output(self, name: str, position: int, output: str) -> None:
        """Record where the executed notebook of a member was written."""
        with self._writing():
            self._db.execute(
                "UPDATE members SET output = ? WHERE batch = ? AND position = ?",
                (output, name, position),
            )

    def names(self) -> list[str]:
        """The names of all batches, the newest first."""
        with self._reading():
            rows = self._db.execute("SELECT name FROM batches ORDER BY made DESC, rowid DESC")
            return [name for (name,) in rows.fetchall()]

    def rows(self) -> list[BatchRow]:
        """All batches as lines of a list, the newest first."""
        with self._reading():
            batches = self._db.execute(
                "SELECT name, notebook, made, process FROM batches ORDER BY made DESC, rowid DESC"
            ).fetchall()
            counted = self._db.execute(
                "SELECT batch, state, CASE state WHEN 'running' THEN process END AS alive,"
                " CASE state WHEN 'running' THEN remote.id END AS there, COUNT(*), MAX(started)"
                " FROM members LEFT JOIN runs ON runs.id = members.run"
                " LEFT JOIN remote ON remote.run = members.run GROUP BY batch, state, alive, there"
            ).fetchall()
        states: dict[str, Counter[str]] = {name: Counter() for name, *_ in batches}
        begun = {name: made for name, _, made, _ in batches}
        for batch, state, process, there, count, started in counted:
            if batch in states:
                now = state_now(state, process, there) if state else WAITING
                states[batch][now] += count
                begun[batch] = max(begun[batch], started or 0.0)
        return [
            BatchRow(name, notebook, made, begun[name], is_alive(process), states[name])
            for name, notebook, made, process in batches
        ]

    def batch(self, name: str) -> BatchRecord:
        """A batch with all its members.

        Raises:
            NotRecordedError: the store holds no such batch.
        """
        with self._reading():
            row = self._db.execute(
                "SELECT notebook, made, python, process, settings FROM batches WHERE name = ?",
                (name,),
            ).fetchone()
            if row is None:
                raise NotRecordedError(f"there is no batch {name}: `nbflow batch list` lists them")
            members = self._members("batch = ?", name)
        return BatchRecord(
            name=name,
            notebook=row[0],
            made=row[1],
            python=row[2],
            running=is_alive(row[3]),
            settings=json.loads(row[4]),
            members=tuple(members),
        )

    def member(self, name: str, position: int) -> MemberRecord:
        """One member of a batch that there is."""
        with self._reading():
            (found,) = self._members("batch = ? AND members.position = ?", name, position)
        return found

    def _members(self, which: str, *values: object) -> list[MemberRecord]:
        """The members ``which`` an SQL condition names."""
        work = {
            run: rest
            for run, *rest in self._db.execute(
                "SELECT steps.run, SUM(steps.state = 'done'), SUM(steps.reused != ''),"
                " COALESCE(SUM(first.seconds), 0.0) FROM members"
                " JOIN steps ON steps.run = members.run"
                " LEFT JOIN steps AS first ON steps.reused != ''"
                " AND first.run = CAST(steps.reused AS INTEGER) AND first.name = steps.name"
                f" WHERE {which} GROUP BY steps.run",
                values,
            )
        }
        errors: dict[int, str] = {}
        for run, step, error, message in self._db.execute(
            "SELECT steps.run, steps.name, steps.error, steps.message FROM members"
            f" JOIN steps ON steps.run = members.run WHERE {which} AND steps.state = 'failed'"
            " ORDER BY steps.position",
            values,
        ):
            errors.setdefault(run, f"{step}: {error or message}")
        rows = self._db.execute(
            "SELECT members.position, members.parameters, members.run, state, started, seconds, metrics,"
            " process, output, remote.id FROM members LEFT JOIN runs ON runs.id = members.run"
            " LEFT JOIN remote ON remote.run = members.run"
            f" WHERE {which} ORDER BY members.position",
            values,
        )
        return [_member(row, work.get(row[2], (0, 0, 0.0)), errors.get(row[2], "")) for row in rows]


def _key(parameters: Mapping[Name, Json]) -> str:
    """The same text for the same parameters, in whatever order they stand."""
    return json.dumps(dict(parameters), sort_keys=True)


def _member(row: tuple[Any, ...], work: Iterable[Any], error: str) -> MemberRecord:
    position, parameters, run, state, started, seconds, metrics, process, output, there = row
    if run is None:
        return MemberRecord(position, json.loads(parameters))
    steps, shared, saved = work
    return MemberRecord(
        position=position,
        parameters=json.loads(parameters),
        run=str(run),
        state=state_now(state, process, there),
        started=started,
        seconds=seconds,
        metrics=json.loads(metrics),
        steps=steps,
        shared=shared,
        saved=saved,
        error=error,
        output=output,
    )
