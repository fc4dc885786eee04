"""How single types are pickled where pickle's or cloudpickle's own way would change them.

One table leads from a type's name to its reducer; a name is looked up along the type's bases, so that no
library is imported for it.
"""

from __future__ import annotations

import copyreg
import gc
import inspect
import itertools
import os
import pickle
import random
import sys
import weakref
from typing import Any, Callable, Dict, Optional, Tuple

from . import (
    codecs,
    functions,
    handlers,
    instances,
    memory,
    modules,
    open_files,
    restore,
    strings,
    tensors,
)

Reducer = Callable[[Any, Any], Any]

#: A view takes its whole root along up to this many times its own size (and a megabyte).
ROOT_FACTOR, ROOT_SLACK = 64, 1 << 20
#: dtypes whose bytes are their value.
_PLAIN_KINDS = frozenset("biufcmMSUV")


# numpy -----------------------------------------------------------------------------------------


def root_of(array: Any) -> Any:
    """The array whose memory ``array`` shows (itself, if it is no view)."""
    base = array.base
    while type(base) is type(array) or _is_own_view(base):
        array, base = base, base.base
    return array


def _is_own_view(base: Any) -> bool:
    """Whether it is an array of a kind that shows no more than its memory: no file, and no mask."""
    return isinstance(base, sys.modules["numpy"].ndarray) and not (
        hasattr(base, "_mmap") or hasattr(base, "_mask")
    )


def _offset(array: Any, root: Any) -> int:
    start: int = array.__array_interface__["data"][0]
    return start - int(root.__array_interface__["data"][0])


def _descr(dtype: Any) -> Any:
    return dtype if dtype.fields or dtype.metadata or dtype.subdtype else dtype.str


def _is_viewable(root: Any) -> bool:
    return (
        root.dtype.kind in _PLAIN_KINDS
        and not root.dtype.hasobject
        and (root.flags.c_contiguous or root.flags.f_contiguous)
        and root.size > 0
    )


def _keeps_root(pickler: Any, array: Any, root: Any) -> bool:
    """Whether ``array`` is to be pickled as a view of ``root``; notes the memory that it shares."""
    hidden = id(array) in pickler.unshared
    if not hidden:
        pickler.roots[id(root)] = root
    if root is array or not _is_viewable(root):
        return False
    if hidden:
        return id(root) in pickler.owned and id(array) in pickler.block_values
    size = max(array.nbytes, 1)
    return id(root) in pickler.linked or root.nbytes <= ROOT_FACTOR * size + ROOT_SLACK


def _reduced_array(pickler: Any, array: Any) -> Any:
    if "numpy" not in type(array).__module__ or type(array).__name__ != "ndarray":
        return _reduced_array_subclass(pickler, array)
    root = root_of(array)
    keeps_root = _keeps_root(pickler, array, root)
    if array.dtype.kind not in _PLAIN_KINDS or array.dtype.hasobject or array.size == 0:
        return strings.reduced(array) or NotImplemented
    flags = array.flags
    if keeps_root:
        place = (array.shape, array.strides, _offset(array, root), flags.writeable)
        return restore.array_view, (root, _descr(array.dtype), *place)
    held = pickler.memories.around(array)
    if held is not None:
        offset = memory.bounds(array)[0] - held.span[0]
        first = int(array.__array_interface__["data"][0]) - memory.bounds(array)[0]
        place = (array.shape, array.strides, offset + first, flags.writeable)
        return restore.array_over, (held, _descr(array.dtype), *place)
    fortran = flags.f_contiguous and not flags.c_contiguous
    ordered = array.T if fortran else array
    if not (flags.c_contiguous or fortran):
        ordered = array.copy(order="C")
    octets = ordered.reshape(-1).view("u1")
    data = pickle.PickleBuffer(octets)
    return restore.array, (data, _descr(array.dtype), array.shape, fortran, flags.writeable)


