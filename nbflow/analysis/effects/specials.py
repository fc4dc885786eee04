"""Library functions with a rule of their own: reflection, files, partial functions, wrappers."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable
from typing import Final

from nbflow.analysis.effects import ambient, files, library
from nbflow.analysis.effects.expressions import FRAME, PATH
from nbflow.analysis.effects.instances import OF_OBJECT
from nbflow.analysis.effects.library_calls import LibraryCalls
from nbflow.analysis.effects.objects import (
    Arguments,
    ClassObject,
    FunctionObject,
    InstanceObject,
    MethodCaller,
    PartialObject,
)
from nbflow.analysis.effects.places import parent
from nbflow.analysis.effects.texts import WORD
from nbflow.analysis.effects.values import (
    NOTHING,
    PLAIN,
    Region,
    Value,
    exactly,
    family,
    fresh,
    inside,
    iterator_over,
    joined,
    reached,
    regions_of,
)
from nbflow.model import Grade

_RUNS_TEXT: Final = library.words(
    """cProfile.run profile.run timeit.timeit timeit.repeat timeit.Timer pdb.run pdb.runeval
    pandas.eval numexpr.evaluate cProfile.runctx"""
)
#: Functions that make objects of what a file or bytes say, classes of the notebook among them.
_UNPICKLES: Final = library.words(
    """pickle.load pickle.loads joblib.load dill.load dill.loads cloudpickle.load cloudpickle.loads
    torch.load pandas.read_pickle shelve.open"""
)
_SEES_EVERYTHING: Final = library.words(
    "unittest.main doctest.testmod doctest.run_docstring_examples code.interact pytest.main"
)
#: Context managers that may end their block early.
SWALLOWS: Final = library.words("contextlib.suppress pytest.raises pytest.warns")
#: Wrappers that call what they wrap once for the same arguments.
_KEEPS_RESULTS: Final = library.words("lru_cache cache cached_property")
_INLINE_BACKENDS: Final = library.words("inline module://matplotlib_inline.backend_inline")


class Specials(LibraryCalls):
    """The walk over library calls that need more than the table says."""

    def special(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        rule = _RULES.get(path)
        if rule is None and (path in library.WRAPPERS or path.endswith("()")):
            rule = Specials._wrapper
        elif rule is None and path in files.OPENERS:
            rule = Specials._opener
        elif rule is None and (ambient.restored(path) or ambient.patcher(path) or path in SWALLOWS):
            rule = Specials._context
        if rule is not None:
            return rule(self, path, arguments, node)
        self.holds_weakly |= path.startswith("weakref.")
        if path in ambient.KEEP_FUNCTIONS:
            self._keep_functions(path, arguments)
        called_back = path == "weakref.ref" and arguments.at(1, "callback") is not None
        if ambient.in_process(path) or called_back:
            self.record.note("in-process", path, self.here(node))
        if path in _UNPICKLES:
            self._read_definitions(node)
        if path in _RUNS_TEXT:
            for value in arguments:
                if isinstance(value.const, str):
                    self.read_names(value.const)
        elif path in _SEES_EVERYTHING:
            self.any_name()
        elif path.startswith("ipywidgets."):
            self.record.note("widget", path, self.here(node))
        return None

    def _keep_functions(self, path: str, arguments: Arguments) -> None:
        """A library may call a function that it was given from here on, in any cell."""
        place = f"{path}()"
        self.patches[place] = joined([self.patches.get(place, PLAIN), *arguments])

    def _read_definitions(self, node: ast.AST) -> None:
        """A pickle names classes, and perhaps functions, of the notebook, which are looked up."""
        for name in sorted(self.environment.names):
            value = self.environment.value(name)
            payloads = [region.found().payload for region in value.at] if value is not None else []
            if any(isinstance(payload, ClassObject) for payload in payloads):
                self.load(name, node)
            elif any(
                isinstance(payload, FunctionObject) for payload in payloads
            ) and not self.environment.is_definite(name):
                self.record.add(self.record.reads, name, self.here(node), Grade.POSSIBLE)

    def _module(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``importlib.import_module("a.b")``"""
        name = arguments.positional[0].const if len(arguments.positional) == 1 else NOTHING
        if not isinstance(name, str):
            return fresh(holds=arguments.regions)
        self.module_file(name, node)
        return Value(path=name)

    def _field(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``dataclasses.field(default_factory=f)``: who makes an instance calls ``f``."""
        made = fresh(holds=arguments.regions)
        factory = arguments.keywords.get("default_factory") or arguments.keywords.get("factory")
        if factory is not None:
            self.factories.update((region, factory) for region in made.at)
        return made

    def _method_caller(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``operator.methodcaller("append", 1)``"""
        name = arguments.positional[0].const if arguments.positional else NOTHING
        if not isinstance(name, str):
            return fresh(holds=arguments.regions)
        given = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
        return fresh("partial", arguments.regions, MethodCaller(name, given))

    def _frame(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        return Value(path=FRAME)

    def _context(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """A context manager that is known by its path where it is entered."""
        for value in arguments:
            self.consume(value, node)
        first = arguments.at(0, "path")
        folder = first.const if first is not None and path == "contextlib.chdir" else NOTHING
        return Value(path=path + "()", const=folder)

    # ---- code as text

    def _exec(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        code = arguments.at(0)
        if len(arguments.positional) > 1 or arguments.keywords:
            for value in list(arguments)[1:]:
                self.mutate(value, node)
            return fresh(holds=arguments.regions)
        if code is not None and isinstance(code.const, str):
            tree = _parsed(code.const)
            if tree is not None:
                return self._run(tree, node)
        self.any_name(binds=path == "builtins.exec")
        return fresh()

    def _run(self, tree: ast.Module, node: ast.AST) -> Value:
        """Walk code that stands in a string, as if it stood here."""
        outside = self.site
        self.site = self.here(node)
        try:
            result = PLAIN
            for statement in tree.body:
                if isinstance(statement, ast.Expr):
                    result = self.expression(statement.value)
                else:
                    self.block([statement])
            return result
        finally:
            self.site = outside

    def _namespace(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``globals()``, and ``locals()``, ``vars()`` and ``dir()`` outside of functions."""
        if path in {"builtins.vars", "builtins.dir"} and arguments.positional:
            first = arguments.positional[0]
            if path == "builtins.vars" and first.path:
                return self.attribute_of(first, "__dict__", node)
            return inside(first) if path == "builtins.vars" else PLAIN
        if path == "builtins.globals" or self.frame is None:
            self.any_name(binds=path != "builtins.dir")
        return fresh()

    def _all_objects(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """What finds objects that no name leads to."""
        self.any_name()
        return fresh()

    # ---- attributes by name

    def _getattr(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        if len(arguments.positional) < 2:
            return inside(joined(arguments))
        value, name = arguments.positional[:2]
        if isinstance(name.const, str):
            found = self.attribute_of(value, name.const, node)
        else:
            if value.path == "__main__":
                self.any_name()
            found = inside(value) if not value.path else fresh()
        return joined([found, *arguments.positional[2:]])

    def _setattr(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        if len(arguments.positional) < 3:
            return PLAIN
        target, name, value = arguments.positional[:3]
        self.store_attribute(target, name.const if isinstance(name.const, str) else "", value, node)
        return PLAIN

    def _delattr(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        if len(arguments.positional) == 2:
            target, name = arguments.positional
            text = name.const if isinstance(name.const, str) else ""
            self.delete_attribute(target, text, node)
        return PLAIN

    def _own_accessor(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``object.__setattr__(x, name, value)`` and its like."""
        if not arguments.positional:
            return PLAIN
        first, *rest = arguments.positional
        given = Arguments(rest, arguments.keywords, arguments.spread)
        return self.of_object(first, path.rpartition(".")[2], given, node) or PLAIN

    def store_attribute(self, target: Value, name: str, value: Value, node: ast.AST) -> None:
        """``target.name = value``."""
        raise NotImplementedError

    def delete_attribute(self, target: Value, name: str, node: ast.AST) -> None:
        """``del target.name``."""
        raise NotImplementedError

    def _type(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        if len(arguments.positional) != 1:
            return fresh(holds=arguments.regions)
        classes = [
            payload.cls.found()
            for region in arguments.positional[0].at
            if isinstance(payload := region.found().payload, InstanceObject)
        ]
        return exactly(*classes) if classes else PLAIN

    def _super(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        return Value(path="builtins.super()")

    # ---- functions made of functions

    def _partial(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        if not arguments.positional:
            return fresh(holds=arguments.regions)
        function, *rest = arguments.positional
        bound = Arguments(rest, arguments.keywords, arguments.spread)
        if not function.has_regions and not function.path:
            return fresh(holds=arguments.regions)
        return fresh("partial", arguments.regions, PartialObject(function, bound))

    def _wrapper(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """``lru_cache(f)``, ``lru_cache(size)(f)``, ``@dataclass``: the function or class itself."""
        if path.endswith("()") and path[:-2] not in library.WRAPPERS:
            return PLAIN
        name = path.removesuffix("()").rpartition(".")[2]
        kind = {
            "staticmethod": "static", "classmethod": "class", "property": "property",
            "cached_property": "property",
        }.get(name)  # fmt: skip
        wrapped = arguments.positional[0] if arguments.positional else None
        is_code = wrapped is not None and any(
            isinstance(region.found().payload, (FunctionObject, ClassObject))
            for region in wrapped.at
        )
        if wrapped is None or not is_code or (name == "wraps" and not path.endswith("()")):
            return Value(path=path.removesuffix("()") + "()")
        for region in wrapped.at:
            payload = region.found().payload
            if isinstance(payload, FunctionObject):
                payload.kind = kind or payload.kind
                payload.cached |= name in _KEEPS_RESULTS
        return wrapped

    def _map(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``map(f, xs)`` holds what ``f`` gives for the elements of ``xs``."""
        if len(arguments.positional) < 2:
            return fresh("iterator", arguments.regions)
        function, *rest = arguments.positional
        elements = [self.element(each, node) for each in rest]
        with self.perhaps():
            result = self.call(function, Arguments(elements), node) if function != PLAIN else PLAIN
        each = result if path == "builtins.map" else joined(elements)
        return iterator_over(each, regions_of([*rest, function]))

    def _pick(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``next(it)``, ``max(xs)``, ``random.choice(xs)``: an element."""
        self.draw(path, arguments, node)
        for value in arguments:
            self.consume(value, node)
            self.on_elements(value, library.CALLS_ON_ELEMENTS.get(path, ()), node)
        self.pass_functions(arguments, node)
        if not arguments.positional:
            return inside(joined(arguments))
        first, *rest = arguments.positional
        if path == "builtins.next":
            self.dunder(first, ("__next__",), node)
            if family(first) not in library.CONSUMED:
                self.mutate(first, node)
        elif path != "random.choice" and rest:
            return joined(arguments.positional)
        default = arguments.keywords.get("default", PLAIN)
        return joined([self.element(first, node), *rest, default])

    def _new_class(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``namedtuple("P", "x y")``: a class whose instances hold what they are made of."""
        name = arguments.positional[0].const if arguments.positional else ""
        fields = arguments.positional[1].const if len(arguments.positional) > 1 else ""
        names = fields.replace(",", " ").split() if isinstance(fields, str) else []
        return fresh("class", payload=ClassObject(str(name), {}, fields=tuple(names)))

    # ---- paths and files

    def _path(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        parts = [value.const for value in arguments.positional]
        if arguments.spread or not all(isinstance(part, str) for part in parts):
            return Value(path=PATH)
        text = posixpath.join(*(str(part) for part in parts)) if parts else "."
        return Value(path=PATH, const=text)

    def _join(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        found = self._path(path, arguments, node)
        return Value(const=found.const) if found.const is not NOTHING else PLAIN

    def _chdir(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        value = arguments.at(0, "path")
        self.move(value.const if value is not None else NOTHING, node)
        return PLAIN

    def _here(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``os.getcwd()``, ``Path.cwd()``"""
        found = self.places.absolute(".")
        return Value(path="" if path.startswith("os.") else PATH, const=found)

    def _absolute(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        value = arguments.at(0, "path", "filename")
        return Value(const=self.places.absolute(value.const)) if value is not None else PLAIN

    def _part_of_path(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        value = arguments.at(0, "p")
        if value is None or not isinstance(value.const, str):
            return PLAIN
        if path == "os.path.basename":
            return Value(const=posixpath.basename(value.const))
        return Value(const=parent(value.const) if "/" in value.const else "")

    def _expanded(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        value = arguments.at(0, "path")
        if value is None or not isinstance(value.const, str) or re.search("[~$]", value.const):
            return PLAIN
        return value

    def _link(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        target, link = arguments.at(0, "src"), arguments.at(1, "dst")
        self.use_file(target, node, write=False)
        self.use_file(link, node, write=True)
        if target is not None and link is not None:
            self.places.link(target.const, link.const, symbolic=path == "os.symlink")
        return PLAIN

    def _same_text(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        value = arguments.at(0)
        return Value(const=value.const) if value is not None else PLAIN

    def _text(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """``str(path)`` of a constant path is constant; else as of any object."""
        value = arguments.at(0)
        if value is not None and isinstance(value.const, str):
            return Value(const=value.const)
        return None

    def _opener(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        family, opener = library.FAMILIES.get(path, "file"), files.OPENERS[path]
        target = arguments.at(0, "file", "filename", "name", "database")
        if path == "sqlite3.connect":
            if target is not None and target.const == ":memory:":
                return fresh(family)
            return self.open_file(target, None, node, family, opener.default)
        if target is not None and target.const is NOTHING and target.has_regions:
            self.mutate(target, node)
        mode = arguments.at(opener.mode, *opener.keywords)
        return self.open_file(target, mode, node, family, opener.default)

    # ---- the rest

    def _input(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        self.record.note("input", path.rpartition(".")[2], self.here(node))
        return PLAIN

    def _reload(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``importlib.reload(module)`` reads its file anew, for all names that hold the module."""
        value = arguments.at(0, "module") or PLAIN
        if value.path:
            self.module_file(value.path, node)
            self.change_state("@module:" + value.path, node)
        return value

    def module_file(self, module: str, node: ast.AST) -> None:
        """A module that an earlier cell has written is read from its file."""
        raise NotImplementedError

    def _started(self, path: str, arguments: Arguments, node: ast.AST) -> None:
        """A process that runs beside the cell."""
        self.record.note("thread", path, self.here(node))

    def _thread(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        self.record.note("thread", path, self.here(node))
        self.pass_functions(arguments, node)
        return fresh(library.FAMILIES.get(path, "thread"), arguments.regions)

    def _task(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """A task, which is over when it has been awaited."""
        self.pass_functions(arguments, node)
        made = fresh("thread", arguments.regions)
        for region in made.at:
            self.tasks[region] = self.here(node) or node
        return made

    def _gather(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``asyncio.gather(*tasks)``: the list of their results, as it is when awaited."""
        for region in reached(arguments.regions):
            self.tasks.pop(region, None)
        return fresh("list", regions_of(self.result_of(value) for value in arguments))

    def _copied(self, path: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """Copies of instances of notebook classes: shallow ones share what they hold."""
        value = arguments.at(0, "x")
        regions = [each.found() for each in value.at] if value is not None else []
        if not regions or not all(isinstance(each.payload, InstanceObject) for each in regions):
            return None
        copies = []
        for region in regions:
            made = Region("instance", region.payload)
            if path == "copy.copy":
                made.link(region.children)
                made.attributes.update(region.attributes)
            copies.append(made)
        self.dunder(exactly(*regions), ("__copy__", "__deepcopy__"), node)
        return exactly(*copies)

    def _from_keys(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``dict.fromkeys(keys, value)``: all keys share the value."""
        keys = self.iterate(arguments.at(0) or PLAIN, node)
        return fresh("dict", regions_of([keys, *arguments.positional[1:]]))

    def _chain(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``ChainMap(first, ...)`` looks into all its maps, and writes into the first."""
        held = [self.element(value, node) for value in arguments]
        chain = fresh("dict", regions_of([*held, *arguments]))
        return chain._replace(within=regions_of(arguments.positional[:1]))

    def _backend(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        value = arguments.at(0, "backend", "newbackend")
        self.choose_backend(value.const if value is not None else NOTHING)
        self.change_state("@matplotlib.rcParams", node)
        return PLAIN

    def choose_backend(self, name: object) -> None:
        """From here on figures are those of this backend of matplotlib."""
        if isinstance(name, str):
            self.inline_figures = name in _INLINE_BACKENDS

    def _display(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        for value in arguments:
            self.show(value, node)
        return PLAIN

    def _shell(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        return Value(path=ambient.SHELL)

    def _random_state(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``check_random_state(seed)``: numpy's shared generator, the one given, or a new one."""
        seed = arguments.at(0, "seed")
        if (
            seed is None
            or seed.const is None
            or seed.path in {"numpy.random", "numpy.random.mtrand"}
        ):
            return Value(path="numpy.random.mtrand._rand")
        return seed if seed.has_regions or seed.path else fresh("rng")

    def _symbols(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        """``sympy.var("x y")`` binds the names in the notebook."""
        text = arguments.at(0, "names")
        if text is None or not isinstance(text.const, str) or re.search(r"[:(]", text.const):
            self.any_name(reads=False, binds=True)
            return fresh()
        frame, self.frame = self.frame, None
        for name in WORD.findall(text.const):
            self.bind(name, PLAIN, node)
        self.frame = frame
        return PLAIN

    def _run_coroutine(self, path: str, arguments: Arguments, node: ast.AST) -> Value:
        return joined(arguments.positional)


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


_RULES: Final[dict[str, Callable[[Specials, str, Arguments, ast.AST], Value | None]]] = {
    "builtins.exec": Specials._exec,
    "builtins.eval": Specials._exec,
    "builtins.globals": Specials._namespace,
    "builtins.locals": Specials._namespace,
    "builtins.vars": Specials._namespace,
    "builtins.dir": Specials._namespace,
    "gc.get_objects": Specials._all_objects,
    "gc.get_referrers": Specials._all_objects,
    "importlib.import_module": Specials._module,
    "dataclasses.field": Specials._field,
    "attr.ib": Specials._field,
    "attr.field": Specials._field,
    "attrs.field": Specials._field,
    "operator.methodcaller": Specials._method_caller,
    "sys._getframe": Specials._frame,
    "inspect.currentframe": Specials._frame,
    "inspect.stack": Specials._frame,
    "builtins.getattr": Specials._getattr,
    "builtins.setattr": Specials._setattr,
    "builtins.type": Specials._type,
    "collections.namedtuple": Specials._new_class,
    "typing.NamedTuple": Specials._new_class,
    "dataclasses.make_dataclass": Specials._new_class,
    "enum.Enum": Specials._new_class,
    "builtins.super": Specials._super,
    "builtins.map": Specials._map,
    "builtins.filter": Specials._map,
    "builtins.next": Specials._pick,
    "builtins.min": Specials._pick,
    "builtins.max": Specials._pick,
    "random.choice": Specials._pick,
    "builtins.input": Specials._input,
    "getpass.getpass": Specials._input,
    "functools.partial": Specials._partial,
    "functools.partialmethod": Specials._partial,
    "pathlib.Path": Specials._path,
    "pathlib.PurePath": Specials._path,
    "pathlib.PosixPath": Specials._path,
    "os.path.join": Specials._join,
    "os.path.normpath": Specials._same_text,
    "os.path.expanduser": Specials._expanded,
    "os.path.expandvars": Specials._expanded,
    "os.path.abspath": Specials._absolute,
    "os.path.realpath": Specials._absolute,
    "os.path.dirname": Specials._part_of_path,
    "os.path.basename": Specials._part_of_path,
    "os.getcwd": Specials._here,
    "pathlib.Path.cwd": Specials._here,
    "pathlib.Path.home": lambda walk, path, arguments, node: Value(path=PATH),
    "os.chdir": Specials._chdir,
    "os.symlink": Specials._link,
    "os.link": Specials._link,
    "builtins.str": Specials._text,
    "os.fspath": Specials._same_text,
    "threading.Thread": Specials._thread,
    "threading.Timer": Specials._thread,
    "importlib.reload": Specials._reload,
    "subprocess.Popen": Specials._started,
    "multiprocessing.Process": Specials._thread,
    "asyncio.create_task": Specials._task,
    "asyncio.ensure_future": Specials._task,
    "asyncio.run": Specials._run_coroutine,
    "asyncio.gather": Specials._gather,
    "asyncio.wait": Specials._gather,
    "asyncio.as_completed": Specials._gather,
    "collections.ChainMap": Specials._chain,
    "copy.copy": Specials._copied,
    "copy.deepcopy": Specials._copied,
    "builtins.dict.fromkeys": Specials._from_keys,
    "builtins.delattr": Specials._delattr,
    **{
        f"builtins.{owner}.{name}": Specials._own_accessor
        for owner in ("object", "type")
        for name in OF_OBJECT
    },
    "asyncio.wait_for": Specials._run_coroutine,
    "sklearn.utils.check_random_state": Specials._random_state,
    "sklearn.utils.validation.check_random_state": Specials._random_state,
    "sympy.var": Specials._symbols,
    "matplotlib.use": Specials._backend,
    "matplotlib.pyplot.switch_backend": Specials._backend,
    "IPython.display.display": Specials._display,
    "IPython.get_ipython": Specials._shell,
    "IPython.core.getipython.get_ipython": Specials._shell,
}
