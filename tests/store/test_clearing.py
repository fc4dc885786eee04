"""Clearing a store away: what goes, and what stays because a run needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import nbflow
from nbflow.errors import StoreError
from nbflow.model import StepName
from nbflow.runtime.claims import Claims
from nbflow.service.gc import Policy, chosen, gc
from nbflow.store import ResultRecord, RunRow, StepRecord, Store, VariableRecord
from nbflow.store.clearing import Held
from nbflow.store.portraits import path_of
from nbflow.store.reserve import given_up
from nbflow.store.scratch import place_in

GB = 10**9
DAY = 86400
NOW = 100.0 * DAY
ROOT = str(Path(nbflow.__file__).parent.parent)


def held(
    id_: int,
    *files: str,
    notebook: str = "n",
    state: str = "done",
    needed: bool = False,
    own: int = GB,
    day: float | None = None,
    batch: str = "",
) -> Held:
    """A run that ended ``100 - id_`` days ago, or as the clock said on another ``day``."""
    started = (id_ if day is None else day) * DAY - 60.0
    run = RunRow(str(id_), notebook, "local", state, started, 60.0, batch=batch)
    return Held(run, needed, own, frozenset(map(Path, files)))


CHOICES: dict[str, tuple[list[Held], Policy, str]] = {
    "nothing said": ([held(2), held(1)], Policy(), ""),
    "count": ([held(3), held(2), held(1)], Policy(keep=1), "12"),
    "count, each notebook": ([held(3), held(2, notebook="m"), held(1)], Policy(keep=1), "1"),
    "count, one that goes on is not counted": (
        [held(3, state="running", needed=True), held(2), held(1)],
        Policy(keep=1),
        "1",
    ),
    "count, one that is needed stays": ([held(2), held(1, needed=True)], Policy(keep=0), "2"),
    "age": ([held(99), held(50), held(9)], Policy(older_than=60 * DAY), "9"),
    "age, the newest stays": ([held(9), held(8)], Policy(older_than=60 * DAY), "8"),
    "age, none stays": ([held(9), held(8)], Policy(older_than=60 * DAY, keep=0), "89"),
    "age, some stay": ([held(9), held(8), held(7)], Policy(older_than=60 * DAY, keep=2), "7"),
    "age, a clock that was behind": ([held(9), held(8, day=1), held(7)], Policy(95 * DAY), ""),
    "age, a clock that was far ahead": (
        [held(9), held(8, day=900), held(7)],
        Policy(90.5 * DAY),
        "78",
    ),
    "age, a clock that was a little ahead": (
        [held(9), held(8), held(7, day=50), held(6)],
        Policy(60 * DAY),
        "6",
    ),
    "age, a clock that is behind now": ([held(150), held(149)], Policy(older_than=DAY), ""),
    "size": ([held(3), held(2), held(1)], Policy(max_size=2 * GB), "1"),
    "size, the newest stays": ([held(3), held(2), held(1)], Policy(max_size=0), "12"),
    "size, none stays": ([held(3), held(2), held(1)], Policy(max_size=0, keep=0), "123"),
    "size, shared files stay": (
        [held(3, "a"), held(2, "a"), held(1)],
        Policy(max_size=5 * GB),
        "1",
    ),
    "size, files that become free": (
        [held(3), held(2, "a"), held(1, "a")],
        Policy(max_size=2 * GB),
        "12",
    ),
    "size, after age": ([held(9), held(8), held(7), held(6)], Policy(92.5 * DAY, 2 * GB), "67"),
    "size, one that is needed counts": (
        [held(3), held(2), held(1, "a", needed=True)],
        Policy(max_size=5 * GB),
        "2",
    ),
    "count, a batch is one": (
        [held(5), held(4, batch="s"), held(3, batch="s"), held(2), held(1)],
        Policy(keep=2),
        "12",
    ),
    "count, a batch to which runs were added later": (
        [held(5, batch="s"), held(4), held(3, batch="t"), held(2, batch="t"), held(1, batch="s")],
        Policy(keep=1),
        "234",
    ),
    "count, batches of two notebooks": (
        [held(4, batch="s"), held(3, batch="t", notebook="m"), held(2), held(1, notebook="m")],
        Policy(keep=1),
        "12",
    ),
    "age, a batch is as old as its youngest run": (
        [held(99), held(50, batch="s"), held(10, batch="s"), held(9)],
        Policy(older_than=60 * DAY),
        "9",
    ),
    "age, a batch goes as a whole": (
        [held(99), held(7, batch="s"), held(6, batch="s")],
        Policy(older_than=60 * DAY),
        "67",
    ),
    "size, runs before a batch that is younger": (
        [held(4), held(3, batch="s"), held(2), held(1, batch="s")],
        Policy(max_size=3 * GB),
        "2",
    ),
    "size, a batch from its first run on": (
        [held(4), held(3, batch="s"), held(2, batch="s")],
        Policy(max_size=2 * GB),
        "2",
    ),
}


@pytest.mark.parametrize("case", CHOICES)
def test_which_runs_go(case: str) -> None:
    runs, policy, expected = CHOICES[case]
    assert "".join(sorted(chosen(runs, {Path("a"): 3 * GB}, policy, NOW))) == expected


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.delenv("NBFLOW_HOME", raising=False)
    return Store.open(tmp_path, create=True)


def begin(store: Store, state: str = "done", *versions: str, resumes: str = "") -> str:
    """A run whose step has made a variable of each version; unless it runs, nobody has it open."""
    if state != "running":
        with Store.open(store.folder.parent) as other:
            return _begun(other, state, versions, resumes)
    return _begun(store, state, versions, resumes)


def _begun(store: Store, state: str, versions: tuple[str, ...], resumes: str) -> str:
    run = store.begin(
        notebook="/n.ipynb", engine="local", python="p", parameters={}, resumes=resumes
    )
    variables = tuple(VariableRecord(f"v{v}", "int", version=v) for v in versions)
    store.record_step(run, StepRecord(StepName("s"), 0, "done", variables=variables))
    for version in versions:
        bundle(store, version)
    if state != "running":
        store.end(run, state, 1.0, {})
    return run


def bundle(store: Store, key: str) -> None:
    (store.bundles / f"{key}.nbb").write_text(key)


def result(store: Store, run: str, *bundles: str) -> ResultRecord:
    """The result of a step as the store has it."""
    step = StepName("s")
    made = ResultRecord(run, "/n.ipynb", step, "code", {}, {}, {}, (), bundles, "{}")
    store.keep_result(made, {"cells": {}, "displays": []})
    for key in bundles:
        bundle(store, key)
    return next(iter(store.results(step, "code")))


def left(store: Store) -> str:
    """The bundles that are there."""
    return "".join(sorted(path.stem for path in store.bundles.glob("*.nbb")))


ALL_BUT_LAST = Policy(keep=1)


def test_a_run_goes_with_all_that_only_it_needs(store: Store, tmp_path: Path) -> None:
    with store:
        first = begin(store, "failed", "a", "b")
        second = begin(store, "done", "b", "c")
        cleared = gc(ALL_BUT_LAST, tmp_path)
        assert [run.id for run in cleared.runs] == [first]
        assert [row.id for row in store.runs()] == [second]
        assert left(store) == "bc"
        assert not store.run_folder(first).exists()
        assert store.run_folder(second).exists()
        assert list((store.folder / "trash").iterdir()) == []
        with pytest.raises(StoreError, match="there is no run"):
            store.run(first)


def test_portraits_go_with_their_bundles(store: Store, tmp_path: Path) -> None:
    with store:
        begin(store, "failed", "a", "b")
        begin(store, "done", "b")
        for key in ("a", "b", "lost"):
            path_of(store.bundles, key).write_text("{}" * 50)
        cleared = gc(ALL_BUT_LAST, tmp_path)
        assert [path.name for path in store.bundles.glob("*.json")] == ["b.looks.json"]
        assert (cleared.freed, cleared.left) == (201, 101)


def test_a_dry_run_tells_the_same_and_removes_nothing(store: Store, tmp_path: Path) -> None:
    with store:
        begin(store, "done", "a")
        begin(store, "done", "b")
        told = gc(ALL_BUT_LAST, tmp_path, dry_run=True)
        assert (len(store.runs()), left(store)) == (2, "ab")
        assert gc(ALL_BUT_LAST, tmp_path) == told
        assert gc(ALL_BUT_LAST, tmp_path) == replace(told, runs=(), freed=0)


def test_a_result_moves_to_the_newest_run_that_uses_it(store: Store, tmp_path: Path) -> None:
    with store:
        first = begin(store)
        found = result(store, first, "a")
        second, third, fourth = begin(store), begin(store), begin(store)
        assert store.use_result(second, found)
        assert store.use_result(third, found)
        for keep, home in ((3, third), (2, third), (1, None)):
            gc(Policy(keep=keep), tmp_path)
            homes = [each.run for each in store.results(StepName("s"), "code")]
            assert homes == ([home] if home else [])
            assert left(store) == ("a" if home else "")
        assert not store.use_result(fourth, found)
        assert not store.used_results(fourth)


def test_what_a_run_that_goes_on_may_yet_use_stays(store: Store, tmp_path: Path) -> None:
    with store:
        resumed = begin(store, "failed")
        unneeded = begin(store, "done", "x")
        newest = begin(store)
        result(store, newest, "a")
        running = begin(store, "running", resumes=resumed)
        gc(Policy(keep=0), tmp_path)
        assert {row.id for row in store.runs()} == {resumed, newest, running}
        assert left(store) == "a"
        assert unneeded not in {row.id for row in store.runs()}


def test_a_run_that_is_removed_cannot_be_resumed(store: Store, tmp_path: Path) -> None:
    with store:
        run = begin(store)
        gc(Policy(keep=0), tmp_path)
        with pytest.raises(StoreError, match="has been removed"):
            begin(store, resumes=run)


def test_what_steps_have_claimed_stays_while_their_run_goes_on(
    store: Store, tmp_path: Path
) -> None:
    with store:
        run = begin(store, "running")
        folder = store.run_folder(run) / "steps" / "0"
        folder.mkdir(parents=True)
        Claims(str(store.bundles), str(folder)).claim("a")
        bundle(store, "a")
        bundle(store, "b")
        gc(Policy(), tmp_path)
        assert left(store) == "a"
        store.end(run, "failed", 1.0, {})
        gc(Policy(keep=0), tmp_path)
        assert left(store) == "a"
    gc(Policy(), tmp_path)
    assert left(store) == ""


def test_files_half_written_go_with_their_process(store: Store, tmp_path: Path) -> None:
    with store, subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        dead = [store.bundles / f"a.nbb.{process.pid}.tmp", store.folder / f"p.{process.pid}.tmp"]
        alive = store.bundles / f"a.nbb.{os.getpid()}.tmp"
        for path in (*dead, alive):
            path.write_text("")
        lost = store.run_folder("77")
        lost.mkdir()
        gc(Policy(), tmp_path)
        assert not any(path.exists() for path in (*dead, lost))
        assert alive.exists()


IN_SCRATCH = """
import os, sys
from pathlib import Path
from nbflow.store.scratch import place_in
with place_in(Path(sys.argv[1])) as place:
    (place / "copy").mkdir(parents=True)
    os.kill(os.getpid(), 9)
