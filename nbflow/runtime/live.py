"""What pickling must know of the process it happens in: the namespace and the notebook's own classes.

Unpickling calls plain functions by name, so this one record per process cannot be an argument.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Callable, Dict, List, Mapping, Optional, Set, Tuple, TypeVar


@dataclass
class Live:
    """The step's namespace and the functions and classes of the notebook that are alive in it.

    Functions and classes have keys (``CELL/qualified name``, numbered where that is not enough) that are
    the same in every process. ``last_cell`` is the cell that has run last. While
    ``comparing``, what is loaded is only looked at: nothing that is alive stands in for it.
    ``load_class`` brings in a definition by its key. ``sources`` maps the file name of a cell's code to
    its execution count and text. ``submodules`` are those that came with loaded modules, ``opened`` the
    paths of files that were loaded open for reading.
    """

    namespace: Dict[str, Any] = field(default_factory=dict)
    origin: str = ""
    functions: Dict[str, Callable[..., Any]] = field(default_factory=dict)
    classes: Dict[str, Any] = field(default_factory=dict)
    sources: Dict[str, Tuple[int, str]] = field(default_factory=dict)
    submodules: Set[str] = field(default_factory=set)
    opened: List[str] = field(default_factory=list)
    load_class: Optional[Callable[[str], None]] = None
    learn_source: Optional[Callable[[str, int, str], None]] = None
    _function_keys: Dict[int, Tuple[Any, str]] = field(default_factory=dict)
    _class_keys: Dict[int, str] = field(default_factory=dict)
    last_cell: str = ""
    comparing: bool = False
    _ordinals: Dict[str, int] = field(default_factory=dict)

    def key_of_function(self, function: Callable[..., Any]) -> Optional[str]:
        """The key of a function that a cell has put into the namespace, else None."""
        entry = self._function_keys.get(id(function))
        return entry[1] if entry is not None and entry[0]() is function else None

    def key_of_class(self, cls: Any) -> str:
        """The key of a class of the notebook; one that no cell has named gets a key by its order."""
        key = self._class_keys.get(id(cls))
        if key is None:
            stem = f"{self.last_cell or self.origin}/{cls.__module__}.{_qualname(cls)}"
            key = self._numbered(f"{stem}#0", self.classes)
            self.add_class(key, cls)
        return key

    def _numbered(self, key: str, taken: Mapping[str, Any]) -> str:
        """``key``, or the first of its kind that nothing goes by yet."""
        if key not in taken:
            return key
        stem = key[:-2] if key.endswith("#0") else key
        number = self._ordinals.get(stem, 0)
        while f"{stem}#{number}" in taken:
            number += 1
        self._ordinals[stem] = number
        return f"{stem}#{number}"

    def add_function(self, key: str, function: Callable[..., Any]) -> None:
        """Know ``function`` by ``key`` from now on."""
        if not self.comparing:
            self.functions[key] = function
        self._function_keys[id(function)] = (weakref.ref(function), key)

    def add_class(self, key: str, cls: Any) -> None:
        """Know ``cls`` by ``key`` from now on. It stays alive, so its id stays its own."""
        self.classes[key] = cls
        self._class_keys[id(cls)] = key

    def learn(self, cell: str) -> None:
        """Give keys to the functions and classes that ``cell`` has just put into the namespace."""
        self.last_cell = cell
        seen: Set[int] = set()
        for value in list(self.namespace.values()):
            if type(value) is FunctionType:
                if value.__globals__ is self.namespace and self.key_of_function(value) is None:
                    key = self._numbered(f"{cell}/{value.__qualname__}", self.functions)
                    self.add_function(key, value)
            elif isinstance(value, type) and value.__module__ == "__main__":
                self._learn_class(cell, value, seen)
            elif (
                isinstance(value, TypeVar)
                and value.__module__ == "__main__"
                and id(value) not in self._class_keys
            ):
                self.add_class(self._numbered(f"{cell}/{value.__name__}", self.classes), value)

    def _learn_class(self, cell: str, cls: Any, seen: Set[int]) -> None:
        if id(cls) in seen:
            return
        seen.add(id(cls))
        if id(cls) not in self._class_keys:
            self.add_class(self._numbered(f"{cell}/{cls.__qualname__}", self.classes), cls)
        for base in cls.__bases__:
            if getattr(base, "__module__", None) == "__main__":
                self._learn_class(cell, base, seen)
        nested: List[Any] = [v for v in list(vars(cls).values()) if isinstance(v, type)]
        for value in nested:
            if value.__module__ == "__main__":
                self._learn_class(cell, value, seen)


def _qualname(cls: Any) -> str:
    name: str = getattr(cls, "__qualname__", None) or cls.__name__
    return name


#: The record of this process; a step fills it, tests replace it.
current = Live()


def begin(namespace: Dict[str, Any], origin: str) -> Live:
    """A fresh record for a step whose variables live in ``namespace``, made current."""
    global current  # noqa: PLW0603 - see the module's docstring
    current = Live(namespace=namespace, origin=origin)
    return current
