"""Statements: what they bind, change and run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.environment import Layer
from nbflow.analysis.effects.expressions import _OPERATORS
from nbflow.analysis.effects.objects import (
    Arguments,
    ClassObject,
    Frame,
    FunctionObject,
    InstanceObject,
)
from nbflow.analysis.effects.scopes import annotations_of, scope_of, target_names, type_parameters
from nbflow.analysis.effects.specials import SWALLOWS, Specials
from nbflow.analysis.effects.values import (
    ANY_FILE,
    PLAIN,
    Parts,
    Region,
    Value,
    family,
    fresh,
    inside,
    join,
)

_ACCESSORS: Final = frozenset({"setter", "getter", "deleter"})
#: Objects whose parts, taken out one by one, share nothing.
_SEPARABLE: Final = frozenset({"", "data", "estimator", "tensor"})
#: Families whose ``+=`` certainly works in place.
_IN_PLACE: Final = library.words("list set dict deque")
_OUT_OF_PLACE: Final = library.words("tuple generator iterator function class method")


class Statements(Specials):
    """The walk over statements."""

    def block(self, body: list[ast.stmt]) -> bool:
        for statement in body:
            self.operations += 1
            if self.site is None:
                self.current = statement
            else:
                self.budget -= 1
            rule = _RULES.get(type(statement))
            if rule is not None and rule(self, statement):
                return True
        return False

    # ---- plain statements

    def evaluate(self, node: ast.Expr) -> None:
        value = self.expression(node.value)
        if self.site is None and value.at:
            self.touch(value)
            if node is self.last:
                self.show(value, node)  # it is displayed

    def give_back(self, node: ast.Return) -> bool:
        value = self.expression(node.value) if node.value is not None else PLAIN
        if self.frame is not None:
            self.frame.returns.append(value)
            if len(self.environment.layers) > self.frame.layers:
                self.frame.early = True
        return True

    def fail(self, node: ast.Raise) -> bool:
        for part in (node.exc, node.cause):
            if part is not None:
                self.expression(part)
        return True

    def leave(self, node: ast.stmt) -> bool:
        return True

    def check(self, node: ast.Assert) -> None:
        self.truth(self.expression(node.test), node)
        if node.msg is not None:
            with self.branch():
                self.expression(node.msg)

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

    # ---- assignment

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
        if at_once and not self.annotations_are_text:
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
        for each in target.at:
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
        for each in target.at:
            region = each.found()
            payload = region.payload
            if isinstance(payload, InstanceObject):
                known = region.attributes.get(name)
                region.attributes[name] = value if known is None else join(known, value)
            elif isinstance(payload, ClassObject):
                payload.attributes[name] = value
                self.altered.add(region)
            region.link(value.held)
        for each in target.within:
            each.found().link(value.held)
        if family(target) == "logger":
            self.change_state("@logging", node)
            self.logging.link(value.held)
        self.mutate(target, node)

    def delete_attribute(self, target: Value, name: str, node: ast.AST) -> None:
        for each in target.at:
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
            if value.has_regions:
                self.patches[whole] = value
                self.write_to_patch(whole, node)
            else:
                self.patches.pop(whole, None)

    def _store_item(self, base: Value, index: Value, value: Value, node: ast.AST) -> None:
        if base.path.startswith(ambient.SHELL):
            self.shell_item_stored(base.path, value, node)
            return
        if base.path:
            state = ambient.state(base.path)
            if state:
                self._store_state(state, index, value, node)
            elif not base.path.endswith("()"):
                self.change_state("@module:" + base.path, node)
                self.record.note("module-patch", base.path, self.here(node))
            return
        if not base.has_regions:
            self.change_root(node)  # df.columns.values[0] = "day"
        for each in base.held:
            region = each.found()
            region.link(value.held)
            region.link(index.held)
        self.mutate(base, node)

    def shell_item_stored(self, path: str, value: Value, node: ast.AST) -> None:
        """Record that an item of a part of IPython's shell is set or deleted."""
        raise NotImplementedError

    def _store_state(self, state: str, index: Value, value: Value, node: ast.AST) -> None:
        if state == "@environ" and index.const == "MPLBACKEND":
            self.choose_backend(value.const)
        self.change_state(state, node)

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
        name = _OPERATORS[type(node.op)]
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

    # ---- imports

    def imports(self, node: ast.Import) -> None:
        for alias in node.names:
            self.module_file(alias.name, node)
            if alias.asname:
                self.bind(alias.asname, Value(path=alias.name), node)
            else:
                top = alias.name.partition(".")[0]
                self.bind(top, Value(path=top), node)

    def import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        self.module_file(module, node)
        if module == "__future__":
            self.annotations_are_text |= any(each.name == "annotations" for each in node.names)
        for alias in node.names:
            if alias.name == "*":
                self.any_name(reads=False, binds=True)
                self.star_modules.append(module)
            elif module == "__main__":
                self.bind(alias.asname or alias.name, self.load(alias.name, node), node)
            else:
                value = Value(path=f"{module}.{alias.name}" if module else alias.name)
                self.bind(alias.asname or alias.name, value, node)

    def module_file(self, module: str, node: ast.AST) -> None:
        """A module that an earlier cell has written is read from its file, and runs."""
        self.use_local(module, node)
        if not self.written or module.partition(".")[0] in library.KNOWN_MODULES:
            return
        parts = module.lstrip(".").split(".")
        places = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        ends = tuple(f"/{place}{end}" for place in places for end in (".py", "/__init__.py"))
        for name in sorted(self.written):
            if name == ANY_FILE or f"/{name.removeprefix('@file:')}".endswith(ends):
                self.read_state(name, node)

    # ---- branches

    def choice(self, node: ast.If) -> bool:
        test = self.expression(node.test)
        self.truth(test, node)
        always = _certain(node.test, test)
        if always is not None:
            return self.block(node.body if always else node.orelse)
        first, left_first = self._way(node.body)
        second, left_second = self._way(node.orelse)
        self._meet([(first, left_first), (second, left_second)])
        return left_first and left_second

    def _way(self, body: list[ast.stmt], before: Layer | None = None) -> tuple[Layer, bool]:
        layer = self.environment.push()
        if before is not None:
            self.environment.restart(before)
        left = self.block(body)
        self.environment.pop()
        return layer, left

    def _meet(self, ways: list[tuple[Layer, bool]]) -> None:
        going_on = [layer for layer, left in ways if not left]
        self.environment.merge([layer for layer, _ in ways], going_on or None)

    def loop_over(self, node: ast.For | ast.AsyncFor) -> None:
        values = self.expression(node.iter)
        element = self.iterate(values, node)
        whole = not _may_break(node.body)
        certain = whole and _not_empty(node.iter, values)
        layer = self._loop(lambda: self._once_over(node, element), certain=certain)
        names = layer.definite if whole else target_names(node.target)
        self.record.looped.update(name for name in names if isinstance(name, str))
        if _not_empty(node.iter, values):
            for name in target_names(node.target):
                key = self.key(name, self.frame)
                self.environment.layers[-1].definite.add(key)
        self._after_loop(node.orelse)

    def _once_over(self, node: ast.For | ast.AsyncFor, element: Value) -> None:
        self.assign(node.target, element, node)
        self.block(node.body)

    def loop_while(self, node: ast.While) -> None:
        test = self.expression(node.test)
        self.truth(test, node)
        certain = _certain(node.test, test) is True and not _may_break(node.body)

        def once() -> None:
            self.block(node.body)
            self.expression(node.test)

        self._loop(once, certain=certain)
        self._after_loop(node.orelse)

    def _loop(self, once: Callable[[], None], *, certain: bool) -> Layer:
        """Walk a loop's body; twice, where values go from one round to the next."""
        layer = self.environment.push()
        self.rounds += 1
        once()
        if not self.looping and layer.through & layer.values.keys():
            self.looping = True
            once()
            self.looping = False
        self.rounds -= 1
        self.environment.pop()
        self.environment.merge([layer], [layer] if certain else None)
        return layer

    def _after_loop(self, body: list[ast.stmt]) -> None:
        if body:
            layer, _ = self._way(body)
            self.environment.merge([layer])

    def attempt(self, node: ast.Try) -> bool:
        self.guarded += bool(node.handlers)
        tried = self.environment.push()
        left = self.block(node.body)
        self.guarded -= bool(node.handlers)
        if not left:
            left = self.block(node.orelse)
        self.environment.pop()
        ways = [(tried, left)]
        for handler in node.handlers:
            ways.append(self._handler(handler, tried))
        self._meet(ways)
        ended = self.block(node.finalbody)
        return ended or all(left for _, left in ways)

    def _handler(self, node: ast.ExceptHandler, tried: Layer) -> tuple[Layer, bool]:
        layer = self.environment.push()
        self.environment.restart(tried)
        if node.type is not None:
            self.expression(node.type)
        if not node.name:
            left = self.block(node.body)
            self.environment.pop()
            return layer, left
        bound = self.record.binds.get(node.name)
        self.bind(node.name, fresh(), node)
        left = self.block(node.body)
        key = self.key(node.name, self.frame)
        if isinstance(key, str):
            # The name is gone when the handler ends: it is deleted, and not bound.
            if bound is None:
                self.record.binds.pop(key, None)
            if not left:
                self.record.add(self.record.deletes, key, self.here(node), self.grade)
        self.environment.bind(key, None)
        self.environment.pop()
        return layer, left

    def manage(self, node: ast.With | ast.AsyncWith) -> bool:
        restored = 0
        swallows = False
        folder = self.places.folder
        for item in node.items:
            value = self.expression(item.context_expr)
            state = ambient.restored(value.path.removesuffix("()"))
            if state:
                self.restored.append(state)
                restored += 1
            if state == "@cwd":
                self.move(value.const, node)
            swallows |= value.path.removesuffix("()") in SWALLOWS
            entered = self._enter(value, node)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, node)
        if swallows:
            layer, left = self._way(node.body)
            self.environment.merge([layer])
            left = False
        else:
            left = self.block(node.body)
        if "@cwd" in self.restored[len(self.restored) - restored :]:
            self.places.folder = folder
        del self.restored[len(self.restored) - restored :]
        return left

    def _enter(self, value: Value, node: ast.AST) -> Value:
        self.managed.update(region.found() for region in value.at)
        own = self.dunder(value, ("__enter__", "__aenter__"), node)
        self.dunder(value, ("__exit__", "__aexit__"), node)
        if family(value) == "generator":
            self.consume(value, node)
            return self.element(value, node)
        if family(value) in {"pool"}:
            self.record.note("thread", "pool", self.here(node))
        return value if own is None else own

    def match(self, node: ast.Match) -> bool:
        subject = self.expression(node.subject)
        ways: list[tuple[Layer, bool]] = []
        complete = False
        for case in node.cases:
            layer = self.environment.push()
            self._pattern(case.pattern, subject, node)
            if case.guard is not None:
                self.truth(self.expression(case.guard), node)
            left = self.block(case.body)
            self.environment.pop()
            ways.append((layer, left))
            complete |= _matches_all(case.pattern) and case.guard is None
        if not complete:
            ways.append((Layer(), False))
        self._meet(ways)
        return complete and all(left for _, left in ways)

    def _pattern(self, pattern: ast.pattern, subject: Value, node: ast.AST) -> None:
        part = self.element(subject, node)
        match pattern:
            case ast.MatchValue(value=value):
                self.expression(value)
            case ast.MatchAs(pattern=inner, name=name):
                self._patterns([inner] if inner is not None else [], subject, node)
                self._captured(name, subject, pattern)
            case ast.MatchStar(name=name):
                self._captured(name, fresh("list", part.held), pattern)
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                for key in keys:
                    self.expression(key)
                self._patterns(patterns, part, node)
                self._captured(rest, fresh("dict", part.held), pattern)
            case ast.MatchClass(cls=cls, patterns=patterns, kwd_patterns=named):
                self.expression(cls)
                self._patterns([*patterns, *named], inside(join(subject, part)), node)
            case ast.MatchSequence(patterns=patterns):
                self._patterns(patterns, part, node)
            case ast.MatchOr(patterns=patterns):
                self._patterns(patterns, subject, node)

    def _patterns(self, patterns: list[ast.pattern], subject: Value, node: ast.AST) -> None:
        for each in patterns:
            self._pattern(each, subject, node)

    def _captured(self, name: str | None, value: Value, node: ast.AST) -> None:
        if name:
            self.bind(name, value, node)

    # ---- definitions

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [(each, self._decorator(each)) for each in node.decorator_list]
        if not getattr(node, "type_params", ()) and not self.annotations_are_text:
            for annotation in annotations_of(node):
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
        frame = Frame("class", scope_of(node), outer)
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

    #: Whether a class of the notebook has a method ``__del__``.
    has_finalisers = False
    #: The last statement of the cell, whose value Jupyter displays.
    last: ast.stmt | None = None
    #: Objects that a ``with`` statement closes.
    managed: set[Region]
    #: Files that the notebook has written so far.
    written: set[str]


