"""Long arrays of strings, pickled as one text: pickle alone takes half a microsecond for each string.

None and numpy's nan may stand among the strings, as pandas puts them there for what is missing. Where
strings are often the same, each is kept once.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any, Dict, List, Optional, Tuple

from . import restore
from .scalars import LONG

#: Characters that are tried as separators; a text that holds all of them is left to pickle.
_SEPARATORS = ("\0", "\x1f", "\x1e", "\x1d")
#: How many strings are looked at to see whether they repeat.
_SAMPLE = 2000


def reduced(array: Any) -> Optional[Tuple[Any, ...]]:
    """The reduction of a long array of objects that are strings, None for any other."""
    if array.dtype.kind != "O" or array.size < LONG:
        return None
    numpy: Any = sys.modules["numpy"]
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    items = (array.T if fortran else array).reshape(-1).tolist()
    gaps = _gaps(numpy, items)
    if gaps is None:
        return None
    codes = None
    if len(set(items[:_SAMPLE])) < min(len(items), _SAMPLE) // 2:
        places: Dict[str, int] = {item: n for n, item in enumerate(dict.fromkeys(items))}
        codes = numpy.fromiter(map(places.__getitem__, items), numpy.int32, len(items))
        items = list(places)
    joined = _joined(items)
    if joined is None:
        return None
    separator, text = joined
    octets = pickle.PickleBuffer(text.encode("utf-8", "surrogatepass"))
    return restore.strings, (octets, separator, len(items), codes, gaps, array.shape, fortran)


def _gaps(numpy: Any, items: List[Any]) -> Optional[Tuple[Any, Any]]:
    """Where None and nan stand among the strings, which become empty there; None for other objects."""
    kinds = set(map(type, items))
    if kinds == {str}:
        return None, None
    if str not in kinds or not kinds <= {str, float, type(None)}:
        return None
    places: Tuple[List[int], List[int]] = ([], [])
    for place, item in enumerate(items):
        if type(item) is not str:
            if item is not None and item is not numpy.nan:
                return None
            places[item is not None].append(place)
            items[place] = ""
    nones, nans = (numpy.array(found, numpy.int64) if found else None for found in places)
    return nones, nans


def _joined(items: List[str]) -> Optional[Tuple[str, str]]:
    """A separator that none of the strings holds, and the strings with it between them."""
    for separator in _SEPARATORS:
        text = separator.join(items)
        if text.count(separator) == len(items) - 1:
            return separator, text
    return None