"""


def test_folders_of_a_process_go_when_it_is_gone(store: Store, tmp_path: Path) -> None:
    with store, place_in(store.folder) as mine:
        (mine / "copy").mkdir(parents=True)
        process = start(IN_SCRATCH, store.folder)
        process.communicate(timeout=60)
        assert process.returncode == -9
        old = store.folder / "verify-old"  # without a note, as they were made at first
        old.mkdir()
        places = {path for path in store.folder.glob("verify-*") if path.is_dir()}
        assert len(places) == 3
        gc(Policy(), tmp_path)
        names = [path.name for path in sorted(store.folder.glob("verify-*"))]
        assert names == [mine.name, f"{mine.name}.process"]
        assert (mine / "copy").is_dir()
    assert not [*store.folder.glob("verify-*")]


def test_clearing_has_room_on_a_full_disk(store: Store) -> None:
    reserve = store.folder / "reserve"
    size = reserve.stat().st_size
    with given_up(store.folder):
        assert not reserve.exists()
    assert reserve.stat().st_size == size > 100_000


#: Runs that use results and store bundles as engines and steps do, and look whether they are there.
RUN = """
import random, sys, time
from nbflow.model import StepName
from nbflow.runtime import bundle
from nbflow.runtime.claims import Claims
from nbflow.store import ResultRecord, Store

