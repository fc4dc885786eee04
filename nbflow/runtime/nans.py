"""Keeps ``nan in [nan]`` true: a nan equals nothing, so Python finds it by identity alone.

Pickle writes each float by value, and so makes one object of every place that a nan stands at. Where all
nans of a value are one object, their opcodes are replaced by the name of that object.

Source: the opcodes of ``pickletools``.
"""

from __future__ import annotations

import math
import pickletools
import struct
import sys
from collections import deque
from typing import Any, Dict, Iterable, List, Optional, Tuple

from . import restore

_OPCODE = b"G" + struct.pack(">d", float("nan"))
_FRAME = b"\x95"[0]
_CONTAINERS = (list, tuple, set, frozenset, deque)
_LINE, _ONE, _FOUR, _EIGHT = -1, -2, -3, -4


def _argument(code: Any) -> int:
    """How many bytes follow an opcode; below zero: how their number is written."""
    if code.arg is None:
        return 0
    lengths = {
        pickletools.TAKEN_FROM_ARGUMENT1: _ONE,
        pickletools.TAKEN_FROM_ARGUMENT4: _FOUR,
        pickletools.TAKEN_FROM_ARGUMENT4U: _FOUR,
        pickletools.TAKEN_FROM_ARGUMENT8U: _EIGHT,
    }
    size: int = code.arg.n
    return size if size >= 0 else lengths.get(size, _LINE)


_ARGUMENTS: Dict[int, int] = {ord(code.code): _argument(code) for code in pickletools.opcodes}


def _places(stream: bytes) -> Tuple[List[int], List[int]]:
    """Where the opcodes of nans and of frames stand in ``stream``."""
    nans, frames, place, end = [], [], 0, len(stream)
    nan, arguments = ord("G"), _ARGUMENTS
    while place < end:
        code = stream[place]
        size = arguments[code]
        if code == nan and stream.startswith(_OPCODE, place):
            nans.append(place)
        elif code == _FRAME:
            frames.append(place)
        if size == _LINE:
            size = stream.index(b"\n", place) - place
        elif size == _ONE:
            size = 1 + stream[place + 1]
        elif size == _FOUR:
            size = 4 + int.from_bytes(stream[place + 1 : place + 5], "little")
        elif size == _EIGHT:
            size = 8 + int.from_bytes(stream[place + 1 : place + 9], "little")
        place += 1 + size
    return nans, frames


def _of(values: Iterable[Any]) -> Dict[int, Any]:
    """The nans (by id) in the containers among ``values``."""
    found: Dict[int, Any] = {}
    for value in values:
        if isinstance(value, dict):
            items: Iterable[Any] = (*value.keys(), *value.values())
        elif isinstance(value, _CONTAINERS):
            items = value
        else:
            continue
        found.update((id(item), item) for item in items if _is_nan(item))
    return found


def _is_nan(value: Any) -> bool:
    return type(value) is float and math.isnan(value)


def _module_of(nan: float) -> Optional[str]:
    """The module that has this nan under the name ``nan`` in every process."""
    loaded = (name for name in ("math", "numpy") if name in sys.modules)
    return next((name for name in loaded if getattr(sys.modules[name], "nan", None) is nan), None)


def is_library(nan: float) -> bool:
    """Whether this nan is that of ``math`` or numpy, which every process has."""
    return _module_of(nan) is not None


def _name(nan: float) -> bytes:
    module = _module_of(nan)
    return (f"c{module}\nnan\n" if module else f"c{restore.NAME}\nshared_nan\n").encode()


def named(stream: bytes, value: Any, memo: Iterable[Any]) -> Tuple[bytes, Optional[float]]:
    """The stream with the nan of ``value`` by name, and that nan; unchanged where there are several.

    ``memo`` holds the objects that the pickling of ``value`` has met.
    """
    if _OPCODE not in stream:
        return stream, None
    found = _of((*memo, (value,)))
    if len(found) != 1:
        return stream, None
    (nan,) = found.values()
    nans, frames = _places(stream)
    replaced = [(place, _name(nan)) for place in nans] + [(place, b"") for place in frames]
    parts, last = [], 2  # after the protocol
    for place, name in sorted(replaced):
        parts += [stream[last:place], name]
        last = place + len(_OPCODE)
    body = b"".join([*parts, stream[last:]])
    # Frames tell their lengths: one around everything takes their place.
    return stream[:2] + struct.pack("<BQ", _FRAME, len(body)) + body, nan
