"""How much memory the steps may take together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def available() -> int | None:
    """The bytes that can be had without swapping, of the machine or of this container; None if unknown."""
    found = [amount for amount in (_of_machine(), _of_cgroup()) if amount is not None]
    return min(found) if found else None


def _of_machine() -> int | None:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return _all_of_machine()
    amounts = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(amounts["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in amounts else None


def _all_of_machine() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _of_cgroup() -> int | None:
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if limit == "max" else max(0, int(limit) - used)


def kills() -> int:
    """How many processes of this container the system has killed for want of memory so far."""
    try:
        text = (_CGROUP / "memory.events").read_text(encoding="ascii")
    except OSError:
        return 0
    found = dict(line.split() for line in text.splitlines())
    return int(found.get("oom_kill", 0))


class Memory:
    """What was there when the run began, shared out by what steps have needed before."""

    def __init__(self, total: int | None) -> None:
        self._total = total

    def has_room(self, peak: int, others: Iterable[int]) -> bool:
        """Whether a step that needed ``peak`` bytes fits beside ``others``; alone it always does."""
        taken = list(others)
        return not taken or self._total is None or peak + sum(taken) <= self._total
