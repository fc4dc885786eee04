"""The abstract values of the walk: sets of regions, which stand for the objects of the notebook.

A *region* stands for the objects that one place in the code makes (a literal, a call, a ``def``).
Regions are linked to the regions that they hold or capture, so a change of one is a change of every
name from which it can be reached. What cannot change (numbers, strings) has no region at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import count
from operator import attrgetter
from typing import Final, NamedTuple
from weakref import ref

#: Past this many reachable regions they are taken as one, so that long chains stay cheap.
MOST_REACHED: Final = 64
#: The ambient name of a file whose path is not known.
ANY_FILE: Final = "@files"

_NUMBERS: Final = count(1)


class Nothing:
    """The type of ``NOTHING``: the value is not a known constant."""

    __slots__ = ()


NOTHING: Final = Nothing()


class Region:
    """The objects made at one place, with links both ways and the global names that hold them.

    ``of`` is the family of the objects (``list``, ``data``, ``estimator``, ...), "" where unknown;
    ``payload`` is what is known beyond that (a notebook function, a class, a bound method).
    ``names`` maps each global name that holds a region to whether it holds exactly this one (and
    not just something inside). ``attributes`` are the fields of an instance of a notebook class.
    ``file`` is the ambient name of the file that changes with the object (an open file, a memory
    map), "" where there is none.
    """

    __slots__ = (
        "__weakref__", "_parents", "_same", "attributes", "children", "code", "file", "names",
        "number", "of", "payload",
    )  # fmt: skip

    def __init__(self, of: str = "", payload: object = None) -> None:
        self.number = next(_NUMBERS)
        self.of = of
        self.payload = payload
        #: Whether code of the notebook may be reached from here.
        self.code = payload is not None and not isinstance(payload, Parts)
        self.children: set[Region] = set()
        # Weak, so that a temporary object is forgotten when nothing holds it any more.
        self._parents: dict[ref[Region], None] | None = None
        self.names: dict[str, bool] = {}
        self.attributes: dict[str, Value] = {}
        self.file = ""
        self._same: Region | None = None

    def __repr__(self) -> str:
        return f"<{self.of or 'object'} {self.number}>"

    @property
    def parents(self) -> Collection[Region]:
        """The regions that hold this one."""
        if not self._parents:
            return ()
        alive = [parent for each in self._parents if (parent := each()) is not None]
        if 2 * len(alive) < len(self._parents):
            self._parents = {ref(parent): None for parent in alive}
        return alive

    def link(self, others: Iterable[Region]) -> None:
        """Let this region hold ``others``."""
        me = self.found()
        mine = ref(me)
        for other in others:
            target = other.found()
            me.children.add(target)
            if target is not me:
                if target._parents is None:
                    target._parents = {}
                target._parents[mine] = None
            if target.code and not me.code:
                me._reaches_code()

    def _reaches_code(self) -> None:
        todo = [self]
        while todo:
            region = todo.pop()
            if not region.code:
                region.code = True
                todo.extend(region.parents)

    def found(self) -> Region:
        """The region that stands for this one after unions."""
        region = self
        while region._same is not None:
            region = region._same
        if region is not self:
            self._same = region
        return region

    def absorb(self, other: Region) -> None:
        """Make ``other`` the same region as this one."""
        if other is self:
            return
        parents = list(other.parents)
        for child in other.children:
            if child._parents is not None:
                child._parents.pop(ref(other), None)
        for parent in parents:
            parent.children.discard(other)
        other._same = self
        if other.code:
            self._reaches_code()
        self.link(other.children)
        for parent in parents:
            parent.link((self,))
        for name, exact in other.names.items():
            self.names[name] = self.names.get(name, False) or exact
        for name, value in other.attributes.items():
            known = self.attributes.get(name)
            self.attributes[name] = value if known is None else join(known, value)
        other.children, other._parents, other.names = set(), None, {}
        if self.payload != other.payload:
            self.payload = None
        if self.of != other.of:
            self.of = ""
        if other.file and self.file != other.file:
            self.file = ANY_FILE if self.file else other.file


Regions = frozenset[Region]
NO_REGIONS: Final[Regions] = frozenset()


class Value(NamedTuple):
    """What an expression may give. A tuple, because the walk makes one for nearly every node.

    ``at`` are the regions that it may be, ``within`` those it may be or be a part of. ``path`` is the
    dotted name of a library's module, function or class (``numpy.random.seed``); ``path`` ending in
    "()" is an immutable instance of one. ``const`` is the constant that it is, where known.
    """

    at: Regions = NO_REGIONS
    within: Regions = NO_REGIONS
    path: str = ""
    const: object = NOTHING

    @property
    def held(self) -> Regions:
        """All regions that the value touches at once."""
        if not self.within:
            return self.at
        return self.at | self.within if self.at else self.within

    @property
    def has_regions(self) -> bool:
        """Whether the value may be something that can change."""
        return bool(self.at or self.within)


PLAIN: Final = Value()


class Parts(NamedTuple):
    """What is known of the elements of a tuple (one value each) or an iterator (``each``)."""

    values: tuple[Value, ...] = ()
    each: Value | None = None

    @property
    def any(self) -> Value:
        """Some element."""
        return joined(self.values) if self.each is None else self.each


def exactly(*regions: Region) -> Value:
    """A value that is one of ``regions``."""
    return Value(frozenset(regions))


def fresh(of: str = "", holds: Iterable[Region] = (), payload: object = None) -> Value:
    """A value that is a new object, which may hold ``holds``."""
    region = Region(of, payload)
    if holds:
        region.link(holds)
    return Value(frozenset((region,)))


def tuple_of(
    values: Iterable[Value], contents: Iterable[Value] | None = None, of: str = "tuple"
) -> Value:
    """A new tuple of ``values``, which are ``contents`` where it is not known which of them one is."""
    parts = tuple(values)
    held = parts if contents is None else tuple(contents)
    return fresh(of, regions_of(held), Parts(parts, None if held == parts else joined(held)))


def iterator_over(each: Value, sources: Iterable[Region] = (), of: str = "iterator") -> Value:
    """A new iterator (or list) whose elements are ``each``; it draws from ``sources``."""
    return fresh(of, each.held.union(sources), Parts(each=each))


def inside(value: Value) -> Value:
    """Something that is the value, a view of it, or a part of it."""
    if not value.at:
        return value if value.path == "" and value.const is NOTHING else Value(within=value.within)
    return Value(within=value.at | value.within)


def join(a: Value, b: Value) -> Value:
    """A value that is ``a`` or ``b``."""
    if a is b or a == b:
        return a
    return Value(
        a.at | b.at if b.at else a.at,
        a.within | b.within if b.within else a.within,
        a.path if a.path == b.path or not b.path else ("" if a.path else b.path),
        a.const if a.const is b.const else NOTHING,
    )


def joined(values: Iterable[Value]) -> Value:
    """A value that is one of ``values``."""
    result: Value | None = None
    for value in values:
        result = value if result is None else join(result, value)
    return PLAIN if result is None else result


def regions_of(values: Iterable[Value]) -> Regions:
    """All regions that ``values`` touch."""
    result = NO_REGIONS
    for value in values:
        held = value.held
        if held:
            result = result | held if result else held
    return result


def family(value: Value) -> str:
    """The family of all regions of a value, "" where they differ or are not known."""
    of: str | None = None
    for region in value.held:
        mine = region.found().of
        if of is not None and mine != of:
            return ""
        of = mine
    return of or ""


def in_order(regions: Iterable[Region]) -> list[Region]:
    """The regions in the order in which they were made, so that the walk is the same each time."""
    found = [region.found() for region in regions]
    return found if len(found) < 2 else sorted(found, key=_number)


_number: Final = attrgetter("number")


def reached(regions: Iterable[Region]) -> set[Region]:
    """``regions`` and all that can be reached from them; large sets are made one region."""
    roots = [region.found() for region in regions]
    seen = set(roots)
    todo = [region for region in seen if region.children]
    while todo:
        for child in todo.pop().children:
            if child not in seen:
                seen.add(child)
                if child.children:
                    todo.append(child)
    if len(seen) > MOST_REACHED:
        return _collapsed(seen, set(roots))
    return seen


def _collapsed(seen: set[Region], roots: set[Region]) -> set[Region]:
    """Make one region of all plain objects below ``roots``; notebook functions stay themselves."""
    summary: Region | None = None
    kept = set(roots)
    for region in sorted(seen - roots, key=lambda each: each.number):
        if region.payload is not None and not isinstance(region.payload, Parts):
            kept.add(region)
        elif summary is None:
            summary = region
            kept.add(region)
        else:
            summary.absorb(region)
    return {region.found() for region in kept}


def holders(targets: Iterable[Region]) -> dict[str, bool]:
    """Global names from which ``targets`` can be reached, and whether by exact links only."""
    result: dict[str, bool] = {}
    seen: set[Region] = set()
    todo = [region.found() for region in targets]
    while todo:
        region = todo.pop()
        if region in seen:
            continue
        seen.add(region)
        for name, exact in region.names.items():
            result[name] = result.get(name, False) or exact
        todo.extend(region.parents)
    return result
