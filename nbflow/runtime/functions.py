"""How functions and classes of the notebook are pickled.

Plain cloudpickle gives a function a copy of the globals it reads, and a class that is pickled in two
processes two identities. Here a function is pickled without globals and a class as its key; the
definition of a class is a bundle of its own.
"""

from __future__ import annotations

import functools
import gc
import sys
import types
from typing import Any, Dict, List, Optional, Tuple

from . import brought, live, restore

_cloudpickle: Any = brought.load()

_CONSTANTS = (
    bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type, types.ModuleType,
    types.BuiltinFunctionType, range, frozenset,
)  # fmt: skip


def _is_constant(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_constant(item) for item in value)
    return isinstance(value, _CONSTANTS) or (
        isinstance(value, types.FunctionType) and is_plain(value)
    )


def is_plain(function: types.FunctionType) -> bool:
    """Whether nothing about ``function`` can change: no closure, attributes or mutable defaults."""
    return (
        not function.__closure__
        and not function.__dict__
        and all(_is_constant(value) for value in function.__defaults__ or ())
        and all(_is_constant(value) for value in (function.__kwdefaults__ or {}).values())
    )


def _copied(text: Optional[str]) -> Any:
    # A fresh string: whether two equal strings are one object must not show in the stream.
    return text if text is None else "".join(list(text))


def _names(function: types.FunctionType) -> Tuple[Any, ...]:
    parts = (function.__name__, function.__qualname__, function.__module__, function.__doc__)
    return tuple(_copied(part) for part in parts)


def _annotations(function: types.FunctionType) -> Any:
    lazy = getattr(function, "__annotate__", None)  # Python 3.14: a function that makes them
    return lazy if lazy is not None else function.__annotations__ or None


def _method_of_class(pickler: Any, function: types.FunctionType) -> Optional[Tuple[Any, str]]:
    """The class of the notebook that ``function`` is a method of, and its name there."""
    path = function.__qualname__.split(".")
    if len(path) < 2 or "<" in function.__qualname__:
        return None
    owner: Any = live.current.namespace.get(path[0])
    for part in path[1:-1]:
        owner = getattr(owner, part, None)
    if not isinstance(owner, type) or owner in pickler.definitions:
        return None
    return (owner, path[-1]) if getattr(owner, path[-1], None) is function else None


def _note_source(pickler: Any, code: types.CodeType) -> None:
    source = live.current.sources.get(code.co_filename)
    if source is not None:
        pickler.sources[code.co_filename] = source


def reduced_function(pickler: Any, function: types.FunctionType) -> Any:
    """The reduction of a function over the live namespace."""
    owned = _method_of_class(pickler, function)
    if owned is not None:
        return getattr, owned
    _note_source(pickler, function.__code__)
    if is_plain(function):
        key = live.current.key_of_function(function)
        rest = (function.__defaults__, function.__kwdefaults__, _annotations(function))
        return restore.plain_function, (key, function.__code__, _names(function), *rest)
    cells = function.__closure__ or ()
    contents: List[Any] = []
    for cell in cells:
        if id(cell) not in pickler.filled:
            pickler.filled.add(id(cell))
            contents.extend((cell, content) for content in _contents(cell))
    state = (
        _names(function),
        function.__defaults__,
        function.__kwdefaults__,
        _annotations(function),
        {_copied(name): value for name, value in function.__dict__.items()},
        contents,
    )
    arguments = (function.__code__, _copied(function.__name__), cells)
    return restore.function, arguments, state, None, None, restore.set_function


def with_own_cells(reduced: Any, function: types.FunctionType) -> Any:
    """The reduction that cloudpickle has for a function of a library, but with the cells that it has.

    Those of cloudpickle are new ones, and stay empty where a function in a cell comes back to the cell.
    """
    if reduced is NotImplemented or not function.__closure__:
        return reduced
    maker, arguments, (attributes, slots), *rest = reduced
    own = (*arguments[:-1], function.__closure__)
    return (maker, own, (attributes, {**slots, "__closure__": None}), *rest)


def reduced_code(_pickler: Any, code: types.CodeType) -> Any:
    """The reduction of a code object with its file's name, which cloudpickle 3.1.3 and newer drop."""
    maker, arguments = _cloudpickle._code_reduce(code)
    return restore.code, (_copied(code.co_filename), maker, *arguments)


def _contents(cell: types.CellType) -> Tuple[Any, ...]:
    try:
        return (cell.cell_contents,)
    except ValueError:  # not yet filled
        return ()


