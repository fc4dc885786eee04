"""Fingerprints of values by meaning: equal for equal values, in whatever process they were made.

A snippet may load the package by its path into a plain kernel and call ``fingerprint_namespace``.
"""

from __future__ import annotations

import copyreg
import hashlib
import math
import struct
import sys
import types
from collections import OrderedDict
from typing import Any, Callable, Dict, List, Mapping, Tuple

from .scalars import as_array

#: Attributes in which libraries keep what they can compute again.
_CACHES = frozenset(
    {
        "_cache",
        "_item_cache",
        "_cacher",
        "__dict__",
        "__weakref__",
        "_stale",
        "_deprecated_key_to_warnings",
    }
)
#: Types whose state is not a value, or cannot be looked at without changing it.
_BY_TYPE_ALONE = frozenset(
    {
        "_asyncio.Future",
        "_asyncio.Task",
        "_contextvars.ContextVar",
        "_io.BufferedRandom",
        "_io.BufferedReader",
        "_io.BufferedWriter",
        "_io.FileIO",
        "_io.TextIOWrapper",
        "_thread.RLock",
        "_thread.lock",
        "builtins.async_generator",
        "builtins.coroutine",
        "builtins.frame",
        "builtins.generator",
        "builtins.traceback",
        "builtins.weakref",
        "threading.Thread",
        "weakref.ReferenceType",
    }
)


class _Walk:
    """One fingerprint in the making: feeds a hash, knows what it is inside of."""

    def __init__(self) -> None:
        self.hash = hashlib.blake2b(digest_size=16)
        self.places: Dict[int, int] = {}
        self.kept: List[Any] = []
        self.depth = 0

    def tag(self, *parts: Any) -> None:
        text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
        self.hash.update(struct.pack("<I", len(text)) + text)

    def value(self, value: Any) -> None:
        kind = type(value)
        simple = _SIMPLE.get(kind)
        if simple is not None:
            self.tag(kind.__name__, simple(value))
            return
        if id(value) in self.places:
            # Only a cycle is told by its place; sharing is no part of the meaning.
            self.tag("cycle", self.depth - self.places[id(value)])
            return
        self.places[id(value)] = self.depth
        self.kept.append(value)
        self.depth += 1
        try:
            _fingerprinter(kind)(self, value)
        finally:
            self.depth -= 1
            del self.places[id(value)]

    def values(self, values: Any) -> None:
        for value in values:
            self.value(value)


def _float(value: float) -> str:
    return "nan" if math.isnan(value) else value.hex()


_SIMPLE: Dict[type, Callable[[Any], Any]] = {
    type(None): str,
    type(Ellipsis): str,
    type(NotImplemented): str,
    bool: str,
    int: str if not hasattr(sys, "set_int_max_str_digits") else hex,
    float: _float,
    complex: lambda v: f"{_float(v.real)} {_float(v.imag)}",
    str: lambda v: v,
    bytes: lambda v: v.hex(),
    bytearray: lambda v: bytes(v).hex(),
    range: repr,
}


def _sequence(walk: _Walk, value: Any) -> None:
    walk.tag(type(value).__name__, len(value))
    numbers = as_array(value) if type(value) is list else None
    if numbers is not None:
        _array(walk, numbers)
        return
    walk.values(value)
    _attributes(walk, value)


def _mapping(walk: _Walk, value: Any) -> None:
    walk.tag(type(value).__name__, len(value))
    ordered = isinstance(value, OrderedDict)  # another order than that of the dict below
    for key, item in OrderedDict.items(value) if ordered else dict.items(value):
        walk.value(key)
        walk.value(item)
    walk.value(getattr(value, "default_factory", None))
    _attributes(walk, value)


def _view(walk: _Walk, value: Any) -> None:
    """What a view of a dictionary shows, in its order."""
    items = value.items() if isinstance(value, types.MappingProxyType) else value
    walk.tag(type(value).__name__, len(value))
    walk.values(list(items))


def _memory(walk: _Walk, value: Any) -> None:
    walk.tag("memoryview", value.format, *value.shape, value.tobytes().hex())


