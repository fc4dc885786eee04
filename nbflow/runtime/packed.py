"""Long lists of numpy's numbers, pickled as one array: pickle alone takes microseconds for each number.

A packed list stands in a pickle of its own before that of the value, with which it shares the memo; so
all that refer to the list find the same one.
"""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from . import restore
from .scalars import LONG, as_array

#: How deep in a value lists are looked for, and in how long containers.
DEPTH = 3


class _Packed:
    """Stands for a list in its own pickle."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __reduce__(self) -> Tuple[Any, ...]:
        return restore.unpacked, (self.array,)


def _lists(value: Any) -> Dict[int, Tuple[List[Any], Any]]:
    found: Dict[int, Tuple[List[Any], Any]] = {}
    todo = [(value, DEPTH)]
    while todo:
        item, depth = todo.pop()
        kind = type(item)
        if kind is list and item:
            array = as_array(item) if id(item) not in found else None
            if array is not None:
                found[id(item)] = (item, array)
                continue
        if depth and kind in (list, tuple, dict) and len(item) < LONG:
            inner = item.values() if kind is dict else item
            todo.extend((each, depth - 1) for each in inner if type(each) in (list, tuple, dict))
    return found


def dump_lists(pickler: Any, value: Any) -> None:
    """Pickle the long lists in ``value``, and let ``pickler`` refer to them from now on."""
    for item, array in _lists(value).values():
        stand = _Packed(array)
        pickler.dump(stand)
        memo = pickler.memo.copy()
        place, _ = memo.pop(id(stand))
        memo[id(item)] = (place, item)
        pickler.memo = memo