def _reduced_array_subclass(pickler: Any, array: Any) -> Any:
    if type(array).__name__ == "memmap" and array.mode in ("r", "r+", "w+") and array.filename:
        return _reduced_memory_map(array)
    if type(array).__module__ in ("numpy.ma", "numpy.ma.core"):
        # Its own pickle makes a mask of many False out of none, and it is shown in another way then.
        plain = sys.modules["numpy"].ndarray.view(array, sys.modules["numpy"].ndarray)
        return restore.array_subclass, (type(array), plain, dict(vars(array)))
    root = root_of(array)
    if _keeps_root(pickler, array, root) and type(array).__reduce__ is type(root).__reduce__:
        plain = sys.modules["numpy"].ndarray.view(array, sys.modules["numpy"].ndarray)
        return restore.array_subclass, (type(array), plain, dict(vars(array)))
    try:
        return array.__reduce_ex__(5)
    except NotImplementedError:
        import numpy  # it is loaded: its array is being pickled

        data = numpy.array(array, copy=True, subok=False)
        return restore.array_subclass, (type(array), data, dict(vars(array)))


def _reduced_memory_map(array: Any) -> Any:
    """As the file that it shows, or as a part of the map that it is a view of."""
    root = root_of(array)
    if root is not array:
        place = (array.shape, array.strides, _offset(array, root), array.flags.writeable)
        return restore.memory_map_view, (root, _descr(array.dtype), *place)
    array.flush()
    mode = "r" if array.mode == "r" else "r+"
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    place = (mode, array.offset, array.shape, fortran)
    return restore.memory_map, (str(array.filename), _descr(array.dtype), *place)


def _reduced_random_state(_pickler: Any, state: Any) -> Any:
    module = sys.modules.get("numpy.random.mtrand")
    if state is getattr(module, "_rand", None):
        return restore.named, ("numpy.random.mtrand", "_rand")
    return NotImplemented


# pandas ----------------------------------------------------------------------------------------

_ARRAY_ATTRIBUTES = ("_ndarray", "_data", "_mask", "_codes", "_left", "_right", "_values")


def _copy_on_write() -> bool:
    version = getattr(sys.modules.get("pandas"), "__version__", "0")
    return int(version.split(".")[0]) >= 3


def _hide(pickler: Any, holder: Any) -> None:
    """Note the arrays inside an immutable or copy-on-write holder: nobody sees them shared."""
    numpy = sys.modules["numpy"]
    if isinstance(holder, numpy.ndarray):
        pickler.unshared.add(id(holder))
        return
    for name in _ARRAY_ATTRIBUTES:
        inner = getattr(holder, name, None)
        if isinstance(inner, numpy.ndarray):
            pickler.unshared.add(id(inner))
    for codes in getattr(holder, "codes", ()) if type(holder).__name__ == "MultiIndex" else ():
        pickler.unshared.add(id(codes))


def _reduced_frame(pickler: Any, frame: Any) -> Any:
    # The list of attributes to keep belongs to the class, and is part of each state.
    pickler.unshared.add(id(getattr(type(frame), "_metadata", None)))
    for block in getattr(getattr(frame, "_mgr", None), "blocks", ()):
        indexer = block.mgr_locs.indexer
        pickler.unshared.add(id(indexer))
        if _copy_on_write():
            pickler.unshared.add(id(block.values))
            _hide(pickler, block.values)
    return NotImplemented


def _own_values(pickler: Any, block: Any) -> Any:
    """The values of a copy-on-write block, as an array that no other block loads.

    pandas counts who shares an array, and a pickle does not carry the counts.
    """
    values = block.values
    if type(values).__name__ != "ndarray":
        return values
    view = values.view()
    pickler.unshared.add(id(view))
    pickler.block_values[id(view)] = view
    pickler.holders.setdefault(id(root_of(values)), {})[id(block)] = block
    return view


def _reduced_block(pickler: Any, block: Any) -> Any:
    reduced = block.__reduce_ex__(5)
    if not _copy_on_write():
        return reduced
    return (reduced[0], (_own_values(pickler, block), *reduced[1][1:]), *reduced[2:])


def _reduced_series_manager(pickler: Any, manager: Any) -> Any:
    """As its own state has it, but for the values (which that shows twice)."""
    if not _copy_on_write():
        return NotImplemented
    blocks = [
        {"values": _own_values(pickler, block), "mgr_locs": block.mgr_locs.indexer}
        for block in manager.blocks
    ]
    state: Any = ([], [], [], {"0.14.1": {"axes": list(manager.axes), "blocks": blocks}})
    return copyreg.__newobj__, (type(manager),), state  # type: ignore[attr-defined]


def _reduced_index(pickler: Any, index: Any) -> Any:
    if _copy_on_write():
        pickler.unshared.update((id(index), id(getattr(index, "_data", None))))
    _hide(pickler, index)
    _hide(pickler, getattr(index, "_data", None))
    return NotImplemented


