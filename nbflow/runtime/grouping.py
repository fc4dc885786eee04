"""Which variables must travel together because they share an object that can change.

Source: the co-variables of Kishu (Li, Chockchowwat, Sahu, Sheth, Park: "Kishu: Time-Traveling for
Computational Notebooks", VLDB 2024).
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import logging
import pathlib
import re
import sys
import types
import uuid
import weakref
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Set, Tuple

from . import functions as notebook_functions
from . import installed, memory, modules, nans
from .pickling import Dump
from .reducers import root_of

#: Of these nobody can change an instance, or an instance is known by name alone.
_IMMUTABLE: Tuple[type, ...] = (
    bool, int, float, complex, str, bytes, tuple, frozenset, range, slice, type(None), type(Ellipsis),
    type(NotImplemented), type, types.ModuleType, types.CodeType, types.BuiltinFunctionType,
    types.MethodType, types.MethodWrapperType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType,
    types.GenericAlias, property, staticmethod, classmethod, enum.Enum, datetime.date,
    datetime.time, datetime.timedelta, datetime.tzinfo, decimal.Decimal, fractions.Fraction,
    uuid.UUID, pathlib.PurePath, re.Pattern, logging.Logger, weakref.ReferenceType,
)  # fmt: skip
#: The same for classes of libraries: root of the module, and name.
_IMMUTABLE_NAMES = frozenset(
    {
        ("numpy", "generic"),
        ("numpy", "dtype"),
        ("numpy", "ufunc"),
        ("pandas", "ExtensionDtype"),
        ("pandas", "BaseOffset"),
        ("pandas", "Timestamp"),
        ("pandas", "Interval"),
        ("polars", "DataType"),
        ("polars", "Expr"),
        ("polars", "LazyFrame"),
        ("pyarrow", "Array"),
        ("pyarrow", "Buffer"),
        ("pyarrow", "ChunkedArray"),
        ("pyarrow", "DataType"),
        ("pyarrow", "Field"),
        ("pyarrow", "RecordBatch"),
        ("pyarrow", "Scalar"),
        ("pyarrow", "Schema"),
        ("pyarrow", "Table"),
        ("torch", "Size"),
        ("torch", "device"),
        ("torch", "dtype"),
        ("torch", "layout"),
        ("torch", "memory_format"),
    }
)
_mutable_types: Dict[type, bool] = {}


def _is_mutable_type(kind: type) -> bool:
    if kind not in _mutable_types:
        names = {(str(b.__module__).split(".")[0], b.__qualname__) for b in kind.__mro__}
        # A subclass with a __dict__ can carry attributes, whatever it is a subclass of.
        plain = issubclass(kind, _IMMUTABLE) and (
            kind in _IMMUTABLE or kind.__dictoffset__ == 0 or kind.__module__ != "__main__"
        )
        fixed = plain or bool(names & _IMMUTABLE_NAMES) or kind.__module__ == "typing"
        fixed = fixed or issubclass(kind, enum.Enum)  # members belong to their class
        _mutable_types[kind] = not fixed
    return _mutable_types[kind]


def is_bound(function: Any) -> bool:
    """Whether a built-in function is the method of an object (``xs.append``), not of a module."""
    owner = getattr(function, "__self__", None)
    return owner is not None and not isinstance(owner, (type, types.ModuleType))


def is_mutable(value: Any) -> bool:
    """Whether a change of ``value`` itself can be seen through another name for it."""
    if type(value) is FunctionType:
        return not notebook_functions.is_plain(value)
    if isinstance(value, types.ModuleType):
        return modules.is_made(value)
    return _is_mutable_type(type(value))


#: What library modules hold, by id, and the modules that were looked at. The objects are kept alive,
#: so that their ids stay their own; a process that is forked inherits what was found before.
_library: Dict[int, Any] = {}
_seen_modules: Set[str] = set()


#: What cells have put into libraries, by id: it is the user's all the same.
_given: Dict[int, Any] = {}


def give(value: Any) -> None:
    """Know that a cell has put ``value`` into a library."""
    _given[id(value)] = value


def library_objects() -> Mapping[int, Any]:
    """What library modules hold, by id: a shared default is not shared by the user."""
    found: Dict[str, Any] = dict(sys.modules)  # anything may have been put there
    for name in found.keys() - _seen_modules:
        module = found[name]
        if not isinstance(module, types.ModuleType) or name in ("__main__", "sys", "builtins"):
            continue
        _seen_modules.add(name)
        if installed.is_library(module):
            _library.update((id(value), value) for value in list(vars(module).values()))
    return _library


@dataclass(frozen=True)
class Group:
    """Names that travel in one bundle; ``linked`` are ids of arrays whose memory they share.

    ``owned`` are those of them whose memory is that of one copy-on-write container.
    """

    names: Tuple[str, ...]
    linked: FrozenSet[int] = frozenset()
    owned: FrozenSet[int] = frozenset()


class _Groups:
    """Disjoint sets of names."""

    def __init__(self, names: List[str]) -> None:
        self.parent = {name: name for name in names}
        self.linked: Dict[str, Set[int]] = {}

    def root(self, name: str) -> str:
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self.parent[second] = first


def groups(dumps: Mapping[str, Dump], ties: Iterable[Tuple[str, str]] = ()) -> List[Group]:
    """The groups of the names in ``dumps``, each sorted, in the order of their first names.

    ``ties`` are pairs of names that travel together whatever they share.
    """
    sets = _Groups(sorted(dumps))
    holder: Dict[int, str] = {}
    links: List[Tuple[str, int]] = []
    library: Optional[Mapping[int, Any]] = None
    for name in sorted(dumps):
        for key in _shared_ids(dumps[name]):
            other = holder.setdefault(key, name)
            if sets.root(other) != sets.root(name):
                library = library if library is not None else library_objects()
                if key not in library or key in _given:
                    sets.join(other, name)
        links.extend((name, key) for key in dumps[name].roots)
    for one, other in ties:
        sets.join(one, other)
    owned = _owned_roots(dumps)
    for name in sorted(dumps):
        for key in owned.intersection(dumps[name].holders):
            if key in holder:
                sets.join(holder[key], name)
                links.append((name, key))
    for one, other, key in _meeting(dumps, owned):
        sets.join(one, other)
        links.append((other, key))
    return _named(sets, links, owned)


def _meeting(dumps: Mapping[str, Dump], owned: FrozenSet[int]) -> List[Tuple[str, str, int]]:
    """Names with memory of a library that an array of another name shows: both, and the array's id."""
    held = [(span, name) for name in sorted(dumps) for span in dumps[name].held]
    if not held:
        return []
    shown = {
        (name, key): root
        for name in sorted(dumps)
        for key, root in _shown(dumps[name], owned)
        if memory.is_changeable(root)
    }
    arrays = memory.Spans((memory.bounds(root), place) for place, root in shown.items())
    return [
        (one, other, key)
        for span, one in held
        for other, key in (*arrays.around(span), *arrays.within(span))
    ]


