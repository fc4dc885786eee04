"""What pickle streams call to make values again; each name here is part of the bundle format."""

from __future__ import annotations

import functools
import importlib
import os
import pickle
import sys
import types
import typing
import weakref
from collections import OrderedDict, defaultdict, deque
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import live

#: The name under which streams find this module, however the package itself was loaded.
NAME = "_nbflow_restore"
#: Arrays up to this size are copied on load: then they own their memory, as they did before.
COPY_LIMIT = 1 << 20


class MissingDefinitionError(pickle.UnpicklingError):
    """A class of the notebook is needed whose definition was not given to the step."""


# Functions and classes -------------------------------------------------------------------------


def plain_function(
    key: Optional[str],
    code: types.CodeType,
    names: Tuple[str, str, Optional[str], Optional[str]],
    defaults: Optional[Tuple[Any, ...]],
    kwdefaults: Optional[Dict[str, Any]],
    annotations: Any,
) -> Any:
    """The live function ``key`` if its code is this code, else a new one in the live namespace."""
    known: Any = live.current.functions.get(key) if key else None
    if known is not None and known.__code__ == code and not live.current.comparing:
        known.__defaults__, known.__kwdefaults__ = defaults, kwdefaults
        return known
    made = types.FunctionType(code, live.current.namespace, names[0], defaults)
    _name(made, names, annotations)
    made.__kwdefaults__ = kwdefaults
    if key is not None:
        live.current.add_function(key, made)
    return made


def code(file: str, maker: Any, *arguments: Any) -> Any:
    """The code object that ``maker`` makes, as code of ``file``, where tracebacks find its source."""
    return maker(*arguments).replace(co_filename=file)


def function(code: types.CodeType, name: str, cells: Tuple[Any, ...]) -> types.FunctionType:
    """A function over the live namespace whose cells are shared and filled later."""
    return types.FunctionType(code, live.current.namespace, name, None, cells)


def set_function(made: types.FunctionType, state: Tuple[Any, ...]) -> None:
    """Give a function its names, defaults and attributes, and its cells their contents."""
    names, defaults, kwdefaults, annotations, attributes, contents = state
    _name(made, names, annotations)
    made.__defaults__ = defaults
    made.__kwdefaults__ = kwdefaults
    made.__dict__.update(attributes)
    for cell, content in contents:
        cell.cell_contents = content


def _name(
    made: types.FunctionType,
    names: Tuple[str, str, Optional[str], Optional[str]],
    annotations: Any,
) -> None:
    made.__name__, made.__qualname__, made.__doc__ = names[0], names[1], names[3]
    made.__module__ = names[2]  # type: ignore[assignment]
    if callable(annotations):
        made.__annotate__ = annotations  # type: ignore[attr-defined]
    elif annotations:
        made.__annotations__ = annotations


def empty_cell() -> types.CellType:
    """A closure cell without contents."""
    return types.CellType()


def set_cell(cell: types.CellType, contents: Tuple[Any, ...]) -> None:
    """Fill a cell (or leave it empty)."""
    for content in contents:
        cell.cell_contents = content


def notebook_class(key: str) -> Any:
    """The live class ``key``; its definition is loaded where it is not yet alive."""
    if key not in live.current.classes and live.current.load_class is not None:
        live.current.load_class(key)
    try:
        return live.current.classes[key]
    except KeyError:
        raise MissingDefinitionError(f"the definition of class {key} was not given") from None


def skeleton_class(
    meta: Any,
    name: str,
    bases: Tuple[Any, ...],
    written: Tuple[Any, ...],
    attributes: Dict[str, Any],
) -> Any:
    """A class without its methods, made without running what a metaclass of the notebook would do.

    ``written`` are its bases as they were written (``Generic[T]``, ``NamedTuple``).
    """
    maker: Any = next(m for m in meta.__mro__ if m.__module__ != "__main__")
    if maker is meta and maker is not type:  # a library's metaclass wants the whole ceremony
        options = {"metaclass": meta}
        return types.new_class(name, written, options, lambda ns: ns.update(attributes))
    if written is not bases:
        attributes = {"__orig_bases__": written, **attributes}
    return maker.__new__(meta, name, bases, dict(attributes))


def defined_class(key: str, maker: Callable[..., Any], arguments: Tuple[Any, ...]) -> Any:
    """The class ``key``: the live one, or a skeleton of it made by ``maker``."""
    if key in live.current.classes:
        return live.current.classes[key]
    silenced = _silence_init_subclass(arguments)
    try:
        made = maker(*arguments)
    finally:
        for base, hook in silenced:
            base.__init_subclass__ = hook
    if getattr(made, "__abstractmethods__", ()):
        made.__abstractmethods__ = frozenset()  # until its state comes, which may hold instances
    live.current.add_class(key, made)
    return made


