"""Long lists of one kind of numpy's numbers, which are as good as arrays."""

from __future__ import annotations

import sys
from typing import Any, List, Optional

#: Lists shorter than this are left to pickle.
LONG = 1000
_KINDS = frozenset(
    {
        "bool", "bool_", "complex128", "complex64", "float16", "float32", "float64", "int16", "int32",
        "int64", "int8", "uint16", "uint32", "uint64", "uint8",
    }
)  # fmt: skip


def as_array(value: List[Any]) -> Optional[Any]:
    """A long list of one kind of numpy's numbers as an array, else None."""
    if len(value) < LONG:
        return None
    kind = type(value[0])
    if kind.__module__ != "numpy" or kind.__name__ not in _KINDS or type(value[-1]) is not kind:
        return None
    if set(map(type, value)) != {kind}:
        return None
    array = sys.modules["numpy"].array(value)
    return array if array.dtype.type is kind and array.ndim == 1 else None
