"""Kills a run at random moments, again and again, and sees that nothing is lost and that it goes on.

    python benchmarks/faults.py --runs 200 --full 50

Each time a notebook of steps with files and variables is run in a new process, and after a random time
the engine, its helper or a step is killed (SIGKILL). Then: no process is left over; every bundle is
whole and the database opens; ``nbflow resume`` ends well; steps that had been committed are not run
again; the notebook's files are what they are undisturbed. Then as many runs as ``--full`` says meet a disk
that is full (see ``full_disk``). The counts are printed; the exit code is 0 if all of that held.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import full_disk

from nbflow.errors import StoreError
from nbflow.runtime import bundle
from nbflow.service import history
from nbflow.store import RunRecord
from notebooks import notebook

_NBFLOW = [sys.executable, "-c", "from nbflow.cli.main import main; main()"]
_MARK = "NBFLOW_FAULT"
_STEP = (
    "import time\ntime.sleep(0.03)\n{name} = {value}\n"
    "n = open('{name}.txt', 'w').write(str({name}))\nprint('{name}', {name})"
)
_VALUES = {
    "a": "list(range(1000))", "b": "a[::2]", "c": "a[1::2]", "d": "b + c", "e": "sum(c)", "f": "len(d) + e",
}  # fmt: skip
VICTIMS = ("engine", "helper", "step")


@dataclass(slots=True)
class Count:
    """What was seen over all runs."""

    runs: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    reused: int = 0
    wrong: list[str] = field(default_factory=list)


def steps() -> tuple[tuple[str, str], ...]:
    """The notebook: tags and source of each cell."""
    return tuple((f"step:{n}", _STEP.format(name=n, value=v)) for n, v in _VALUES.items())


def once(folder: Path, victim: str, after: float, count: Count) -> None:
    """Run, kill ``victim`` after so many seconds, look, and go on."""
    token = secrets.token_hex(8)
    path = folder / "nb.ipynb"
    path.write_text(json.dumps(notebook(steps())), encoding="utf-8")
    process = _start(["run", "--quiet", "--jobs", "2", str(path)], folder, token)
    time.sleep(after)
    while process.poll() is None:
        if _kill(victim, process.pid, token):
            count.killed[victim] += 1
            break
    process.wait()
    _end_of(token, count)
    _look(folder, count)
    before = _last(folder)
    command = ["resume", "last"] if before else ["run", str(path)]
    code = _start([*command, "--quiet"], folder, token).wait()
    if code != 0:
        count.wrong.append(f"{command[0]} ended with {code} after the {victim} was killed")
        return
    after_all = _last(folder)
    assert after_all is not None
    done = {s.name for s in before.steps if s.state == "done"} if before else set()
    again = [s.name for s in after_all.steps if s.name in done and not s.reused]
    count.reused += len(done)
    if again and before is not None and before.state != "done":
        count.wrong.append(f"{again} ran again after the {victim} was killed")
    found = {name: (folder / f"{name}.txt").read_text(encoding="utf-8") for name in _VALUES}
    if found != expected():
        count.wrong.append(f"the files differ after the {victim} was killed")
    _look(folder, count)


def expected() -> dict[str, str]:
    """What the notebook writes into each file."""
    space: dict[str, object] = {}
    for name, value in _VALUES.items():
        space[name] = eval(value, {}, space)  # the values above
    return {name: str(space[name]) for name in _VALUES}


def _start(words: list[str], folder: Path, token: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*_NBFLOW, *words],
        cwd=folder,
        env={**os.environ, _MARK: token},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _of(token: str) -> Iterator[tuple[int, str]]:
    """The processes that were started with the token: id and command line."""
    mark = f"{_MARK}={token}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark in (entry / "environ").read_bytes():
                    yield int(entry.name), (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue


def _kill(victim: str, engine: int, token: str) -> bool:
    """Kill the engine, its helper or one of its steps; false where there is none at this moment."""
    helpers = sorted(pid for pid, command in _of(token) if "helper" in command)
    chosen = {"engine": [engine], "helper": helpers[:1], "step": helpers[1:2]}[victim]
    for pid in chosen:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
    return bool(chosen)


def _end_of(token: str, count: Count) -> None:
    """See that no process is left, after the moment that the system needs to end them."""
    deadline = time.monotonic() + 5
    while left := list(_of(token)):
        if time.monotonic() > deadline:
            count.wrong.append(f"processes are left over: {left}")
            for pid, _ in left:
                os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.02)


def _look(folder: Path, count: Count) -> None:
    """See that every bundle is whole, and that the database is."""
    store = folder / ".nbflow"
    for path in sorted((store / "bundles").glob("*.nbb")):
        try:
            bundle.check(bundle.read(str(path)))
        except bundle.BundleError as error:
            count.wrong.append(str(error))
    if (store / "nbflow.db").exists():
        with sqlite3.connect(store / "nbflow.db") as database:
            (answer,) = database.execute("PRAGMA integrity_check").fetchone()
        database.close()
        if answer != "ok":
            count.wrong.append(f"the database: {answer}")


def _last(folder: Path) -> RunRecord | None:
    try:
        return history.run("last", folder)
    except StoreError:
        return None


def _kills(root: Path, runs: int, chance: random.Random) -> list[str]:
    """Kill so many runs and print the counts; what went wrong."""
    count = Count()
    for number in range(runs):
        folder = root / str(number)
        folder.mkdir()
        once(folder, chance.choice(VICTIMS), chance.uniform(0.0, 1.6), count)
        count.runs += 1
        shutil.rmtree(folder)
    killed = ", ".join(f"{name} {count.killed[name]}" for name in VICTIMS)
    print(f"{count.runs} runs; killed: {killed}; committed steps used again: {count.reused}")
    return count.wrong


def _full(root: Path, runs: int, chance: random.Random) -> list[str]:
    """Let so many runs meet a full disk and print the counts; what went wrong."""
    count = full_disk.Count()
    if not full_disk.several(root, runs, chance, count):
        print("no small file system can be mounted here: that takes root, on Linux")
        return []
    codes = ", ".join(f"{number} with code {code}" for code, number in sorted(count.codes.items()))
    print(f"{count.runs} runs on a full disk; they ended: {codes}")
    return count.wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=200, help="so many runs are killed")
    parser.add_argument("--full", type=int, default=0, help="so many runs meet a full disk")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance, wrong = random.Random(arguments.seed), list[str]()
    root = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        if arguments.runs:
            wrong += _kills(root, arguments.runs, chance)
        if arguments.full:
            wrong += _full(root, arguments.full, chance)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f"wrong: {len(wrong)}")
    for each in wrong:
        print(f"  {each}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
