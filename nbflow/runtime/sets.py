"""Keeps the order in which sets give their members: what a loop over one prints depends on it.

Pickle puts the members into a new set in the order in which the old one gives them, and members that
collided then may change places. A set whose order that changes is filled anew after loading, so that
each member comes to its old place: first those at the places that their hashes name, then each of the
others when the places that it is turned away from are taken. Where members were removed, numbers stand
in for them until the set is full. A frozen set cannot be filled anew: it is made of a set that is, or of
its members in an order that has been found by trying.

Source: ``Objects/setobject.c`` of CPython 3.9 to 3.13 (``PySetObject``, ``set_insert_clean``,
``set_table_resize``). Where memory looks otherwise, or the order cannot be had again, sets travel as
pickle has it.
"""

from __future__ import annotations

import array
import ctypes
import itertools
import math
import operator
import random
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import (
    AbstractSet,
    Any,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Optional,
    Set,
    Tuple,
)

from . import restore

#: How far from each place the neighbours are tried, and by how much the hash is shifted after that.
_NEIGHBOURS, _SHIFT = 9, 5
#: The size of the smallest table, and the hash that stands where a member was removed.
_SMALLEST, _REMOVED = 8, -1
#: Of a frozen set with this many members, all orders are tried; of a larger one, so many members' places.
_FEW, _TRIED = 5, 20_000
_WORD = (1 << 8 * ctypes.sizeof(ctypes.c_size_t)) - 1
#: Whether an object begins with its count of references and its type, each one word long.
_KNOWN = sys.implementation.name == "cpython" and object.__basicsize__ == 2 * ctypes.sizeof(
    ctypes.c_void_p
)


class _Header(ctypes.Structure):
    """The beginning of a ``PySetObject``."""

    _fields_ = [
        ("references", ctypes.c_ssize_t),
        ("type", ctypes.c_void_p),
        ("fill", ctypes.c_ssize_t),
        ("used", ctypes.c_ssize_t),
        ("mask", ctypes.c_ssize_t),
        ("table", ctypes.c_void_p),
    ]


@dataclass(frozen=True)
class _Table:
    """The places of a set that are taken, each with its hash; that of a removed member is -1."""

    mask: int
    hashes: Dict[int, int]

    @property
    def members(self) -> List[int]:
        """The places of members, in the order in which the set gives them."""
        return [place for place, hash_ in self.hashes.items() if hash_ != _REMOVED]

    def is_home(self, place: int) -> bool:
        """Whether what is at ``place`` gets there whatever else is in the set."""
        hash_ = self.hashes[place]
        return hash_ == _REMOVED or hash_ & self.mask == place


class _Ordered:
    """Stands for a value in the last of its pickles, which puts the members of its sets in order."""

    def __init__(self, value: Any, orders: List[Tuple[Set[Any], Tuple[Any, ...]]]) -> None:
        self.value = value
        self.orders = orders

    def __reduce__(self) -> Tuple[Any, ...]:
        return restore.ordered, (self.value, self.orders)


def dump_orders(pickler: Any, value: Any, met: Iterable[Any]) -> None:
    """Let a last pickle put the sets in ``value`` in order; ``met`` is all that its pickling has met."""
    orders = _orders(met)
    if orders:
        pickler.dump(_Ordered(value, orders))


def _orders(values: Iterable[Any]) -> List[Tuple[Set[Any], Tuple[Any, ...]]]:
    """The sets among ``values`` that pickle alone would give another order, and how each is filled."""
    found = []
    for value in values:
        if type(value) is set and len(value) > 1:
            try:
                how = _order(value)
            except Exception:  # the members' own code
                continue
            if how is not None:
                found.append((value, how))
    return found


def _order(value: Set[Any]) -> Optional[Tuple[Any, ...]]:
    """How to fill ``value`` after loading; None where that is not needed, or cannot be."""
    loaded = set(iter(value))  # one by one, as pickle does it: a set copies another's table
    if _alike(loaded, value) or any(map(_by_address, value)):
        return None
    return _filling(value, loaded)


