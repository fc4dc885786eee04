"""Classes of the notebook: their instances, and the methods that they and their functions have."""

from __future__ import annotations

import ast
from typing import Final

from nbflow.analysis.effects import library
from nbflow.analysis.effects.calls import Calls
from nbflow.analysis.effects.functions import MOST_DEEP
from nbflow.analysis.effects.hooks import is_property, special_method
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    FunctionObject,
    InstanceObject,
    LibraryObject,
)
from nbflow.analysis.effects.values import (
    PLAIN,
    Region,
    Value,
    exactly,
    fresh,
    in_order,
    inside,
    joined,
)

#: Methods of ``object`` and ``type`` that special methods of the notebook hand on to.
OF_OBJECT: Final = (
    "__getattribute__", "__setattr__", "__delattr__", "__new__", "__call__", "__init_subclass__",
)  # fmt: skip


class Instances(Calls):
    """The walk over instances and methods of notebook classes."""

    def construct(
        self, region: Region, cls: ClassObject, arguments: Arguments, node: ast.AST
    ) -> Value:
        """What a call of a notebook class gives."""
        own = cls.of_metaclass("__call__")
        if own is not None:
            return self.call(own, arguments.with_receiver(exactly(region)), node)
        return self._instance(region, cls, arguments, node)

    def _instance(
        self, region: Region, cls: ClassObject, arguments: Arguments, node: ast.AST
    ) -> Value:
        """An instance of a notebook class, as ``type.__call__`` makes it."""
        maker = cls.lookup("__new__")
        if maker is None:
            instance = self._bare(region, cls)
        else:
            instance = self.call(maker, arguments.with_receiver(exactly(region)), node)
        own = {each for each in instance.at if _is_instance(each.found(), cls)}
        if maker is not None and not own:
            return instance
        for each in in_order(own):
            self._fill(each.found(), cls, arguments, node)
        return instance

    def _bare(self, region: Region, cls: ClassObject) -> Value:
        """A new instance before ``__init__``."""
        instance = fresh("instance", payload=InstanceObject(region))
        (made,) = instance.at
        for each in cls.ancestors():
            for value in each.attributes.values():
                made.link(r for r in value.held if not isinstance(r.payload, FunctionObject))
        return instance

    def _fill(self, made: Region, cls: ClassObject, arguments: Arguments, node: ast.AST) -> None:
        """Let ``__init__``, or what stands for it, give a new instance its attributes."""
        init = cls.lookup("__init__")
        if init is not None:
            self.call(init, arguments.with_receiver(exactly(made)), node)
        if init is None or cls.library_bases:
            made.link(arguments.regions)
        if init is None:
            made.attributes.update(zip(cls.all_fields, arguments.positional, strict=False))
            made.attributes.update(arguments.keywords)
            defaults = [cls.lookup(name) for name in cls.all_fields]
            for region in {each for default in defaults if default for each in default.at}:
                if region.found() in self.factories:
                    with self.perhaps():
                        self.call(self.factories[region.found()], Arguments(), node)
        after = cls.lookup("__post_init__")
        if after is not None:
            self.call(after, Arguments([exactly(made)]), node)

    def of_object(self, me: Value, name: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """What a method of ``object`` or ``type`` does with ``me``; None where that is not known."""
        if name in {"__new__", "__call__"}:
            return self._made(me, name, arguments, node)
        first = arguments.at(0)
        attribute = first.const if first is not None and isinstance(first.const, str) else ""
        if name == "__getattribute__":
            found = [
                self.plain_attribute(each.found(), attribute, node) for each in in_order(me.at)
            ]
            known = [each for each in found if each is not None]
            return joined(known) if attribute else inside(me)
        if name == "__setattr__":
            self.put_attribute(me, attribute, arguments.at(1) or PLAIN, node)
        elif name == "__delattr__":
            self.put_attribute(me, attribute, PLAIN, node)
        return PLAIN if name in OF_OBJECT else None

    def _made(self, me: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """``super().__new__(cls)``; ``super().__call__(...)`` in a metaclass."""
        results = []
        for each in in_order(me.at):
            region = each.found()
            cls = region.payload
            if not isinstance(cls, ClassObject):
                continue
            if name == "__call__":
                results.append(self._instance(region, cls, arguments, node))
            elif cls.is_metaclass and self.making:
                results.append(exactly(self.making[-1]))
            else:
                results.append(self._bare(region, cls))
        return joined(results) if results else fresh(holds=arguments.regions)

    # ---- methods

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of ``receiver.name(arguments)``."""
        if receiver.path:
            return self.library_method(receiver, name, arguments, node)
        if not receiver.has_regions:
            return self.plain_method(name, arguments, node)
        results: list[Value] = []
        others: set[Region] = set()
        several = len(receiver.at) > 1
        for each in in_order(receiver.at):
            region = each.found()
            if several:
                with self.perhaps():
                    result = self._own_method(region, name, arguments, node)
            else:
                result = self._own_method(region, name, arguments, node)
            if result is None:
                others.add(region)
            else:
                results.append(result)
        if others or receiver.within:
            rest = Value(frozenset(others), receiver.within)
            results.append(self.object_method(rest, name, arguments, node))
        return joined(results)

    def _own_method(
        self, region: Region, name: str, arguments: Arguments, node: ast.AST
    ) -> Value | None:
        """Call a method of a notebook class, or a function kept in an attribute."""
        payload = region.payload
        if isinstance(payload, FunctionObject):
            return self._function_method(region, payload, name, arguments, node)
        if isinstance(payload, LibraryObject):
            return self.library_method(Value(path=payload.path), name, arguments, node)
        if not isinstance(payload, (InstanceObject, ClassObject)):
            return None
        cls = payload.of if isinstance(payload, InstanceObject) else payload
        value = region.attributes.get(name) if isinstance(payload, InstanceObject) else None
        if value is not None and value.has_regions | bool(value.path):
            return self.call(value, arguments, node)
        self.dunder(exactly(region), ("__getattribute__",), node, [Value(const=name)])
        method = cls.lookup(name)
        if method is None:
            return self._looked_up(region, name, arguments, node)
        return self._found_method(region, name, method, arguments, node)

    def _function_method(
        self,
        region: Region,
        function: FunctionObject,
        name: str,
        arguments: Arguments,
        node: ast.AST,
    ) -> Value:
        """A method of a function: ``name.register(int)``, ``cached.cache_clear()``."""
        if name == "cache_clear":
            self.mutate(exactly(region), node)
        if name != "register":
            return PLAIN
        cases = {each.found() for each in arguments.regions}
        functions = {each for each in cases if isinstance(each.payload, FunctionObject)}
        if not functions:  # the decorator comes next
            return fresh("method", (region,), BoundMethod(exactly(region), name))
        self.mutate(exactly(region), node)
        function.cases |= functions
        region.link(functions)
        self.touched.clear()
        return exactly(*functions)

    def _found_method(
        self, region: Region, name: str, method: Value, arguments: Arguments, node: ast.AST
    ) -> Value:
        """Call ``method``, which the class of ``region`` has under that name."""
        payload = region.payload
        if any(_is_computed(each.found()) for each in method.at):
            found = self.plain_attribute(region, name, node)
            return self.call(found or PLAIN, arguments, node)
        kinds = {getattr(each.found().payload, "kind", "") for each in method.at}
        if kinds == {"class"}:
            owner = payload.cls.found() if isinstance(payload, InstanceObject) else region
            return self.call(method, arguments.with_receiver(exactly(owner)), node)
        if isinstance(payload, ClassObject) or kinds & {"static", "class"} or not method.at:
            return self.call(method, arguments, node)
        return self.call(method, arguments.with_receiver(exactly(region)), node)

    def _looked_up(
        self, region: Region, name: str, arguments: Arguments, node: ast.AST
    ) -> Value | None:
        """Call a method that the class itself does not have."""
        payload = region.payload
        if isinstance(payload, ClassObject):
            method = payload.of_metaclass(name)
            if method is not None:
                return self.call(method, arguments.with_receiver(exactly(region)), node)
        else:
            assert isinstance(payload, InstanceObject)
            self._inherited_method(region, payload, node)
        found = self.dunder(exactly(region), ("__getattr__",), node, [Value(const=name)])
        return None if found is None else self.call(found, arguments, node)

    def _inherited_method(self, region: Region, payload: InstanceObject, node: ast.AST) -> None:
        """A method of a library's base class may call any method of the notebook's class."""
        if payload.of.library_bases and len(self.stack) < MOST_DEEP:
            with self.perhaps():
                self._call_blindly(region, PLAIN, node)

    def super_call(self, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """``super().name(...)`` in a method of a notebook class."""
        frame = self.frame
        while frame is not None and (frame.function is None or frame.function.owner is None):
            frame = frame.outer
        if frame is None or frame.function is None or frame.function.owner is None:
            return self.unknown_call(arguments, node)
        declared = frame.function.node.args
        names = [each.arg for each in (*declared.posonlyargs, *declared.args)]
        me = self.environment.value((frame.number, names[0])) if names else None
        owner = frame.function.owner.found().payload
        if me is None or not isinstance(owner, ClassObject):
            return self.unknown_call(arguments, node)
        for each in in_order(me.at):
            payload = each.found().payload
            cls = payload.of if isinstance(payload, InstanceObject) else payload
            if isinstance(cls, ClassObject):
                method = cls.lookup(name, owner) or owner.lookup(name, owner)
                if method is not None:
                    # The first argument of `__new__` is written out.
                    given = arguments if name == "__new__" else arguments.with_receiver(me)
                    return self.call(method, given, node)
        made = self.of_object(me, name, arguments, node)
        return self._super_method(me, name, arguments, node) if made is None else made

    def _super_method(self, me: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A method of a base class that comes from a library."""
        behaviour = library.method(name, "")
        if behaviour.known and not behaviour.changes:
            return inside(me)
        for each in in_order(me.at):
            each.found().link(arguments.regions)
        if behaviour.known:
            self.mutate(Value(me.at), node)
            return inside(me)
        self.unsure += 1
        self.mutate(Value(me.at), node)
        self.unsure -= 1
        return inside(me)

    # ---- what the other parts define

    def plain_method(self, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A method of something that cannot change, such as a string."""
        raise NotImplementedError

    def object_method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """A method of an object that is not of the notebook's making."""
        raise NotImplementedError

    def library_method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """A method of what is known by its path in a library."""
        raise NotImplementedError

    def put_attribute(self, target: Value, name: str, value: Value, node: ast.AST) -> None:
        """``object.__setattr__(target, name, value)``."""
        raise NotImplementedError


def _is_instance(region: Region, cls: ClassObject) -> bool:
    payload = region.payload
    return isinstance(payload, InstanceObject) and any(
        each is cls for each in payload.of.ancestors()
    )


def _is_computed(region: Region) -> bool:
    """Whether an attribute of a class is what a property or another descriptor gives."""
    return is_property(region) or special_method(region, "__get__") is not None