def _set(walk: _Walk, value: Any) -> None:
    walk.tag(type(value).__name__, len(value))
    for text in sorted(fingerprint(item) for item in value):
        walk.tag(text)


def _attributes(walk: _Walk, value: Any) -> None:
    """What a subclass of a built-in type carries besides."""
    own = getattr(value, "__dict__", None)
    if own and not _CACHES.issuperset(own):
        _state(walk, own)


def _type(walk: _Walk, value: Any) -> None:
    if value.__module__ != "__main__":
        walk.tag("type", value.__module__, value.__qualname__)
        return
    walk.tag("class", value.__qualname__, *(base.__name__ for base in value.__bases__))
    for name, member in sorted(vars(value).items()):
        if name in _CLASS_NOISE or isinstance(member, _DESCRIPTORS):
            continue
        walk.tag(name)
        walk.value(member)


_DESCRIPTORS = (types.GetSetDescriptorType, types.MemberDescriptorType)
_CLASS_NOISE = frozenset(
    {
        "__dict__", "__weakref__", "__doc__", "__module__", "_abc_impl", "__firstlineno__",
        "__static_attributes__", "__abstractmethods__", "__orig_bases__", "__parameters__",
        "__dataclass_params__", "__dataclass_fields__", "_member_map_", "_value2member_map_",
        "_hashable_values_", "_unhashable_values_", "_unhashable_values_map_", "__slotnames__",
        "__annotations_cache__", "__annotate_func__",
    }
)  # fmt: skip


def _code(walk: _Walk, code: types.CodeType) -> None:
    walk.tag("code", code.co_name, code.co_code.hex(), *code.co_names, *code.co_varnames)
    walk.values(code.co_consts)


def _function(walk: _Walk, function: Any) -> None:
    home = sys.modules.get(function.__module__ or "", None)
    # A namedtuple's methods name a module that there is not: their code is what they are.
    if home and function.__module__ != "__main__" and "<locals>" not in function.__qualname__:
        walk.tag("function", function.__module__, function.__qualname__)
        return
    walk.tag("function", function.__name__)
    _code(walk, function.__code__)
    walk.value(function.__defaults__)
    walk.value(function.__kwdefaults__)
    for cell in function.__closure__ or ():
        try:
            walk.value(cell.cell_contents)
        except ValueError:
            walk.tag("empty")
    own = {k: v for k, v in function.__dict__.items() if k != "__wrapped__"}
    _state(walk, own)


def _method(walk: _Walk, method: Any) -> None:
    walk.tag("method", method.__func__.__qualname__)
    walk.value(method.__self__)


def _wrapper(walk: _Walk, wrapper: Any) -> None:
    walk.tag(type(wrapper).__name__)
    walk.value(wrapper.__func__)


def _property(walk: _Walk, found: Any) -> None:
    walk.tag("property")
    walk.values((found.fget, found.fset, found.fdel))


def _builtin(walk: _Walk, function: Any) -> None:
    walk.tag("builtin", function.__qualname__)
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        walk.value(owner)


def _iterator(walk: _Walk, iterator: Any) -> None:
    """What it has still to give; one that is used up is as good as one of an empty sequence."""
    _, (sequence, *_), *position = iterator.__reduce__()
    walk.tag(type(iterator).__name__)
    walk.values(list(sequence)[position[0] if position else 0 :])


def _module(walk: _Walk, module: Any) -> None:
    walk.tag("module", module.__name__)


def _by_type(walk: _Walk, value: Any) -> None:
    walk.tag("type alone", type(value).__module__, type(value).__qualname__)


# Libraries -------------------------------------------------------------------------------------


def _array(walk: _Walk, array: Any) -> None:
    walk.tag(type(array).__name__, array.dtype, array.shape)
    numpy = sys.modules["numpy"]
    if "MaskedArray" in type(array).__name__:
        walk.value(numpy.asarray(array.mask))
        array = array.filled(0) if array.dtype.kind in "biufc" else array.data
    plain = numpy.asarray(array)
    if plain.dtype.names:  # field by field: what lies between them means nothing
        for name in plain.dtype.names:
            walk.tag(name)
            _array(walk, plain[name])
        return
    if plain.dtype.hasobject or plain.dtype.kind not in "biufcmMSUV":
        walk.values(plain.ravel().tolist())
        return
    if plain.dtype.kind in "fc":
        # Every NaN means the same, and so do both zeros of a comparison; only NaN is unified.
        plain = numpy.where(numpy.isnan(plain), numpy.array(numpy.nan, plain.dtype), plain)
    walk.hash.update(numpy.ascontiguousarray(plain).reshape(-1).view("u1"))