class Frozen:
    """The frozen sets that pickle alone would give another order, with how each is made anew."""

    def __init__(self, met: Iterable[Any]) -> None:
        self.ways: Dict[int, Tuple[Any, ...]] = {}
        self.numbers: Dict[int, int] = {}
        for value in met:
            if type(value) is frozenset and len(value) > 1:
                with suppress(Exception):  # the members' own code
                    way = _way_of_frozen(value)
                    if way is not None:
                        self.ways[id(value)] = way

    def stand_in(self, value: Any) -> Any:
        """What is pickled instead of ``value``, or None: a number, and the first time how it is made."""
        way = self.ways.get(id(value)) if type(value) is frozenset else None
        if way is None:
            return None
        known = id(value) in self.numbers
        number = self.numbers.setdefault(id(value), len(self.numbers))
        return (number,) if known else (number, list(value), *way)


def frozen(made: Dict[int, Any], stand_in: Tuple[Any, ...]) -> Any:
    """The frozen set that a stand-in is for; ``made`` are those of the same pickle by number."""
    number, *rest = stand_in
    if rest:
        made[number] = _made_frozen(*rest)
    return made[number]


def _made_frozen(
    members: List[Any], places: Tuple[int, ...], how: Optional[Tuple[Any, ...]]
) -> Any:
    if how is None:
        return frozenset([members[place] for place in places])
    filled = set(members)
    restore.fill(filled, list(filled), *how)
    return frozenset(filled)


def _way_of_frozen(value: FrozenSet[Any]) -> Optional[Tuple[Any, ...]]:
    """How ``value`` is made of its members; None where pickle's own way will do, or none is found."""
    members = list(value)
    if _in_order(frozenset(members), value) or any(map(_by_address, value)):
        return None
    ways = itertools.chain(_filled(value, members), _tries(value, len(members)))
    return next((way for way in ways if _in_order(_made_frozen(members, *way), value)), None)


def _filled(value: FrozenSet[Any], members: List[Any]) -> Iterator[Tuple[Any, ...]]:
    how = _filling(value, set(members))
    if how is not None:
        yield (), how


