"""Calls: which functions, classes and objects one runs, and on what."""

from __future__ import annotations

import ast

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.functions import MOST_DEEP, Functions
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    FunctionObject,
    GeneratorObject,
    InstanceObject,
    LibraryObject,
    MethodCaller,
    PartialObject,
)
from nbflow.analysis.effects.values import (
    PLAIN,
    Region,
    Value,
    exactly,
    family,
    fresh,
    in_order,
    inside,
    joined,
    reached,
)


class Calls(Functions):
    """The walk over calls."""

    def called(self, node: ast.Call) -> Value:
        """The value of a call in the source."""
        target = node.func
        if isinstance(target, ast.Attribute):
            if _is_shell(target.value):
                return self.shell_call(target.attr, node)
            receiver = self.expression(target.value)
            if receiver.path == ambient.SHELL:
                return self.shell_call(target.attr, node)
            return self.call_method(receiver, target.attr, self.arguments(node), node)
        function = self.expression(target)
        return self.call(function, self.arguments(node), node)

    def arguments(self, node: ast.Call) -> Arguments:
        """The evaluated arguments of a call."""
        result = Arguments()
        for each in node.args:
            value = self.expression(each)
            (result.spread if isinstance(each, ast.Starred) else result.positional).append(value)
        for keyword in node.keywords:
            value = self.expression(keyword.value)
            if keyword.arg is None:
                result.spread.append(self.element(value, node))
            else:
                result.keywords[keyword.arg] = value
        return result

    def call(self, function: Value, arguments: Arguments, node: ast.AST) -> Value:
        if not function.has_regions:
            return self.library_call(function.path, arguments, node) if function.path else PLAIN
        results = []
        unknown: set[Region] = set(function.within)
        several = len(function.at) > 1 or bool(function.within)
        for each in in_order(function.at):
            region = each.found()
            if several:
                with self.perhaps():
                    result = self._call_region(region, arguments, node)
            else:
                result = self._call_region(region, arguments, node)
            if result is None:
                unknown.add(region)
            else:
                results.append(result)
        if function.path:
            results.append(self.library_call(function.path, arguments, node))
        if unknown:
            results.append(self._call_object(Value(frozenset(unknown)), arguments, node))
        return joined(results)

    def _call_region(self, region: Region, arguments: Arguments, node: ast.AST) -> Value | None:
        payload = region.payload
        match payload:
            case FunctionObject():
                if payload.cached and not payload.kind:
                    self.mutate(exactly(region), node)
                result = self._call_case(payload, arguments, node)
            case ClassObject():
                result = self.construct(region, payload, arguments, node)
            case BoundMethod():
                result = self._call_bound(payload, arguments, node)
            case PartialObject(function, before):
                combined = Arguments(
                    [*before.positional, *arguments.positional],
                    {**before.keywords, **arguments.keywords},
                    [*before.spread, *arguments.spread],
                )
                result = self.call(function, combined, node)
            case MethodCaller(name, given):
                receiver = joined(arguments.positional[:1])
                result = self.call_method(receiver, name, given, node)
            case LibraryObject(path):
                result = self.library_call(path, arguments, node)
            case InstanceObject():
                method = payload.of.lookup("__call__") or payload.of.lookup("forward")
                if method is None:
                    return None
                result = self.call(method, arguments.with_receiver(exactly(region)), node)
            case GeneratorObject(function):  # a context manager as a decorator runs it at each call
                result = fresh(holds=arguments.regions | {Region(payload=function)})
            case _:
                return None
        return result

    def _call_case(self, function: FunctionObject, arguments: Arguments, node: ast.AST) -> Value:
        """Call a notebook function, or one that is registered for the type of the argument."""
        if not function.cases:
            return self.call_function(function, arguments, node)
        return joined(
            self.call_function(each, arguments, node)
            for each in (function, *(region.payload for region in in_order(function.cases)))
            if isinstance(each, FunctionObject)
        )

    def _call_bound(self, method: BoundMethod, arguments: Arguments, node: ast.AST) -> Value:
        if method.function is not None:
            return self.call(method.function, arguments.with_receiver(method.receiver), node)
        return self.call_method(method.receiver, method.name, arguments, node)

    def _call_object(self, function: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call an object of which nothing is known but that it can be called."""
        of = family(function)
        if of in {"data", "figure"}:
            return fresh(of)
        below = reached(function.held)
        for region in in_order(below):
            if isinstance(region.payload, (FunctionObject, BoundMethod, LibraryObject)):
                with self.perhaps():
                    self._call_region(region, arguments, node)
        self.unsure += 1
        self.mutate(function, node, deep=True)
        self.unsure -= 1
        return self.unknown_call(arguments, node, function.held)

    def unknown_call(
        self, arguments: Arguments, node: ast.AST, receiver: frozenset[Region] = frozenset()
    ) -> Value:
        """A call of which nothing is known: it may change and keep all that it is given."""
        self.unsure += 1
        for value in arguments:
            if value.has_regions:
                self.mutate(value, node, deep=True)
                for each in value.at:
                    if each.found().of in library.CONTAINERS:
                        each.found().link((Region(),))
        self.unsure -= 1
        self.pass_functions(arguments, node, methods=True)
        return fresh(holds=arguments.regions | receiver)

    def pass_functions(
        self, arguments: Arguments, node: ast.AST, given: Value = PLAIN, *, methods: bool = False
    ) -> None:
        """Notebook functions among the arguments may be called, on the other arguments."""
        found: list[Region] = []
        others = [given]
        for value in arguments:
            if not value.has_regions:
                continue
            roots = [region for region in value.held if region.found().code]
            functions = [region for region in reached(roots) if _is_code(region, methods)]
            if functions:
                found.extend(functions)
            if not functions or methods:
                others.append(self.element(value, node))
        if not found or len(self.stack) > MOST_DEEP:
            return
        parts = inside(joined(others))
        for region in sorted(set(found), key=lambda each: each.number):
            if (region, parts.held) in self.passed:
                continue
            self.passed.add((region, parts.held))
            with self.perhaps():
                self._call_blindly(region, parts, node)

    def _call_blindly(self, region: Region, parts: Value, node: ast.AST) -> None:
        payload = region.payload
        blind = Arguments(spread=[parts])
        if isinstance(payload, InstanceObject):
            for each in payload.of.ancestors():
                for method in list(each.attributes.values()):
                    for function in in_order(method.at):
                        found = function.found().payload
                        if isinstance(found, FunctionObject) and not found.kind:
                            self.call_function(found, blind.with_receiver(exactly(region)), node)
        else:
            self._call_region(region, blind, node)

    # ---- what the other parts define

    def shell_call(self, name: str, node: ast.Call) -> Value:
        """A call of a method of IPython's shell, which is what magics become."""
        raise NotImplementedError

    def shell_part(self, path: str, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A call of the method ``name`` of a part of IPython's shell."""
        raise NotImplementedError

    def construct(
        self, region: Region, cls: ClassObject, arguments: Arguments, node: ast.AST
    ) -> Value:
        """What a call of a notebook class gives."""
        raise NotImplementedError

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of ``receiver.name(arguments)``."""
        raise NotImplementedError

    def library_call(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of a call of a library's function or class."""
        raise NotImplementedError


def _is_code(region: Region, methods: bool) -> bool:
    payload = region.payload
    return isinstance(payload, (FunctionObject, BoundMethod, PartialObject, MethodCaller)) or (
        methods and isinstance(payload, InstanceObject)
    )


def _is_shell(node: ast.expr) -> bool:
    """Whether an expression is ``get_ipython()``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "get_ipython"
        and not node.args
    )
