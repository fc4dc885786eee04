"""How modules are pickled: by name with what cells imported of them, or by value if a cell made them."""

from __future__ import annotations

import functools
import re
import sys
import types
from typing import Any, Dict, FrozenSet, Optional, Tuple

from . import installed, live, restore

_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([\w. ,]+)", re.MULTILINE)
_OF_PYTHON = frozenset({"__builtins__", "__spec__", "__loader__", "__package__", "__name__"})


def is_made(module: types.ModuleType) -> bool:
    """Whether a cell has made the module (``types.ModuleType("settings")``): no import finds it."""
    attributes = vars(module)
    return (
        attributes.get("__spec__") is None
        and attributes.get("__loader__") is None
        and "__file__" not in attributes
        and attributes.get("__name__") not in ("__main__", "builtins", "sys")
    )


@functools.lru_cache(maxsize=None)
def imported(text: str) -> FrozenSet[str]:
    """The modules with a dot in their names that the import statements of a cell name."""
    found = _IMPORT.findall(text) if "import" in text else ()
    return frozenset(
        part.split()[0] for listed in found for part in listed.split(",") if "." in part
    )


def submodules(module: types.ModuleType) -> Tuple[str, ...]:
    """The submodules of ``module`` that cells of the notebook have imported, sorted."""
    prefix = f"{module.__name__}."
    texts = [text for _, text in list(live.current.sources.values())]
    names = live.current.submodules.union(*(imported(text) for text in texts))
    return tuple(sorted(n for n in names if n.startswith(prefix) and n in sys.modules))


def captured() -> Optional[Dict[str, types.ModuleType]]:
    """The modules that cells have made and have put, under a name they spell, into ``sys.modules``."""
    texts = [text for _, text in list(live.current.sources.values())]
    found = {
        name: module
        for name, module in installed.newcomers().items()
        if type(module) is types.ModuleType
        and is_made(module)
        and any(f"'{name}'" in text or f'"{name}"' in text for text in texts)
    }
    return found or None


def restore_listed(value: Dict[str, types.ModuleType]) -> None:
    """Let imports find these modules."""
    sys.modules.update(value)


def reduced_module(_pickler: Any, module: types.ModuleType) -> Any:
    """The reduction of a module."""
    if not is_made(module):
        if sys.modules.get(module.__name__) is not module:
            return NotImplemented
        return restore.module, (module.__name__, submodules(module))
    state = {name: value for name, value in vars(module).items() if name not in _OF_PYTHON}
    listed = sys.modules.get(module.__name__) is module
    made = (module.__name__, listed)
    return restore.made_module, made, state, None, None, restore.set_module


def reduced_builtin(_pickler: Any, function: Any) -> Any:
    """The reduction of a function written in C whose place in its module a cell has given to another."""
    owner = getattr(function, "__self__", None)
    if (
        isinstance(owner, types.ModuleType)
        and getattr(owner, function.__name__, None) is not function
    ):
        return restore.original, (owner.__name__, function.__name__)
    return NotImplemented
