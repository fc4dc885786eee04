"""Which variables must travel together because they share an object that can change.

Source: the co-variables of Kishu (Li, Chockchowwat, Sahu, Sheth, Park: "Kishu: Time-Traveling for
Computational Notebooks", VLDB 2024).
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import functools
import logging
import pathlib
import re
import sys
import sysconfig
import types
import uuid
import weakref
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Set, Tuple

from . import functions as notebook_functions
from .pickling import Dump

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
_IMMUTABLE_NAMES = frozenset(
    {
        "numpy.generic",
        "numpy.dtype",
        "numpy.ufunc",
        "pandas.core.dtypes.base.ExtensionDtype",
        "pandas._libs.tslibs.offsets.BaseOffset",
        "pandas._libs.tslibs.timestamps.Timestamp",
        "pandas._libs.interval.Interval",
    }
)
_mutable_types: Dict[type, bool] = {}


def _is_mutable_type(kind: type) -> bool:
    if kind not in _mutable_types:
        names = {f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__}
        # A subclass with a __dict__ can carry attributes, whatever it is a subclass of.
        plain = issubclass(kind, _IMMUTABLE) and (
            kind in _IMMUTABLE or kind.__dictoffset__ == 0 or kind.__module__ != "__main__"
        )
        fixed = plain or bool(names & _IMMUTABLE_NAMES) or kind.__module__ == "typing"
        _mutable_types[kind] = not fixed
    return _mutable_types[kind]


def is_mutable(value: Any) -> bool:
    """Whether a change of ``value`` itself can be seen through another name for it."""
    if type(value) is FunctionType:
        return not notebook_functions.is_plain(value)
    return _is_mutable_type(type(value))


@functools.lru_cache(maxsize=None)
def _library_folders() -> Tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")})


def is_library(module: Any) -> bool:
    """Whether a module belongs to Python or to an installed library, not to the user's folder."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return getattr(module, "__name__", "__main__") != "__main__"
    return "-packages" in file or file.startswith(_library_folders())


def _library_objects() -> FrozenSet[int]:
    """The ids of what library modules hold: a shared default is not shared by the user."""
    modules: Dict[str, Any] = dict(sys.modules)  # anything may have been put there
    return frozenset(
        id(value)
        for name, module in modules.items()
        if isinstance(module, types.ModuleType) and name not in ("__main__", "sys", "builtins")
        if is_library(module)
        for value in list(vars(module).values())
    )


@dataclass(frozen=True)
class Group:
    """Names that travel in one bundle; ``linked`` are ids of arrays whose memory they share."""

    names: Tuple[str, ...]
    linked: FrozenSet[int] = frozenset()


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


def groups(dumps: Mapping[str, Dump]) -> List[Group]:
    """The groups of the names in ``dumps``, each sorted, in the order of their first names."""
    sets = _Groups(sorted(dumps))
    holder: Dict[int, str] = {}
    links: List[Tuple[str, int]] = []
    library: Optional[FrozenSet[int]] = None
    for name in sorted(dumps):
        for key in _shared_ids(dumps[name]):
            other = holder.setdefault(key, name)
            if sets.root(other) != sets.root(name):
                library = library if library is not None else _library_objects()
                if key not in library:
                    sets.join(other, name)
        links.extend((name, key) for key in dumps[name].roots)
    for name in sorted(dumps):
        for key in dumps[name].hidden_roots:
            if key in holder and holder[key] != name:
                sets.join(holder[key], name)
                links.append((name, key))
    return _named(sets, links)


def _shared_ids(dump: Dump) -> List[int]:
    memo = (
        key for key, value in dump.memo.items() if is_mutable(value) and key not in dump.unshared
    )
    return [*memo, *dump.roots]


def _named(sets: _Groups, links: List[Tuple[str, int]]) -> List[Group]:
    members: Dict[str, List[str]] = {}
    for name in sets.parent:
        members.setdefault(sets.root(name), []).append(name)
    linked: Dict[str, Set[int]] = {}
    for name, key in links:
        linked.setdefault(sets.root(name), set()).add(key)
    return [
        Group(tuple(names), frozenset(linked.get(root, ())) if len(names) > 1 else frozenset())
        for root, names in members.items()
    ]