def _silence_init_subclass(arguments: Tuple[Any, ...]) -> List[Tuple[Any, Any]]:
    """Making a class again is no new subclass: what the hook did is part of the stored state."""
    bases = next((a for a in arguments if isinstance(a, tuple) and a), ())
    found = []
    for base in dict.fromkeys(b for top in bases for b in getattr(top, "__mro__", ())):
        hook = vars(base).get("__init_subclass__")
        if hook is not None and base.__module__ == "__main__":
            found.append((base, hook))
            base.__init_subclass__ = classmethod(lambda _cls, **_options: None)
    return found


def set_class(made: Any, state: Tuple[Any, str, Callable[..., Any]]) -> None:
    """Make a class what it was: attributes that are gone from the definition go here as well."""
    class_state, qualname, setter = state
    kept = class_state[0]
    for name in [n for n in vars(made) if n not in kept and not n.startswith("__")]:
        value = vars(made)[name]
        inherited = any(vars(base).get(name) is value for base in made.__mro__[1:])
        if not (inherited or isinstance(value, types.MemberDescriptorType) or name == "_abc_impl"):
            _drop_attribute(made, name)
    setter(made, class_state)
    for name, given in class_state[1].items():
        vars(made[name]).update(given)
    made.__qualname__ = qualname


def _drop_attribute(made: Any, name: str) -> None:
    # An Enum's members and private tables refuse, and are made by its metaclass anyway.
    if not hasattr(made, "_member_map_"):
        delattr(made, name)


def type_var(
    key: str, name: str, bound: Any, constraints: Tuple[Any, ...], covariant: bool, contra: bool
) -> Any:
    """The live type variable ``key``, or a new one."""
    if key not in live.current.classes:
        make: Any = typing.TypeVar
        made = make(
            name,
            *constraints,
            bound=bound,
            covariant=covariant,
            contravariant=contra,
        )
        made.__module__ = "__main__"
        live.current.add_class(key, made)
    return live.current.classes[key]


def new_type(name: str, supertype: Any) -> Any:
    """A ``typing.NewType`` of the notebook."""
    make: Any = typing.NewType
    made = make(name, supertype)
    made.__module__ = "__main__"
    return made


def cached_function(
    wrapped: Callable[..., Any], maxsize: Optional[int], typed: bool, filled: bool
) -> functools._lru_cache_wrapper[Any]:
    """An empty ``lru_cache`` around ``wrapped``; ``set_cached_function`` fills it."""
    return functools.lru_cache(maxsize, typed)(_Replay(wrapped) if filled else wrapped)


class _Replay:
    """Stands between a restored cache and its function, so that the cache can be filled.

    ``functools`` offers no way to put entries into a cache but to call it: while ``recorded`` holds the
    result of a call it is given back, afterwards the function runs.
    """

    def __init__(self, wrapped: Callable[..., Any]) -> None:
        functools.update_wrapper(self, wrapped)
        self.recorded: Optional[Tuple[Any]] = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.recorded is not None:
            return self.recorded[0]
        return self.__wrapped__(*args, **kwargs)  # type: ignore[attr-defined]


def set_cached_function(made: Any, state: Tuple[Dict[str, Any], Tuple[Any, ...], int]) -> None:
    """Fill a cache with its entries (oldest first) and count the hits that it had."""
    attributes, entries, hits = state
    if entries:
        replay = made.__wrapped__
        for (args, kwargs), result in entries:
            replay.recorded = (result,)
            made(*args, **kwargs)
        replay.recorded = None
        (args, kwargs), _ = entries[-1]
        for _ in range(hits):
            made(*args, **kwargs)
        made.__dict__.pop("recorded", None)
        made.__wrapped__ = replay.__wrapped__
    made.__dict__.update(attributes)


def exception(cls: Any, arguments: Tuple[Any, ...]) -> BaseException:
    """An exception with these ``args``, made without calling an ``__init__`` that is written in Python.

    Such an ``__init__`` takes other arguments than those it hands on.
    """
    maker, filler = (
        next(b for b in cls.__mro__ if not isinstance(_own(b, name), types.FunctionType))
        for name in ("__new__", "__init__")
    )
    made: BaseException = maker.__new__(cls, *arguments)
    filler.__init__(made, *arguments)
    return made


