"""Notices the import of libraries whose state must be set or marked the moment they are there."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Callable, Collection, List, Optional, Sequence


class _Loader(importlib.abc.Loader):
    """A module's own loader, with a call behind it."""

    def __init__(self, loader: Any, spec: Any, then: Callable[[str], None]) -> None:
        self.loader, self.spec, self.then = loader, spec, then

    def create_module(self, spec: Any) -> Optional[ModuleType]:
        made: Optional[ModuleType] = self.loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        # The module sees its own loader again, as without this detour.
        self.spec.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        self.then(module.__name__)


class Finder(importlib.abc.MetaPathFinder):
    """Stands first in ``sys.meta_path`` and calls ``then(name)`` after the import of ``names``."""

    def __init__(self, names: Collection[str], then: Callable[[str], None]) -> None:
        self.names, self.then = frozenset(names), then

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        """The spec that the other finders give, with the call added."""
        if fullname not in self.names:
            return None
        for finder in behind(self):
            found: Optional[importlib.machinery.ModuleSpec] = finder.find_spec(
                fullname, path, target
            )
            if found is not None:
                if found.loader is not None:
                    found.loader = _Loader(found.loader, found, self.then)
                return found
        return None


def behind(finder: Any) -> List[Any]:
    """The finders that Python asks after this one."""
    listed: List[Any] = list(sys.meta_path)
    return listed[listed.index(finder) + 1 :] if finder in listed else listed


def install(names: Collection[str], then: Callable[[str], None]) -> Finder:
    """Call ``then(name)`` after the first import of each of ``names`` from now on; what does it."""
    finder = Finder(names, then)
    sys.meta_path.insert(0, finder)
    return finder
