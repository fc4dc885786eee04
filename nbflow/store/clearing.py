"""What can go from a run store: runs, and the files that none of the runs that stay needs.

A run that goes on needs what its steps have claimed (see ``nbflow.runtime.claims``); a run that has ended
needs its variables, its results, and the results of other runs that it uses. Files first move out of the
way, which is one step each; only then are they deleted, when nobody waits any more.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import Final

from nbflow.runtime.bundle import SUFFIX
from nbflow.runtime.claims import LOCK, NAME, lock
from nbflow.runtime.portraits import SUFFIX as PORTRAITS
from nbflow.store import contents, portraits, scratch
from nbflow.store.alive import is_alive, is_here, is_running
from nbflow.store.records import RunRow
from nbflow.store.transaction import transaction

_TRASH: Final = "trash"
#: Space in the database that nothing fills is given back where it is at least so much.
_WORTH_VACUUM: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Held:
    """A run and what it holds: ``own`` bytes that go with it, and files that others may need as well.

    ``needed`` says that it must stay: it or its batch goes on, or a run that goes on may use what it has
    left.
    """

    run: RunRow
    needed: bool
    own: int
    files: frozenset[Path]


@contextmanager
def alone(bundles: Path) -> Iterator[None]:
    """Be the only one that clears the store away, while no step claims a bundle."""
    with bundles.with_name(bundles.name + LOCK).open("a", encoding="ascii") as file:
        lock(file, exclusive=True)
        yield


class Clearing:
    """Looks at what a store holds, and removes from it; to be used under ``alone``."""

    def __init__(
        self, folder: Path, db: sqlite3.Connection, runs: Callable[[], list[RunRow]]
    ) -> None:
        self._folder = folder
        self._db = db
        self._contents = contents.Contents(folder / "outputs")
        self._runs = runs
        self._moved = folder / _TRASH / secrets.token_hex(8)

    # Looking

    def held(self) -> list[Held]:
        """All runs with what they hold, the newest first."""
        rows = self._runs()
        files, bytes_, needed = self._files(), self._bytes(), self._needed()
        return [
            Held(
                run=row,
                needed=row.id in needed,
                own=bytes_[row.id] + _size_of_folder(self._folder / "runs" / row.id),
                files=frozenset(files[row.id]),
            )
            for row in rows
        ]

    def _files(self) -> Mapping[str, set[Path]]:
        """The shared files that each run needs, by the id of the run."""
        found: defaultdict[str, set[Path]] = defaultdict(set)
        bundles = self._folder / "bundles"
        for run, version in self._db.execute(
            "SELECT DISTINCT run, version FROM variables WHERE version != ''"
        ):
            found[str(run)].add(bundles / f"{version}{SUFFIX}")
        for run, keys, digests in self._db.execute(
            "SELECT run, bundles, contents FROM results UNION ALL SELECT uses.run, bundles, contents"
            " FROM uses JOIN results ON results.id = result"
        ):
            found[str(run)].update(bundles / f"{key}{SUFFIX}" for key in loads(keys))
            found[str(run)].update(self._contents.path(digest) for digest in loads(digests))
        for run, digest in self._db.execute("SELECT run, content FROM cells WHERE content != ''"):
            found[str(run)].add(self._contents.path(digest))
        for run, _, _ in self._going_on():
            for file in (self._folder / "runs" / run / "steps").glob(f"*/{NAME}"):
                keys = file.read_text(encoding="ascii").split()
                found[run].update(bundles / f"{key}{SUFFIX}" for key in keys)
        for files in found.values():
            files.update([portraits.beside(file) for file in files if file.suffix == SUFFIX])
        return found

    def _bytes(self) -> Mapping[str, int]:
        """How many bytes of the database belong to each run."""
        found: defaultdict[str, int] = defaultdict(int)
        for run, count in self._db.execute(
            "SELECT run, SUM(LENGTH(source) + LENGTH(outputs)) FROM cells GROUP BY run UNION ALL"
            " SELECT run, SUM(LENGTH(inputs) + LENGTH(read) + LENGTH(body) + LENGTH(outputs))"
            " FROM results GROUP BY run"
        ):
            found[str(run)] += count
        return found

    def _needed(self) -> frozenset[str]:
        """The runs that go on, those that they resume, and those whose results they may yet use.

        Those of a batch that goes on are among them.
        """
        elsewhere = self._db.execute(
            "SELECT run FROM remote JOIN runs ON runs.id = run WHERE state = 'running' AND remote.id != ''"
        )
        found: set[str] = {str(run) for (run,) in elsewhere}
        batches = self._db.execute("SELECT name, process FROM batches WHERE process != ''")
        for batch in [name for name, process in batches.fetchall() if is_alive(process)]:
            runs = self._db.execute(
                "SELECT runs.id FROM members JOIN runs ON runs.id = run WHERE batch = ?", (batch,)
            )
            found.update(str(run) for (run,) in runs)
        for run, notebook, resumed in self._going_on():
            found.update({run, resumed} - {""})
            newest = self._db.execute(
                "SELECT run FROM results WHERE id IN"
                " (SELECT MAX(id) FROM results WHERE notebook = ? GROUP BY step)",
                (notebook,),
            )
            found.update(str(run) for (run,) in newest)
        return frozenset(found)

    def _going_on(self) -> list[tuple[str, str, str]]:
        """The runs that a process is not done with: id, notebook, and the run that it resumes."""
        rows = self._db.execute(
            "SELECT id, notebook, resumes, process FROM runs WHERE process != ''"
        )
        return [(str(row[0]), row[1], row[2]) for row in rows.fetchall() if is_alive(row[3])]

    def shared(self) -> dict[Path, int]:
        """All files that several runs may need, and their sizes."""
        outputs = self._contents.folder.glob(f"*{contents.SUFFIX}")
        bundles = self._folder / "bundles"
        looks = bundles.glob(f"*{PORTRAITS}")
        return dict(_sizes((*bundles.glob(f"*{SUFFIX}"), *looks, *outputs)))

    def stray(self) -> dict[Path, int]:
        """What no run has: what processes that are gone have left half done, folders without a run."""
        folders = list(
            (self._folder / "runs").glob("*")
        )  # before the rows: a run has its row first
        known = {row.id for row in self._runs()}
        lost = [path for path in folders if path.name not in known]
        single: list[Path] = []
        for path in scratch.left(self._folder):
            (lost if path.is_dir() else single).append(path)
        files = dict(_sizes((*single, *self._half_written())))
        return {**files, **{path: _size_of_folder(path) for path in lost}}

    def _half_written(self) -> Iterator[Path]:
        """Files under temporary names, unless a process may still write them."""
        if not all(is_here(process) for process in self._writers()):
            return
        folders = (self._folder, self._folder / "bundles", self._contents.folder)
        for path in (path for folder in folders for path in folder.glob("*.tmp")):
            number = path.name.removesuffix(".tmp").rpartition(".")[2]
            if not (number.isdigit() and is_running(int(number))):
                yield path

    def _writers(self) -> list[str]:
        rows = self._db.execute("SELECT process FROM runs WHERE process != ''")
        return [process for (process,) in rows if is_alive(process)]

    # Removing

    def remove(self, runs: Collection[str]) -> frozenset[str]:
        """Remove runs, except those that are needed by now; the ids of those that were removed.

        Their results that another run uses belong to the newest such run from now on.
        """
        with transaction(self._db):
            going = frozenset(runs) - self._needed()
            ids = ", ".join(str(int(run)) for run in going)
            self._db.execute(
                "UPDATE results SET run = (SELECT MAX(run) FROM uses WHERE result = results.id"
                f" AND run NOT IN ({ids})) WHERE run IN ({ids}) AND EXISTS"
                f" (SELECT 1 FROM uses WHERE result = results.id AND run NOT IN ({ids}))"
            )
            self._db.execute(f"DELETE FROM runs WHERE id IN ({ids})")
        return going

    def sweep(self) -> list[Path]:
        """Move away all files that no run needs; what is now to be deleted."""
        with transaction(self._db):
            kept = set[Path]().union(*self._files().values())
            for path in (*(self.shared().keys() - kept), *self.stray()):
                self._move_away(path)
        trash = self._folder / _TRASH
        return list(trash.iterdir()) if trash.is_dir() else []

    def _move_away(self, path: Path) -> None:
        self._moved.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            path.rename(self._moved / path.name)


def delete(moved: Iterable[Path]) -> None:
    """Delete what has been moved away; nobody needs to be kept from anything meanwhile."""
    for folder in moved:
        shutil.rmtree(folder, ignore_errors=True)


def give_back(db: sqlite3.Connection) -> None:
    """Give the space back that the database does not fill any more, if it is much and nobody objects."""
    (pages,) = db.execute("PRAGMA freelist_count").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    if pages * size >= _WORTH_VACUUM:
        with suppress(sqlite3.OperationalError):  # another process reads or writes
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sizes(paths: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for path in paths:
        with suppress(FileNotFoundError):
            yield path, path.lstat().st_size


def _size_of_folder(folder: Path) -> int:
    return sum(
        size
        for place, _, names in os.walk(folder)
        for _, size in _sizes(Path(place, name) for name in names)
    )
