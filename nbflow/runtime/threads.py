"""Threads of the notebook that are still alive when its step ends: they end with the step's process."""

from __future__ import annotations

import functools
import threading
from typing import Any, Dict, FrozenSet, List

#: Threads of library classes that only wait for more work, or watch others.
_OF_LIBRARIES = (
    "concurrent.futures",
    "joblib",
    "tqdm",
    "zmq",
    "IPython",
    "ipykernel",
    "multiprocessing",
)


def alive() -> FrozenSet[int]:
    """The ids of the Python threads that are alive now."""
    return frozenset(id(thread) for thread in threading.enumerate())


def _module_of(thread: threading.Thread) -> str:
    """Where what the thread runs comes from."""
    target: Any = getattr(thread, "_target", None)
    while isinstance(target, functools.partial):
        target = target.func
    target = getattr(target, "__func__", target)
    kind = type(thread).__module__
    return str(getattr(target, "__module__", None) or kind) if kind == "threading" else kind


class Threads:
    """Remembers which cell has started which thread."""

    def __init__(self) -> None:
        self.cells: Dict[int, str] = {}
        self.first = alive()

    def learn(self, cell: str) -> None:
        """Take the threads that are new for started by ``cell``."""
        for key in alive() - self.first:
            self.cells.setdefault(key, cell)

    def left(self) -> List[Dict[str, str]]:
        """A note for each thread of the notebook that is still alive."""
        notes = []
        for thread in threading.enumerate():
            cell = self.cells.get(id(thread))
            if cell is None or not thread.is_alive() or not _is_of_notebook(thread):
                continue
            detail = "it is still running at the end of its step, and ends there"
            notes.append({"kind": "thread", "name": thread.name, "cell": cell, "detail": detail})
        return notes


def _is_of_notebook(thread: threading.Thread) -> bool:
    module = _module_of(thread)
    return module == "__main__" or not (thread.daemon or module.startswith(_OF_LIBRARIES))
