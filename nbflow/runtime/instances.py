"""How instances of the notebook's classes are pickled where their hooks would run when they are made again.

Plain pickle makes an object with its class's ``__new__``, fills it through ``__setattr__``, ``append`` or
``__setitem__``, and asks ``__getattr__`` whether there is a ``__setstate__``. A notebook runs none of these
twice. Classes that say themselves how they are pickled are left to say it.
"""

from __future__ import annotations

import copyreg
import types
from collections import OrderedDict, defaultdict, deque
from typing import Any, Dict, Tuple

from . import restore

_SAYS = frozenset(
    [
        "__reduce__",
        "__reduce_ex__",
        "__getstate__",
        "__setstate__",
        "__getnewargs__",
        "__getnewargs_ex__",
    ]
)
_HOOKS = frozenset(
    ["__new__", "__getattr__", "__getattribute__", "__setattr__", "__setitem__", "append", "extend"]
)
#: Types whose values are parts of an instance, and can be copied out of it.
_VALUES = (int, float, complex, str, bytes, bytearray, tuple, frozenset, list, set, dict)
#: Containers of the standard library that are made again through ``__init__`` by themselves.
_CONTAINERS = (OrderedDict, defaultdict, deque)
_PLAIN_HOMES = frozenset(
    {"builtins", "__main__", "typing", "abc", "collections", "collections.abc", "_collections_abc"}
)


_FACTORY: Any = vars(defaultdict)["default_factory"]
_LENGTH: Any = vars(deque)["maxlen"]


def needs_care(kind: type) -> bool:
    """Whether plain pickle would run code of the notebook when it makes an instance of ``kind``."""
    own = [base for base in kind.__mro__ if base.__module__ == "__main__"]
    if not own or issubclass(kind, (type, BaseException)) or kind in copyreg.dispatch_table:
        return False
    if any(base.__module__ not in _PLAIN_HOMES for base in kind.__mro__):
        return False
    said = {name for base in own for name in vars(base)}
    if said & _SAYS or _solid(kind) is None:
        return False
    return bool(said & _HOOKS) or issubclass(kind, (set, frozenset, dict, list, deque))


def _solid(kind: type) -> Any:
    """The type in C that an instance is made of, None for one that cannot be made again."""
    base = next(b for b in kind.__mro__ if b.__module__ == "builtins" or b in _CONTAINERS)
    return base if base is object or base in (*_VALUES, *_CONTAINERS) else None


def reduced(_pickler: Any, value: Any) -> Any:
    """The reduction of an instance: the value of its builtin base, and its attributes."""
    kind = type(value)
    base = _solid(kind)
    mutable = base in (list, set, dict, bytearray, *_CONTAINERS)
    content: Any = None if base is object else _content(base, value)
    state = (_attributes(kind, value), content if mutable else None)
    arguments = (kind, base, None if mutable else content)
    return restore.instance, arguments, state, None, None, restore.set_instance


def _content(base: Any, value: Any) -> Any:
    if base in (dict, OrderedDict):
        return [[key, item] for key, item in base.items(value)]
    if base is defaultdict:
        return _FACTORY.__get__(value), _content(dict, value)
    if base is deque:
        return _LENGTH.__get__(value), list(deque.__iter__(value))
    if base in (set, frozenset):
        return list(base.__iter__(value))
    if base in (list, tuple):
        return list(base.__iter__(value))
    return (
        base(base.__getitem__(value, slice(None))) if base in (str, bytes) else _number(base, value)
    )


def _number(base: Any, value: Any) -> Any:
    return base.__pos__(value) if base in (int, float, complex) else base(value)


def _attributes(kind: type, value: Any) -> Tuple[Any, Dict[str, Any]]:
    """What ``__dict__`` holds (None: there is none), and what slots hold."""
    slots = {}
    for base in kind.__mro__:
        for name, member in vars(base).items():
            if isinstance(member, types.MemberDescriptorType) and member.__objclass__ is base:
                try:
                    slots[name] = member.__get__(value)
                except AttributeError:
                    continue
    if kind.__dictoffset__ == 0:
        return None, slots
    return object.__getattribute__(value, "__dict__"), slots
