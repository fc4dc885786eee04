"""Going on where a run has ended: after a failed cell, a kill, a stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_local import states, stdout, write

import nbflow
from nbflow.errors import EngineError, ParameterError
from nbflow.service import history
from nbflow.service.run import cancel, resume, run
from nbflow.store import RunRecord

CHAIN = (
    (
        "step:a",
        "import uuid, random\nx = uuid.uuid4(), random.random()\nopen('log.txt', 'a').write('a')",
    ),
    ("step:b", "y = 1 / int(open('divisor.txt').read())"),
    ("step:c", "print(x, y)\nopen('log.txt', 'a').write('c')"),
)
MAIN = "from nbflow.cli.main import main; main()"
SLOW = "import time\nopen('began.txt', 'w').close()\ntime.sleep(60)"


@pytest.fixture(autouse=True)
def _same_code_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(nbflow.__file__).parent.parent))


def reused(record: RunRecord) -> dict[str, bool]:
    return {step.name: bool(step.reused) for step in record.steps}


def test_a_run_goes_on_after_its_cause_is_cured(tmp_path: Path) -> None:
    (tmp_path / "divisor.txt").write_text("0")
    path = write(tmp_path, *CHAIN)
    first = run(str(path))
    assert states(first) == {"a": "done", "b": "failed", "c": "skipped"}
    (tmp_path / "divisor.txt").write_text("2")
    record = resume(first.id, tmp_path)
    assert record.state == "done"
    assert reused(record) == {"a": True, "b": False, "c": False}
    assert (tmp_path / "log.txt").read_text() == "ac"
    assert record.seed == first.seed


def test_a_run_begins_again_from_a_step(tmp_path: Path) -> None:
    drawn = ("step:a", "import random\nx = random.random()")
    path = write(
        tmp_path, drawn, ("step:b", "y = x * 2"), ("step:c", "z = 1"), ("step:d", "print(y)")
    )
    first = run(str(path))
    record = resume(first.id, tmp_path, step="b")
    assert reused(record) == {"a": True, "b": False, "c": True, "d": False}
    assert stdout(record) == stdout(first)
    record = resume(first.id, tmp_path, step="a")
    assert reused(record) == {"a": False, "b": False, "c": True, "d": False}
    assert stdout(record) == stdout(first)
    with pytest.raises(ParameterError, match="has no step `z`"):
        resume(first.id, tmp_path, step="z")


def test_a_run_goes_on_after_its_cell_is_mended(tmp_path: Path) -> None:
    (tmp_path / "divisor.txt").write_text("0")
    first = run(str(write(tmp_path, *CHAIN)))
    mended = (CHAIN[0], ("step:b", "y = 3"), CHAIN[2])
    write(tmp_path, *mended)
    record = resume(first.id, tmp_path)
    assert reused(record) == {"a": True, "b": False, "c": False}
    assert record.steps[1].reason == "it has no earlier result"


def test_parameters_of_the_run_stay(tmp_path: Path) -> None:
    path = write(tmp_path, ("parameters", "n = '1'"), ("step:a", "print(repr(n))"))
    first = run(str(path), parameters={"n": "2"})
    assert stdout(resume(first.id, tmp_path)) == stdout(first) == "'2'\n"


def start(path: Path) -> subprocess.Popen[bytes]:
    """A run in a process of its own, once its slow step has begun."""
    command = [sys.executable, "-c", MAIN, "run", str(path), "--quiet"]
    process = subprocess.Popen(
        command,
        cwd=path.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (path.parent / "began.txt").exists():
        assert process.poll() is None
        time.sleep(0.05)
    return process


def test_a_run_goes_on_after_a_kill(tmp_path: Path) -> None:
    path = write(
        tmp_path, ("step:a", "x = [1]"), ("step:b", "x.append(2)"), ("step:c", SLOW + "\nprint(x)")
    )
    process = start(path)
    process.kill()
    process.wait()
    assert history.run("last", tmp_path).state == "stopped"
    write(tmp_path, ("step:a", "x = [1]"), ("step:b", "x.append(2)"), ("step:c", "print(x)"))
    record = resume("last", tmp_path)
    assert reused(record) == {"a": True, "b": True, "c": False}
    assert stdout(record) == "[1, 2]\n"


def test_a_run_can_be_told_to_stop(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", "x = [1]"), ("step:c", SLOW))
    process = start(path)
    with pytest.raises(EngineError, match="still going on"):
        resume("last", tmp_path)
    cancel("last", tmp_path)
    assert process.wait(timeout=30) == 130
    record = history.run("last", tmp_path)
    assert (record.state, states(record)) == ("stopped", {"a": "done", "c": "stopped"})
    with pytest.raises(EngineError, match="does not go on"):
        cancel("last", tmp_path)


def test_what_a_run_says_of_itself_is_not_believed_of_another_process(tmp_path: Path) -> None:
    path = write(tmp_path, ("step:a", SLOW))
    process = start(path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    row = history.runs(folder=tmp_path)[0]
    assert row.state == "stopped"
    assert json.loads(path.read_text())["nbformat"] == 4