STEP, missing, hits = StepName("s"), set(), 0
end = time.monotonic() + float(sys.argv[2])


def run(store):
    global hits, missing
    notebook = f"/{random.random()}.ipynb"
    run = store.begin(notebook=notebook, engine="local", python="p", parameters={})
    folder = store.run_folder(run) / "steps" / "0"
    folder.mkdir(parents=True)
    claims = Claims(str(store.bundles), str(folder))
    needed = set()
    for step in range(8):
        key = random.choice("abcdef")
        used = [r for r in store.results(STEP, key) if random.random() < 0.5 and store.use_result(run, r)]
        if used:
            hits += 1
            needed.update(used[0].bundles)
        else:
            claims.claim(key)
            bundle.write(bundle.Payload(b"stream"), ["v"], str(store.bundles), key)
            needed.add(key)
            time.sleep(0.005)
            missing |= {k for k in needed if not (store.bundles / f"{k}.nbb").exists()}
            result = ResultRecord(run, notebook, STEP, key, {}, {}, {}, (), (key,), "{}")
            store.keep_result(result, {"cells": {}, "displays": []})
        missing |= {k for k in needed if not (store.bundles / f"{k}.nbb").exists()}
    store.end(run, "done", 1.0, {})


while time.monotonic() < end:
    with Store.open(sys.argv[1]) as store:
        run(store)
