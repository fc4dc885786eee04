"""Whether the process that writes a run is still there."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def own_process() -> str:
    """This process in one word: machine, id, and when it began, since ids are given again."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def is_alive(process: str) -> bool:
    """Whether the process of ``own_process`` runs; one of another machine counts as running."""
    host, _, rest = process.rpartition(":")[0].rpartition(":")
    if not host:
        return False
    if host != socket.gethostname():
        return True
    pid = int(rest)
    return is_running(pid) and _began(pid) in ("", process.rpartition(":")[2])


def state_now(state: str, process: str, elsewhere: str | None = None) -> str:
    """The state of a run; one whose process is gone has been stopped, unless it runs ``elsewhere``."""
    return "stopped" if state == "running" and not elsewhere and not is_alive(process) else state


def is_running(pid: int) -> bool:
    """Whether a process of this id runs on this machine; one that has ended and is only listed does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _stat(pid)[:1] not in (["Z"], ["X"])


def is_here(process: str) -> bool:
    """Whether the process of ``own_process`` is, or was, one of this machine."""
    return process.rpartition(":")[0].rpartition(":")[0] == socket.gethostname()


def pid_of(process: str) -> int | None:
    """The id of the process, or None where it does not run on this machine."""
    host, _, pid = process.rpartition(":")[0].rpartition(":")
    return int(pid) if host == socket.gethostname() and is_alive(process) else None


def _began(pid: int) -> str:
    """When a process began, in the system's own count; "" where the system does not tell."""
    return "".join(_stat(pid)[19:20])


def _stat(pid: int) -> list[str]:
    """What the system tells of a process, from its state on (proc_pid_stat(5)), if anything."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
