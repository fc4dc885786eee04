"""Arrow data: pyarrow's arrays, and the frames of pandas and polars that are made of them.

pyarrow's tables, batches and chunked arrays are pickled as their arrays; an array is described as pyarrow
itself describes it, with its buffers beside it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any, List, Sequence, Tuple

#: A slice takes whole buffers along up to this many times its own size (and some bytes).
SLICE_FACTOR, SLICE_SLACK = 4, 1 << 16
#: Smaller frames of polars are pickled as polars does it: pyarrow need not be imported for them.
POLARS_SIZE = 1 << 18
#: What an array of views is cast to, and back, to leave behind what it does not show.
_VIEWS = {"string_view": "large_string", "binary_view": "large_binary"}


class Arrays:
    """``pyarrow.Array``: all types, nested and dictionary-encoded ones included."""

    def encode(self, array: Any) -> Any:
        maker, (data,) = _slim(array).__reduce__()
        buffers: List[Any] = []
        return (maker, _described(data, buffers)), buffers

    def decode(self, meta: Any, buffers: Sequence[memoryview]) -> Any:
        maker, described = meta
        wrap = import_module("pyarrow").py_buffer
        return maker(_whole(described, [wrap(buffer) for buffer in buffers]))


def _described(data: Tuple[Any, ...], buffers: List[Any]) -> Tuple[Any, ...]:
    """The description of an array with places in ``buffers`` instead of its buffers."""
    kind, length, nulls, offset, own, children, dictionary = data
    places = [None if buffer is None else len(buffers) + n for n, buffer in _numbered(own)]
    buffers.extend(buffer for buffer in own if buffer is not None)
    return (
        kind,
        length,
        _null_count(nulls, own),
        offset,
        places,
        [_described(child, buffers) for child in children],
        None if dictionary is None else _described(dictionary, buffers),
    )


def _numbered(buffers: Sequence[Any]) -> List[Tuple[int, Any]]:
    """The buffers, each with the number of those before it that are there."""
    found, number = [], 0
    for buffer in buffers:
        found.append((number, buffer))
        number += buffer is not None
    return found


def _null_count(nulls: int, buffers: Sequence[Any]) -> int:
    """-1 where the count follows from the buffers: an array counts when it is first asked."""
    return -1 if buffers and buffers[0] is not None else max(nulls, 0)


def _whole(described: Tuple[Any, ...], buffers: List[Any]) -> Tuple[Any, ...]:
    kind, length, nulls, offset, places, children, dictionary = described
    return (
        kind,
        length,
        nulls,
        offset,
        [None if place is None else buffers[place] for place in places],
        [_whole(child, buffers) for child in children],
        None if dictionary is None else _whole(dictionary, buffers),
    )


def _slim(array: Any) -> Any:
    """``array``, or a copy of it where it is a small part of what its buffers hold."""
    whole = array.get_total_buffer_size()
    if whole <= SLICE_SLACK:
        return array
    pyarrow: Any = sys.modules["pyarrow"]
    try:
        wide = _VIEWS.get(str(array.type))
        if (
            whole
            <= SLICE_FACTOR * (array.nbytes if wide is None else _viewed(array, whole))
            + SLICE_SLACK
        ):
            return array
        return pyarrow.concat_arrays([array]) if wide is None else array.cast(wide).cast(array.type)
    except pyarrow.ArrowNotImplementedError:  # pyarrow cannot copy every type
        return array


def _viewed(array: Any, whole: int) -> int:
    """How many bytes the views of an array show, as far as that matters where its buffers hold ``whole``.

    A view has 16 bytes and begins with its length.
    """
    views = 16 * len(array)
    if whole <= SLICE_FACTOR * views + SLICE_SLACK:
        return views
    pyarrow, compute = sys.modules["pyarrow"], import_module("pyarrow.compute")
    buffers = [None, array.buffers()[1]]
    words = pyarrow.Array.from_buffers(
        pyarrow.int32(), 4 * len(array), buffers, offset=4 * array.offset
    )
    first = compute.list_element(pyarrow.FixedSizeListArray.from_arrays(words, 4), 0)
    return views + (compute.sum(first).as_py() or 0)


class PandasArrays:
    """The arrays of pandas that hold Arrow data, its strings among them.

    Their own pickle copies all of it into one chunk first.
    """

    def encode(self, array: Any) -> Any:
        state = {name: item for name, item in vars(array).items() if name != "_cache"}
        return (type(array), state, "_cache" in vars(array)), ()

    def decode(self, meta: Any, _buffers: Sequence[memoryview]) -> Any:
        kind, state, has_cache = meta
        made = object.__new__(kind)
        vars(made).update(state)
        if has_cache:
            vars(made)["_cache"] = {}
        return made


class PolarsFrames:
    """Frames and series of polars, as tables of pyarrow's where it is there and knows all of their types."""

    def encode(self, value: Any) -> Any:
        polars: Any = sys.modules["polars"]
        kind = type(value)
        if kind not in (polars.DataFrame, polars.Series) or value.estimated_size() < POLARS_SIZE:
            return NotImplemented
        frame = value if kind is polars.DataFrame else value.to_frame()
        table = _table(polars, frame)
        if table is None:
            return NotImplemented
        return (kind.__name__, table, _orders(frame)), ()

    def decode(self, meta: Any, _buffers: Sequence[memoryview]) -> Any:
        kind, table, orders = meta
        polars: Any = import_module("polars")
        frame = polars.from_arrow(table, rechunk=False)
        for name, descending in orders:
            column = frame.get_column(name).set_sorted(descending=descending)
            frame.replace_column(frame.get_column_index(name), column)
        return frame if kind == "DataFrame" else frame.to_series()


def _table(polars: Any, frame: Any) -> Any:
    """``frame`` as a table that gives the same frame again, or None."""
    if find_spec("pyarrow") is None:
        return None
    try:
        table = frame.to_arrow(compat_level=polars.CompatLevel.newest())
        again = polars.from_arrow(table, rechunk=False)
    except Exception:  # there are types that the one or the other does not know
        return None
    return table if (again.schema, again.shape) == (frame.schema, frame.shape) else None


def _orders(frame: Any) -> List[Tuple[str, bool]]:
    """The columns that polars knows to be sorted, and whether they descend."""
    flags = ((name, frame.get_column(name).flags) for name in frame.columns)
    return [(name, f["SORTED_DESC"]) for name, f in flags if f["SORTED_ASC"] or f["SORTED_DESC"]]


class PolarsQueries:
    """``polars.LazyFrame``: its plan in polars' own words, which hold the data of frames in memory."""

    def encode(self, query: Any) -> Any:
        state = query.__getstate__()
        if not isinstance(state, bytes) or len(state) < POLARS_SIZE:
            return NotImplemented
        return type(query), [state]

    def decode(self, meta: Any, buffers: Sequence[memoryview]) -> Any:
        made = meta.__new__(meta)
        made.__setstate__(bytes(buffers[0]))
        return made
