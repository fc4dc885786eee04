"""Expressions: what they read, change and give."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterable
from typing import Final

from nbflow.analysis.effects import ambient, library
from nbflow.analysis.effects.base import Base
from nbflow.analysis.effects.hooks import Hooks
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    Frame,
    FunctionObject,
    GeneratorObject,
    InstanceObject,
    LibraryObject,
)
from nbflow.analysis.effects.places import parent
from nbflow.analysis.effects.scopes import Comprehension, Scope
from nbflow.analysis.effects.values import (
    NOTHING,
    PLAIN,
    Parts,
    Region,
    Value,
    exactly,
    family,
    fresh,
    in_order,
    inside,
    iterator_over,
    join,
    joined,
    reached,
    regions_of,
    tuple_of,
)

OPERATORS: Final = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or",
    ast.BitXor: "xor", ast.BitAnd: "and", ast.MatMult: "matmul", ast.Eq: "eq", ast.NotEq: "ne",
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.In: "contains",
    ast.NotIn: "contains", ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert", ast.Not: "bool",
}  # fmt: skip
#: So many instances of a class are made text of in a cell, to see what that does.
_MOST_SHOWN: Final = 3
PATH: Final = "pathlib.Path()"
#: Names of numbers in libraries.
_CONSTANTS: Final = library.words("NA NaN NaT e inf nan newaxis pi tau")
#: The frame of a call, or a record of one.
FRAME: Final = "types.FrameType"
#: Under this name an estimator's region keeps what stands for all that it has learnt.
_LEARNT: Final = "learnt_"
#: Special methods that run when text is made of an object, or when it is displayed.
SHOWN: Final = (
    "__repr__", "__str__", "__len__", "__format__", "__iter__", "_repr_html_", "_repr_mimebundle_",
    "_repr_markdown_", "_repr_png_", "_repr_svg_", "_repr_latex_", "_repr_json_",
    "_repr_pretty_", "_ipython_display_",
)  # fmt: skip


class Expressions(Hooks):
    """The walk over expressions."""

    def expression(self, node: ast.expr) -> Value:
        self.operations += 1
        if self.site is not None:
            self.budget -= 1
        rule = _RULES.get(type(node))
        if rule is not None:
            return rule(self, node)
        return self.other(node)

    def other(self, node: ast.AST) -> Value:
        """An expression of a kind without a rule of its own: whatever its parts are."""
        values = [
            self.expression(part)
            for part in ast.iter_child_nodes(node)
            if isinstance(part, ast.expr)
        ]
        return fresh(holds=regions_of(values)) if values else PLAIN

    # ---- names and constants

    def name(self, node: ast.Name) -> Value:
        return self.load(node.id, node)

    def constant(self, node: ast.Constant) -> Value:
        if isinstance(node.value, str) and "@" in node.value:
            self.marked_texts[node.value] = None
        return Value(const=node.value)

    def joined_text(self, node: ast.JoinedStr) -> Value:
        parts: list[str] = []
        known = True
        for part in node.values:
            value = self.expression(part)
            if isinstance(value.const, (str, int)) and not isinstance(value.const, bool):
                parts.append(str(value.const))
            else:
                known = False
        return Value(const="".join(parts)) if known else PLAIN

    def formatted(self, node: ast.FormattedValue) -> Value:
        value = self.expression(node.value)
        self.dunder(value, ("__format__", "__str__", "__repr__"), node)
        self.show(value, node)
        if node.format_spec is not None:
            self.expression(node.format_spec)
            return PLAIN
        return PLAIN if value.has_regions or node.conversion != -1 else value

    # ---- displays

    def sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        of = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
        values = [self.expression(each) for each in node.elts]
        contents = [self.kept(each) for each in values]
        held = regions_of(contents)
        if of != "tuple":
            return fresh(of, held)
        if any(isinstance(each, ast.Starred) for each in node.elts):
            return iterator_over(joined(contents), of="tuple") if held else PLAIN
        known = held or any(value.path or value.const is not NOTHING for value in values)
        return tuple_of(values, contents) if known else PLAIN

    def kept(self, value: Value) -> Value:
        """A value as a container holds it: a module, a function or a class of a library is an object."""
        path = value.path
        if not path or value.has_regions or path.endswith("()") or path.startswith("typing."):
            return value
        if path.rpartition(".")[2] in _CONSTANTS:
            return value
        return fresh("library", payload=LibraryObject(path))

    def starred(self, node: ast.Starred) -> Value:
        return self.iterate(self.expression(node.value), node)

    def dictionary(self, node: ast.Dict) -> Value:
        held: set[Region] = set()
        for key, each in zip(node.keys, node.values, strict=True):
            if key is not None:
                held |= self.expression(key).held
            value = self.expression(each)
            held |= (self.kept(value) if key is not None else self.element(value, node)).held
        return fresh("dict", held)

    # ---- operators

    def binary(self, node: ast.BinOp) -> Value:
        left, right = self.expression(node.left), self.expression(node.right)
        return self.operate(left, right, node.op, node)

    def operate(self, left: Value, right: Value, operator: ast.operator, node: ast.AST) -> Value:
        """The value of ``left operator right``."""
        if not left.has_regions and not right.has_regions:
            return _constant_result(left, right, operator)
        if isinstance(operator, ast.Mod) and not left.has_regions:
            self.show(right, node)  # "%s" % value
        name = OPERATORS.get(type(operator), "")
        results = [
            self.dunder(left, (f"__{name}__",), node, [right]),
            self.dunder(right, (f"__r{name}__",), node, [left]),
        ]
        own = [result for result in results if result is not None]
        if own:
            return joined(own)
        families = {family(left), family(right)} & {"data", "tensor"}
        if families:
            return fresh(families.pop())
        holds = [r.found() for value in (left, right) for r in _contents(value)]
        return fresh(family(left) or family(right), holds)

    def boolean(self, node: ast.BoolOp) -> Value:
        values = [self.expression(node.values[0])]
        self.truth(values[0], node)
        for each in node.values[1:]:
            with self.branch():
                values.append(self.expression(each))
        return joined(values)

    def unary(self, node: ast.UnaryOp) -> Value:
        value = self.expression(node.operand)
        if not value.has_regions:
            if isinstance(node.op, ast.USub) and isinstance(value.const, (int, float)):
                return Value(const=-value.const)
            return PLAIN
        own = self.dunder(value, (f"__{OPERATORS[type(node.op)]}__",), node)
        if own is not None:
            return own
        return PLAIN if isinstance(node.op, ast.Not) else fresh(family(value))

    def compare(self, node: ast.Compare) -> Value:
        left = self.expression(node.left)
        result: Value = PLAIN
        for operator, each in zip(node.ops, node.comparators, strict=True):
            right = self.expression(each)
            if left.has_regions or right.has_regions:
                if isinstance(operator, (ast.In, ast.NotIn)):
                    self.dunder(right, ("__contains__", "__iter__", "__next__"), node, [left])
                    self.on_elements(right, ("__eq__",), node)
                    self.consume(right, node)
                elif not isinstance(operator, (ast.Is, ast.IsNot)):
                    self.compare_by(OPERATORS[type(operator)], left, right, node)
                    if "data" in {family(left), family(right)}:
                        result = fresh("data")
            left = right
        return result

    def conditional(self, node: ast.IfExp) -> Value:
        self.truth(self.expression(node.test), node)
        ways = []
        values = []
        for each in (node.body, node.orelse):
            ways.append(self.environment.push())
            values.append(self.expression(each))
            self.environment.pop()
        self.environment.merge(ways, ways)
        return joined(values)

    def walrus(self, node: ast.NamedExpr) -> Value:
        value = self.expression(node.value)
        self.bind(node.target.id, value, node)
        return value

    def awaited(self, node: ast.Await) -> Value:
        return self.result_of(self.expression(node.value))

    def result_of(self, value: Value) -> Value:
        """What awaiting ``value`` gives: for a task the result of its coroutine."""
        tasks = {each for each in value.at if each.found().of in {"thread", "coroutine"}}
        if not tasks:
            return value
        for each in tasks:
            self.tasks.pop(each.found(), None)
        given = {child for each in tasks for child in each.found().children}
        return value._replace(at=(value.at - tasks) | given)

    def yielded(self, node: ast.Yield) -> Value:
        value = self.expression(node.value) if node.value is not None else PLAIN
        if self.frame is not None:
            self.frame.yields.append(value)
        return PLAIN

    def yielded_from(self, node: ast.YieldFrom) -> Value:
        value = self.iterate(self.expression(node.value), node)
        if self.frame is not None:
            self.frame.yields.append(value)
        return value

    # ---- parts

    def attribute(self, node: ast.Attribute) -> Value:
        return self.attribute_of(self.expression(node.value), node.attr, node)

    def attribute_of(self, value: Value, name: str, node: ast.AST) -> Value:
        """The value of ``value.name``."""
        if value.path:
            return self._attribute_by_path(value, name, node)
        if name == "__globals__":
            self.any_name(binds=True)
            return fresh()
        if not value.has_regions:
            return PLAIN
        found: list[Value] = []
        for region in in_order(value.at):
            payload = region.found().payload
            if isinstance(payload, LibraryObject):
                part = self._attribute_by_path(Value(path=payload.path), name, node)
                known: Value | None = part if len(value.at) == 1 else self.kept(part)
            else:
                known = self.own_attribute(region.found(), name, node)
            if known is not None:
                found.append(known)
        if found and not value.within and len(found) == len(value.at):
            return joined(found)
        found.append(self._part(value, name, node))
        return joined(found)

    def _attribute_by_path(self, value: Value, name: str, node: ast.AST) -> Value:
        """The attribute of what a library has made."""
        if value.path == "__main__":
            return self.load(name, node)
        if value.path.startswith(FRAME) and name in {"f_globals", "f_locals"}:
            self.any_name(binds=True)
            return fresh()
        if value.path.startswith(ambient.SHELL):
            path = f"{value.path}.{name}"
            self.shell_attribute(path)
            return Value(path=path)
        found = _library_attribute(value, name)
        return self.patches.get(found.path, found)

    def shell_attribute(self, path: str) -> None:
        """Record that the part of IPython's shell at ``path`` is looked at."""
        raise NotImplementedError

    def _part(self, value: Value, name: str, node: ast.AST) -> Value:
        of = family(value)
        if of == "grouped":
            return fresh("grouped", value.held)
        if name not in library.NEVER_LAZY:
            self.fill(value, node)
        if of == "data" and name in library.DATA_PLAIN:
            return PLAIN
        if of == "data" and name == "style":
            return fresh("styler", value.held)
        if of == "estimator" and name.endswith("_"):
            return inside(value) if "estimator" in name else self._learnt(value)
        if name in library.MUTATING and of not in {"data", "estimator"}:
            return fresh("method", value.held, BoundMethod(value, name))
        return inside(value)

    def _learnt(self, value: Value) -> Value:
        """What an estimator has learnt: data that is a part of it."""
        parts = []
        for each in value.held:
            region = each.found()
            known = region.attributes.get(_LEARNT)
            if known is None:
                known = region.attributes[_LEARNT] = fresh("data")
                region.link(known.at)
            parts.append(known)
        return joined(parts)

    def subscript(self, node: ast.Subscript) -> Value:
        value = self.expression(node.value)
        index = self.expression(node.slice)
        if value.path:
            return self._library_item(value, node)
        own = self.dunder(value, ("__getitem__",), node, [index])
        if own is None:
            own = self._of_generic(value, index, node)
        if own is not None:
            return own
        of = family(value)
        if of == "grouped":
            return fresh("grouped", value.held)
        if isinstance(node.ctx, ast.Load):
            self.dunder(value, ("__missing__",), node, [index])
            self._missing(value, node)
        if isinstance(node.slice, ast.Slice) and of in library.CONTAINERS:
            return fresh(of, [r.found() for r in _contents(value)])
        if len(value.at) == 1 and isinstance(index.const, int):
            payload = next(iter(value.at)).found().payload
            if isinstance(payload, Parts) and -len(payload.values) <= index.const < len(
                payload.values
            ):
                return payload.values[index.const]
        return self.element(value, node)

    def _of_generic(self, value: Value, index: Value, node: ast.AST) -> Value | None:
        """``C[int]`` of a class of the notebook."""
        results = []
        for each in in_order(value.at):
            payload = each.found().payload
            if isinstance(payload, ClassObject):
                method = payload.lookup("__class_getitem__")
                if method is not None:
                    results.append(self.call(method, Arguments([exactly(each), index]), node))
        return joined(results) if results else None

    def _missing(self, value: Value, node: ast.AST) -> None:
        """Reading a key that a ``defaultdict`` lacks puts one into it."""
        filled = {each.found() for each in value.held if each.found().of == "defaultdict"}
        if not filled:
            return
        with self.perhaps():
            self.change(filled, node)
            for each in sorted(filled, key=lambda region: region.number):
                for child in in_order(each.children):
                    if isinstance(child.payload, FunctionObject):
                        each.link(self.call(exactly(child), Arguments(), node).held)

    def fill(self, value: Value, node: ast.AST) -> None:
        """Objects that keep what they have once computed may change when they are used."""
        if not any(library.is_lazy(each.found()) for each in value.held):
            return
        self.unsure += 1
        self.change({each for each in reached(value.held) if library.is_lazy(each)}, node)
        self.unsure -= 1

    def _library_item(self, value: Value, node: ast.Subscript) -> Value:
        if value.path == PATH:
            return PLAIN
        if value.path.startswith((FRAME, ambient.SHELL)):
            return value
        index = node.slice
        if value.path == "sys.modules" and isinstance(index, ast.Constant):
            return Value(path=str(index.value))
        if value.path == "sys.modules" and isinstance(index, ast.Name) and index.id == "__name__":
            return Value(path="__main__")
        state = ambient.state(value.path)
        if state:
            self.read_state(state, node)
            return PLAIN
        return Value(path=value.path) if value.path.startswith("typing.") else PLAIN

    def slice(self, node: ast.Slice) -> Value:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.expression(part)
        return PLAIN

    def element(self, value: Value, node: ast.AST) -> Value:
        if not value.has_regions:
            return PLAIN
        at: set[Region] = set()
        within = set(value.within)
        for each in value.at:
            region = each.found()
            if isinstance(region.payload, Parts):
                part = region.payload.any
                at |= part.at
                within |= part.within
            elif isinstance(region.payload, GeneratorObject):
                at |= region.payload.each.at
                within |= region.payload.each.within
            elif region.of in library.CONTAINERS:
                at |= region.children
            elif region.of in {"grouped", "chunks"}:
                at |= fresh("data").at  # each group is a frame of its own
            else:
                within.add(region)
        return Value(frozenset(at), frozenset(within))

    def iterate(self, value: Value, node: ast.AST) -> Value:
        """What a loop over ``value`` binds; generators and iterators are used up."""
        if not value.has_regions:
            return PLAIN
        self.consume(value, node)
        if family(value) == "grouped":
            self.fill(value, node)
        own = self.dunder(value, ("__iter__", "__next__", "__getitem__", "__len__"), node)
        result = self.element(value, node)
        return result if own is None else join(result, inside(own))

    def consume(self, value: Value, node: ast.AST) -> None:
        """Use up the iterators among ``value``, and those that they draw from."""
        if not value.has_regions:
            return
        todo = in_order(value.at)
        roots = set(todo)
        seen: set[Region] = set()
        while todo:
            region = todo.pop()
            if isinstance(region.payload, InstanceObject) and region not in roots:
                # `enumerate(it)` draws from an iterator of a notebook class.
                with self.perhaps():
                    self.dunder(exactly(region), ("__iter__", "__next__"), node)
            if region in seen or region.of not in library.CONSUMED:
                continue
            seen.add(region)
            if isinstance(region.payload, GeneratorObject) and region.names:
                self.resume(region.payload, node)
            todo.extend(in_order(region.children))
        for region in in_order(seen):
            self.change({region}, node)

    def resume(self, generator: GeneratorObject, node: ast.AST) -> None:
        """Run the body of a generator of the notebook."""
        raise NotImplementedError

    def show(self, value: Value, node: ast.AST) -> None:
        """Make text of a value: special methods of what it is, or holds, may be called."""
        roots = {each.found() for each in value.held if each.found().code} - self.shown
        if not roots:
            return
        for region in sorted(reached(roots) - self.shown, key=lambda each: each.number):
            self.shown.add(region)
            if isinstance(region.payload, InstanceObject) and self._first_shown(region.payload):
                with self.perhaps():
                    self.dunder(exactly(region), SHOWN, node)

    def _first_shown(self, instance: InstanceObject) -> bool:
        """Whether it is among the first of its class: many of them tell no more than a few."""
        cls = instance.cls.found()
        self.shown_of[cls] = self.shown_of.get(cls, 0) + 1
        return self.shown_of[cls] <= _MOST_SHOWN

    def truth(self, value: Value, node: ast.AST) -> None:
        """Test a value."""
        if value.has_regions:
            self.dunder(value, ("__bool__", "__len__"), node)

    # ---- scopes

    def comprehension(self, node: Comprehension) -> Value:
        first = self.expression(node.generators[0].iter)
        outside = self.frame
        frame = self.frame = Frame("comprehension", self.scopes.of_comprehension(node), outside)
        layer = self.environment.push()
        try:
            self.clauses(node, first)
            if isinstance(node, ast.DictComp):
                self.expression(node.key)
                value = self.expression(node.value)
            else:
                value = self.expression(node.elt)
        finally:
            self.frame = outside
            self.environment.pop()
        if not frame.captured:
            self.environment.forget(layer, frame.number)
        self.environment.merge([layer])
        if isinstance(node, ast.GeneratorExp):
            return iterator_over(value, first.held, "generator")
        of = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict"}[type(node)]
        return fresh(of, value.held)

    def clauses(self, node: Comprehension, first: Value) -> None:
        """The ``for`` and ``if`` parts of a comprehension."""
        for number, each in enumerate(node.generators):
            values = first if number == 0 else self.expression(each.iter)
            self.assign(each.target, self.iterate(values, node), node)
            for condition in each.ifs:
                self.truth(self.expression(condition), node)

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        """Store a value into a target."""
        raise NotImplementedError

    def branch(self) -> Branch:
        """A way through the code that may not be taken."""
        return Branch(self)

    def function(self, node: ast.Lambda) -> Value:
        return self.define(node)

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Value:
        """The function that a ``def`` or ``lambda`` makes here."""
        defaults = self._defaults(node.args)
        frame = self.frame
        while frame is not None and frame.kind == "class":
            frame = frame.outer
        scope = self.scopes.of(node)
        made = FunctionObject(node, scope, frame, defaults)
        value = fresh("function", regions_of(defaults.values()), made)
        if frame is not None:
            self._capture(next(iter(value.at)), scope, frame)
        self.touched.clear()
        return value

    def _capture(self, function: Region, scope: Scope, frame: Frame) -> None:
        """Let a nested function keep the variables around it alive."""
        function.link((frame.region,))
        each: Frame | None = frame
        while each is not None:
            each.captured = True
            self.kept_frames.add(each.number)
            for name in scope.free & each.scope.bound:
                value = self.environment.value((each.number, name))
                if value is not None:
                    each.region.link(value.held)
            if each.outer is not None:
                each.region.link((each.outer.region,))
            each = each.outer

    def _defaults(self, arguments: ast.arguments) -> dict[str, Value]:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: dict[str, Value] = {}
        if arguments.defaults:
            with_default = positional[-len(arguments.defaults) :]
            for argument, node in zip(with_default, arguments.defaults, strict=True):
                defaults[argument.arg] = self.expression(node)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if default is not None:
                defaults[argument.arg] = self.expression(default)
        return defaults


