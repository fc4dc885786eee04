"""The effect gate: effects on the outside are seen, and wait until they are released."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from steps import BROUGHT, MAIN, Chain

HELD = [
    ("with open('made', 'w') as f:\n    f.write('x')", "file"),
    ("from pathlib import Path\nPath('made').touch()", "file"),
    ("import os\nos.mkdir('made')", "file"),
    ("import os\nos.rename('spec0.json', 'made')", "file"),
    ("import os\nfd = os.open('made', os.O_CREAT | os.O_WRONLY)\nos.close(fd)", "file"),
    ("import subprocess\nsubprocess.run(['touch', 'made'], check=True)", "subprocess.Popen"),
    ("import os\nos.system('touch made')", "os.system"),
    ("!touch made", ""),
    ("import sqlite3\nsqlite3.connect('made').close()", "file"),
]
FREE = [
    "x = open('spec0.json').read()",
    "import os\nos.listdir('.')\nos.environ['A'] = 'b'\nos.chdir('/')",
    "import tempfile\nwith tempfile.NamedTemporaryFile('w') as f:\n    f.write('x')",
    "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    open(d + '/a', 'w').close()",
    "open('/dev/null', 'w').close()",
    "import sqlite3\nsqlite3.connect(':memory:').close()",
    "print('x')\nimport json, decimal",
    "import os\nos.mkdir('__pycache__')\nopen('__pycache__/tools.pyc', 'w').close()",
]


def start(folder: Path, source: str) -> tuple[subprocess.Popen[bytes], int, int]:
    """A step that runs ahead of its turn, its events, and what releases it."""
    spec = Chain(folder)._spec((source,), (), {})
    events, events_end = os.pipe()
    release_end, release = os.pipe()
    words = ["step", "--spec", str(spec), "--cloudpickle", BROUGHT]
    process = subprocess.Popen(
        [sys.executable, MAIN, *words, "--events", str(events_end), "--release", str(release_end)],
        pass_fds=[events_end, release_end],
        stdout=subprocess.DEVNULL,
    )
    os.close(events_end)
    os.close(release_end)
    return process, events, release


@pytest.mark.parametrize(("source", "what"), HELD)
def test_an_effect_waits_for_its_release(tmp_path: Path, source: str, what: str) -> None:
    process, events, release = start(tmp_path, source)
    with os.fdopen(events) as heard:
        held = next(event for event in map(json.loads, heard) if event["event"] == "held")
        assert held["what"].startswith(what)
        assert not (tmp_path / "made").exists()
        os.write(release, b".")
        assert not [event for event in map(json.loads, heard) if event["event"] == "held"]
    os.close(release)
    assert process.wait(timeout=30) == 0
    assert (tmp_path / "made").exists()


def test_a_step_that_is_given_up_while_it_waits_does_nothing(tmp_path: Path) -> None:
    process, events, release = start(tmp_path, "open('made', 'w').close()")
    with os.fdopen(events) as heard:
        assert next(event for event in map(json.loads, heard) if event["event"] == "held")
        os.close(release)
        assert process.wait(timeout=30) == 3
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("source", FREE)
def test_what_is_no_effect_on_others_does_not_wait(tmp_path: Path, source: str) -> None:
    process, events, release = start(tmp_path, source)
    with os.fdopen(events) as heard:
        kinds = [json.loads(line)["event"] for line in heard]
    os.close(release)
    assert process.wait(timeout=30) == 0
    assert "held" not in kinds


def test_files_that_were_read_and_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    source = "import os\nos.listdir('.')\nt = open('a.txt').read()\nopen('b.txt', 'w').write(t)"
    outcome = Chain(tmp_path).run(source).outcome
    assert outcome["files_read"] == [str(tmp_path), str(tmp_path / "a.txt")]
    assert outcome["files_written"] == [str(tmp_path / "b.txt")]