def _parts(value: Value, targets: list[ast.expr]) -> tuple[Value, ...] | None:
    """The elements of a tuple of known parts, one for each target."""
    if len(value.at) != 1 or value.within:
        return None
    payload = next(iter(value.at)).found().payload
    if not isinstance(payload, Parts) or len(payload.values) != len(targets):
        return None
    starred = any(isinstance(target, ast.Starred) for target in targets)
    return None if starred else payload.values


def _certain(test: ast.expr, value: Value) -> bool | None:
    """Whether a condition is always true, always false, or neither."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    match test:
        case ast.Compare(
            left=ast.Name(id="__name__"),
            ops=[ast.Eq()],
            comparators=[ast.Constant(value="__main__")],
        ):
            return True
    return None


def _not_empty(node: ast.expr, value: Value) -> bool:
    """Whether a loop over ``node`` certainly runs."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return any(not isinstance(part, ast.Starred) for part in parts)
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(number))]):
            return number > 0
        case ast.Call(
            func=ast.Name(id="range"),
            args=[ast.Constant(value=int(first)), ast.Constant(value=int(last))],
        ):
            return first < last
        case ast.Constant(value=str(text)):
            return bool(text)
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
            return _not_empty(inner, value)
    return isinstance(value.const, str) and bool(value.const)