class Branch:
    """``with walk.branch():`` the code inside may not run."""

    __slots__ = ("layer", "walk")

    def __init__(self, walk: Base) -> None:
        self.walk = walk

    def __enter__(self) -> None:
        self.layer = self.walk.environment.push()

    def __exit__(self, *_: object) -> None:
        self.walk.environment.pop()
        self.walk.environment.merge([self.layer])


def _contents(value: Value) -> Iterable[Region]:
    """What a shallow copy of the value would hold."""
    for region in value.at:
        yield from region.found().children
    yield from value.within


def _constant_result(left: Value, right: Value, operator: ast.operator) -> Value:
    a, b = left.const, right.const
    if isinstance(operator, ast.Div) and PATH in {left.path, right.path}:
        if isinstance(a, str) and isinstance(b, str):
            return Value(path=PATH, const=posixpath.join(a, b))
        return Value(path=PATH)
    if isinstance(a, str) and isinstance(b, str) and isinstance(operator, ast.Add):
        return Value(const=a + b)
    return PLAIN


def _path_attribute(path: object, name: str) -> Value:
    if name == "parent":
        return Value(path=PATH, const=parent(path) if isinstance(path, str) else NOTHING)
    if not isinstance(path, str) or name not in {"name", "stem", "suffix"}:
        return PLAIN
    whole = posixpath.basename(path)
    stem, suffix = posixpath.splitext(whole)
    return Value(const={"name": whole, "stem": stem, "suffix": suffix}[name])


