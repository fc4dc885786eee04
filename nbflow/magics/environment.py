"""The environment that a kernel was started with: that of runs which are started out of it.

What cells have set in ``os.environ`` belongs to the kernel, and a run begins as a fresh kernel does.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: As it was when the extension was loaded first, where the system does not tell more.
_WHEN_LOADED: Final[dict[str, str]] = {}


def keep_environment() -> None:
    """Keep the environment as it is; once, however often it is called."""
    if not _WHEN_LOADED:
        _WHEN_LOADED.update(os.environ)


def environment_at_start() -> Mapping[str, str]:
    """The environment of this process when it began, with what is set for nbflow itself as it is now."""
    own = {name: value for name, value in os.environ.items() if name.startswith("NBFLOW_")}
    began = {n: v for n, v in _began().items() if not n.startswith("NBFLOW_")}
    return {**began, **own}


def _began() -> Mapping[str, str]:
    try:
        content = Path("/proc/self/environ").read_bytes()
    except OSError:
        return _WHEN_LOADED
    pairs = (each.partition(b"=") for each in content.split(b"\0") if b"=" in each)
    return {os.fsdecode(name): os.fsdecode(value) for name, _, value in pairs}
