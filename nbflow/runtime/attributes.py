"""Attributes that cells have set on modules and on classes of libraries, by their dotted paths."""

from __future__ import annotations

import importlib
import sys
from types import FunctionType, ModuleType
from typing import Any, Callable, Dict, Iterable, Tuple

from . import beside, grouping, installed, live, restore

#: As the last part of a path: all attributes that are functions of the notebook; of a class beside the
#: notebook also those that are plain values.
ANY = "*"


#: Tables that code in C holds: another one in their place would not be looked at.
_KEPT_BY_C = frozenset({"copyreg.dispatch_table", "sqlite3.adapters", "sqlite3.converters"})


def piece(path: str) -> Tuple[Callable[[], Any], Callable[[Any], None], Any]:
    """How the attribute at ``path`` is captured and restored, and the value that says that it is gone."""
    place, _, name = path.rpartition(".")
    if path in _OF_IMPORTS:
        return _own_parts(getattr(sys, name))

    def capture() -> Any:
        owner = _owner(place)
        if owner is None:
            return None
        if name == ANY:
            return _own(owner) or None
        value = vars(owner).get(name) if hasattr(owner, "__dict__") else None
        if value is None:
            value = getattr(owner, name, None)
        return None if value is None and not hasattr(owner, name) else (value,)

    def put(value: Any) -> None:
        _import(place)
        owner = _owner(place)
        if owner is None:
            return
        if value == () and hasattr(owner, name):
            delattr(owner, name)
        for each, one in value.items() if name == ANY else [(name, part) for part in value]:
            if f"{place}.{each}" in _KEPT_BY_C:
                present = getattr(owner, each)
                present.clear()
                present.update(one)
                continue
            _remember(owner, each)
            setattr(owner, each, one)

    return capture, put, {} if name == ANY else ()


#: Lists of what finds modules, of which the notebook's own parts travel.
_OF_IMPORTS = frozenset({"sys.meta_path", "sys.path_hooks"})


def _own_parts(listed: Any) -> Tuple[Callable[[], Any], Callable[[Any], None], Any]:
    """The same for a list that holds objects of the process: those of the notebook, first and last."""

    def capture() -> Any:
        own = [_is_own_object(each) for each in listed]
        if not any(own):
            return None
        start = own.index(False)
        return [each for each, is_own in zip(listed[:start], own) if is_own], [
            each for each, is_own in zip(listed[start:], own[start:]) if is_own
        ]

    def put(value: Any) -> None:
        kept = [each for each in listed if not _is_own_object(each)]
        listed[:] = [*value[0], *kept, *value[1]]

    return capture, put, ([], [])


def _is_own_object(thing: Any) -> bool:
    cls = thing if isinstance(thing, (type, FunctionType)) else type(thing)
    return cls.__module__ == "__main__"


def held(paths: Iterable[str]) -> Dict[str, Tuple[Any]]:
    """The objects that can change under these attributes: variables may hold them too."""
    found: Dict[str, Tuple[Any]] = {}
    for path in paths:
        place, _, name = path.rpartition(".")
        value = getattr(_owner(place), "__dict__", {}).get(name)
        if value is not None and name != ANY and beside.may_be_shared(value):
            grouping.give(value)
            found[beside.ATTRIBUTE + path] = (value,)
    return found


def _owner(path: str) -> Any:
    """The module, or the object inside of one, at ``path``, if its module is loaded."""
    rest: Tuple[str, ...] = ()
    while path:
        found: Any = sys.modules.get(path)
        if found is not None:
            for name in rest:
                found = getattr(found, name, None)
            return found
        path, _, last = path.rpartition(".")
        rest = (last, *rest)
    return None


def _import(path: str) -> None:
    """Import the module that ``path`` begins with."""
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            if end == 1 or not name.startswith(str(error.name).rpartition(".")[0]):
                raise
        else:
            return


def _remember(owner: Any, name: str) -> None:
    """Keep what a module had there: cells may hold it under a name of their own."""
    if isinstance(owner, ModuleType) and hasattr(owner, name):
        restore.originals.setdefault((owner.__name__, name), getattr(owner, name))


def _own(owner: Any) -> Dict[str, Any]:
    module = sys.modules.get(getattr(owner, "__module__", ""))
    plain = isinstance(owner, type) and module is not None and not installed.is_library(module)
    return {
        name: value
        for name, value in vars(owner).items()
        if _is_of_notebook(value) or (plain and _is_plain(name, value))
    }


def _is_plain(name: str, value: Any) -> bool:
    return not name.startswith("__") and not callable(value) and not hasattr(value, "__get__")


def _is_of_notebook(value: Any) -> bool:
    function = getattr(value, "fget", None) or getattr(value, "__func__", value)
    return isinstance(function, FunctionType) and function.__globals__ is live.current.namespace
