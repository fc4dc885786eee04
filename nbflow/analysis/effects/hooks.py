"""Hooks of Python's data model: what classes of the notebook run where no call is written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from nbflow.analysis.effects.base import Base
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    FunctionObject,
    InstanceObject,
)
from nbflow.analysis.effects.values import (
    Region,
    Value,
    exactly,
    fresh,
    holders,
    in_order,
    join,
    joined,
    reached,
)

_ORDERS: Final = ("__lt__", "__le__", "__gt__", "__ge__")
_MADE_OF: Final = {"ne": ("__eq__",), "eq": ()}


class Hooks(Base):
    """The walk over special methods and descriptors."""

    def dunder(
        self, value: Value, names: Iterable[str], node: ast.AST, arguments: Iterable[Value] = ()
    ) -> Value | None:
        """Call special methods that the classes of the notebook define; None if there is none."""
        known = [name for name in names if name in self.class_names] if value.at else ()
        if not known:
            return None
        results: list[Value] = []
        for each in in_order(value.at):
            region = each.found()
            for name in known:
                method = special_method(region, name)
                if method is not None:
                    given = Arguments([exactly(region), *arguments])
                    results.append(self.call(method, given, node))
        return joined(results) if results else None

    def on_elements(self, value: Value, names: Iterable[str], node: ast.AST) -> None:
        """Call special methods of what ``value`` holds, on one another."""
        if names and any(each.found().code for each in value.held):
            element = self.element(value, node)
            self.dunder(element, names, node, [element])

    def compare_by(self, name: str, left: Value, right: Value, node: ast.AST) -> None:
        """Run what compares ``left`` with ``right``: the method of that name, or those it is made of."""
        for value, other in ((left, right), (right, left)):
            if self.dunder(value, (f"__{name}__",), node, [other]) is None:
                # `a > b` may ask `b < a`, `functools.total_ordering` makes `>=` of `<`, and Python `!=`
                # of `==`.
                self.dunder(value, _MADE_OF.get(name, _ORDERS), node, [other])

    # ---- attributes

    def own_attribute(self, region: Region, name: str, node: ast.AST) -> Value | None:
        """An attribute of an instance or class of the notebook, by all the ways to look it up."""
        watched = self.dunder(exactly(region), ("__getattribute__",), node, [Value(const=name)])
        found = self.plain_attribute(region, name, node)
        if found is None:
            found = self.dunder(exactly(region), ("__getattr__",), node, [Value(const=name)])
        return watched if found is None else found if watched is None else join(found, watched)

    def plain_attribute(self, region: Region, name: str, node: ast.AST) -> Value | None:
        """An attribute as ``object.__getattribute__`` finds it."""
        payload = region.payload
        receiver = exactly(region)
        if isinstance(payload, ClassObject):
            value = payload.lookup(name)
            if value is not None:
                return self._fetched(value, receiver, name, node, on="class")
            inherited, own = payload.of_metaclass(name), None
        elif isinstance(payload, InstanceObject):
            inherited, own = payload.of.lookup(name), region.attributes.get(name)
        else:
            return None
        if inherited is None:
            return own
        value = self._fetched(inherited, receiver, name, node, on="instance")
        return value if own is None else join(own, value)

    def _fetched(self, value: Value, receiver: Value, name: str, node: ast.AST, on: str) -> Value:
        """What reading the attribute ``value`` of a class gives, seen from ``receiver``."""
        got = self.dunder(value, ("__get__",), node, [receiver, receiver])
        if got is not None:
            return got
        getters = [region for region in value.at if is_property(region)]
        if getters and on == "instance":
            if any(_is_cached(region) for region in getters):
                self.mutate(receiver, node)
            return self.call(exactly(*getters), Arguments([receiver]), node)
        return self._bound(value, receiver, name, on)

    def _bound(self, value: Value, receiver: Value, name: str, on: str) -> Value:
        functions = [r for r in value.at if isinstance(r.found().payload, FunctionObject)]
        if not functions:
            return value
        payload = functions[0].found().payload
        assert isinstance(payload, FunctionObject)
        if payload.kind == "static" or (on == "class" and payload.kind != "class"):
            return value
        method = BoundMethod(receiver, name, value)
        return fresh("method", value.held | receiver.held, method)

    def setting(self, region: Region, name: str, value: Value, node: ast.AST) -> None:
        """Run what the class of ``region`` runs when the attribute ``name`` is set."""
        self.dunder(exactly(region), ("__setattr__",), node, [Value(const=name), value])
        for function in _accessors(region, name, "setter"):
            self.call(exactly(function), Arguments([exactly(region), value]), node)
        known = _of_class(region, name)
        if known is not None:
            self.dunder(known, ("__set__",), node, [exactly(region), value])

    def deleting(self, region: Region, name: str, node: ast.AST) -> None:
        """Run what the class of ``region`` runs when the attribute ``name`` is deleted."""
        self.dunder(exactly(region), ("__delattr__",), node, [Value(const=name)])
        for function in _accessors(region, name, "deleter"):
            self.call(exactly(function), Arguments([exactly(region)]), node)
        known = _of_class(region, name)
        if known is not None:
            self.dunder(known, ("__delete__",), node, [exactly(region)])

    # ---- the ends of an object's life

    def _with_end(self, value: Value | None) -> list[Region]:
        """The instances that a value is or holds whose class has a ``__del__``, in their order."""
        roots = [each.found() for each in value.held] if value is not None else []
        found = reached(each for each in roots if each.code)
        ending = (each for each in found if special_method(each, "__del__") is not None)
        return sorted(ending, key=lambda each: each.number)

    def finalise(self, value: Value | None, node: ast.AST) -> None:
        """Run ``__del__`` of what a name lets go of, and of what that holds; others may hold it still."""
        exact = {each.found() for each in value.at} if value is not None else set()
        ending = self._with_end(value)
        for name in sorted(holders(ending)):  # the last to let go ends it
            if name == getattr(node, "id", "") and not self.environment.is_definite(name):
                self.record.add(self.record.reads, name, self.here(node))
            else:
                self._changed_name(name, node, True)
        for region in ending:
            if region not in exact or len(region.names) > 1 or region.parents:
                with self.perhaps():
                    self.dunder(exactly(region), ("__del__",), node)
            else:
                self.dunder(exactly(region), ("__del__",), node)

    def complete(
        self, made: Region, metaclass: Value, keywords: dict[str, Value], node: ast.ClassDef
    ) -> None:
        """Run what runs when a class has been defined: its metaclass, attributes and bases."""
        cls = made.payload
        assert isinstance(cls, ClassObject)
        space = fresh("dict", [region for each in cls.attributes.values() for region in each.held])
        given = [Value(const=cls.name), fresh("tuple"), space]
        metaclass = next((c.metaclass for c in cls.ancestors() if c.metaclass.at), metaclass)
        self.making.append(made)
        for name in ("__prepare__", "__new__", "__init__"):
            method = cls.of_metaclass(name)
            if method is not None:
                first = exactly(made) if name == "__init__" else metaclass
                rest = given[:2] if name == "__prepare__" else given
                self.call(method, Arguments([first, *rest], keywords), node)
        self.making.pop()
        for name, value in cls.attributes.items():
            self.dunder(value, ("__set_name__",), node, [exactly(made), Value(const=name)])
        hook = cls.lookup("__init_subclass__", cls)
        if hook is not None:
            self.call(hook, Arguments([exactly(made)], keywords), node)


def special_method(region: Region, name: str) -> Value | None:
    """The special method ``name`` that the notebook gives the type of ``region``'s object."""
    payload = region.payload
    if isinstance(payload, InstanceObject):
        return payload.of.lookup(name)
    return payload.of_metaclass(name) if isinstance(payload, ClassObject) else None


def is_property(region: Region) -> bool:
    """Whether the region is the getter of a property."""
    payload = region.found().payload
    return isinstance(payload, FunctionObject) and payload.kind == "property"


def _is_cached(region: Region) -> bool:
    payload = region.found().payload
    return isinstance(payload, FunctionObject) and payload.cached


def _of_class(region: Region, name: str) -> Value | None:
    payload = region.payload
    return payload.of.lookup(name) if isinstance(payload, InstanceObject) else None


def _accessors(region: Region, name: str, kind: str) -> Iterator[Region]:
    known = _of_class(region, name)
    for each in known.at if known is not None else ():
        function = each.found().payload
        if isinstance(function, FunctionObject) and function.kind == kind:
            yield each.found()