def _own(cls: Any, name: str) -> Any:
    """What ``cls`` itself says of ``name``; a class that says nothing counts as Python."""
    found = vars(cls).get(name, _own)
    return found.__func__ if isinstance(found, staticmethod) else found


def set_exception(made: BaseException, state: Tuple[Any, ...]) -> None:
    """Give an exception its attributes, and what it came from."""
    attributes, cause, context, suppressed = state
    if attributes:
        made.__setstate__(attributes)
    made.__cause__, made.__context__ = cause, context
    made.__suppress_context__ = suppressed


# Arrays ----------------------------------------------------------------------------------------


def array(buffer: Any, dtype: Any, shape: Tuple[int, ...], fortran: bool, writeable: bool) -> Any:
    """A numpy array over ``buffer`` (a copy of it where it is small)."""
    numpy: Any = importlib.import_module("numpy")
    made = numpy.ndarray(shape, dtype, buffer=buffer, order="F" if fortran else "C")
    if made.nbytes <= COPY_LIMIT or not made.flags.writeable:
        made = made.copy(order="K")
    if not writeable:
        made.flags.writeable = False
    return made


def strings(
    octets: Any,
    separator: str,
    count: int,
    codes: Any,
    gaps: Tuple[Any, Any],
    shape: Tuple[int, ...],
    fortran: bool,
) -> Any:
    """An array of strings out of one text; ``codes`` are the places of its elements among them."""
    numpy: Any = importlib.import_module("numpy")
    made = numpy.empty(count, object)
    made[:] = str(octets, "utf-8", "surrogatepass").split(separator)
    if codes is not None:
        made = made[codes]
    for places, missing in zip(gaps, (None, numpy.nan)):
        if places is not None:
            made[places] = missing
    return made.reshape(shape, order="F" if fortran else "C")


def array_view(
    root: Any,
    dtype: Any,
    shape: Tuple[int, ...],
    strides: Tuple[int, ...],
    offset: int,
    writeable: bool,
) -> Any:
    """A view of the memory of ``root``, ``offset`` bytes after its first element."""
    return array_over(_octets(root), dtype, shape, strides, offset, writeable)


def match(pattern: Any, text: Any, first: int, end: int, places: Any) -> Any:
    """The match of a regular expression whose groups lie at these places, None where none does."""
    for each in pattern.finditer(text, first, end):
        if each.regs == places:
            return each
        if each.start() > places[0][0]:
            break
    whole = pattern.fullmatch(text, first, end) if places[0] == (first, end) else None
    return whole if whole and whole.regs == places else None


def held(buffer: Any) -> memoryview:
    """Memory that a library has handed over, as it lies in the file."""
    return memoryview(buffer)


def part_of_array(root: Any, offset: int, nbytes: int, readonly: bool) -> memoryview:
    """The bytes of an array that a value of another library shows too."""
    view = memoryview(_octets(root))[offset : offset + nbytes]
    return view.toreadonly() if readonly else view


def _octets(root: Any) -> Any:
    """All bytes of a contiguous array, in the order in which they lie in memory."""
    numpy: Any = importlib.import_module("numpy")
    flat = root.T if root.flags.f_contiguous and not root.flags.c_contiguous else root
    return flat.reshape(-1).view(numpy.uint8)


def array_over(
    memory: Any,
    dtype: Any,
    shape: Tuple[int, ...],
    strides: Tuple[int, ...],
    offset: int,
    writeable: bool,
) -> Any:
    """An array that shows memory of another library."""
    numpy: Any = importlib.import_module("numpy")
    made = numpy.ndarray(shape, dtype, buffer=memory, offset=offset, strides=strides)
    if not writeable:
        made.flags.writeable = False
    return made


def array_subclass(cls: Any, data: Any, attributes: Dict[str, Any]) -> Any:
    """The plain array ``data`` as one of a subclass, with its attributes."""
    made = data.view(cls)
    made.__dict__.update(attributes)
    return made


def unpacked(array: Any) -> List[Any]:
    """The numbers of an array as a list of numpy's scalars."""
    return list(array)


def fill(made: Set[Any], members: List[Any], places: bytes, first: int, at_once: int) -> None:
    """Fill a set anew, in the order in which ``places`` names its members (see ``sets``).

    A number below zero is the complement of a number that is there only until the set is full. The
    ``first`` are added one by one, all up to ``at_once`` then as the keys of a dict, and then the rest.
    """
    numbers = memoryview(places).cast("q")
    sequence = [members[number] if number >= 0 else ~number for number in numbers]
    made.clear()
    made.update(sequence[:first])
    made.update(dict.fromkeys(sequence[:at_once]))
    made.update(sequence[at_once:])
    for number in numbers:
        if number < 0:
            made.discard(~number)


