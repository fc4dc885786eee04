"""What the walk knows of callable objects of the notebook: functions, classes, bound methods."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from nbflow.analysis.effects.scopes import Function, Scope
from nbflow.analysis.effects.values import PLAIN, Region, Value, regions_of

_NUMBERS = count(1)
_METACLASSES = frozenset({"builtins.type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType"})


class Frame:
    """One activation of a function, a class body or a comprehension.

    ``outer`` is the frame in which free names are looked up, None for the notebook's globals.
    ``region`` stands for the variables that functions defined inside keep alive.
    """

    __slots__ = (
        "captured", "early", "function", "kind", "layers", "number", "outer", "region", "returns",
        "scope", "yields",
    )  # fmt: skip

    def __init__(
        self, kind: str, scope: Scope, outer: Frame | None, function: FunctionObject | None = None
    ) -> None:
        self.kind = kind
        self.scope = scope
        self.outer = outer
        self.function = function
        self.number = next(_NUMBERS)
        self.region = Region("frame")
        self.captured = False
        self.returns: list[Value] = []
        self.yields: list[Value] = []
        self.early = False
        self.layers = 0


@dataclass(eq=False)
class FunctionObject:
    """A function or lambda of the notebook. ``kind`` is "", "static", "class" or "property"."""

    node: Function
    scope: Scope
    frame: Frame | None
    defaults: Mapping[str, Value]
    kind: str = ""
    owner: Region | None = None
    #: Whether what it gives is kept: in the function, or for a property in the instance.
    cached: bool = False
    #: Functions that may run in its place: those registered with ``functools.singledispatch``.
    cases: set[Region] = field(default_factory=set)

    @cached_property
    def free_globals(self) -> tuple[str, ...]:
        """Free names that are looked up among the notebook's globals."""
        return tuple(sorted(globals_of(self.scope.free, self.scope, self.frame)))

    @cached_property
    def changed_names(self) -> frozenset[str]:
        """Free globals whose objects the body may change, by its text alone."""
        return frozenset(_changed_roots(self.node)) & frozenset(self.free_globals)


def globals_of(names: Iterable[str], scope: Scope, frame: Frame | None) -> Iterator[str]:
    """Those of ``names`` that no frame around binds."""
    for name in names:
        if name in scope.outer or name in scope.stored_outer or not _is_local(name, frame):
            yield name


def _is_local(name: str, frame: Frame | None) -> bool:
    while frame is not None:
        if frame.kind != "class" and name in frame.scope.bound:
            return True
        frame = frame.outer
    return False


def _changed_roots(node: ast.AST) -> Iterator[str]:
    """Names at the root of stores, deletions, method calls and arguments."""
    for each in ast.walk(node):
        if isinstance(each, (ast.Attribute, ast.Subscript)) and not isinstance(each.ctx, ast.Load):
            yield from root_name(each)
        elif isinstance(each, ast.AugAssign):
            yield from root_name(each.target)
        elif isinstance(each, ast.Call):
            if isinstance(each.func, ast.Attribute):
                yield from root_name(each.func)
            for argument in each.args:
                yield from root_name(argument)


def root_name(node: ast.AST) -> Iterator[str]:
    """The name at the root of ``a.b[c].d``, if there is one."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Attribute):
                return
            node = node.func
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


@dataclass(frozen=True)
class LibraryObject:
    """A module or a function of a library, which a container of the notebook holds."""

    path: str


@dataclass(eq=False)
class ClassObject:
    """A class of the notebook: its attributes, and its bases in order."""

    name: str
    attributes: dict[str, Value]
    bases: tuple[Value, ...] = ()
    #: Annotated names of the body, which a dataclass makes its fields.
    fields: tuple[str, ...] = ()
    #: The metaclass that its definition names, PLAIN where it names none.
    metaclass: Value = PLAIN

    @property
    def all_fields(self) -> tuple[str, ...]:
        """The fields of the class and its bases, in the order of a call."""
        found = [name for each in reversed(list(self.ancestors())) for name in each.fields]
        return tuple(dict.fromkeys(found))

    def ancestors(self) -> Iterator[ClassObject]:
        """The class and its notebook base classes, nearest first."""
        todo: list[ClassObject] = [self]
        seen: set[int] = set()
        while todo:
            each = todo.pop(0)
            if id(each) in seen:
                continue
            seen.add(id(each))
            yield each
            for base in each.bases:
                for region in base.at:
                    payload = region.found().payload
                    if isinstance(payload, ClassObject):
                        todo.append(payload)

    def lookup(self, name: str, after: ClassObject | None = None) -> Value | None:
        """The attribute ``name`` of the class; with ``after``, as ``super()`` in that class sees it."""
        if after is None:
            own = self.attributes.get(name)
            if own is not None or not self.bases:
                return own
        skipping = after is not None
        for each in self.ancestors():
            if skipping:
                skipping = each is not after
                continue
            value = each.attributes.get(name)
            if value is not None:
                return value
        return None

    def of_metaclass(self, name: str) -> Value | None:
        """The attribute ``name`` of the metaclass, where that is a class of the notebook."""
        if not self.bases and not self.metaclass.at:
            return None
        for each in self.ancestors():
            for region in each.metaclass.at:
                payload = region.found().payload
                if isinstance(payload, ClassObject):
                    return payload.lookup(name)
        return None

    @property
    def is_metaclass(self) -> bool:
        """Whether its instances are classes."""
        return not _METACLASSES.isdisjoint(self.library_bases)

    @property
    def library_bases(self) -> tuple[str, ...]:
        """Paths of base classes that come from libraries ("?" where not known)."""
        found = []
        for each in self.ancestors():
            for base in each.bases:
                if base.path:
                    found.append(base.path)
                elif not any(isinstance(r.found().payload, ClassObject) for r in base.at):
                    found.append("?")
        return tuple(found)


@dataclass(eq=False)
class InstanceObject:
    """An instance of a notebook class."""

    cls: Region

    @property
    def of(self) -> ClassObject:
        """Its class."""
        payload = self.cls.found().payload
        assert isinstance(payload, ClassObject)
        return payload


@dataclass(eq=False)
class BoundMethod:
    """``receiver.name``, not yet called. ``function`` is set for methods of notebook classes."""

    receiver: Value
    name: str
    function: Value | None = None


@dataclass(eq=False)
class Arguments:
    """The arguments of a call. ``spread`` are the values after ``*`` and ``**``."""

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    spread: list[Value] = field(default_factory=list)

    def __iter__(self) -> Iterator[Value]:
        yield from self.positional
        yield from self.keywords.values()
        yield from self.spread

    @property
    def regions(self) -> frozenset[Region]:
        """All regions that are passed."""
        return regions_of(self)

    def with_receiver(self, receiver: Value) -> Arguments:
        """The arguments that a method gets: first the object that it is called on."""
        return Arguments([receiver, *self.positional], self.keywords, self.spread)

    def at(self, position: int, *keywords: str) -> Value | None:
        """The argument at ``position``, or under one of the keywords."""
        if position < len(self.positional):
            return self.positional[position]
        for keyword in keywords:
            if keyword in self.keywords:
                return self.keywords[keyword]
        return None


@dataclass(eq=False)
class PartialObject:
    """``functools.partial(function, *arguments)``."""

    function: Value
    arguments: Arguments


@dataclass(eq=False)
class MethodCaller:
    """``operator.methodcaller(name, *arguments)``."""

    name: str
    arguments: Arguments


@dataclass(eq=False)
class GeneratorObject:
    """A generator whose body runs when it is consumed."""

    function: FunctionObject
    arguments: Arguments
    each: Value