def _reduced_extension_array(pickler: Any, array: Any) -> Any:
    if id(array) in pickler.unshared or _copy_on_write():
        _hide(pickler, array)
    return NotImplemented


def _reduced_options(_pickler: Any, options: Any) -> Any:
    prefix = getattr(options, "prefix", None)
    if prefix is None:
        return NotImplemented
    return restore.named, ("pandas", f"options.{prefix}" if prefix else "options")


# matplotlib ------------------------------------------------------------------------------------


def _hide_defaults(pickler: Any) -> None:
    """What every figure takes from the library ties no two figures together."""
    matplotlib: Any = sys.modules["matplotlib"]
    for value in dict.values(matplotlib.rcParams):
        if isinstance(value, list):
            pickler.unshared.add(id(value))
    pickler.unshared.add(id(sys.modules["matplotlib.transforms"].IdentityTransform._mtx))


def _reduced_figure(pickler: Any, figure: Any) -> Any:
    _hide_defaults(pickler)
    reduced = figure.__reduce_ex__(5)
    if len(reduced) < 3 or not isinstance(reduced[2], dict):
        return reduced
    # "show" is the inline backend's addition, which a new canvas gets again.
    state = {k: v for k, v in reduced[2].items() if k not in ("_restore_to_pylab", "show")}
    return (*reduced[:2], state, None, None, restore.set_figure)


def _reduced_callbacks(_pickler: Any, registry: Any) -> Any:
    reduced = registry.__reduce_ex__(5)
    state = reduced[2] if len(reduced) > 2 else None
    if isinstance(state, dict) and isinstance(state.get("_cid_gen"), int):
        # Making the state draws a number; looking at a figure must not change it.
        registry._cid_gen = itertools.count(state["_cid_gen"])
    return reduced


def _hide_deeply(pickler: Any, value: Any) -> None:
    pickler.unshared.add(id(value))
    if isinstance(value, dict):
        value = list(value.values())
    for item in value if isinstance(value, (list, tuple)) else ():
        if not isinstance(item, (int, float, str)):
            _hide_deeply(pickler, item)


def _reduced_path(pickler: Any, path: Any) -> Any:
    """Paths are drawn from a cache of the library: nobody changes them in place."""
    _hide_deeply(pickler, vars(path))
    pickler.unshared.add(id(path))
    return NotImplemented


def _reduced_colormap(pickler: Any, colormap: Any) -> Any:
    """Copies of a colormap share the tables of the library's original."""
    own = id(vars(colormap)) in pickler.unshared
    _hide_deeply(pickler, vars(colormap))
    if not own:
        pickler.unshared.discard(id(vars(colormap)))
    return NotImplemented


def _reduced_rc_params(_pickler: Any, params: Any) -> Any:
    if params is getattr(sys.modules.get("matplotlib"), "rcParams", None):
        return restore.named, ("matplotlib", "rcParams")
    return NotImplemented


def _reduced_colormaps(_pickler: Any, registry: Any) -> Any:
    if registry is getattr(sys.modules.get("matplotlib"), "colormaps", None):
        return restore.named, ("matplotlib", "colormaps")
    return NotImplemented


# The standard library ---------------------------------------------------------------------------


def _reduced_memory(pickler: Any, view: Any) -> Any:
    owner = view.obj
    if isinstance(owner, bytearray) and view.contiguous and view.nbytes == len(owner):
        return restore.memory, (owner, view.readonly)
    del pickler
    return NotImplemented


def _reduced_view(kind: int) -> Reducer:
    def reduced(_pickler: Any, view: Any) -> Any:
        (owner,) = gc.get_referents(view)
        return restore.dict_view, (kind, owner)

    return reduced


def _reduced_weak_proxy(_pickler: Any, proxy: Any) -> Any:
    return weakref.proxy, (proxy.__init__.__self__,)


def _reduced_context(_pickler: Any, context: Any) -> Any:
    """The present context of ``decimal`` is that of whoever loads it."""
    if context is sys.modules["decimal"].getcontext():
        return restore.decimal_context, ()
    return context.__reduce__()


def _reduced_proxy(_pickler: Any, proxy: Any) -> Any:
    (owner,) = gc.get_referents(proxy)
    return type(proxy), (owner,)


