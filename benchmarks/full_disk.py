"""Fills the disk that holds the run store up to a random byte, runs a notebook, and looks at what is left.

    python benchmarks/faults.py --runs 0 --full 100

The disk is a tmpfs of a few megabytes, which takes root to mount. One run goes well. Then the disk is
filled but for a random number of bytes, and a notebook is run that makes variables and outputs. That run
ends well, or with a sentence and an exit code that say why not; the earlier run can be shown all the while;
every bundle is whole; when there is space again, the run goes on to a good end. A full disk can be cleared.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from nbflow.runtime import bundle
from notebooks import notebook

_NBFLOW = [sys.executable, "-c", "from nbflow.cli.main import main; main()"]
_SIZE = 4 << 20
_EARLIER = (("step:a", "x = list(range(100))\nprint(sum(x))"), ("step:b", "y = x[-1]"))
_LATER = (
    ("step:c", "import os\nnoise = os.urandom(1)\ndata = bytes(range(256)) * 1000\nprint('c' * 100_000)"),
    ("step:d", "half = data[1::2]\nprint('d' * 70_000)"),
    ("step:e", "both = data + half\nprint(len(both))"),
    ("step:f", "end = len(both)\nprint('f' * 1000)"),
)  # fmt: skip
_END = str(256_000 + 128_000)
#: A run whose store has no room ends like this: a step or a cell failed, or notebook, engine or store did.
_CODES = frozenset({1, 3, 6, 7})
_WORDS = ("space", "disk is full", "disk I/O")


@dataclass(slots=True)
class Count:
    """What was seen over all runs on a disk that was full."""

    runs: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@contextmanager
def small_disk(place: Path, size: int = _SIZE) -> Iterator[bool]:
    """A file system of ``size`` bytes at ``place``; false where none can be mounted."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    try:
        made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, free: int) -> None:
    """Fill a disk up to so many bytes."""
    room = os.statvfs(disk)
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        left = room.f_bavail * room.f_frsize - free
        while left > 0:
            left -= file.write(b"\0" * min(left, 1 << 16))


def once(root: Path, free: int, count: Count, *, crashed: bool = False) -> bool:
    """Run on a disk with so many free bytes, look, and go on; false where no disk can be mounted.

    ``crashed`` lets a run begin before that which ends as by a power failure.
    """
    root.mkdir()
    for name, steps in (("earlier", _EARLIER), ("later", _LATER)):
        (root / f"{name}.ipynb").write_text(json.dumps(notebook(steps)), encoding="utf-8")
    with small_disk(root / "disk") as made:
        if made:
            _Try(root, root / "disk", free, count, crashed=crashed).run()
    return made


class _Try:
    """One run on a full disk."""

    def __init__(
        self, root: Path, disk: Path, free: int, count: Count, *, crashed: bool = False
    ) -> None:
        self._root, self._disk, self._free, self._count = root, disk, free, count
        self._crashed = crashed
        self._store = disk / "store"

    def run(self) -> None:
        """Do all of it."""
        self._expect(self._nbflow("run", "earlier.ipynb"), "done", "an earlier run")
        if self._crashed:
            self._crash()
        fill(self._disk, self._free)
        answer = self._nbflow("run", "later.ipynb")
        self._count.runs += 1
        self._count.codes[answer.returncode] += 1
        self._see_that_it_is_told(answer)
        self._see_what_is_there("on the full disk")
        (self._disk / "filler").unlink()
        self._see_what_is_there("with space again")
        self._see_the_database()
        self._go_on()

    def _crash(self) -> None:
        """Leave what a power failure leaves: the last rows in the log alone, and no index of it."""
        program = (
            "import os, sys\nfrom nbflow.store import Store\nstore = Store.open('.', create=True)\n"
            "store.begin(notebook='crashed.ipynb', engine='local', python=sys.executable, parameters={})\n"
            "os.kill(os.getpid(), 9)"
        )
        environment = {**os.environ, "NBFLOW_HOME": str(self._store)}
        command = [sys.executable, "-c", program]
        subprocess.run(command, env=environment, cwd=self._root, check=False)
        (self._store / "nbflow.db-shm").unlink()

    def _go_on(self) -> None:
        rows = json.loads(self._nbflow("runs", "--json").stdout or "[]")
        newest = rows[0] if rows else {}
        begun = Path(newest.get("notebook", "")).name == "later.ipynb"
        words = ("resume", "last") if begun else ("run", "later.ipynb")
        self._expect(self._nbflow(*words), "done", f"{words[0]} with space again")
        self._expect(
            self._nbflow("vars", "last", "f"), _END, "the variables of the run that went on"
        )
        self._see_what_is_there("at the end")
        fill(self._disk, self._free)
        self._expect(self._nbflow("gc", "--keep", "0"), "removed run 1", "clearing the full disk")

    def _nbflow(self, command: str, *words: str) -> subprocess.CompletedProcess[str]:
        quiet = ["--quiet"] if command in ("run", "resume") else []
        return subprocess.run(
            [*_NBFLOW, command, *words, *quiet],
            cwd=self._root,
            env={**os.environ, "NBFLOW_HOME": str(self._store)},
            capture_output=True,
            text=True,
            check=False,
        )

    def _see_that_it_is_told(self, answer: subprocess.CompletedProcess[str]) -> None:
        text = answer.stdout + answer.stderr
        if answer.returncode not in {0, *_CODES} or "Traceback" in text:
            self._wrong(f"ended with {answer.returncode}: {text}")
        elif answer.returncode and not any(word in text for word in _WORDS):
            self._wrong(f"does not say that there is no space: {text}")

    def _see_what_is_there(self, when: str) -> None:
        runs = self._nbflow("runs")
        self._expect(runs, "earlier.ipynb", f"the list of runs {when}")
        if self._crashed:
            self._expect(runs, "crashed.ipynb", f"the list of runs {when}")
        self._expect(self._nbflow("show", "1"), "run 1 done", f"an earlier run {when}")
        self._expect(self._nbflow("vars", "1", "b"), "99", f"an earlier run's variables {when}")
        self._expect(self._nbflow("logs", "1", "a"), "4950", f"an earlier run's output {when}")
        for path in sorted((self._store / "bundles").glob("*.nbb")):
            try:
                bundle.check(bundle.read(str(path)))
            except bundle.BundleError as error:
                self._wrong(f"{error} {when}")
        for path in self._store.rglob("*.tmp"):
            self._wrong(f"{path.name} is left {when}")

    def _see_the_database(self) -> None:
        database = sqlite3.connect(self._store / "nbflow.db")
        (answer,) = database.execute("PRAGMA integrity_check").fetchone()
        database.close()
        if answer != "ok":
            self._wrong(f"the database: {answer}")

    def _expect(self, answer: subprocess.CompletedProcess[str], text: str, what: str) -> None:
        if answer.returncode or text not in answer.stdout:
            self._wrong(f"{what}: {answer.returncode}: {answer.stdout}{answer.stderr}")

    def _wrong(self, what: str) -> None:
        self._count.wrong.append(f"{self._free} bytes free: {what}")


def several(root: Path, runs: int, chance: random.Random, count: Count) -> bool:
    """Do it so many times, half of them with nearly nothing free; false where no disk can be mounted."""
    for number in range(runs):
        most = 150_000 if number % 2 else 2_000_000
        crashed = number % 3 == 2
        if not once(root / f"full-{number}", chance.randrange(most), count, crashed=crashed):
            return False
    return True