def _may_break(body: list[ast.stmt]) -> bool:
    return any(
        isinstance(node, (ast.Break, ast.Continue, ast.Return))
        for statement in body
        for node in ast.walk(statement)
    )


def _matches_all(pattern: ast.pattern) -> bool:
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or _matches_all(pattern.pattern)
    return isinstance(pattern, ast.MatchOr) and any(map(_matches_all, pattern.patterns))


_RULES: Final[dict[type, Callable[..., bool | None]]] = {
    ast.Expr: Statements.evaluate,
    ast.Assign: Statements.assignment,
    ast.AugAssign: Statements.augmented,
    ast.AnnAssign: Statements.annotated,
    ast.Delete: Statements.delete,
    ast.Return: Statements.give_back,
    ast.Raise: Statements.fail,
    ast.Break: Statements.leave,
    ast.Continue: Statements.leave,
    ast.Assert: Statements.check,
    ast.If: Statements.choice,
    ast.For: Statements.loop_over,
    ast.AsyncFor: Statements.loop_over,
    ast.While: Statements.loop_while,
    ast.Try: Statements.attempt,
    ast.With: Statements.manage,
    ast.AsyncWith: Statements.manage,
    ast.Match: Statements.match,
    ast.FunctionDef: Statements.define_function,
    ast.AsyncFunctionDef: Statements.define_function,
    ast.ClassDef: Statements.define_class,
    ast.Import: Statements.imports,
    ast.ImportFrom: Statements.import_from,
}
for _name, _rule in (("TryStar", Statements.attempt), ("TypeAlias", Statements.type_alias)):
    if hasattr(ast, _name):  # Python 3.11 and 3.12
        _RULES[getattr(ast, _name)] = _rule
