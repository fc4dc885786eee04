"""Assignments: what is bound, and what is changed where a part of an object is stored or deleted."""

from __future__ import annotations

import ast
from typing import Final

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.base import CODE
from nbflow.analysis.effects.expressions import OPERATORS
from nbflow.analysis.effects.objects import ClassObject, InstanceObject, LibraryObject
from nbflow.analysis.effects.specials import Specials
from nbflow.analysis.effects.values import (
    PLAIN,
    Parts,
    Region,
    Value,
    family,
    fresh,
    in_order,
    inside,
    join,
)

#: Objects whose parts, taken out one by one, share nothing.
_SEPARABLE: Final = frozenset({"", "data", "estimator", "tensor"})
#: Families whose ``+=`` certainly works in place.
_IN_PLACE: Final = library.words("list set dict deque")
_OUT_OF_PLACE: Final = library.words("tuple generator iterator function class method")

#: How a path ends that leads to the attributes of a module: ``vars(math)``.
_DICT: Final = ".__dict__"


class Assignments(Specials):
    """The walk over assignments and deletions."""

    def assignment(self, node: ast.Assign) -> None:
        if len(node.targets) == 1 and self._pairwise(node.targets[0], node.value, node):
            return
        value = self.expression(node.value)
        for target in node.targets:
            self.assign(target, value, node)

    def _pairwise(self, target: ast.expr, value: ast.expr, node: ast.AST) -> bool:
        """``a, b = b, a``: each name gets its own value."""
        if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(
            value, (ast.Tuple, ast.List)
        ):
            return False
        parts = [*target.elts, *value.elts]
        if len(target.elts) != len(value.elts) or any(isinstance(p, ast.Starred) for p in parts):
            return False
        values = [self.expression(each) for each in value.elts]
        for each, part in zip(target.elts, values, strict=True):
            self.assign(each, part, node)
        return True

    def annotated(self, node: ast.AnnAssign) -> None:
        at_once = self.frame is None or self.frame.kind == "class"
        if at_once and self.annotations_are_text:
            self.read_state("@future", node)
        elif at_once:
            self.expression(node.annotation)
        if self.frame is None and self.keeps_annotations:
            for kind in (self.record.reads, self.record.mutates):
                self.record.add(kind, "@annotations", self.here(node))
        if node.value is not None:
            self.assign(node.target, self.expression(node.value), node)
        elif not isinstance(node.target, ast.Name):
            for part in ast.iter_child_nodes(node.target):
                if isinstance(part, ast.expr):
                    self.expression(part)

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        if isinstance(target, ast.Name):
            self._let_go(target)
            self.bind(target.id, value, target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target.elts, value, node)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, fresh("list", self.element(value, node).held), node)
        elif isinstance(target, ast.Attribute):
            self.store_attribute(self._owner(target.value), target.attr, value, target)
        elif isinstance(target, ast.Subscript):
            base = self.expression(target.value)
            index = self.expression(target.slice)
            self.dunder(base, ("__setitem__",), target, [index, value])
            self._store_item(base, index, value, target)

    def _owner(self, node: ast.expr) -> Value:
        """The object whose attribute is assigned: ``df.index.name = ...`` changes ``df``."""
        if isinstance(node, ast.Attribute) and node.attr in library.DATA_PLAIN:
            value = self.expression(node.value)
            return inside(value) if value.has_regions else self.attribute_of(value, node.attr, node)
        return self.expression(node)

    def _unpack(self, targets: list[ast.expr], value: Value, node: ast.AST) -> None:
        self.consume(value, node)
        self.dunder(value, ("__iter__", "__next__"), node)
        exact = _parts(value, targets)
        if exact is not None:
            for each, part in zip(targets, exact, strict=True):
                self.assign(each, part, node)
            return
        apart = self._separate(value)
        for each in targets:
            if apart is not None:
                part = fresh(apart.of, apart.children)
                if isinstance(each, ast.Starred):
                    part = fresh("list", part.held)
                    self.assign(each.value, part, node)
                    continue
            elif family(value) == "figure":
                part = value  # a figure and its axes are changed together
            else:
                part = value if isinstance(each, ast.Starred) else self.element(value, node)
            self.assign(each, part, node)

    def _separate(self, value: Value) -> Region | None:
        """The result of a call that nobody holds yet: its parts share nothing."""
        if len(value.at) != 1 or value.within:
            return None
        region = next(iter(value.at)).found()
        alone = not region.names and not region.parents and region.payload is None
        return region if alone and region.of in _SEPARABLE else None

    def store_attribute(self, target: Value, name: str, value: Value, node: ast.AST) -> None:
        for each in in_order(target.at):
            self.setting(each.found(), name, value, node)
        self.put_attribute(target, name, value, node)

    def put_attribute(self, target: Value, name: str, value: Value, node: ast.AST) -> None:
        if target.path == "__main__" and not name:
            self.any_name(binds=True)
            return
        if target.path == "__main__":
            frame, self.frame = self.frame, None
            self.bind(name, value, node)
            self.frame = frame
            return
        if target.path:
            self._patch(target.path, name, value, node)
            return
        for each in in_order(target.at):
            region = each.found()
            payload = region.payload
            if isinstance(payload, LibraryObject):
                self._patch(payload.path, name, value, node)
            elif isinstance(payload, InstanceObject):
                known = region.attributes.get(name)
                if known is not None or self.unsure:
                    self.unsettled.add((region, name))
                region.attributes[name] = value if known is None else join(known, value)
            elif isinstance(payload, ClassObject):
                payload.attributes[name] = value
                self.class_names.add(name)
                self.altered.add(region)
            region.link(value.held)
        for each in target.within:
            each.found().link(value.held)
        if family(target) == "logger":
            self.change_state("@logging", node)
            self.logging.link(value.held)
        self.mutate(target, node)

    def delete_attribute(self, target: Value, name: str, node: ast.AST) -> None:
        for each in in_order(target.at):
            self.deleting(each.found(), name, node)
        self.put_attribute(target, name, PLAIN, node)

    def _patch(self, path: str, name: str, value: Value, node: ast.AST) -> None:
        """An attribute of a library's module or class is assigned."""
        whole = f"{path}.{name or '*'}"
        state = ambient.state(whole)
        if state:
            self.change_state(state, node)
        elif not path.endswith("()") and path != "builtins.super()":
            self.change_state("@module:" + whole, node)
            self.record.note("module-patch", whole, self.here(node))
            self._hold_patch(whole, value)
            if value.has_regions:
                self.write_to_patch(whole, node)

    def _hold_patch(self, path: str, value: Value) -> None:
        """Keep what a library holds from now on: whoever changes that changes the library's state."""
        state = "@module:" + path
        for region in in_order(self.patches.pop(path, PLAIN).held):
            region.names.pop(state, None)
        if value.has_regions:
            self.patches[path] = value
            for region in in_order(value.held):
                if not isinstance(region.payload, CODE):
                    region.names[state] = True

    def _store_item(self, base: Value, index: Value, value: Value, node: ast.AST) -> None:
        if base.path.startswith(ambient.SHELL):
            self.shell_item_stored(base.path, value, node)
            return
        if base.path:
            state = ambient.state(base.path)
            if state:
                self._store_state(state, index, value, node)
            elif base.path.endswith(_DICT):
                name = index.const if isinstance(index.const, str) else ""
                self._patch(base.path.removesuffix(_DICT), name, value, node)
            elif not base.path.endswith("()"):
                self.change_state("@module:" + base.path, node)
                self.record.note("module-patch", base.path, self.here(node))
            return
        if not base.has_regions:
            self.change_root(node)  # df.columns.values[0] = "day"
        for each in base.held:
            region = each.found()
            region.link(self.kept(value).held)
            region.link(index.held)
        self.mutate(base, node)

    def shell_item_stored(self, path: str, value: Value, node: ast.AST) -> None:
        """Record that an item of a part of IPython's shell is set or deleted."""
        raise NotImplementedError

    def _store_state(self, state: str, index: Value, value: Value, node: ast.AST) -> None:
        if state == "@environ" and index.const == "MPLBACKEND":
            self.choose_backend(value.const)
        self.change_state(state, node)

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self._delete(target)

    def _delete(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._let_go(target)
            self.unbind(target.id, target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for each in target.elts:
                self._delete(each)
        elif isinstance(target, ast.Attribute):
            self.delete_attribute(self.expression(target.value), target.attr, target)
        elif isinstance(target, ast.Subscript):
            value = self.expression(target.value)
            index = self.expression(target.slice)
            self.dunder(value, ("__delitem__",), target, [index])
            self._store_item(value, PLAIN, PLAIN, target)

    def _let_go(self, target: ast.Name) -> None:
        """The name no longer holds what it held, which may run ``__del__``."""
        if not (self.has_finalisers or self.holds_weakly):
            return
        old = self.environment.value(self.key(target.id, self.frame))
        self.finalise(old, target)
        if old is not None and self.holds_weakly:
            self.mutate(old, target)  # a weak reference to it may be dead from here on

    def augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Name):
            old = self.load(target.id, target)
            value = self._in_place(old, node)
            self.bind(target.id, value, target)
            return
        base = self.expression(target.value)
        index = self.expression(target.slice) if isinstance(target, ast.Subscript) else PLAIN
        if isinstance(target, ast.Subscript):
            old = PLAIN if base.path else self.element(base, node)
            value = self._in_place(old, node)
            self._store_item(base, index, value, target)
        else:
            old = PLAIN if base.path else self.attribute_of(base, target.attr, node)
            value = self._in_place(old, node)
            self.store_attribute(base, target.attr, value, target)

    def _in_place(self, old: Value, node: ast.AugAssign) -> Value:
        """The value of ``old += ...``, which changes lists and arrays in place."""
        right = self.expression(node.value)
        if not old.has_regions:
            return self.operate(old, right, node.op, node)
        name = OPERATORS[type(node.op)]
        own = self.dunder(old, (f"__i{name}__",), node, [right])
        if own is None:
            own = self.dunder(old, (f"__{name}__",), node, [right])
        if own is not None:
            return own
        of = family(old)
        if of in _OUT_OF_PLACE:
            return self.operate(old, right, node.op, node)
        self.consume(right, node)
        self._change_in_place(old, of, node)
        for each in old.held:
            each.found().link(self.element(right, node).held)
        return old

    def _change_in_place(self, old: Value, of: str, node: ast.AugAssign) -> None:
        name = node.target.id if isinstance(node.target, ast.Name) and self.site is None else ""
        known = self.record.mutates.get(name)
        if of not in _IN_PLACE:
            self.unsure += 1
        self.mutate(old, None if name else node.target)
        if of not in _IN_PLACE:
            self.unsure -= 1
        if name and known is None:
            # The name itself is bound anew; that says it all.
            self.record.mutates.pop(name, None)
        for access in list(self.record.mutates.values()):
            if access.location.line == 0:
                self.record.mutates[access.name] = type(access)(
                    access.name, self.record.place(self.here(node)), access.grade
                )

    #: Whether a class of the notebook has a method ``__del__``.
    has_finalisers = False
    #: Attributes of instances that perhaps do not hold what they were given first.
    unsettled: set[tuple[Region, str]]


def _parts(value: Value, targets: list[ast.expr]) -> tuple[Value, ...] | None:
    """The elements of a tuple of known parts, one for each target."""
    if len(value.at) != 1 or value.within:
        return None
    payload = next(iter(value.at)).found().payload
    if not isinstance(payload, Parts) or len(payload.values) != len(targets):
        return None
    starred = any(isinstance(target, ast.Starred) for target in targets)
    return None if starred else payload.values
