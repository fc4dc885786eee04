"""Clears a run store away: runs that nobody wants any more, and the files that no other run needs."""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbflow.store import RunRow, Store
from nbflow.store.clearing import Held, delete
from nbflow.store.database import store_folder
from nbflow.store.reserve import given_up


@dataclass(frozen=True, slots=True)
class Policy:
    """Which runs go: those that ended more than ``older_than`` seconds ago; and while the store takes more
    than ``max_size`` bytes, the oldest. The newest ``keep`` runs of each notebook stay; where neither
    of the others is given, all but those go.

    The runs of a batch count as one, which is as old as the youngest of them.
    """

    older_than: float | None = None
    max_size: int | None = None
    keep: int | None = None

    @property
    def kept(self) -> int:
        """How many runs of each notebook stay: one, where nothing is said and others go."""
        return 1 if self.keep is None else self.keep


@dataclass(frozen=True, slots=True)
class Cleared:
    """The runs that were removed (or would be), the bytes that became free, and what is left."""

    runs: tuple[RunRow, ...]
    freed: int
    left_runs: int
    left: int


def gc(policy: Policy, folder: str | Path = ".", *, dry_run: bool = False) -> Cleared:
    """What was removed from the store of ``folder``, or would be; safe while runs go on.

    Raises:
        StoreError: there is no store, or it cannot be read or written.
    """
    path = Path(folder).absolute()
    with given_up(store_folder(path)), Store.open(path) as store:
        with store.clearing() as clearing:
            held, shared, stray = clearing.held(), clearing.shared(), clearing.stray()
            going = chosen(held, shared, policy, time.time())
            moved = []
            if not dry_run:
                going = clearing.remove(going)
                moved = clearing.sweep()
        if not dry_run:
            delete(moved)
            store.give_back()
    staying = [each for each in held if each.run.id not in going]
    before = sum(each.own for each in held) + sum(shared.values()) + sum(stray.values())
    left = _size(staying, shared)
    return Cleared(
        runs=tuple(each.run for each in reversed(held) if each.run.id in going),
        freed=before - left,
        left_runs=len(staying),
        left=left,
    )


def chosen(
    held: Sequence[Held], shared: Mapping[Path, int], policy: Policy, now: float
) -> frozenset[str]:
    """The ids of the runs that a policy lets go; ``held`` holds the newest first."""
    together = _batches_together(held)
    kept = _kept(together, policy.kept)
    free = [each for each in together if not each.needed and each.run.id not in kept]
    if policy.older_than is not None:
        ends = _ends([each.run for each in held], now)
        latest: dict[str, float] = {}
        for run in (each.run for each in held):
            latest[_one(run)] = max(ends[run.id], latest.get(_one(run), -math.inf))
        going = {each.run.id for each in free if now - latest[_one(each.run)] > policy.older_than}
    elif policy.max_size is None and policy.keep is not None:
        going = {each.run.id for each in free}
    else:
        going = set()
    if policy.max_size is not None:
        going |= _too_much(together, free, going, shared, policy.max_size)
    return frozenset(going)


def _one(run: RunRow) -> str:
    """What a run is counted as: its batch, or itself."""
    return f"batch {run.batch}" if run.batch else run.id


def _batches_together(held: Sequence[Held]) -> list[Held]:
    """The runs of each batch in the place of the newest of them."""
    found: dict[str, list[Held]] = {}
    for each in held:
        found.setdefault(_one(each.run), []).append(each)
    return [each for together in found.values() for each in together]


def _kept(held: Sequence[Held], count: int) -> frozenset[str]:
    """The newest ``count`` runs of each notebook that have ended; those of a batch are one."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    found = set()
    for run in (each.run for each in held if each.run.state != "running"):
        ones = seen[run.notebook]
        ones.add(_one(run))
        if len(ones) <= count:
            found.add(run.id)
    return frozenset(found)


def _ends(runs: Sequence[RunRow], now: float) -> Mapping[str, float]:
    """When each run has ended at the latest, by its id; the clock may have been wrong when it began.

    A run did not begin before one that has an earlier id, nor in the future. Where its own time says so,
    it counts as younger, so that no run goes too early: a run of which the clock said 1970 is as old as
    the one before it, a run of 2199 as old as the one after it.
    """
    found, latest = {}, now
    for run in runs:
        latest = run.started if run.started <= now else latest
        found[run.id] = latest
    earliest = -math.inf
    for run in reversed(runs):
        earliest = max(earliest, found[run.id])
        found[run.id] = earliest + (run.seconds or 0.0)
    return found


def _too_much(
    held: Sequence[Held],
    free: Sequence[Held],
    going: set[str],
    shared: Mapping[Path, int],
    limit: int,
) -> set[str]:
    """The oldest of the ``free`` runs, as many as have to go for the rest to fit."""
    staying = [each for each in held if each.run.id not in going]
    size, users = _size(staying, shared), Counter(path for each in staying for path in each.files)
    found: set[str] = set()
    for each in reversed(free):
        if size <= limit:
            break
        if each.run.id in going:
            continue
        found.add(each.run.id)
        users.subtract(each.files)
        size -= each.own + sum(shared.get(path, 0) for path in each.files if users[path] == 0)
    return found


def _size(held: Sequence[Held], shared: Mapping[Path, int]) -> int:
    """The bytes that these runs take together."""
    files = frozenset[Path]().union(*(each.files for each in held))
    return sum(each.own for each in held) + sum(shared.get(path, 0) for path in files)
