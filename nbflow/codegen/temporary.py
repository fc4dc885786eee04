"""Volumes in the place of temporary files, which pods need for themselves.

Steps that run side by side share what is on a volume. What a pod keeps of its own below ``/tmp`` must not be
there, or one step would write over what another one has just written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_TEMPORARY: Final = "/tmp"
#: The folder for temporary files of a pod that has a volume in their place, and the variable that says so.
OWN: Final = "/tmp/nbflow-tmp"
VARIABLE: Final = "TMPDIR"


def is_covered(paths: Iterable[str]) -> bool:
    """Whether one of the mounts takes the place of temporary files."""
    return any(path.rstrip("/") in ("", _TEMPORARY) for path in paths)