def _reduced_manager(_pickler: Any, manager: Any) -> Any:
    """A context manager of a generator that has not begun: a decorator makes a new one at each call."""
    own = vars(manager)
    if not inspect.isgeneratorfunction(inspect.unwrap(own.get("func", _reduced_manager))):
        return NotImplemented
    return type(manager), (own["func"], own["args"], own["kwds"])


def _reduced_reference(_pickler: Any, reference: Any) -> Any:
    target = reference()
    if target is None:
        return restore.dead_reference, ()
    return type(reference), (target,)


def _reduced_weak_dict(_pickler: Any, mapping: Any) -> Any:
    return restore.weak_dict, (type(mapping), dict(mapping.items()))


def _reduced_cached_property(_pickler: Any, made: Any) -> Any:
    return restore.cached_property, (made.func, made.attrname)


def _reduced_random(_pickler: Any, generator: Any) -> Any:
    module: Any = random
    if generator is module._inst:
        return restore.named, ("random", "_inst")
    plain = type(generator) is random.SystemRandom  # has no state, but refuses
    return (random.SystemRandom, ()) if plain else NotImplemented


def _reduced_environ(_pickler: Any, environ: Any) -> Any:
    return (restore.named, ("os", "environ")) if environ is os.environ else NotImplemented


def _reduced_stream(_pickler: Any, stream: Any) -> Any:
    return restore.named, ("sys", stream.name)


def _reduced_match(_pickler: Any, match: Any) -> Any:
    """As the search that finds it, where there is one."""
    arguments = (match.re, match.string, match.pos, match.endpos, match.regs)
    return (restore.match, arguments) if restore.match(*arguments) else NotImplemented


def _reduced_loop(_pickler: Any, _loop: Any) -> Any:
    return restore.event_loop, ()


def _reduced_shell(_pickler: Any, _shell: Any) -> Any:
    return restore.shell, ()


def _apart(_pickler: Any, value: Any) -> Any:
    """Immutable as a whole, though what it is made of is not: pickled by itself, so as not to group."""
    return restore.unpickled, (pickle.dumps(value, 5),)


def _reduced_memory_file(_pickler: Any, file: Any) -> Any:
    return (restore.closed_memory, (type(file),)) if file.closed else NotImplemented


def _reduced_by_attributes(_pickler: Any, value: Any) -> Any:
    """An object whose library forbids or shortens pickling, though all of its attributes can travel.

    patsy forbids it, and statsmodels leaves out what it holds of patsy and makes it again when it is
    loaded, from the names that the frame of the loader happens to see.
    """
    return (
        restore.by_attributes,
        (type(value),),
        dict(vars(value)),
        None,
        None,
        restore.set_attributes,
    )