def ordered(value: Any, orders: List[Tuple[Set[Any], Tuple[bytes, int, int]]]) -> Any:
    """``value``, whose sets give their members in the order of before."""
    for made, how in orders:
        fill(made, list(made), *how)
    return value


def closed_memory(kind: Any) -> Any:
    """A closed file in memory: what it held is gone with the closing."""
    made = kind()
    made.close()
    return made


def by_attributes(cls: Any) -> Any:
    """An object of ``cls`` that still has no attributes."""
    return object.__new__(cls)


def set_attributes(made: Any, attributes: Dict[str, Any]) -> None:
    """Give it the attributes, past what its class does when it is unpickled."""
    made.__dict__.update(attributes)


def instance(kind: Any, base: Any, content: Any) -> Any:
    """An instance of a class of the notebook, made past its ``__new__``; it still has no attributes."""
    return base.__new__(kind) if content is None else base.__new__(kind, content)


def set_instance(made: Any, state: Tuple[Tuple[Any, Dict[str, Any]], Any]) -> None:
    """Give an instance its attributes and, where it is a container, what it holds."""
    (attributes, slots), content = state
    if content is not None:
        _fill(made, content)
    if attributes is made:
        object.__setattr__(made, "__dict__", made)
    elif attributes is not None:
        object.__setattr__(made, "__dict__", attributes)
    for name, value in slots.items():
        _slot(type(made), name).__set__(made, value)


def _fill(made: Any, content: Any) -> None:
    """Put into a container what it held, past the methods of its own class."""
    if isinstance(made, deque):
        length, items = content
        deque.__init__(made, items, length)
    elif isinstance(made, dict):
        if isinstance(made, defaultdict):
            factory, content = content
            _FACTORY.__set__(made, factory)
        put: Any = OrderedDict.__setitem__ if isinstance(made, OrderedDict) else dict.__setitem__
        for key, item in content:
            put(made, key, item)
    else:
        _extended(made)(content)


_FACTORY: Any = vars(defaultdict)["default_factory"]


def _extended(made: Any) -> Callable[[Any], None]:
    if isinstance(made, set):
        return functools.partial(set.update, made)
    return functools.partial(list.extend if isinstance(made, list) else bytearray.extend, made)


def _slot(kind: Any, name: str) -> Any:
    return next(
        member
        for base in kind.__mro__
        for member in (vars(base).get(name),)
        if isinstance(member, types.MemberDescriptorType)
    )


def set_figure(figure: Any, state: Dict[str, Any]) -> None:
    """Give a figure its state; the backend is made ready, as it was where the figure was made.

    Without that the inline backend would not yet have taught the shell how to show figures.
    """
    figure.__setstate__(state)
    if "matplotlib.pyplot" in sys.modules or _is_inline_default():
        importlib.import_module("matplotlib.pyplot")._get_backend_mod()


def _is_inline_default() -> bool:
    return "inline" in os.environ.get("MPLBACKEND", "")


# Files, modules, singletons --------------------------------------------------------------------


def open_file(
    path: str,
    mode: str,
    text: Optional[Tuple[str, str, bool]],
    position: Optional[int],
    buffered: bool,
) -> Any:
    """The file at ``path`` opened again without being cut, at ``position`` (None: closed)."""
    target = os.devnull if position is None else path

    def opener(_path: str, flags: int) -> int:
        return os.open(target, flags & ~(os.O_TRUNC | os.O_EXCL), 0o666)

    if text is None:
        made: Any = open(  # noqa: SIM115  # the user's own file
            path, mode, buffering=-1 if buffered else 0, opener=opener
        )
    else:
        encoding, errors, line_buffering = text
        made = open(  # noqa: SIM115  # the user's own file
            path, mode, encoding=encoding, errors=errors, opener=opener
        )
        made.reconfigure(line_buffering=line_buffering)
    if made.readable() and position is not None:
        live.current.opened.append(path)
    if position is None:
        made.close()
    elif "a" not in mode:
        made.seek(position)
    return made


def module(name: str, submodules: Tuple[str, ...]) -> types.ModuleType:
    """The module ``name``, with the submodules that cells have imported."""
    for submodule in submodules:
        importlib.import_module(submodule)
    live.current.submodules.update(submodules)
    return importlib.import_module(name)


def made_module(name: str, listed: bool) -> types.ModuleType:
    """An empty module; ``listed`` says that an import is to find it."""
    made = types.ModuleType(name)
    if listed:
        sys.modules[name] = made
    return made


