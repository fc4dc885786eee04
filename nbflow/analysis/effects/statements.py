"""Statements: blocks, branches, loops and imports."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Final

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.definitions import Definitions
from nbflow.analysis.effects.environment import Layer
from nbflow.analysis.effects.scopes import target_names
from nbflow.analysis.effects.specials import SWALLOWS
from nbflow.analysis.effects.values import (
    ANY_FILE,
    PLAIN,
    Region,
    Value,
    family,
    fresh,
    inside,
    join,
)


class Statements(Definitions):
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
        module = self.full_name(node)
        self.module_file(module, node)
        if module == "__future__" and any(each.name == "annotations" for each in node.names):
            self.annotations_are_text = True
            self.change_state("@future", node)
        for alias in node.names:
            if alias.name == "*":
                self.any_name(reads=False, binds=True)
                self.star_modules.append(module)
            elif module == "__main__":
                self.bind(alias.asname or alias.name, self.load(alias.name, node), node)
            else:
                path = f"{module}.{alias.name}" if module else alias.name
                if self.modules is not None and self.modules.holds(path):
                    self.use_local(path, node)
                self.bind(alias.asname or alias.name, Value(path=path), node)

    def full_name(self, node: ast.ImportFrom) -> str:
        """The module that names are imported from; of a module in a package without leading dots."""
        if not (node.level and self.package):
            return "." * node.level + (node.module or "")
        parts = self.package.split(".")
        return ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [node.module])])

    def module_file(self, module: str, node: ast.AST) -> None:
        """A module that an earlier cell has written is read from its file, and runs."""
        pieces = module.split(".")
        for end in range(1, len(pieces) + 1):
            name = ".".join(pieces[:end])
            if self.modules is not None and self.modules.holds(name):
                self.use_local(name, node)
                self.see_module(name, node)
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

    #: The last statement of the cell, whose value Jupyter displays.
    last: ast.stmt | None = None
    #: Objects that a ``with`` statement closes.
    managed: set[Region]
    #: Files that the notebook has written so far.
    written: set[str]


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