def _numpy_scalar(walk: _Walk, value: Any) -> None:
    walk.tag(type(value).__name__, value.dtype)
    item = value.item()
    walk.value(item if type(item) in _SIMPLE else repr(item))


def _dtype(walk: _Walk, dtype: Any) -> None:
    walk.tag("dtype", dtype)


def _generator(walk: _Walk, generator: Any) -> None:
    walk.tag(type(generator).__name__)
    bits = getattr(generator, "bit_generator", None)
    state = bits.state if bits is not None else generator.get_state(legacy=False)
    walk.value(state)


def _series(walk: _Walk, series: Any) -> None:
    walk.tag(type(series).__name__, series.dtype)
    walk.value(series.name)
    walk.value(series.index)
    _column(walk, series)


def _column(walk: _Walk, column: Any) -> None:
    walk.tag(column.dtype)
    kind = getattr(column.dtype, "kind", "O")
    if kind in "biufcmM" and type(column.dtype).__module__.startswith("numpy"):
        _array(walk, column.to_numpy())
    elif type(column.dtype).__name__ == "CategoricalDtype":
        values = getattr(column, "cat", column)
        walk.value(list(values.categories))
        walk.value(bool(values.ordered))
        walk.value(list(values.codes))
    else:
        walk.values(column.tolist())


def _frame(walk: _Walk, frame: Any) -> None:
    walk.tag(type(frame).__name__, frame.shape)
    walk.value(frame.index)
    walk.value(frame.columns)
    for place in range(frame.shape[1]):
        _column(walk, frame.iloc[:, place])
    walk.value(dict(frame.attrs))


def _index(walk: _Walk, index: Any) -> None:
    walk.tag(type(index).__name__)
    walk.value(list(index.names))
    if type(index).__name__ == "MultiIndex":
        walk.values(index.tolist())
    else:
        _column(walk, index)


def _extension_array(walk: _Walk, array: Any) -> None:
    walk.tag(type(array).__name__)
    _column(walk, array)


def _groupby(walk: _Walk, grouped: Any) -> None:
    walk.tag(type(grouped).__name__)
    walk.value(grouped.obj)
    walk.value([str(key) for key in getattr(grouped, "keys", None) or ()])


def _sparse(walk: _Walk, matrix: Any) -> None:
    rows = matrix.tocoo()
    walk.tag(type(matrix).__name__, matrix.shape, matrix.dtype)
    order = sys.modules["numpy"].lexsort((rows.col, rows.row))
    for part in (rows.row, rows.col, rows.data):
        _array(walk, part[order])


def _figure(walk: _Walk, figure: Any) -> None:
    walk.tag("figure", len(figure.axes))
    for axes in figure.axes:
        _axes(walk, axes)


def _axes(walk: _Walk, axes: Any) -> None:
    walk.tag("axes", axes.get_title(), axes.get_xlabel(), axes.get_ylabel())
    parts = ("lines", "patches", "collections", "images", "texts")
    walk.tag(*(len(getattr(axes, part)) for part in parts))


def _artist(walk: _Walk, artist: Any) -> None:
    walk.tag("artist", type(artist).__qualname__, artist.get_label())


def _mappable(walk: _Walk, mappable: Any) -> None:
    walk.tag(type(mappable).__qualname__, mappable.get_cmap().name)
    walk.value(mappable.get_clim())
    walk.value(mappable.get_array())


def _colorbar(walk: _Walk, bar: Any) -> None:
    walk.tag("colorbar", bar.orientation, bar.ax.get_xlabel(), bar.ax.get_ylabel())
    walk.value((bar.vmin, bar.vmax))