def set_module(made: types.ModuleType, state: Dict[str, Any]) -> None:
    """Give a module its attributes."""
    vars(made).update(state)


def named(module: str, path: str) -> Any:
    """An object that is known by where it lives: attribute ``path`` of ``module``."""
    value = importlib.import_module(module)
    for part in path.split("."):
        value = getattr(value, part)
    return value


#: What modules had where cells have put something else, by module and name.
originals: Dict[Tuple[str, str], Any] = {}


def original(module: str, name: str) -> Any:
    """What the module itself has under that name."""
    if (module, name) in originals:
        return originals[module, name]
    return getattr(importlib.import_module(module), name)


def temporary_file(cls: Any) -> Any:
    """An empty wrapper of a temporary file, whose missing attributes would be asked of the file."""
    return cls.__new__(cls)


def c_array(kind: Any, length: int) -> Any:
    """The type of arrays of ``ctypes`` with that many elements."""
    return kind * length


def shell() -> Any:
    """The IPython shell of this process."""
    from IPython import get_ipython  # IPython is there, or no stream would ask for its shell

    return get_ipython()


def dead_reference() -> Any:
    """A weak reference whose object is gone."""
    return weakref.ref(_Gone())


class _Gone:
    pass


def unpickled(data: bytes) -> Any:
    """A value that was pickled apart from the rest, because it is immutable as a whole."""
    return pickle.loads(data)


def memory(owner: Any, readonly: bool) -> memoryview:
    """A memoryview of all of ``owner``."""
    view = memoryview(owner)
    return view.toreadonly() if readonly else view


def decimal_context() -> Any:
    """The present context of ``decimal``."""
    return importlib.import_module("decimal").getcontext()


def dict_view(kind: int, owner: Any) -> Any:
    """The live view of a dict: its keys (0), values (1) or items (2)."""
    return (owner.keys, owner.values, owner.items)[kind]()


def cached_property(function: Any, name: Optional[str]) -> Any:
    """A ``functools.cached_property`` (its lock, before Python 3.12, cannot travel)."""
    made: Any = functools.cached_property(function)
    made.attrname = name
    return made


def weak_dict(cls: Any, items: Dict[Any, Any]) -> Any:
    """A weak dictionary with the items that are still alive."""
    return cls(items)


def event_loop() -> Any:
    """The event loop that cells run in."""
    return importlib.import_module("asyncio").get_event_loop()


def memory_map(path: str, dtype: Any, mode: str, offset: int, shape: Any, fortran: bool) -> Any:
    """A ``numpy.memmap`` of the file at ``path``, opened without being cut."""
    numpy: Any = importlib.import_module("numpy")
    return numpy.memmap(path, dtype, mode, offset, shape, order="F" if fortran else "C")


def memory_map_view(root: Any, *place: Any) -> Any:
    """A part of the ``numpy.memmap`` ``root`` (see ``array_view``), a memory map itself."""
    view = array_view(root, *place).view(type(root))
    for name in ("_mmap", "filename", "offset", "mode"):
        setattr(view, name, getattr(root, name))
    return view


class NumberedLines:
    """The lines that a ``csv.reader`` reads on, after as many empty ones as it had read before."""

    def __init__(self, lines: Any, before: int) -> None:
        self.lines, self.before = lines, before

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if self.before:
            self.before -= 1
            return ""
        return next(self.lines)


def csv_reader(lines: Any, dialect: Tuple[Tuple[str, Any], ...], before: int) -> Any:
    """A ``csv.reader`` that has read ``before`` lines and goes on with ``lines``."""
    csv: Any = importlib.import_module("csv")
    made = csv.reader(NumberedLines(lines, before) if before else lines, **dict(dialect))
    for _ in range(before):
        next(made)
    return made


def csv_writer(file: Any, dialect: Tuple[Tuple[str, Any], ...]) -> Any:
    """A ``csv.writer`` that writes to ``file``."""
    csv: Any = importlib.import_module("csv")
    return csv.writer(file, **dict(dialect))


#: The nan of a value, where all its nans are one object.
shared_nan = float("nan")

#: What these make is one object for the whole process, or immutable: sharing it means nothing.
BY_REFERENCE = (named, original, module, shell, event_loop, unpickled, notebook_class)


def publish(module: Any, name: str) -> None:
    """Let streams find ``module`` and what it defines under ``name``."""
    own = module.__name__
    sys.modules[name] = module
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) == own:
            value.__module__ = name


publish(sys.modules[__name__], NAME)
