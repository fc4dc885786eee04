"""Text that a step writes to its own file descriptors, given to the cell that wrote it.

The step puts a mark into each stream when a cell begins: ``\\x1e`` secret ``:`` number of the cell ``;``.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from typing import List, Tuple


class MarkedText:
    """One stream of a step. Text before the first mark belongs to the first cell, number 0."""

    __slots__ = ("_cell", "_decoder", "_mark", "_rest")

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._rest = b""
        self._cell = 0
        self._decoder = getincrementaldecoder("utf-8")(errors="replace")

    def take(self, data: bytes) -> List[Tuple[int, str]]:
        """The text that is complete with ``data``: pairs of the cell's number and text."""
        head, *marked = (self._rest + data).split(self._mark)
        if marked and b";" not in marked[-1]:
            *marked, cut = marked
            self._rest = self._mark + cut
        else:
            last = marked[-1] if marked else head
            keep = self._beginning_of_mark(last)
            self._rest = last[len(last) - keep :]
            last = last[: len(last) - keep]
            if marked:
                marked[-1] = last
            else:
                head = last
        found = [(self._cell, self._decoder.decode(head))]
        for part in marked:
            number, _, text = part.partition(b";")
            found.append((self._cell, self._decoder.decode(b"", final=True)))
            self._cell = int(number)
            found.append((self._cell, self._decoder.decode(text)))
        return [pair for pair in found if pair[1]]

    def rest(self) -> List[Tuple[int, str]]:
        """What is left when the stream has ended."""
        text = self._decoder.decode(self._rest, final=True)
        self._rest = b""
        return [(self._cell, text)] if text else []

    def _beginning_of_mark(self, data: bytes) -> int:
        """How many bytes at the end of ``data`` may be the beginning of a mark."""
        for size in range(min(len(self._mark) - 1, len(data)), 0, -1):
            if self._mark.startswith(data[-size:]):
                return size
        return 0