def reduced_cell(pickler: Any, cell: types.CellType) -> Any:
    """The reduction of a closure cell; its contents come with the function that shows it."""
    if id(cell) in pickler.filled:
        return restore.empty_cell, ()
    pickler.filled.add(id(cell))
    return restore.empty_cell, (), _contents(cell), None, None, restore.set_cell


def _goes_by_reference(cls: Any) -> bool:
    return (
        cls in (type(None), type(Ellipsis), type(NotImplemented))
        or cls in _cloudpickle._BUILTIN_TYPE_NAMES
        or bool(_cloudpickle._should_pickle_by_reference(cls))
    )


def reduced_class(pickler: Any, cls: Any) -> Any:
    """The reduction of a class: by reference, by key, or (asked for) its definition."""
    arrays: Any = sys.modules.get("_ctypes")
    if arrays is not None and issubclass(cls, arrays.Array) and hasattr(cls, "_length_"):
        return restore.c_array, (cls._type_, cls._length_)
    if _goes_by_reference(cls):
        return _cloudpickle._class_reduce(cls)
    key = live.current.key_of_class(cls)
    if cls not in pickler.definitions:
        pickler.classes[key] = None
        return restore.notebook_class, (key,)
    for value in vars(cls).values():
        code = getattr(getattr(value, "__func__", value), "__code__", None)
        if code is not None:
            _note_source(pickler, code)
    # The tracker's id is the key: cloudpickle would draw a random one.
    _cloudpickle._DYNAMIC_CLASS_TRACKER_BY_CLASS[cls] = key
    maker, arguments, state, _, _, setter = _cloudpickle._dynamic_class_reduce(cls)
    if maker is _cloudpickle._make_skeleton_class:
        state = ({**state[0], **_own_again(cls, state[0])}, state[1])
        maker = restore.skeleton_class
        meta, name, written, attributes = arguments[:4]
        if "__slots__" in vars(cls):
            attributes = {**attributes, "__slots__": vars(cls)["__slots__"]}
        bases = cls.__bases__ if "__orig_bases__" in vars(cls) else written
        arguments = (meta, _copied(name), bases, written, attributes)
    elif maker is _cloudpickle._make_skeleton_enum:
        arguments, state = _with_members(cls, arguments, state[0])
    return (
        restore.defined_class,
        (key, maker, arguments),
        ((_lasting(cls, state[0]), state[1]), _copied(cls.__qualname__), setter),
        None,
        None,
        restore.set_class,
    )


def _with_members(cls: Any, arguments: Any, kept: Dict[str, Any]) -> Tuple[Any, Any]:
    """How an enumeration is made and filled, with aliases and what its members have been given."""
    members = cls.__members__
    given = {
        name: {k: v for k, v in vars(member).items() if not (k[0] == k[-1] == "_")}
        for name, member in members.items()
    }
    state = {name: value for name, value in kept.items() if name not in members}
    values = {name: member.value for name, member in members.items()}
    return (*arguments[:3], values, *arguments[4:]), (state, given)


def _own_again(cls: Any, kept: Dict[str, Any]) -> Dict[str, Any]:
    """Attributes that the class has itself though a base has the same: cloudpickle leaves them out."""
    inherited = {
        name: value for base in reversed(cls.__mro__[1:]) for name, value in vars(base).items()
    }
    return {
        _copied(name): value
        for name, value in sorted(vars(cls).items())
        if name not in kept
        and not name.startswith("__")
        and inherited.get(name, _own_again) is value
    }


def _lasting(cls: Any, attributes: Dict[str, Any]) -> Dict[str, Any]:
    """A class's attributes without those that Python makes itself (of slots, and when it pickles)."""
    return {
        name: value
        for name, value in attributes.items()
        if not (
            name == "__slotnames__"
            or (isinstance(value, types.MemberDescriptorType) and value.__objclass__ is cls)
        )
    }


def reduced_exception(_pickler: Any, error: Any) -> Any:
    """The reduction of an exception whose own class does not say how it is pickled."""
    cls = type(error)
    reduced = error.__reduce_ex__(5)
    says = next(b for b in cls.__mro__ if "__reduce__" in vars(b) or "__reduce_ex__" in vars(b))
    if says.__module__ != "builtins" or reduced[0] is not cls:
        return reduced
    attributes = reduced[2] if len(reduced) > 2 else None
    state = (attributes, error.__cause__, error.__context__, error.__suppress_context__)
    arguments = (cls, reduced[1])
    return restore.exception, arguments, state, None, None, restore.set_exception


