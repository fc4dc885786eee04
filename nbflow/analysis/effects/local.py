"""Modules that lie beside the notebook, or that it writes itself: what their functions do without a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from nbflow.analysis.effects.library import KNOWN_MODULES
from nbflow.analysis.effects.notes import CellEffects

#: Stands for what the module does when it is imported.
IMPORT: Final = ""
#: Ambient state: that a module has been imported, where that does something which is felt outside.
IMPORTED: Final = "@imported"
#: What each function and class of a module may do, by name.
Parts = Mapping[str, CellEffects]


class LocalModules:
    """The effects of the functions of local modules, found when they are asked for.

    ``sources`` are the texts of the modules by dotted name; ``look`` gives the effects of a module, of
    its text and its package.
    """

    def __init__(
        self, sources: Mapping[str, str], look: Callable[[str, str, LocalModules], Parts]
    ) -> None:
        self._sources = dict(sources)
        self._look = look
        self._found: dict[str, Parts] = {}

    def write(self, path: str, text: str) -> None:
        """The notebook writes a file, which may be a module."""
        if path.endswith(".py"):
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            for each in (name, name.rpartition(".")[2]):  # its folder may be put on the path
                self._sources[each] = text
                self._found.pop(each, None)

    def of(self, path: str) -> str:
        """The module that ``path`` is or belongs to, or ""."""
        module = path
        while module and module not in self._sources:
            module = module.rpartition(".")[0]
        return "" if module.partition(".")[0] in KNOWN_MODULES else module

    def holds(self, path: str) -> bool:
        """Whether it is the name of a module."""
        return path in self._sources

    def _package(self, module: str) -> str:
        """The package that names with a leading dot are looked for in."""
        is_package = any(name.startswith(module + ".") for name in self._sources)
        return module if is_package else module.rpartition(".")[0]

    def effects(self, path: str) -> tuple[str, CellEffects] | None:
        """The module that ``path`` belongs to, and what calling what stands there may do."""
        module = self.of(path)
        if not module:
            return None
        rest = path[len(module) + 1 :] or IMPORT
        if module not in self._found:
            self._found[module] = {}  # while it is looked at: modules that import each other
            self._found[module] = self._look(self._sources[module], self._package(module), self)
        found = self._found[module].get(rest.partition(".")[0])
        return None if found is None else (module, found)