print(hits, sorted(missing))
"""
CLEAR = """
import sys, time
from nbflow.service.gc import Policy, gc
removed, end = 0, time.monotonic() + float(sys.argv[2])
while time.monotonic() < end:
    removed += len(gc(Policy(keep=0), sys.argv[1]).runs)
print(removed)
"""


def start(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )


def test_runs_that_go_on_keep_what_they_need(store: Store, tmp_path: Path) -> None:
    store.close()
    running = [start(RUN, tmp_path, "4") for _ in range(3)]
    clearing = [start(CLEAR, tmp_path, "4") for _ in range(2)]
    told = [process.communicate(timeout=120)[0].strip() for process in running]
    assert all(text.endswith(" []") for text in told), told
    assert all(int(text.split()[0]) for text in told)
    assert sum(int(process.communicate(timeout=120)[0]) for process in clearing) > 3


CLAIM = """
import sys
from nbflow.runtime.claims import Claims
Claims(*sys.argv[1:]).claim("a")
"""


def test_a_claim_waits_until_the_store_is_cleared(store: Store, tmp_path: Path) -> None:
    with store:
        with store.clearing():
            process = start(CLAIM, store.bundles, tmp_path)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        assert process.wait(timeout=60) == 0
        assert (tmp_path / "bundles").read_text() == "a\n"
        process.communicate()


def test_a_batch_that_goes_on_keeps_its_runs(store: Store, tmp_path: Path) -> None:
    with store:
        store.batches.claim("s", "/n.ipynb", "", [{"depth": 1}, {"depth": 2}, {"depth": 3}])
        for position in (1, 2):
            store.batches.note_run("s", position, begin(store, "done", str(position)))
        begin(store)
        assert [run.id for run in gc(Policy(keep=0), tmp_path).runs] == ["3"]
        assert left(store) == "12"
        store.batches.release("s")
        assert [run.id for run in gc(Policy(keep=0), tmp_path).runs] == ["1", "2"]
        assert [each.state for each in store.batches.batch("s").members] == ["waiting"] * 3