def _tensor(walk: _Walk, tensor: Any) -> None:
    torch: Any = sys.modules["torch"]
    walk.tag("tensor", tensor.dtype, tuple(tensor.shape), tensor.requires_grad)
    if tensor.device.type == "meta":
        return
    plain = tensor.detach()
    plain = plain.dequantize() if plain.is_quantized else plain
    plain = (plain if plain.layout is torch.strided else plain.to_dense()).cpu()
    if plain.is_floating_point() and plain.dtype not in (torch.float16, torch.float64):
        plain = plain.float()  # numpy does not know all of torch's
    _array(walk, plain.resolve_conj().resolve_neg().numpy())
    walk.value(tensor.grad if tensor.is_leaf else None)


def _arrow(walk: _Walk, value: Any) -> None:
    """What a value of pyarrow holds, in however many chunks it lies."""
    walk.tag("arrow", type(value).__name__, getattr(value, "type", ""))
    walk.value(value.to_pylist())


def _arrow_table(walk: _Walk, table: Any) -> None:
    walk.tag("arrow", type(table).__name__, table.schema)
    for column in table.columns:
        _arrow(walk, column)


def _polars_series(walk: _Walk, series: Any) -> None:
    walk.tag("polars", series.name, series.dtype)
    walk.value(series.to_list())


def _polars_frame(walk: _Walk, frame: Any) -> None:
    walk.tag("polars", frame.shape)
    for series in frame.get_columns():
        _polars_series(walk, series)


def _path(walk: _Walk, path: Any) -> None:
    walk.tag(type(path).__name__, str(path))


def _sympy(walk: _Walk, expression: Any) -> None:
    walk.tag("sympy", sys.modules["sympy"].srepr(expression))


_TABLE: Dict[str, Callable[[_Walk, Any], None]] = {
    "builtins.builtin_function_or_method": _builtin,
    "builtins.classmethod": _wrapper,
    "builtins.code": _code,
    "builtins.dict": _mapping,
    "builtins.dict_items": _view,
    "builtins.dict_keys": _view,
    "builtins.dict_values": _view,
    "builtins.frozenset": _set,
    "builtins.function": _function,
    "builtins.list": _sequence,
    "builtins.list_iterator": _iterator,
    "builtins.mappingproxy": _view,
    "builtins.memoryview": _memory,
    "builtins.method": _method,
    "builtins.module": _module,
    "builtins.property": _property,
    "builtins.odict_items": _view,
    "builtins.odict_keys": _view,
    "builtins.odict_values": _view,
    "builtins.set": _set,
    "builtins.staticmethod": _wrapper,
    "builtins.tuple": _sequence,
    "builtins.tuple_iterator": _iterator,
    "builtins.type": _type,
    "collections.deque": _sequence,
    "matplotlib.artist.Artist": _artist,
    "matplotlib.axes._base._AxesBase": _axes,
    "matplotlib.cm.ScalarMappable": _mappable,
    "matplotlib.colorbar.Colorbar": _colorbar,
    "matplotlib.figure.FigureBase": _figure,
    "numpy.dtype": _dtype,
    "numpy.generic": _numpy_scalar,
    "numpy.ndarray": _array,
    "numpy.random._generator.Generator": _generator,
    "numpy.random.mtrand.RandomState": _generator,
    "pandas.core.arrays.base.ExtensionArray": _extension_array,
    "pandas.core.frame.DataFrame": _frame,
    "pandas.core.groupby.groupby.GroupBy": _groupby,
    "pandas.core.indexes.base.Index": _index,
    "pandas.core.series.Series": _series,
    "pathlib.PurePath": _path,
    "pathlib._local.PurePath": _path,
    "polars.dataframe.frame.DataFrame": _polars_frame,
    "polars.series.series.Series": _polars_series,
    "pyarrow.lib.Array": _arrow,
    "pyarrow.lib.ChunkedArray": _arrow,
    "pyarrow.lib.RecordBatch": _arrow_table,
    "pyarrow.lib.Table": _arrow_table,
    "scipy.sparse._base._spbase": _sparse,
    "scipy.sparse._base.spmatrix": _sparse,
    "sympy.core.basic.Basic": _sympy,
    "torch.Tensor": _tensor,
    "torch._C.TensorBase": _tensor,
}
#: pandas shows its classes under public names.
_TABLE.update(
    {
        "pandas.DataFrame": _frame,
        "pandas.Index": _index,
        "pandas.Series": _series,
        "pandas.api.extensions.ExtensionArray": _extension_array,
    }
)
_of_type: Dict[type, Callable[[_Walk, Any], None]] = {}