def reduced_method(_pickler: Any, method: types.MethodType) -> Any:
    """The reduction of a bound method: by name where the name finds it."""
    name = getattr(method.__func__, "__name__", "")
    found = getattr(type(method.__self__), name, None)
    if found is method.__func__ and name not in getattr(method.__self__, "__dict__", {}):
        return getattr, (method.__self__, name)
    if isinstance(method.__self__, type) and getattr(method.__self__, name, None) == method:
        return getattr, (method.__self__, name)
    return types.MethodType, (method.__func__, method.__self__)


def reduced_type_var(_pickler: Any, variable: Any) -> Any:
    """The reduction of a type variable of the notebook."""
    if variable.__module__ != "__main__":
        return _cloudpickle._typevar_reduce(variable)
    key = live.current.key_of_class(variable)
    return restore.type_var, (
        key,
        _copied(variable.__name__),
        variable.__bound__,
        variable.__constraints__,
        variable.__covariant__,
        variable.__contravariant__,
    )


def reduced_new_type(_pickler: Any, made: Any) -> Any:
    """The reduction of a ``typing.NewType``."""
    if made.__module__ != "__main__":
        return NotImplemented
    return restore.new_type, (_copied(made.__name__), made.__supertype__)


def reduced_cached_function(pickler: Any, cached: Any) -> Any:
    """The reduction of an ``lru_cache``, with what it holds."""
    if _cloudpickle._lookup_module_and_qualname(cached) is not None:
        return NotImplemented  # a library's own: by name
    del pickler
    parameters = cached.cache_parameters()
    info = cached.cache_info()
    entries = tuple(_cache_entries(cached, info.currsize, parameters["typed"]))
    hits = info.hits if info.hits < 100_000 else 0
    own = set(functools.WRAPPER_ASSIGNMENTS) | {"__wrapped__", "cache_parameters"}
    attributes = {_copied(k): v for k, v in vars(cached).items() if k not in own}
    return (
        restore.cached_function,
        (cached.__wrapped__, parameters["maxsize"], parameters["typed"], bool(entries)),
        (attributes, entries, hits),
        None,
        None,
        restore.set_cached_function,
    )


def _cache_entries(cached: Any, size: int, typed: bool) -> List[Any]:
    """``((args, kwargs), result)`` of each entry, oldest first.

    The C implementation shows its table to the garbage collector alone. The entries of a bounded cache
    are links: the collector is shown key and result of each, one after the other, then the table.
    """
    if size == 0:
        return []
    shown = gc.get_referents(cached)
    tables = [item for item in shown if type(item) is dict and item is not vars(cached)]
    links = [t for t in tables if len(t) == size and _holds_links(t)]
    if not links:
        return [(_call_of_key(key, typed), value) for key, value in tables[0].items()]
    place = {id(item): index for index, item in reversed(list(enumerate(shown)))}
    keys = sorted(links[0], key=lambda key: place[id(key)])
    return [(_call_of_key(key, typed), shown[place[id(key)] + 1]) for key in keys]


def _holds_links(table: Any) -> bool:
    return all(type(value).__name__ == "_lru_list_elem" for value in table.values())


def _call_of_key(key: Any, typed: bool) -> Tuple[Tuple[Any, ...], Any]:
    """The call that makes this key (see ``functools._make_key``)."""
    if type(key) in (int, str):
        return (key,), {}
    parts = list(key)
    make_key: Any = functools._make_key
    mark = make_key.__defaults__[0][0]
    if typed:
        marked = any(part is mark for part in parts)
        parts = parts[: _untyped_length(parts, mark) if marked else len(parts) // 2]
    for index, part in enumerate(parts):
        if part is mark:
            pairs = parts[index + 1 :]
            return tuple(parts[:index]), dict(zip(pairs[::2], pairs[1::2]))
    return tuple(parts), {}


def _untyped_length(parts: List[Any], mark: Any) -> int:
    """How much of a typed key with keywords comes before the types.

    A key is ``a`` arguments, the mark, ``2 k`` names and values, then ``a + k`` types.
    """
    arguments = next(index for index, part in enumerate(parts) if part is mark)
    keywords = (len(parts) - 2 * arguments - 1) // 3
    return arguments + 1 + 2 * keywords
