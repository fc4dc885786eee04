"""Functions of the notebook: a call walks the body, with the values of the moment."""

from __future__ import annotations

import ast
from typing import Final

from nbflow.analysis.effects.base import CODE
from nbflow.analysis.effects.expressions import Expressions
from nbflow.analysis.effects.objects import (
    Arguments,
    ClassObject,
    Frame,
    FunctionObject,
    GeneratorObject,
)
from nbflow.analysis.effects.values import (
    Region,
    Value,
    exactly,
    fresh,
    in_order,
    join,
    joined,
    reached,
    regions_of,
)

#: So deep function bodies are walked; below, what their text says is taken at once.
MOST_DEEP: Final = 12
#: So often a function may be on the stack.
MOST_RECURSIVE: Final = 2


class Functions(Expressions):
    """The walk over the bodies of notebook functions."""

    def call_function(self, function: FunctionObject, arguments: Arguments, node: ast.AST) -> Value:
        """Walk the body of a notebook function, with these arguments."""
        if function.kind == "class" and function.owner is not None:
            first = arguments.positional[:1]
            if not first or not any(_descends(each, function.owner) for each in first[0].at):
                arguments = arguments.with_receiver(exactly(function.owner))
        recursive = sum(1 for each in self.stack if each.node is function.node)
        if self.budget <= 0 or len(self.stack) >= MOST_DEEP or recursive >= MOST_RECURSIVE:
            return self._call_by_text(function, arguments, node)
        frame = Frame("function", function.scope, function.frame, function)
        frame.captured = False
        outside = self.frame, self.site
        if self.site is None:
            self.site = node
        self.stack.append(function)
        layer = self.environment.push()
        frame.layers = len(self.environment.layers)
        self._bind_parameters(frame, function, arguments)
        self.frame = frame
        try:
            result = self._body(function, frame)
        finally:
            self.frame, self.site = outside
            self.stack.pop()
            self.environment.pop()
        if not frame.captured:
            self.environment.forget(layer, frame.number)
        self.environment.merge([layer], None if frame.early else [layer])
        if not function.scope.yields:
            return result
        made = GeneratorObject(function, arguments, joined(frame.yields))
        return fresh("generator", regions_of([*frame.yields, *arguments]), made)

    def _body(self, function: FunctionObject, frame: Frame) -> Value:
        if isinstance(function.node, ast.Lambda):
            return self.expression(function.node.body)
        self.block(function.node.body)
        return joined(frame.returns)

    def _bind_parameters(
        self, frame: Frame, function: FunctionObject, arguments: Arguments
    ) -> None:
        declared = function.node.args
        names = [each.arg for each in (*declared.posonlyargs, *declared.args)]
        spread = joined(arguments.spread)
        bind = self.environment.bind
        for position, name in enumerate(names):
            if position < len(arguments.positional):
                value = arguments.positional[position]
            else:
                value = self._named_argument(name, function, arguments, spread)
            bind((frame.number, name), value)
        for each in declared.kwonlyargs:
            value = self._named_argument(each.arg, function, arguments, spread)
            bind((frame.number, each.arg), value)
        if declared.vararg is not None:
            rest = regions_of([*arguments.positional[len(names) :], spread])
            bind((frame.number, declared.vararg.arg), fresh("tuple", rest))
        if declared.kwarg is not None:
            rest = regions_of([*arguments.keywords.values(), spread])
            bind((frame.number, declared.kwarg.arg), fresh("dict", rest))

    def _named_argument(
        self, name: str, function: FunctionObject, arguments: Arguments, spread: Value
    ) -> Value:
        known = arguments.keywords.get(name)
        if known is not None:
            return known
        default = function.defaults.get(name)
        if default is None:
            return spread
        return join(default, spread) if arguments.spread else default

    def _call_by_text(self, function: FunctionObject, arguments: Arguments, node: ast.AST) -> Value:
        """What a function may do, from the text of all functions that it can reach."""
        seen: set[FunctionObject] = set()
        todo = [function]
        self.unsure += 1
        given = {region.found() for region in arguments.regions} - self.given_by_text
        if given:
            self._change_by_text(given, node)
        while todo:
            each = todo.pop()
            if each in seen or each in self.by_text:
                continue
            seen.add(each)
            self.by_text.add(each)
            for name in each.free_globals:
                value = self.load(name, node)
                for region in in_order(reached(value.held)):
                    if isinstance(region.payload, FunctionObject):
                        todo.append(region.payload)
                plain = frozenset(r for r in value.at if not isinstance(r.found().payload, CODE))
                if name in each.changed_names and plain:
                    self.mutate(Value(within=plain), node)
            for name in sorted(each.scope.stored_outer):
                self._may_bind(name, node)
        self.unsure -= 1
        result = fresh(holds=arguments.regions)
        self.given_by_text |= result.at
        return result

    def _change_by_text(self, given: set[Region], node: ast.AST) -> None:
        """Record that what a function is given, and what that holds, may change."""
        self.given_by_text |= given
        known, newest = self.changed, self.newest
        # Of what this cell has made itself, only what it holds from before can matter.
        older = [each for each in reached(given) if each.number < newest and each not in known]
        objects = {each for each in older if not isinstance(each.payload, CODE)}
        self.change({each for each in objects if each.of != "frame"}, node)

    def _may_bind(self, name: str, node: ast.AST) -> None:
        old = self.environment.value(name)
        self.record.add(self.record.binds, name, self.here(node), self.grade)
        layer = self.environment.push()
        self.environment.bind(name, fresh(holds=old.held if old is not None else ()))
        self.environment.pop()
        self.environment.merge([layer])

    def resume(self, generator: GeneratorObject, node: ast.AST) -> None:
        with self.perhaps():
            self.call_function(generator.function, generator.arguments, node)


def _descends(region: Region, owner: Region) -> bool:
    """Whether ``region`` is the class ``owner``, or one derived from it."""
    cls = region.found().payload
    base = owner.found().payload
    return isinstance(cls, ClassObject) and any(each is base for each in cls.ancestors())
