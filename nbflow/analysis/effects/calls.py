"""Calls: of notebook functions, whose bodies are walked with the values of the moment, and of others."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from nbflow.analysis.effects import ambient, files, library
from nbflow.analysis.effects.base import CODE
from nbflow.analysis.effects.expressions import PATH, Expressions
from nbflow.analysis.effects.hooks import is_property, special_method
from nbflow.analysis.effects.library import Estimator, Gives
from nbflow.analysis.effects.objects import (
    Arguments,
    BoundMethod,
    ClassObject,
    Frame,
    FunctionObject,
    GeneratorObject,
    InstanceObject,
    MethodCaller,
    PartialObject,
)
from nbflow.analysis.effects.places import renamed
from nbflow.analysis.effects.values import (
    ANY_FILE,
    NOTHING,
    PLAIN,
    Region,
    Value,
    exactly,
    family,
    fresh,
    inside,
    iterator_over,
    join,
    joined,
    reached,
    regions_of,
    tuple_of,
)

#: So deep function bodies are walked; below, what their text says is taken at once.
MOST_DEEP: Final = 12
#: So often a function may be on the stack.
MOST_RECURSIVE: Final = 2
_PLOTTING: Final = library.words(
    "plot hist boxplot scatter bar barh line area pie kde density hexbin box "
)
#: Families whose methods may draw from numpy's shared generator.
_DRAWING: Final = frozenset({"", "data", "grouped", "estimator", "instance"})
#: Families whose methods draw into axes that they are given.
_DRAWN: Final = library.words("data grouped estimator results graph")
#: Changes of these reach what the receiver holds: an optimizer changes its model.
_DEEP: Final = library.words("step zero_grad")
#: Methods of ``object`` and ``type`` that special methods of the notebook hand on to.
OF_OBJECT: Final = (
    "__getattribute__", "__setattr__", "__delattr__", "__new__", "__call__", "__init_subclass__",
)  # fmt: skip
#: Methods of paths that give paths.
_GIVE_PATHS: Final = library.words(
    """resolve absolute expanduser joinpath with_suffix with_name with_stem as_posix relative_to
    rename replace"""
)
_FORMULAS: Final = ("statsmodels.formula.api.", "patsy.dmatri", "formulaic.model_matrix")
#: Iterators that give tuples of elements.
_GROUPING: Final = library.words(
    "zip zip_longest groupby product permutations combinations combinations_with_replacement pairwise batched"
)


class Calls(Expressions):
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

    def shell_call(self, name: str, node: ast.Call) -> Value:
        """A call of a method of IPython's shell, which is what magics become."""
        raise NotImplementedError

    def shell_part(self, path: str, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A call of the method ``name`` of a part of IPython's shell."""
        raise NotImplementedError

    def special(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """The value of a call of a library function that has a rule of its own."""
        raise NotImplementedError

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

    # ---- dispatch

    def call(self, function: Value, arguments: Arguments, node: ast.AST) -> Value:
        results = []
        unknown: set[Region] = set(function.within)
        several = len(function.at) > 1 or bool(function.within)
        for each in function.at:
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
            case InstanceObject():
                method = payload.of.lookup("__call__") or payload.of.lookup("forward")
                if method is None:
                    return None
                result = self.call(method, _with_receiver(exactly(region), arguments), node)
            case _:
                return None
        return result

    def _call_case(self, function: FunctionObject, arguments: Arguments, node: ast.AST) -> Value:
        """Call a notebook function, or one that is registered for the type of the argument."""
        if not function.cases:
            return self.call_function(function, arguments, node)
        return joined(
            self.call_function(each, arguments, node)
            for each in (function, *(region.payload for region in function.cases))
            if isinstance(each, FunctionObject)
        )

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

    def _call_bound(self, method: BoundMethod, arguments: Arguments, node: ast.AST) -> Value:
        if method.function is not None:
            return self.call(method.function, _with_receiver(method.receiver, arguments), node)
        return self.call_method(method.receiver, method.name, arguments, node)

    def _call_object(self, function: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call an object of which nothing is known but that it can be called."""
        of = family(function)
        if of in {"data", "figure"}:
            return fresh(of)
        below = reached(function.held)
        for region in below:
            if isinstance(region.payload, (FunctionObject, BoundMethod)):
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
                    for function in method.at:
                        found = function.found().payload
                        if isinstance(found, FunctionObject) and not found.kind:
                            self.call_function(found, _with_receiver(exactly(region), blind), node)
        else:
            self._call_region(region, blind, node)

    # ---- notebook functions

    def call_function(self, function: FunctionObject, arguments: Arguments, node: ast.AST) -> Value:
        """Walk the body of a notebook function, with these arguments."""
        if function.kind == "class" and function.owner is not None:
            first = arguments.positional[:1]
            if not first or not any(_descends(each, function.owner) for each in first[0].at):
                arguments = _with_receiver(exactly(function.owner), arguments)
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
        self.given_by_text |= given
        # Of what this cell has made itself, only what it holds from before can matter.
        older = {each for each in reached(given) if each.number < self.newest}
        objects = {each for each in older if not isinstance(each.payload, CODE)}
        self.change({each for each in objects if each.of != "frame"}, node)
        while todo:
            each = todo.pop()
            if each in seen or each in self.by_text:
                continue
            seen.add(each)
            self.by_text.add(each)
            for name in each.free_globals:
                value = self.load(name, node)
                for region in reached(value.held):
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

    # ---- classes and instances

    def construct(
        self, region: Region, cls: ClassObject, arguments: Arguments, node: ast.AST
    ) -> Value:
        """What a call of a notebook class gives."""
        own = cls.of_metaclass("__call__")
        if own is not None:
            return self.call(own, _with_receiver(exactly(region), arguments), node)
        return self._instance(region, cls, arguments, node)

    def _instance(
        self, region: Region, cls: ClassObject, arguments: Arguments, node: ast.AST
    ) -> Value:
        """An instance of a notebook class, as ``type.__call__`` makes it."""
        maker = cls.lookup("__new__")
        if maker is None:
            instance = self._bare(region, cls)
        else:
            instance = self.call(maker, _with_receiver(exactly(region), arguments), node)
        own = {each for each in instance.at if _is_instance(each.found(), cls)}
        if maker is not None and not own:
            return instance
        for each in own:
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
            self.call(init, _with_receiver(exactly(made), arguments), node)
        if init is None or cls.library_bases:
            made.link(arguments.regions)
        if init is None:
            made.attributes.update(zip(cls.all_fields, arguments.positional, strict=False))
            made.attributes.update(arguments.keywords)
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
            found = [self.plain_attribute(each.found(), attribute, node) for each in me.at]
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
        for each in me.at:
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

    def put_attribute(self, target: Value, name: str, value: Value, node: ast.AST) -> None:
        """``object.__setattr__(target, name, value)``."""
        raise NotImplementedError

    def call_method(self, receiver: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of ``receiver.name(arguments)``."""
        if receiver.path:
            return self._library_method(receiver, name, arguments, node)
        if not receiver.has_regions:
            return self._plain_method(name, arguments, node)
        results: list[Value] = []
        others: set[Region] = set()
        several = len(receiver.at) > 1
        for each in receiver.at:
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
            return self.call(method, _with_receiver(exactly(owner), arguments), node)
        if isinstance(payload, ClassObject) or kinds & {"static", "class"} or not method.at:
            return self.call(method, arguments, node)
        return self.call(method, _with_receiver(exactly(region), arguments), node)

    def _looked_up(
        self, region: Region, name: str, arguments: Arguments, node: ast.AST
    ) -> Value | None:
        """Call a method that the class itself does not have."""
        payload = region.payload
        if isinstance(payload, ClassObject):
            method = payload.of_metaclass(name)
            if method is not None:
                return self.call(method, _with_receiver(exactly(region), arguments), node)
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
        for each in me.at:
            payload = each.found().payload
            cls = payload.of if isinstance(payload, InstanceObject) else payload
            if isinstance(cls, ClassObject):
                method = cls.lookup(name, owner) or owner.lookup(name, owner)
                if method is not None:
                    # The first argument of `__new__` is written out.
                    given = arguments if name == "__new__" else _with_receiver(me, arguments)
                    return self.call(method, given, node)
        made = self.of_object(me, name, arguments, node)
        return self._super_method(me, name, arguments, node) if made is None else made

    def _super_method(self, me: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A method of a base class that comes from a library."""
        behaviour = library.method(name, "")
        if behaviour.known and not behaviour.changes:
            return inside(me)
        for each in me.at:
            each.found().link(arguments.regions)
        if behaviour.known:
            self.mutate(Value(me.at), node)
            return inside(me)
        self.unsure += 1
        self.mutate(Value(me.at), node)
        self.unsure -= 1
        return inside(me)

    # ---- objects of libraries

    def _plain_method(self, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """A method of something that cannot change, such as a string."""
        in_place = _changes_in_place(arguments)  # df.index.rename("day", inplace=True)
        if in_place:
            self.change_root(node)
        for value in arguments:
            self.consume(value, node)
            if name in {"format", "format_map"}:
                self.show(value, node)
        of_path = name == "open" or name in files.OF_PATHS or _replaces(name, arguments)
        if of_path and not in_place:
            # Perhaps a path that came out of a list, or out of a folder.
            return self._path_method(Value(path=PATH), name, arguments, node)
        if name in library.TEXT:
            return PLAIN
        return fresh(library.method(name, "").of)

    def object_method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """A method of an object that is not of the notebook's making."""
        of = family(receiver)
        if of in library.CONTAINERS and name in {"items", "keys", "values"}:
            return self._view(receiver, name, node)
        self.fill(receiver, node)
        self.on_elements(receiver, library.METHOD_CALLS_ON_ELEMENTS.get(name, ()), node)
        if not receiver.at and name in library.ELEMENT_MUTATING:
            self.unsure += 1
            self.mutate(receiver, node)  # perhaps a list in an array of objects
            self.unsure -= 1
        behaviour = library.method(name, "" if of == "instance" else of)
        self._method_files(name, of, arguments, node)
        if any(each.found().file == ANY_FILE and not each.found().of for each in receiver.at):
            self._use_file(ANY_FILE, node, read=True, write=True)  # of a class that uses files
        if name == "write" and arguments.positional:
            for each in receiver.at:
                self.wrote(each.found().file, arguments.positional[0].const)
        self._method_text(name, arguments)
        self.pass_functions(arguments, node, inside(receiver), methods=not behaviour.known)
        for value in arguments:
            self.consume(value, node)
        if name in ambient.DRAWING_METHODS and of in _DRAWING:
            self._method_draws(receiver, arguments, node)
        if of == "logger":
            self._logger(name, arguments, node)
        self._draw_from_parts((receiver,), node)
        if behaviour.changes or _changes_in_place(arguments):
            self._change_receiver(receiver, name, arguments, node, sure=behaviour.known)
        self._outputs(arguments, node)
        self._method_outputs(receiver, name, arguments, node)
        if not behaviour.known:
            return self.unknown_call(arguments, node, receiver.held)
        if name in _PLOTTING and of in {"data", "grouped", ""}:
            self.draw_figure(arguments, node)
            return fresh("figure", () if self.inline_figures else (self.canvas,))
        if of == "data" and _is_shallow(name, arguments):
            return inside(receiver)
        return self.outcome(behaviour, receiver, arguments)

    def _logger(self, name: str, arguments: Arguments, node: ast.AST) -> None:
        """A logger is configured, which all loggers of that name share, or logs."""
        if name in library.CONFIGURES:
            self.change_state("@logging", node)
            self.logging.link(arguments.regions)
        elif name in library.LOGS:
            self.log(arguments, node)

    def log(self, arguments: Arguments, node: ast.AST) -> None:
        """Something is logged: to the files of the handlers, by way of the notebook's own."""
        for name in list(self.logs):
            self._use_file(name, node, read=False, write=True)
        self.unsure += 1
        self.change({each for each in reached([self.logging]) if each.of == "list"}, node)
        self.unsure -= 1
        self.pass_functions(
            Arguments([exactly(self.logging), *arguments.positional]), node, methods=True
        )

    def _method_outputs(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> None:
        """What a method changes beside its receiver."""
        of = family(receiver)
        facts = [each.found().payload for each in receiver.at]
        if any(isinstance(each, Estimator) and each.overwrites for each in facts):
            self.mutate(joined(arguments.positional[:1]), node)
        if of == "data":
            self._write_into(library.written_by_method(name), arguments, node)
        if of in _DRAWN:
            self._figures(arguments, node)  # display.plot(axes)
        if of == "animation" or (of == "estimator" and name not in library.LEAVES_CODE):
            self.pass_functions(Arguments([receiver, *arguments.positional]), node)
        if of == "rng" and name == "shuffle":
            self.mutate(joined(arguments.positional), node)

    def _change_parts(self, receiver: Value, node: ast.AST) -> None:
        """A pipeline fits the estimators that it is made of, or draws; it leaves data alone."""
        facts = [p for each in receiver.held if isinstance(p := each.found().payload, Estimator)]
        # A grid search fits clones of the estimator that it was given.
        clones = any(each.clones for each in facts)
        kinds = {"rng"} if clones else {"estimator", "rng"}
        parts = {each for each in reached(receiver.held) if each.of in kinds}
        self.unsure += 1
        self.change(parts, node)
        self.unsure -= 1

    def _draw_from_parts(self, values: Iterable[Value], node: ast.AST) -> None:
        """What splits or draws does so from the generator that it was made with, if there is one."""
        held = [v.held for v in values if v.has_regions and family(v) == "estimator"]
        self.unsure += 1
        self.change(
            {each for regions in held for each in reached(regions) if each.of == "rng"}, node
        )
        self.unsure -= 1

    def _method_draws(self, receiver: Value, arguments: Arguments, node: ast.AST) -> None:
        known = [each.found().payload for each in receiver.held]
        if not any(isinstance(each, Estimator) and each.seeded for each in known):
            self.may_draw("@numpy.random", arguments, node)

    def _view(self, receiver: Value, name: str, node: ast.AST) -> Value:
        """``d.items()``, ``d.values()`` and ``d.keys()`` of a dict."""
        if name == "keys":
            return PLAIN
        element = self.element(receiver, node)
        each = element if name == "values" else tuple_of((PLAIN, element))
        return iterator_over(each, receiver.held, "list")

    def _change_receiver(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST, *, sure: bool
    ) -> None:
        if not sure:
            self.unsure += 1
        if name in _DEEP:
            for region in reached(receiver.held):
                if not isinstance(region.payload, CODE):
                    self.change({region}, node)
        of = family(receiver)
        if of == "estimator":
            self._change_parts(receiver, node)
        elif of == "writer":
            self.change(reached(receiver.held), node)  # the file that it writes to
        self.mutate(receiver, node, deep=not sure)
        if not sure:
            self.unsure -= 1
        if library.adds(name) or not sure:
            held = arguments.regions
            if name in {"extend", "update", "extendleft"}:
                held = regions_of(self.element(value, node) for value in arguments)
            for each in receiver.held:
                each.found().link(held)

    def _method_files(self, name: str, of: str, arguments: Arguments, node: ast.AST) -> None:
        if name == "open" and not of:
            self.open_file(None, arguments.at(0, "mode"), node)  # perhaps a path
        use = files.method(name, of)
        if use is None:
            return
        if of == "config" and any(value.has_regions for value in arguments.positional):
            self.use_file(None, node, write=False)  # a list of paths
        elif use.any_file:
            self._use_files(use, arguments, node)
        else:
            path = _with_suffix(arguments.at(0, *use.keywords), use.suffix)
            if path is not None:
                self.use_file(path, node, write=bool(use.writes), read=not use.writes)

    def _method_text(self, name: str, arguments: Arguments) -> None:
        """``df.query("a > @limit")`` reads a name inside its text."""
        text = arguments.at(0, "expr") if name in {"query", "eval"} else None
        if text is None:
            return
        # A text that is put together is made of texts of the notebook.
        for each in (text.const,) if isinstance(text.const, str) else self.marked_texts:
            self.read_names(each, marked=True)

    def read_names(self, text: str, *, marked: bool = False) -> None:
        """Read the names in a text that a library will evaluate."""
        raise NotImplementedError

    def _write_into(self, positions: tuple[int, ...], arguments: Arguments, node: ast.AST) -> None:
        for position in positions:
            if position < len(arguments.positional):
                self.mutate(arguments.positional[position], node)

    def _outputs(self, arguments: Arguments, node: ast.AST) -> None:
        for keyword in library.OUTPUT_KEYWORDS:
            value = arguments.keywords.get(keyword)
            if value is not None:
                self.mutate(value, node)
                if family(value) == "tuple":  # np.modf(a, out=(whole, rest))
                    self.mutate(self.element(value, node), node)
        for value in arguments:
            if value.has_regions and family(value) == "rng":
                self.mutate(value, node)  # split(X, random_state=rng) draws
        self._draw_from_parts(
            [v for k in ("cv", "random_state") if (v := arguments.keywords.get(k)) is not None],
            node,
        )
        for keyword in ("callbacks", "callback"):
            value = arguments.keywords.get(keyword)
            for each in reached(value.held) if value is not None else ():
                if not isinstance(each.payload, CODE) and each.of != "frame":
                    self.change({each}, node)
        axes = arguments.keywords.get("ax")
        if axes is not None:
            self.mutate(axes, node)

    def outcome(self, behaviour: library.Behaviour, receiver: Value, arguments: Arguments) -> Value:
        """The result of a library call."""
        match behaviour.gives:
            case Gives.PLAIN:
                result = PLAIN
            case Gives.FRESH:
                result = fresh(behaviour.of)
                if behaviour.of == "data" and _uncopied(arguments):
                    result = join(result, inside(joined([receiver, *arguments.positional[:1]])))
            case Gives.RECEIVER:
                result = receiver
            case Gives.INSIDE:
                result = self._part_of(behaviour, receiver, arguments)
            case Gives.COPY:
                result = self._copy_of(behaviour, receiver, arguments)
            case _:
                result = fresh(behaviour.of, receiver.held | arguments.regions)
        return result

    def _part_of(
        self, behaviour: library.Behaviour, receiver: Value, arguments: Arguments
    ) -> Value:
        if not receiver.has_regions:
            return inside(joined(arguments)) if arguments.regions else fresh(behaviour.of)
        if family(receiver) in library.CONTAINERS:
            return join(self.element(receiver, ast.Pass()), joined(arguments))
        return inside(receiver)

    def _copy_of(
        self, behaviour: library.Behaviour, receiver: Value, arguments: Arguments
    ) -> Value:
        of = behaviour.of or family(receiver) or family(joined(arguments))
        held = regions_of(self.element(each, ast.Pass()) for each in (receiver, *arguments))
        if of == "dict":
            # `dict([(key, value)])`, `dict(name=value)`
            pairs = [self.element(each, ast.Pass()) for each in arguments.positional]
            held |= regions_of(self.element(each, ast.Pass()) for each in pairs)
            held |= regions_of(arguments.keywords.values())
        return fresh(of, held - receiver.held if family(receiver) == "data" else held)

    def _library_method(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        if receiver.path == "builtins.super()":
            return self.super_call(name, arguments, node)
        if receiver.path.startswith(ambient.SHELL):
            return self.shell_part(receiver.path, name, arguments, node)
        if receiver.path == PATH:
            return self._path_method(receiver, name, arguments, node)
        if receiver.path.endswith("()"):
            return self._plain_method(name, arguments, node)
        return self.library_call(f"{receiver.path}.{name}", arguments, node)

    def _path_method(self, path: Value, name: str, arguments: Arguments, node: ast.AST) -> Value:
        if name == "open":
            mode = arguments.at(0, "mode")
            return self.open_file(path, mode, node)
        if name in files.PATH_READS:
            self.use_file(path, node, write=False)
        elif name in files.PATH_WRITES:
            self.use_file(path, node, write=True, read=False)
            if name == "write_text" and arguments.positional:
                self.wrote(self.places.name(path.const), arguments.positional[0].const)
        elif name in files.PATH_LISTS:
            self.use_file(None, node, write=False)
            return fresh("list")
        elif name in files.PATH_MOVES:
            self.use_file(path, node, write=True)
            self.use_file(arguments.at(0, "target"), node, write=True)
        if name in {"symlink_to", "hardlink_to"} and arguments.positional:
            target = arguments.positional[0].const
            self.places.link(target, path.const, symbolic=name == "symlink_to")
        return self._path_of(path.const, name, [value.const for value in arguments.positional])

    def _path_of(self, path: object, name: str, given: list[object]) -> Value:
        """The path that a method of a path gives."""
        texts = [part for part in given if isinstance(part, str)]
        if name not in _GIVE_PATHS or not isinstance(path, str) or len(texts) < len(given):
            return Value(path=PATH) if name in _GIVE_PATHS else PLAIN
        found: object = path
        if name in {"rename", "replace"}:
            found = texts[0] if texts else NOTHING
        elif name == "joinpath":
            found = posixpath.join(path, *texts)
        elif name in {"resolve", "absolute"}:
            found = self.places.absolute(path)
        elif name.startswith("with_"):
            found = renamed(path, name, texts[0]) if texts else NOTHING
        return Value(path="" if name == "as_posix" else PATH, const=found)

    def open_file(
        self,
        path: Value | None,
        mode: Value | None,
        node: ast.AST,
        of: str = "file",
        default: str = "r",
    ) -> Value:
        """An open file, of which a change is a change of what lies on the disk."""
        text = mode.const if mode is not None else default
        known = isinstance(text, str)
        writing = not known or files.writes(str(text))
        fresh_file = known and "w" in str(text)
        self.use_file(path, node, write=writing, read=not fresh_file)
        opened = fresh(of)
        if writing:
            for region in opened.at:
                region.file = self.places.name(NOTHING if path is None else path.const)
        return opened

    # ---- library functions

    def library_call(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """The value of a call of a library's function or class."""
        result = self._redirected(path, arguments, node)
        if result is None:
            result = self.special(path, arguments, node)
        if result is not None:
            return result
        self._library_state(path, arguments, node)
        behaviour = library.function(path)
        if not behaviour.known:
            uses_files = self.use_local(path, node)
            result = self.unknown_call(arguments, node)
            for region in result.at if uses_files else ():
                region.file = ANY_FILE  # methods of what it gives may use them as well
            return result
        if behaviour.gives is not Gives.ITERATOR:
            for value in arguments:
                self.consume(value, node)
                self._walk_through(path, value, node)
        for position in behaviour.mutates:
            self._change_argument(path, arguments, position, node)
        self._outputs(arguments, node)
        self._function_outputs(path, behaviour, arguments, node)
        if behaviour.gives is Gives.PLAIN and path.startswith("builtins."):
            self._special_methods(path, arguments, node)
            return PLAIN
        self.pass_functions(arguments, node)
        if behaviour.gives is Gives.ITERATOR:
            return self._iterator(path, arguments, node)
        result = self.outcome(behaviour, PLAIN, arguments)
        self._qualify(result, path, behaviour, arguments)
        return result

    def _function_outputs(
        self, path: str, behaviour: library.Behaviour, arguments: Arguments, node: ast.AST
    ) -> None:
        """What a library function changes because of the arguments that it is given."""
        first = joined(arguments.positional[:1])
        if _changes_in_place(arguments):
            self.mutate(first, node)
        for name, value in arguments.keywords.items():
            if name.startswith("overwrite_") and value.const is not False:  # overwrite_a=True
                self.mutate(joined(arguments.positional[:2]), node)
        if path == "numpy.nan_to_num" and len(arguments.positional) > 1:
            self.mutate(first, node)
        self._write_into(library.written(path), arguments, node)  # np.add(a, b, into)
        if behaviour.of == "figure" or library.may_draw_into(path):
            self._figures(arguments, node)
        if path == "pandas.eval" and "target" in arguments.keywords:
            self.mutate(arguments.keywords["target"], node)

    def _redirected(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """The value of a call that is in truth another one."""
        if path in self.patches and len(self.stack) < MOST_DEEP:
            return self.call(self.patches[path], arguments, node)
        owner, _, name = path.rpartition(".")
        if owner not in library.CLASSES or not arguments.positional or name in OF_OBJECT:
            return None
        # `list.append(x, 1)` is `x.append(1)`.
        first, *rest = arguments.positional
        given = Arguments(rest, arguments.keywords, arguments.spread)
        return self.call_method(first, name, given, node)

    def _qualify(
        self, result: Value, path: str, behaviour: library.Behaviour, arguments: Arguments
    ) -> None:
        """Keep what is known of the object that a library call gives."""
        if behaviour.of == "estimator":
            given = {name for name, value in arguments.keywords.items() if value.const is not None}
            facts = library.estimator(
                path,
                seeded=ambient.repeatable(path, given),
                overwrites=any(
                    name in {"copy", "copy_X"} and value.const is False
                    for name, value in arguments.keywords.items()
                ),
            )
            for region in result.at:
                region.payload = facts
        elif behaviour.of == "data":
            for region in result.at:
                region.link(self._kept_elements(arguments))
                if path.startswith("pandas.read_") and _in_chunks(arguments):
                    region.of = "chunks"
        elif behaviour.of == "figure" and not self.inline_figures and ambient.draws_figure(path):
            for region in result.at:
                region.link((self.canvas,))

    def _kept_elements(self, arguments: Arguments) -> Iterator[Region]:
        """Elements that an array of objects holds: ``np.array([a, b], dtype=object)``."""
        dtype = arguments.at(1, "dtype")
        whole = dtype is not None and (
            dtype.path == "builtins.object" or dtype.const in ("object", "O")
        )
        for value in arguments.positional[:1]:
            if value.has_regions and (whole or family(value) in library.CONTAINERS):
                for region in self.element(value, ast.Pass()).held:
                    if whole or region.found().of in library.OBJECTS:
                        yield region

    def _walk_through(self, path: str, value: Value, node: ast.AST) -> None:
        """``list(it)``, ``sum(it)``: iterators of notebook classes, and objects that fill caches."""
        if not value.has_regions:
            return
        kept = library.function(path).gives is Gives.CAPTURE  # kept for later, as it is
        if not kept and not path.startswith(library.FITS_CLONES) and path not in library.LOOKS_AWAY:
            self.fill(value, node)
        if path in library.ITERATES:
            self.dunder(value, ("__iter__", "__next__"), node)
        self.on_elements(value, library.CALLS_ON_ELEMENTS.get(path, ()), node)

    def _iterator(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``zip``, ``enumerate`` and their like."""
        elements = [self.element(value, node) for value in arguments]
        name = path.rpartition(".")[2]
        if name == "enumerate":
            each = tuple_of((PLAIN, elements[0] if elements else PLAIN))
        elif name in _GROUPING:
            exact = name in {"zip", "zip_longest"} and not arguments.spread
            each = tuple_of(elements) if exact else iterator_over(joined(elements), of="tuple")
        elif name in {"from_iterable", "starmap"}:
            each = self.element(joined(elements), node)
        elif name == "repeat":
            each = joined(arguments)
        else:
            each = joined(elements)
        return iterator_over(each, arguments.regions)

    def _change_argument(
        self, path: str, arguments: Arguments, position: int, node: ast.AST
    ) -> None:
        value = arguments.at(position, "x", "a", "arr", "dst", "obj", "heap", "fp", "G")
        if value is None:
            return
        self.mutate(value, node)
        for region in value.held:
            region.found().link(arguments.regions - value.held)

    def _library_state(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """Ambient state, files and the network that a library call uses."""
        state = ambient.changed(path)
        if state:
            self.change_state(state, node)
        part = ambient.part_changed(path)
        if part:
            self.change_state("@module:" + part, node)
            self.record.note("module-patch", part, self.here(node))
        self.draw(path, arguments, node)
        if ambient.draws_figure(path):
            self.draw_figure(arguments, node)
        if path in files.SHELL:
            self.outside("shell", node)
        if path.startswith(files.NETWORK_PREFIXES):
            self.outside("network", node)
        use = files.function(path)
        if use is not None:
            self._use_files(use, arguments, node)
        if path.startswith("logging."):
            self._logging(path, arguments, node)
        elif path.partition(".")[0] in {"statsmodels", "patsy", "formulaic"}:
            self._read_formulas(path, arguments, node)

    def _logging(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """A function of ``logging`` itself: it opens a file, configures the root logger, or logs."""
        name = path.rpartition(".")[2]
        if name.endswith("FileHandler") or name == "basicConfig":
            place = 0 if name.endswith("FileHandler") else len(arguments.positional)
            target = arguments.at(place, "filename")
            if target is not None:
                self.use_file(target, node, write=True)
                self.logs[self.places.name(target.const)] = None
        if name in {"dictConfig", "fileConfig"}:
            self.logs[ANY_FILE] = None  # which files is written in the configuration
        if name in {"basicConfig", "dictConfig", "fileConfig"}:
            self.logging.link(arguments.regions)
        if path.startswith("logging.root."):
            self._logger(name, arguments, node)
        elif path.removeprefix("logging.") in library.LOGS:
            self.log(arguments, node)

    def _read_formulas(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """``ols("y ~ scaled(x)", data)`` looks names up where it is called."""
        for value in arguments:
            if isinstance(value.const, str) and ("~" in value.const or "(" in value.const):
                self.read_names(value.const)
        formula = arguments.at(0, "formula", "formula_like")
        known = formula is None or isinstance(formula.const, str)
        if not known and (path.startswith(_FORMULAS) or path.endswith(".from_formula")):
            self.read_functions(node)  # a text that is put together

    def read_functions(self, node: ast.AST) -> None:
        """Read every function of the notebook."""
        for name, value in list(self.environment.base.items()):
            if isinstance(name, str) and any(
                isinstance(each.found().payload, FunctionObject) for each in value.at
            ):
                self.load(name, node)

    def _use_files(self, use: files.FileUse, arguments: Arguments, node: ast.AST) -> None:
        if use.any_file:
            self.use_file(None, node, write=bool(use.writes))
            return
        for position in dict.fromkeys((*use.reads, *use.writes)):
            value = _with_suffix(arguments.at(position, *use.keywords), use.suffix)
            self.use_file(value, node, write=position in use.writes, read=position in use.reads)

    def draw_figure(self, arguments: Arguments, node: ast.AST) -> None:
        """Something draws on pyplot's current figure, or makes one."""
        if not self.inline_figures and "ax" not in arguments.keywords:
            self.change_state("@pyplot", node)
            self.unsure += 1
            self.change({self.canvas}, node)
            self.unsure -= 1

    def _figures(self, arguments: Arguments, node: ast.AST) -> None:
        for value in arguments:
            if value.has_regions and family(value) == "figure":
                self.mutate(value, node)

    def _special_methods(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """Builtins such as ``print`` and ``len`` call special methods of what they are given."""
        names = library.CALLS.get(path)
        for value in arguments:
            if not value.has_regions:
                continue
            if names is None:
                self.show(value, node)
            elif names:
                with self.perhaps():
                    self.dunder(value, names, node)


def _with_receiver(receiver: Value, arguments: Arguments) -> Arguments:
    return Arguments([receiver, *arguments.positional], arguments.keywords, arguments.spread)


def _is_instance(region: Region, cls: ClassObject) -> bool:
    payload = region.payload
    return isinstance(payload, InstanceObject) and any(
        each is cls for each in payload.of.ancestors()
    )


def _descends(region: Region, owner: Region) -> bool:
    """Whether ``region`` is the class ``owner``, or one derived from it."""
    cls = region.found().payload
    base = owner.found().payload
    return isinstance(cls, ClassObject) and any(each is base for each in cls.ancestors())


def _is_computed(region: Region) -> bool:
    """Whether an attribute of a class is what a property or another descriptor gives."""
    return is_property(region) or special_method(region, "__get__") is not None


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


def _with_suffix(path: Value | None, suffix: str) -> Value | None:
    """The path that a library writes to, which puts a suffix behind a name that has none."""
    if path is None or not suffix or not isinstance(path.const, str):
        return path
    return path if posixpath.splitext(path.const)[1] else Value(const=path.const + suffix)


def _replaces(name: str, arguments: Arguments) -> bool:
    """Whether it is ``path.replace(target)``, which moves a file, and not ``text.replace(a, b)``."""
    return name == "replace" and len(arguments.positional) == 1 and not arguments.spread


def _changes_in_place(arguments: Arguments) -> bool:
    inplace = arguments.keywords.get("inplace")
    if inplace is not None and inplace.const is not False:
        return True
    return _uncopied(arguments)


def _uncopied(arguments: Arguments) -> bool:
    copy = arguments.keywords.get("copy")
    return copy is not None and copy.const is False


def _in_chunks(arguments: Arguments) -> bool:
    """``pd.read_csv(path, chunksize=1000)``."""
    size, iterator = arguments.keywords.get("chunksize"), arguments.keywords.get("iterator")
    return (size is not None and size.const is not None) or (
        iterator is not None and iterator.const is not False
    )


def _is_shallow(name: str, arguments: Arguments) -> bool:
    """``df.copy(deep=False)``."""
    deep = arguments.at(0, "deep")
    return name == "copy" and deep is not None and deep.const is False