_TABLE: Dict[str, Reducer] = {
    "IPython.core.interactiveshell.InteractiveShell": _reduced_shell,
    "_io.BufferedRandom": open_files.reduced_buffered_file,
    "_io.BufferedReader": open_files.reduced_buffered_file,
    "_io.BufferedWriter": open_files.reduced_buffered_file,
    "_io.FileIO": open_files.reduced_raw_file,
    "_csv.reader": open_files.reduced_csv_reader,
    "_csv.writer": open_files.reduced_csv_writer,
    "_io.TextIOWrapper": open_files.reduced_text_file,
    "asyncio.events.AbstractEventLoop": _reduced_loop,
    "builtins.BaseException": functions.reduced_exception,
    "builtins.builtin_function_or_method": modules.reduced_builtin,
    "builtins.cell": functions.reduced_cell,
    "builtins.code": functions.reduced_code,
    "builtins.dict_items": _reduced_view(2),
    "builtins.dict_keys": _reduced_view(0),
    "builtins.dict_values": _reduced_view(1),
    "builtins.mappingproxy": _reduced_proxy,
    "builtins.memoryview": _reduced_memory,
    "re.Match": _reduced_match,
    "builtins.method": functions.reduced_method,
    "builtins.module": modules.reduced_module,
    "builtins.odict_items": _reduced_view(2),
    "builtins.odict_keys": _reduced_view(0),
    "builtins.odict_values": _reduced_view(1),
    "builtins.weakref": _reduced_reference,
    "builtins.weakcallableproxy": _reduced_weak_proxy,
    "builtins.weakproxy": _reduced_weak_proxy,
    "weakref.CallableProxyType": _reduced_weak_proxy,
    "weakref.ProxyType": _reduced_weak_proxy,
    "contextlib._GeneratorContextManagerBase": _reduced_manager,
    "decimal.Context": _reduced_context,
    "functools._lru_cache_wrapper": functions.reduced_cached_function,
    "functools.cached_property": _reduced_cached_property,
    "logging.Handler": handlers.reduced_handler,
    "matplotlib.RcParams": _reduced_rc_params,
    "matplotlib.cbook.CallbackRegistry": _reduced_callbacks,
    "matplotlib.cbook.__init__.CallbackRegistry": _reduced_callbacks,
    "matplotlib.cm.ColormapRegistry": _reduced_colormaps,
    "matplotlib.colors.Colormap": _reduced_colormap,
    "matplotlib.figure.Figure": _reduced_figure,
    "matplotlib.path.Path": _reduced_path,
    "_io.BytesIO": _reduced_memory_file,
    "_io.StringIO": _reduced_memory_file,
    "numpy.ndarray": _reduced_array,
    "numpy.random.mtrand.RandomState": _reduced_random_state,
    "os._Environ": _reduced_environ,
    "pandas._config.config.DictWrapper": _reduced_options,
    "pandas.core.arrays.base.ExtensionArray": _reduced_extension_array,
    "pandas.core.generic.NDFrame": _reduced_frame,
    "pandas.core.indexes.base.Index": _reduced_index,
    "pandas.core.internals.blocks.Block": _reduced_block,
    "pandas.core.internals.managers.SingleBlockManager": _reduced_series_manager,
    "random.Random": _reduced_random,
    "tempfile._TemporaryFileWrapper": open_files.reduced_temporary_file,
    "statsmodels.base.data.ModelData": _reduced_by_attributes,
    "sympy.core.basic.Basic": _apart,
    "torch.Tensor": tensors.reduced_tensor,
    "torch.optim.optimizer.Optimizer": tensors.reduced_optimizer,
    "torch.storage.TypedStorage": tensors.reduced_typed_storage,
    "torch.storage.UntypedStorage": tensors.reduced_storage,
    "typing.NewType": functions.reduced_new_type,
    "typing.TypeVar": functions.reduced_type_var,
    "weakref.ReferenceType": _reduced_reference,
    "weakref.WeakKeyDictionary": _reduced_weak_dict,
    "weakref.WeakValueDictionary": _reduced_weak_dict,
}

_of_type: Dict[type, Optional[Reducer]] = {}


def _refuses(kind: type) -> bool:
    """Whether it is a class of patsy's, whose ``__getstate__`` raises NotImplementedError."""
    return (
        kind.__module__.startswith("patsy.")
        and any("__getstate__" in vars(base) for base in kind.__mro__[:-1])
        and kind.__dictoffset__ != 0
    )


def use_codecs(installed: Dict[str, str]) -> None:
    """Use the codecs that the environment offers: type name to "module:attribute"."""
    codecs.install(installed)
    for kind in [kind for kind, reducer in _of_type.items() if reducer is not _reduced_stream]:
        del _of_type[kind]


def add_stream_type(kind: type) -> None:
    """Let streams of this type go by name (``sys.stdout``, ``sys.stderr``)."""
    _of_type[kind] = _reduced_stream


def _public_names(base: type) -> Tuple[str, ...]:
    module, name = base.__module__, base.__qualname__
    # pandas gives its classes the name by which users know them: pandas.DataFrame, pandas.Index.
    if module == "pandas" and name == "Index":
        return ("pandas.core.indexes.base.Index",)
    if module.startswith("pandas") and name == "ExtensionArray":
        return ("pandas.core.arrays.base.ExtensionArray",)
    return (f"{module}.{name}",)


def reducer_of(kind: type) -> Optional[Reducer]:
    """The reducer for values of this type, or None where there is nothing special about it."""
    if kind not in _of_type and instances.needs_care(kind):
        _of_type[kind] = instances.reduced
    if kind not in _of_type and _refuses(kind):
        _of_type[kind] = _reduced_by_attributes
    if kind not in _of_type:
        names = (name for base in kind.__mro__ for name in _public_names(base))
        found = (codecs.reducer(name) or _TABLE.get(name) for name in names)
        _of_type[kind] = next((reducer for reducer in found if reducer is not None), None)
    return _of_type[kind]
