"""Temporary directories that a variable holds: they outlive the step that has made them.

``tempfile.TemporaryDirectory`` removes its folder when the process ends. In a notebook that is the end of
the kernel, here it would be the end of one step.
"""

from __future__ import annotations

import sys
import tempfile
import weakref
from typing import Any, Collection, Iterable, List, Mapping


def keep(values: Mapping[str, Any], stored: Collection[str]) -> None:
    """Let the folders live on after this process, but for those that a variable which is not stored
    holds: the prelude makes its own in every step."""
    if "tempfile" not in sys.modules:
        return
    left = {id(value) for name, value in values.items() if name not in stored}
    for directory, finalizer in _alive():
        if id(directory) not in left:
            finalizer.atexit = False


def _alive() -> List[Any]:
    registry: Any = getattr(weakref.finalize, "_registry", {})
    found = []
    for finalizer in list(registry):
        entry = finalizer.peek()
        if entry is not None and isinstance(entry[0], tempfile.TemporaryDirectory):
            found.append((entry[0], finalizer))
    return found


def adopt(values: Iterable[Any]) -> None:
    """Let the directories that were loaded remove their folders when the user's code drops them."""
    for value in values:
        if isinstance(value, tempfile.TemporaryDirectory) and not value._finalizer.alive:  # type: ignore[attr-defined]
            finalizer: Any = weakref.finalize(
                value,
                value._cleanup,  # type: ignore[attr-defined]
                value.name,
                warn_message=f"Implicitly cleaning up {value!r}",
                **_options(value),
            )
            finalizer.atexit = False
            value._finalizer = finalizer  # type: ignore[attr-defined]


def _options(directory: Any) -> Mapping[str, Any]:
    """What newer Pythons hand to the cleaning function besides."""
    names = {"_ignore_cleanup_errors": "ignore_errors", "_delete": "delete"}
    own = vars(directory)
    return {option: own[name] for name, option in names.items() if name in own}
