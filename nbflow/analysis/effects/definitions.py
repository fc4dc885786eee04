"""Definitions of functions and classes."""

from __future__ import annotations

import ast
from typing import Final

from nbflow.analysis.effects.assignments import Assignments
from nbflow.analysis.effects.objects import Arguments, ClassObject, Frame, FunctionObject
from nbflow.analysis.effects.scopes import annotations_of, type_parameters
from nbflow.analysis.effects.values import PLAIN, Value, fresh, join

_ACCESSORS: Final = frozenset({"setter", "getter", "deleter"})


class Definitions(Assignments):
    """The walk over definitions."""

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [(each, self._decorator(each)) for each in node.decorator_list]
        annotations = [*annotations_of(node)]
        if annotations and self.annotations_are_text:
            self.read_state("@future", node)
        elif not getattr(node, "type_params", ()):
            for annotation in annotations:
                self.expression(annotation)
        value = self.define(node)
        for place, decorator in reversed(decorators):
            value = self._decorated(place, decorator, value, node)
        self.bind(node.name, value, node)

    def _decorator(self, node: ast.expr) -> Value | None:
        if isinstance(node, ast.Attribute) and node.attr in _ACCESSORS:
            return self.expression(node.value)
        return self.expression(node)

    def _decorated(
        self, place: ast.expr, decorator: Value | None, value: Value, node: ast.AST
    ) -> Value:
        if decorator is None or decorator == PLAIN:
            return value
        if isinstance(place, ast.Attribute) and place.attr in _ACCESSORS and decorator.at:
            for region in value.at:
                payload = region.found().payload
                if isinstance(payload, FunctionObject) and place.attr != "getter":
                    payload.kind = place.attr
            return join(decorator, value)
        result = self.call(decorator, Arguments([value]), place)
        if not result.has_regions or result == value:
            return value
        for region in result.at:
            region.found().link(value.held)
        if not any(region.found().payload is not None for region in result.at):
            return join(result, value)
        return result

    def define_class(self, node: ast.ClassDef) -> None:
        decorators = [self.expression(each) for each in node.decorator_list]
        bases = [self.expression(each) for each in node.bases]
        keywords = {each.arg or "": self.expression(each.value) for each in node.keywords}
        metaclass = keywords.pop("metaclass", PLAIN)
        attributes = self._class_body(node)
        fields = tuple(
            each.target.id
            for each in node.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        )
        self.class_names.update(attributes)
        made = ClassObject(node.name, attributes, tuple(bases), fields, metaclass)
        value = fresh("class", payload=made)
        (region,) = value.at
        for each in attributes.values():
            region.link(each.held)
            for function in each.at:
                payload = function.found().payload
                if isinstance(payload, FunctionObject) and payload.owner is None:
                    payload.owner = region
        for base in (*bases, metaclass, *keywords.values()):
            region.link(base.held)
        self.touched.clear()
        self.has_finalisers |= "__del__" in attributes
        self.complete(region, metaclass, keywords, node)
        for place, decorator in zip(
            reversed(node.decorator_list), reversed(decorators), strict=True
        ):
            value = self._decorated(place, decorator, value, node)
        self.bind(node.name, value, node)

    def _class_body(self, node: ast.ClassDef) -> dict[str, Value]:
        outer = self.frame
        while outer is not None and outer.kind == "class":
            outer = outer.outer
        frame = Frame("class", self.scopes.of(node), outer)
        outside = self.frame
        self.frame = frame
        for name in type_parameters(node):
            self.environment.bind((frame.number, name), PLAIN)
        try:
            self.block(node.body)
        finally:
            self.frame = outside
        attributes = {}
        for name in sorted(frame.scope.bound):
            value = self.environment.value((frame.number, name))
            if value is not None:
                attributes[name] = value
        return attributes

    def type_alias(self, node: ast.stmt) -> None:
        name = getattr(node, "name", None)
        if isinstance(name, ast.Name):
            self.bind(name.id, PLAIN, node)