def _shown(dump: Dump, owned: FrozenSet[int]) -> List[Tuple[int, Any]]:
    """The arrays whose memory a value shows, those of copy-on-write blocks included, by their ids."""
    blocks = [
        (key, next(iter(held.values())).values)
        for key, held in dump.holders.items()
        if key in owned
    ]
    return [*dump.roots.items(), *((key, root_of(values)) for key, values in blocks)]


def _owned_roots(dumps: Mapping[str, Dump]) -> FrozenSet[int]:
    """The arrays that one copy-on-write block alone holds.

    Where two hold an array, whichever is written to makes a copy first: a plain view of it never sees a
    write, and need not be kept together with them.
    """
    holders: Dict[int, Set[int]] = {}
    for dump in dumps.values():
        for key, blocks in dump.holders.items():
            holders.setdefault(key, set()).update(blocks)
    return frozenset(key for key, blocks in holders.items() if len(blocks) == 1)


def _shared_ids(dump: Dump) -> List[int]:
    memo = (
        key for key, value in dump.memo.items() if is_mutable(value) and key not in dump.unshared
    )
    own = [] if dump.nan is None or nans.is_library(dump.nan) else [id(dump.nan)]
    return [*memo, *dump.roots, *own]


def _named(sets: _Groups, links: List[Tuple[str, int]], owned: FrozenSet[int]) -> List[Group]:
    members: Dict[str, List[str]] = {}
    for name in sets.parent:
        members.setdefault(sets.root(name), []).append(name)
    linked: Dict[str, Set[int]] = {}
    for name, key in links:
        linked.setdefault(sets.root(name), set()).add(key)
    found = []
    for root, names in members.items():
        shared = frozenset(linked.get(root, ())) if len(names) > 1 else frozenset()
        found.append(Group(tuple(names), shared, shared & owned))
    return found
