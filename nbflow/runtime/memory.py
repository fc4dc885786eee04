"""Memory that a library hands over: written once however many values show it, numpy's arrays included.

Memory is known by its address. A numpy array that shows the same bytes as a tensor or an Arrow buffer
shows them after loading too: whichever of the two is the larger holds them, and the other is a part of it.
"""

from __future__ import annotations

import ctypes
import pickle
from bisect import bisect_right
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from . import restore

#: Address of the first byte, and of the one behind the last.
Span = Tuple[int, int]


class _Buffer(ctypes.Structure):
    """``Py_buffer`` of Python's C interface, up to what is needed of it."""

    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.py_object),
        ("rest", ctypes.c_ssize_t * 16),
    )


def _address(view: memoryview) -> int:
    found = _Buffer()
    interface = ctypes.pythonapi
    interface.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(found), 0)
    interface.PyBuffer_Release(ctypes.byref(found))
    return found.buf or 0


class Held:
    """The bytes of a buffer; a part of a numpy array (``root``) where that shows them too."""

    def __init__(self, buffer: Any) -> None:
        view = memoryview(buffer)
        self.view = view.cast("B") if view.nbytes else memoryview(b"")
        start = _address(self.view) if self.view.nbytes else 0
        self.span: Span = (start, start + self.view.nbytes)
        self.root: Any = None
        self.is_shared = False

    def __reduce__(self) -> Any:
        if self.root is None:
            return restore.held, (pickle.PickleBuffer(self.view),)
        offset = self.span[0] - bounds(self.root)[0]
        return restore.part_of_array, (self.root, offset, self.view.nbytes, self.view.readonly)


def bounds(array: Any) -> Span:
    """The memory between the first and the last byte that a numpy array shows."""
    low = high = int(array.__array_interface__["data"][0])
    if array.size:
        reach = [(n - 1) * stride for n, stride in zip(array.shape, array.strides)]
        low += sum(r for r in reach if r < 0)
        high += sum(r for r in reach if r > 0) + array.itemsize
    return low, high


class Spans:
    """Finds, among spans that do not overlap, the one that holds another or lies in it."""

    def __init__(self, spans: Iterable[Tuple[Span, Any]]) -> None:
        self._spans = sorted(((span, n, owner) for n, (span, owner) in enumerate(spans)))
        self._starts = [span[0] for span, _, _ in self._spans]

    def around(self, span: Span) -> List[Any]:
        """The owner of the span that holds all of this one, if there is any."""
        place = bisect_right(self._starts, span[0]) - 1
        found = self._spans[place] if place >= 0 else None
        return [found[2]] if found is not None and span[1] <= found[0][1] else []

    def within(self, span: Span) -> List[Any]:
        """The owners of the spans that lie in this one."""
        first = bisect_right(self._starts, span[0] - 1)
        last = bisect_right(self._starts, span[1] - 1)
        return [owner for (_, end), _, owner in self._spans[first:last] if end <= span[1]]


class Memories:
    """What the pickling of one value was handed, by place."""

    def __init__(self) -> None:
        self._held: Dict[Span, Held] = {}
        self._empty: List[Held] = []
        self._shared: Optional[Spans] = None

    def hold(self, buffer: Any) -> Held:
        """What stands for a buffer in the pickle: the same object for the same bytes."""
        held = Held(buffer)
        if not held.view.nbytes:
            self._empty.append(held)  # kept alive, so that ids stay their own
            return held
        return self._held.setdefault(held.span, held)

    def around(self, array: Any) -> Optional[Held]:
        """What holds the memory of ``array``, if that is shared."""
        if self._shared is None:
            return None
        return next(iter(self._shared.around(bounds(array))), None)

    @property
    def spans(self) -> Tuple[Span, ...]:
        """Where the memory lies."""
        return tuple(self._held)

    def link(self, roots: Mapping[int, Any]) -> List[int]:
        """Find what shares memory with these arrays; the ids of the arrays that hold such memory.

        An empty list says that nothing was found that was not known.
        """
        changeable = {key: root for key, root in roots.items() if is_changeable(root)}
        if not self._held or not changeable:
            return []
        arrays = Spans((bounds(root), (key, root)) for key, root in changeable.items())
        linked = []
        for span, held in self._held.items():
            if held.is_shared:
                continue
            for key, root in arrays.around(span):
                if _is_whole(root):
                    held.root, held.is_shared = root, True
                    linked.append(key)
            if held.root is None and (found := arrays.within(span)):
                held.is_shared = True
                linked.extend(key for key, _ in found)
        self._shared = Spans(
            (s, h) for s, h in self._held.items() if h.is_shared and h.root is None
        )
        return linked


def is_changeable(root: Any) -> bool:
    """Whether ``root`` is a numpy array through which its memory can be changed."""
    return hasattr(root, "__array_interface__") and bool(root.flags.writeable) and root.size > 0


def _is_whole(root: Any) -> bool:
    """Whether a numpy array shows all bytes from its first to its last."""
    return (
        bool(root.flags.c_contiguous or root.flags.f_contiguous) and root.dtype.kind in "biufcmMSUV"
    )
