"""The journal of a run: each record a line of its own, whatever happens to the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from nbflow.store.journal import Journal

#: Writes records until it is killed; says so when the first is there.
_WRITES: str = """
import sys
from pathlib import Path
from nbflow.store.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(10**9):
    journal.write({"event": "step-log", "step": "a", "number": number})
    if not number:
        print("begun", flush=True)
"""
#: The disk is full in the midst of the second record.
_FULL: str = """
import contextlib, resource, sys
from pathlib import Path
from nbflow.store.journal import Journal
journal, hard = Journal(Path(sys.argv[1])), resource.getrlimit(resource.RLIMIT_FSIZE)[1]
journal.write({"event": "run-started", "number": 0})
resource.setrlimit(resource.RLIMIT_FSIZE, (60, hard))
for number in (1, 2):
    with contextlib.suppress(OSError):
        journal.write({"event": "step-started", "number": number})
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
journal.write({"event": "run-ended", "number": 3})
"""


def test_what_was_written_outlives_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITES, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        assert writing.stdout.readline() == "begun\n"
        os.kill(writing.pid, signal.SIGKILL)
    records, _ = Journal(tmp_path).read(0, 1 << 30)
    assert [each["number"] for each in records] == list(range(len(records)))
    assert records


def test_a_record_that_a_full_disk_has_cut_spoils_no_other(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _FULL, str(tmp_path)], check=True)
    assert [each["number"] for each in Journal(tmp_path).steps()] == [0, 3]