def _tries(value: FrozenSet[Any], count: int) -> Iterator[Tuple[Any, ...]]:
    """Orders to add the members in: where each comes to its place, then all of a few, some of more."""
    table = _table(value)
    sequence = _sequence(table) if table is not None else None
    if table is not None and sequence is not None:
        places = {place: number for number, place in enumerate(table.members)}
        yield tuple(places[place] for place in sequence if place in places), None
    if count <= _FEW:
        yield from ((order, None) for order in itertools.permutations(range(count)))
    else:
        chance, order = random.Random(count), list(range(count))
        for _ in range(_TRIED // count):
            chance.shuffle(order)
            yield tuple(order), None


def _by_address(member: Any) -> bool:
    """Whether the hash of ``member`` is another one in each process."""
    hash_of: Any = type(member).__hash__
    if hash_of is object.__hash__:
        return member is not None
    return isinstance(member, float) and math.isnan(member)


def _in_order(first: AbstractSet[Any], second: AbstractSet[Any]) -> bool:
    return all(map(operator.is_, first, second))


def _alike(first: AbstractSet[Any], second: AbstractSet[Any]) -> bool:
    """Whether two sets of the same members have tables of one size, and give them in one order."""
    return sys.getsizeof(first) == sys.getsizeof(second) and _in_order(first, second)


def _filling(value: AbstractSet[Any], loaded: Set[Any]) -> Optional[Tuple[Any, ...]]:
    """The arguments of ``restore.fill`` that make ``loaded`` like ``value``, or None."""
    table = _table(value)
    sequence = _sequence(table) if table is not None else None
    if table is None or sequence is None:
        return None
    numbers = {id(member): number for number, member in enumerate(loaded)}
    names = dict(zip(table.members, map(numbers.__getitem__, map(id, value))))
    names.update((place, ~number) for place, number in _stand_ins(value, table).items())
    at_home = sum(1 for place in sequence if table.is_home(place))
    for first, at_once in _splits(table.mask + 1, len(sequence), at_home):
        spare = _spare(value, names, at_once - len(sequence))
        filled = array.array("q", [*map(names.__getitem__, sequence), *spare])
        how = (filled.tobytes(), first, at_once)
        trial = set(loaded)
        restore.fill(trial, list(loaded), *how)
        if _alike(trial, value):
            return how
    return None


def _splits(size: int, total: int, at_home: int) -> Iterator[Tuple[int, int]]:
    """How many members are added one by one, and how many then as the keys of a dict.

    A set that takes in a dict first makes room for both, twice over; so its table gets its size. Where
    that takes more keys than there are, numbers that are removed again stand at the end.
    """
    if size == _SMALLEST:
        yield 0, 0
        return
    at_once = min(total, size // 2 - 1)
    first = max(0, size // 4 - at_once)
    if first <= at_home:
        yield first, at_once
    yield 0, max(at_once, size // 4, _SMALLEST - 3)


def _spare(value: AbstractSet[Any], names: Dict[int, int], count: int) -> Iterator[int]:
    """So many complements of numbers that are neither members nor stand in for one."""
    used = {~name for name in names.values() if name < 0}
    numbers = (number for number in itertools.count() if not (number in used or number in value))
    return (~number for number in itertools.islice(numbers, max(0, count)))


def _table(value: AbstractSet[Any]) -> Optional[_Table]:
    """The places of ``value``, or None where memory does not look as expected."""
    if not _KNOWN:
        return None
    header = _Header.from_address(id(value))
    size = header.mask + 1
    expected = (id(type(value)), len(value))
    if (header.type, header.used) != expected or size < _SMALLEST or size & header.mask:
        return None
    words = (ctypes.c_ssize_t * (2 * size)).from_address(header.table)[:]
    hashes = {
        place: hash_
        for place, (address, hash_) in enumerate(zip(words[::2], words[1::2]))
        if address
    }
    table = _Table(header.mask, hashes)
    members = [words[2 * place] for place in table.members]
    return table if members == list(map(id, value)) else None


def _way(hash_: int, mask: int) -> Iterator[int]:
    """The places that are tried for a member, in order."""
    rest = hash_ & _WORD
    place = rest & mask
    while True:
        reach = _NEIGHBOURS if place + _NEIGHBOURS <= mask else 0
        yield from range(place, place + reach + 1)
        rest >>= _SHIFT
        place = (place * 5 + 1 + rest) & mask


def _sequence(table: _Table) -> Optional[List[int]]:
    """The places in an order in which they can be filled, or None."""
    done = [place for place in table.hashes if table.is_home(place)]
    filled = set(done)
    waiting = {}
    for place in table.hashes:
        if place not in filled:
            before = _before(place, table)
            if before is None:
                return None
            waiting[place] = before
    while waiting:
        later = {}
        for place, before in waiting.items():
            if before <= filled:
                done.append(place)
                filled.add(place)
            else:
                later[place] = before
        if len(later) == len(waiting):
            return None
        waiting = later
    return done


def _before(place: int, table: _Table) -> Optional[Set[int]]:
    """The places that must be taken for a member to come to ``place``; None where one of them is not."""
    before: Set[int] = set()
    for tried in _way(table.hashes[place], table.mask):
        if tried == place:
            return before
        if tried not in table.hashes:
            return None
        before.add(tried)
    return None


def _stand_ins(value: AbstractSet[Any], table: _Table) -> Dict[int, int]:
    """A number for each removed member, whose hash names its place and which is no member."""
    found = {}
    for place, hash_ in table.hashes.items():
        if hash_ == _REMOVED:
            number = place
            while number in value:
                number += table.mask + 1
            found[place] = number
    return found
