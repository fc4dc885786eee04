"""Attributes that cells have set on modules and on classes of libraries, by their dotted paths."""

from __future__ import annotations

import importlib
import sys
from types import FunctionType, ModuleType
from typing import Any, Callable, Tuple

from . import live, restore

#: As the last part of a path: all attributes that are functions of the notebook.
ANY = "*"


def piece(path: str) -> Tuple[Callable[[], Any], Callable[[Any], None]]:
    """How the attribute at ``path`` is captured and restored."""
    place, _, name = path.rpartition(".")

    def capture() -> Any:
        owner = _owner(place)
        if owner is None:
            return None
        if name == ANY:
            own = {each: value for each, value in vars(owner).items() if _is_of_notebook(value)}
            return own or None
        value = vars(owner).get(name) if hasattr(owner, "__dict__") else None
        if value is None:
            value = getattr(owner, name, None)
        return None if value is None and not hasattr(owner, name) else (value,)

    def put(value: Any) -> None:
        _import(place)
        owner = _owner(place)
        if owner is None:
            return
        for each, one in value.items() if name == ANY else [(name, value[0])]:
            _remember(owner, each)
            setattr(owner, each, one)

    return capture, put


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


def _is_of_notebook(value: Any) -> bool:
    function = getattr(value, "fget", None) or getattr(value, "__func__", value)
    return isinstance(function, FunctionType) and function.__globals__ is live.current.namespace


def reduced_builtin(_pickler: Any, function: Any) -> Any:
    """The reduction of a function written in C whose place in its module a cell has given to another."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, ModuleType) and getattr(owner, function.__name__, None) is not function:
        return restore.original, (owner.__name__, function.__name__)
    return NotImplemented
