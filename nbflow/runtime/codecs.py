"""Codecs: how libraries say that their values are written and read.

A codec is an object with two functions. ``encode(value)`` gives a description that can be pickled and the
buffers that hold the data, or ``NotImplemented`` for a value that pickle is to take; ``decode`` makes a
value of them. Which codec is for which type is told to each step (see ``nbflow.codecs`` in the
documentation); a codec is imported when a value of its type is met.
"""

from __future__ import annotations

import importlib
import pickle
import sys
from typing import Any, Callable, Dict, Optional, Protocol, Sequence, Tuple

from . import arrow, restore

#: The name under which streams find this module, however the package itself was loaded.
NAME = "_nbflow_codecs"
#: What a stream calls the codecs that are part of nbflow.
_OWN = "nbflow:"


class Codec(Protocol):
    """What a library offers as the object of an entry point."""

    def encode(self, value: Any, /) -> Tuple[Any, Sequence[Any]]:
        """A description that can be pickled, and objects that offer their bytes as buffers."""
        ...

    def decode(self, meta: Any, buffers: Sequence[memoryview], /) -> Any:
        """The value again; writing to a buffer changes nothing but this process's own memory."""
        ...


class CodecError(pickle.PicklingError):
    """A codec is missing or does not keep to the protocol."""


_BUILT_IN: Dict[str, Codec] = {
    "pandas.arrays.ArrowExtensionArray": arrow.PandasArrays(),
    "pandas.core.arrays.arrow.array.ArrowExtensionArray": arrow.PandasArrays(),
    "polars.dataframe.frame.DataFrame": arrow.PolarsFrames(),
    "polars.lazyframe.frame.LazyFrame": arrow.PolarsQueries(),
    "polars.series.series.Series": arrow.PolarsFrames(),
    "pyarrow.lib.Array": arrow.Arrays(),
}
#: The codecs of the environment: a type's dotted name, and "module:attribute".
_installed: Dict[str, str] = {}


def install(codecs: Dict[str, str]) -> None:
    """Use these codecs of the environment from now on."""
    _installed.clear()
    _installed.update(codecs)


def reducer(name: str) -> Optional[Callable[[Any, Any], Any]]:
    """How values of the type with this dotted name are pickled, if there is a codec for it."""
    if name in _installed:
        return _reducer(name, _installed[name])
    return _reducer(name, _OWN + name) if name in _BUILT_IN else None


def _reducer(name: str, reference: str) -> Callable[[Any, Any], Any]:
    def reduced(pickler: Any, value: Any) -> Any:
        encoded = _codec(reference, name).encode(value)
        if encoded is NotImplemented:
            return NotImplemented
        meta, buffers = _checked(encoded, reference, name)
        held = tuple(pickler.memories.hold(buffer) for buffer in buffers)
        return decoded, (reference, name, meta, held)

    return reduced


def _checked(encoded: Any, reference: str, name: str) -> Tuple[Any, Sequence[Any]]:
    if not isinstance(encoded, tuple) or len(encoded) != 2:
        raise CodecError(
            f"the codec {reference} of {name} gave {type(encoded).__name__} for a value,"
            " not a description and buffers"
        )
    meta, buffers = encoded
    return meta, buffers


def _codec(reference: str, name: str) -> Codec:
    if reference.startswith(_OWN):
        return _BUILT_IN[reference[len(_OWN) :]]
    module, _, path = reference.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in path.split(".") if path else ():
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise CodecError(f"the codec {reference} of {name} is not there: {error}") from error
    codec: Codec = found
    return codec


def decoded(reference: str, name: str, meta: Any, buffers: Tuple[memoryview, ...]) -> Any:
    """The value that a codec has encoded; called by pickle streams."""
    return _codec(reference, name).decode(meta, buffers)


restore.publish(sys.modules[__name__], NAME)
