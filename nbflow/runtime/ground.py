"""Keeps nbflow's own work in a step apart from what cells have put into modules of the standard library."""

from __future__ import annotations

import builtins
import importlib
import io
import json
import os
import pickle
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Tuple

#: What nbflow works with in the user's process.
_MODULES: Tuple[Any, ...] = (
    builtins, importlib, io, json, json.encoder, os, os.path, pickle, time,
)  # fmt: skip
_GONE = object()
_Held = List[Tuple[Any, str, Any]]


class Ground:
    """The functions and classes of these modules as they are when it is made."""

    def __init__(self) -> None:
        self._begun: List[Tuple[Any, Dict[str, Any]]] = [
            (module, {name: value for name, value in vars(module).items() if callable(value)})
            for module in _MODULES
        ]
        self._held: _Held = []

    def covers(self, path: str) -> bool:
        """Whether the attribute of a module at a dotted path is one that ``own`` puts back."""
        place, _, name = path.rpartition(".")
        place = os.path.__name__ if place == "os.path" else place
        return any(m.__name__ == place and name in names for m, names in self._begun)

    @contextmanager
    def own(self) -> Iterator[None]:
        """Inside, the modules are as they were when the step began; behind it, as cells have made them."""
        outer = self._held
        self._held = [
            (module, name, vars(module).get(name, _GONE))
            for module, names in self._begun
            for name, value in names.items()
            if vars(module).get(name, _GONE) is not value
        ]
        self._put_back()
        try:
            yield
        finally:
            self._put(self._held)
            self._held = outer

    @contextmanager
    def theirs(self) -> Iterator[None]:
        """Inside, within ``own``, the modules are as cells have made them."""
        held = self._held
        self._put(held)
        try:
            yield
        finally:
            self._put_back()

    def _put_back(self) -> None:
        begun = {id(module): names for module, names in self._begun}
        self._put([(module, name, begun[id(module)][name]) for module, name, _ in self._held])

    @staticmethod
    def _put(values: _Held) -> None:
        for module, name, value in values:
            if value is not _GONE:
                setattr(module, name, value)
            elif name in vars(module):
                delattr(module, name)


#: That of this process; a step makes its own when it begins.
current = Ground()


def begin() -> Ground:
    """The ground of a step that begins now."""
    global current  # noqa: PLW0603 - what is captured is not told which step it belongs to
    current = Ground()
    return current