def _fingerprinter(kind: type) -> Callable[[_Walk, Any], None]:
    if kind not in _of_type:
        names = [f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__]
        if names[0] in _BY_TYPE_ALONE:
            _of_type[kind] = _by_type
        else:
            found = [_TABLE[name] for name in names if name in _TABLE]
            _of_type[kind] = found[0] if found else _object
    return _of_type[kind]


# Any other object ------------------------------------------------------------------------------


def _object(walk: _Walk, value: Any) -> None:
    walk.tag("object", type(value).__module__, type(value).__qualname__)
    own = _attributes_of(value)
    if own:
        _state(walk, own)
    if not own or _holds_more(type(value)):
        state = _reduced(value, bool(own))
        if isinstance(state, dict):
            _state(walk, state)
        else:
            walk.value(state)


def _state(walk: _Walk, state: Mapping[Any, Any]) -> None:
    walk.tag("state")
    for name in sorted((n for n in state if n not in _CACHES), key=str):
        walk.tag(name)
        walk.value(state[name])


def _attributes_of(value: Any) -> Dict[str, Any]:
    """The attributes of an object by their names."""
    found = {name: getattr(value, name) for name in _slots(type(value)) if hasattr(value, name)}
    own = getattr(value, "__dict__", None)
    return {**found, **own} if isinstance(own, dict) else found


def _slots(kind: type) -> List[str]:
    slots = (vars(base).get("__slots__", ()) for base in kind.__mro__)
    return [name for each in slots for name in ((each,) if isinstance(each, str) else each)]


def _holds_more(kind: type) -> bool:
    """Whether instances are larger than their attributes need: code in C keeps something there."""
    size = object.__basicsize__ + 8 * len(_slots(kind))
    offsets = (kind.__dictoffset__, kind.__weakrefoffset__)
    return kind.__itemsize__ > 0 or kind.__basicsize__ > size + 8 * sum(o > 0 for o in offsets)


def _reduced(value: Any, has_attributes: bool) -> Any:
    """What the own pickling of an object says that it is made of, besides its attributes."""
    reducer: Any = copyreg.dispatch_table.get(type(value))
    try:
        reduced = value.__reduce_ex__(4) if reducer is None else reducer(value)
    except Exception:  # it cannot be pickled: its type is all that can be said
        return None
    if isinstance(reduced, str):
        return reduced
    states = [part for part in reduced[2:3] if not (has_attributes and isinstance(part, dict))]
    return [*_arguments(reduced), *states, *(list(part or ()) for part in reduced[3:5])]


def _arguments(reduced: Tuple[Any, ...]) -> List[Any]:
    maker, arguments = reduced[:2]
    return [getattr(maker, "__qualname__", ""), *arguments]


def fingerprint(value: Any) -> str:
    """32 hexadecimal digits that say what ``value`` means.

    Never raises: of an object that cannot be looked at, the type is told.
    """
    walk = _Walk()
    try:
        walk.value(value)
    except RecursionError:
        return "deep:" + type(value).__qualname__
    except Exception as error:  # looking at an object runs its code
        return f"failed:{type(value).__qualname__}:{type(error).__name__}"
    return walk.hash.hexdigest()


def fingerprints(values: Mapping[str, Any]) -> Dict[str, str]:
    """The fingerprint of each value."""
    return {name: fingerprint(value) for name, value in values.items()}


def fingerprint_namespace(namespace: Mapping[str, Any]) -> Dict[str, str]:
    """The fingerprints of the user's variables in the namespace of an IPython shell."""
    return fingerprints({name: namespace[name] for name in _user_names(namespace)})


def _user_names(namespace: Mapping[str, Any]) -> List[str]:
    from . import namespace as names  # the one place that needs the package

    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return names.variables(namespace, {} if shell is None else names.hidden(shell))