def _library_attribute(value: Value, name: str) -> Value:
    if value.path == PATH:
        return _path_attribute(value.const, name)
    if value.path.endswith("()"):
        return PLAIN
    return Value(value.at, value.within, f"{value.path}.{name}")


_RULES: Final[dict[type, Callable[..., Value]]] = {
    ast.Name: Expressions.name,
    ast.Constant: Expressions.constant,
    ast.JoinedStr: Expressions.joined_text,
    ast.FormattedValue: Expressions.formatted,
    ast.List: Expressions.sequence,
    ast.Tuple: Expressions.sequence,
    ast.Set: Expressions.sequence,
    ast.Dict: Expressions.dictionary,
    ast.Starred: Expressions.starred,
    ast.BinOp: Expressions.binary,
    ast.BoolOp: Expressions.boolean,
    ast.UnaryOp: Expressions.unary,
    ast.Compare: Expressions.compare,
    ast.IfExp: Expressions.conditional,
    ast.NamedExpr: Expressions.walrus,
    ast.Await: Expressions.awaited,
    ast.Yield: Expressions.yielded,
    ast.YieldFrom: Expressions.yielded_from,
    ast.Attribute: Expressions.attribute,
    ast.Subscript: Expressions.subscript,
    ast.Slice: Expressions.slice,
    ast.ListComp: Expressions.comprehension,
    ast.SetComp: Expressions.comprehension,
    ast.DictComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension,
    ast.Lambda: Expressions.function,
    ast.Call: lambda walk, node: walk.called(node),
}
