"""Whether the process of a run is still there."""

from __future__ import annotations

import os
import subprocess
import sys

from nbflow.store.alive import is_alive, is_running, own_process, state_now

TELL = "from nbflow.store.alive import own_process; print(own_process(), flush=True); input()"


def test_this_process_is_alive() -> None:
    assert is_alive(own_process())
    assert not is_alive("")
    assert state_now("running", own_process()) == "running"


def test_a_process_that_has_ended_is_gone_before_anybody_has_asked_after_it() -> None:
    """In a container without an init nobody asks after processes whose parents were killed."""
    command = [sys.executable, "-c", TELL]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        process = child.stdout.readline().strip()
        assert is_alive(process)
        child.kill()
        os.waitid(
            os.P_PID, child.pid, os.WEXITED | os.WNOWAIT
        )  # it has ended, and is left as it is
        assert not is_running(child.pid)
        assert not is_alive(process)
        assert state_now("running", process) == "stopped"
