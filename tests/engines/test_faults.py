"""Steps that misbehave: each is told for what it was, and nothing is left of it."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_local import is_alive, states, stdout, write

import nbflow
from nbflow.service import history
from nbflow.service.run import run

MAIN = "from nbflow.cli.main import main; main()"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import os\nos._exit(3)", "its process ended by itself with exit code 3 while cell 1 ran"),
        (
            "import os\nx = bytearray(60_000_000)\nos.kill(os.getpid(), 9)",
            r"its process was killed by signal 9 \(SIGKILL\)(, peak 0\.\d GB)?, .* while cell 1 ran",
        ),
        (
            "import os\nos.abort()",
            r"its process was killed by signal 6 \(SIGABRT\) while cell 1 ran",
        ),
        ("import ctypes\nctypes.string_at(0)", r"killed by signal 11 \(SIGSEGV\) while cell 1 ran"),
        ("import sys\nsys.exit(4)", "cell 1: SystemExit: 4"),
        ("raise KeyboardInterrupt", "cell 1, line 1: KeyboardInterrupt$"),
    ],
)
@pytest.mark.parametrize("fork", [True, False])
def test_a_step_that_ends_badly_is_told_for_what_it_was(
    tmp_path: Path, source: str, message: str, fork: bool
) -> None:
    record = run(str(write(tmp_path, ("step:a", source))), fork=fork)
    assert states(record) == {"a": "failed"}
    assert re.search(message, record.steps[0].message), record.steps[0].message


def test_children_of_a_step_end_with_it(tmp_path: Path) -> None:
    source = (
        "import signal, subprocess\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '300'])\n"
        "n = open('pid.txt', 'w').write(str(child.pid))\ndel child"
    )
    assert run(str(write(tmp_path, ("step:a", source)))).state == "done"
    assert not is_alive(int((tmp_path / "pid.txt").read_text()))


def test_a_step_may_write_very_much(tmp_path: Path) -> None:
    source = "line = 'x' * 99 + '\\n'\nfor n in range(1000):\n    print(line * 200, end='')\n"
    record = run(str(write(tmp_path, ("step:a", source))))
    assert (record.state, len(stdout(record))) == ("done", 20_000_000)


def test_a_step_may_write_bytes_that_are_no_text(tmp_path: Path) -> None:
    source = "import os\nn = os.write(2, bytes(range(256)) * 10)\nn = os.write(1, b'\\xff\\x00')"
    record = run(str(write(tmp_path, ("step:a", source))))
    assert record.state == "done"
    assert stdout(record) == "\ufffd\x00"
    assert json.loads(Path(record.executed).read_text())["cells"][0]["outputs"]


def test_text_past_the_streams_of_python_keeps_its_place(tmp_path: Path) -> None:
    source = (
        "import os\nfor n in range(500):\n    print(n, flush=True)\n    _ = os.write(1, b'-\\n')"
    )
    record = run(str(write(tmp_path, ("step:a", source))))
    assert stdout(record) == "".join(f"{n}\n-\n" for n in range(500))


def _run_in_store(folder: Path) -> str:
    command = [sys.executable, "-c", MAIN, "run", "--quiet", str(folder / "nb.ipynb")]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{answer.returncode} {answer.stderr}"


def test_many_runs_at_once_in_one_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(nbflow.__file__).parent.parent))
    monkeypatch.setenv("NBFLOW_HOME", str(tmp_path / "store"))
    folders = [tmp_path / str(number) for number in range(8)]
    for folder in folders:
        folder.mkdir()
        write(folder, ("step:a", "x = list(range(9))"), ("step:b", f"print(sum(x), {folder.name})"))
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        assert pool.map(_run_in_store, folders) == ["0 "] * 8
    rows = history.runs(folder=tmp_path)
    assert sorted(int(row.id) for row in rows) == list(range(1, 9))
    assert {row.state for row in rows} == {"done"}
    for row in rows:
        printed = stdout(history.run(row.id, tmp_path))
        assert printed == f"36 {Path(row.notebook).parent.name}\n"


def test_a_full_disk_is_told_and_earlier_runs_stay_readable(tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        first = run(str(write(place, ("step:a", "x = 1"))))
        assert first.state == "done"
        path = write(
            place, ("step:a", "x = bytes(1_000_000)"), ("step:b", "y = x + bytes(900_000)")
        )
        command = [sys.executable, "-c", MAIN, "run", "--quiet", str(path)]
        for filled in range(100_000, 2_600_000, 400_000):
            with contextlib.suppress(OSError):  # then it is as full as can be
                (place / "filler").write_bytes(os.urandom(filled))
            answer = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "Traceback" not in answer.stderr
            assert answer.returncode in (0, 1, 3, 6, 7)
            assert answer.returncode == 0 or "space" in (answer.stderr + answer.stdout).lower()
            (place / "filler").unlink()
            assert history.run(first.id, place).state == "done"
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.slow
def test_a_store_on_a_full_disk_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(nbflow.__file__).parent.parent
    monkeypatch.setenv("PYTHONPATH", str(root))
    command = [sys.executable, str(root / "benchmarks" / "faults.py"), "--runs", "0", "--full", "3"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if "no small file system" in answer.stdout:
        pytest.skip("a small file system cannot be mounted here")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "3 runs on a full disk" in answer.stdout
