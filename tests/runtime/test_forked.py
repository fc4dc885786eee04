"""What a forked step has of the helper: what a new interpreter has too, and nothing else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from steps import Chain, Helper

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

#: Prints what a process holds: descriptors, threads, signals.
LOOK = """
import json, os, signal, threading
def held():
    for number in sorted(map(int, os.listdir("/proc/self/fd"))):
        try:
            link = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:  # by which the folder was listed
            continue
        yield number, link, os.get_inheritable(number)
named = [each for each in signal.valid_signals() if isinstance(each, signal.Signals)]
print(json.dumps({
    "held": list(held()),
    "threads": [each.name for each in threading.enumerate()],
    "tasks": len(os.listdir("/proc/self/task")),
    "handlers": {each.name: str(signal.getsignal(each)) for each in named},
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "wakes": signal.set_wakeup_fd(-1),
    "umask": os.umask(0o22),
}))
"""
#: Prints what a program finds that the step starts, two ways of which inherit what can be inherited.
GRANDCHILDREN = """
import os, subprocess, sys
look = "import os; print([n for n in range(99) if os.path.exists('/proc/self/fd/%d' % n)])"
said = {"stdout": subprocess.PIPE, "text": True}
print(subprocess.run([sys.executable, "-c", look], close_fds=False, **said).stdout, end="")
print(os.popen(f'{sys.executable} -c "{look}"').read(), end="")
"""


@pytest.fixture(scope="module")
def loaded() -> Iterator[Helper]:
    """A helper that holds libraries which start threads of their own when they compute."""
    made = Helper()
    made.send({"op": "preload", "modules": ["numpy", "sklearn.ensemble"]})
    yield made
    assert made.stop() == 0


def looked(folder: Path, helper: Helper | None) -> dict[str, object]:
    chain = Chain(folder, helper)
    chain.run("x = 1")
    found: dict[str, object] = json.loads(chain.run(LOOK).stream())
    held = found.pop("held")
    assert isinstance(held, list)
    found["held"] = sorted((link.partition("[")[0].strip(":"), kept) for _, link, kept in held)
    return found


def test_it_holds_what_a_new_process_holds_and_nothing_of_the_helper(
    tmp_path: Path, loaded: Helper
) -> None:
    for name in ("forked", "new"):
        (tmp_path / name).mkdir()
    forked = looked(tmp_path / "forked", loaded)
    assert forked == looked(tmp_path / "new", None)
    assert forked["threads"] == ["MainThread"]
    assert (forked["tasks"], forked["blocked"], forked["wakes"]) == (1, [], -1)
    assert forked["held"] == [
        ("/dev/null", True),
        ("anon_inode", False),  # of the event loop, with its pair of sockets
        ("pipe", False),  # events
        ("pipe", True),  # stdout
        ("pipe", True),  # stderr
        ("socket", False),
        ("socket", False),
    ]


@pytest.mark.parametrize("forked", [True, False])
def test_programs_that_it_starts_hold_nothing_of_it(
    tmp_path: Path, helper: Helper, forked: bool
) -> None:
    ended = Chain(tmp_path, helper if forked else None).run(GRANDCHILDREN)
    assert ended.stream() == "[0, 1, 2]\n[0, 1, 2]\n"


def test_it_holds_no_pipe_of_a_step_that_runs_meanwhile(tmp_path: Path, helper: Helper) -> None:
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    go, going = os.pipe()
    wait = f"open('/proc/{os.getpid()}/fd/{go}').read()"
    first = Chain(folders[0])._spec((wait,), (), {})
    second = Chain(folders[1])._spec((LOOK,), (), {})
    with _started(helper, 1, first) as waiting, _started(helper, 2, second) as looking:
        own = os.readlink(f"/proc/self/fd/{looking.fileno()}")
        lines = [json.loads(line) for line in looking.read().splitlines()]
        shown = "".join(event["text"] for event in lines if event["event"] == "stream")
        assert {link for _, link, _ in json.loads(shown)["held"] if "pipe:" in link} == {own}
        os.close(going)
        waiting.read()
    os.close(go)
    told = [helper.receive()["op"] for _ in range(4)]
    assert sorted(told) == ["exited", "exited", "started", "started"]


def _started(helper: Helper, number: int, spec: Path) -> BinaryIO:
    """All that a step says and writes, which begins now."""
    said, end = os.pipe()
    helper.send({"op": "step", "id": number, "spec": str(spec)}, (end, end, end))
    os.close(end)
    return os.fdopen(said, "rb")


#: Computes on several threads, in BLAS, OpenMP and joblib, and prints how many there were.
COMPUTES = """
import os
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from threadpoolctl import threadpool_info
tasks = lambda: len(os.listdir("/proc/self/task"))
draw = np.random.default_rng(0)
a, before = draw.normal(size=(1200, 1200)), tasks()
product, with_blas = a @ a, tasks()
x = draw.normal(size=(20_000, 10))
boosted = HistGradientBoostingRegressor(max_iter=5).fit(x, x[:, 0] * 2 + x[:, 1] ** 2)
with_openmp = tasks()
forest = RandomForestRegressor(4, n_jobs=2, random_state=0).fit(x[:500], x[:500, 0])
pools = {(each["user_api"], each["num_threads"]) for each in threadpool_info()}
print(before)
print(with_blas > 1, with_openmp > 1, sorted(pools))
print(*[round(float(each.sum()), 3) for each in (product, boosted.predict(x), forest.predict(x))])
"""


def test_blas_and_openmp_have_their_threads(tmp_path: Path, loaded: Helper) -> None:
    if len(os.sched_getaffinity(0)) == 1:
        pytest.skip("needs two cores")
    for name in ("forked", "new"):
        (tmp_path / name).mkdir()
    before, *forked = Chain(tmp_path / "forked", loaded).run(COMPUTES).stream().splitlines()
    assert before == "1"
    assert forked[0].startswith("True True")
    assert forked == Chain(tmp_path / "new").run(COMPUTES).stream().splitlines()[1:]
