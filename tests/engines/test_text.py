"""Text from a step's own file descriptors: cut anywhere, it comes out whole and for the right cell."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nbflow.runtime.text import MarkedText

MARK = b"\x1emark:"


@given(
    texts=st.lists(st.text(alphabet="aé€😀\n;\x1e", max_size=8), min_size=1, max_size=4),
    cuts=st.lists(st.integers(0, 120), max_size=12),
)
def test_text_is_whole_and_belongs_to_its_cell_however_it_is_cut(
    texts: list[str], cuts: list[int]
) -> None:
    data = b"".join(MARK + f"{i};".encode() + text.encode() for i, text in enumerate(texts))
    edges = [0, *sorted(min(c, len(data)) for c in cuts), len(data)]
    stream = MarkedText(MARK)
    got: dict[int, str] = {}
    pieces = [data[a:b] for a, b in itertools.pairwise(edges)]
    for number, text in [pair for piece in pieces for pair in stream.take(piece)] + stream.rest():
        got[number] = got.get(number, "") + text
    assert got == {i: text for i, text in enumerate(texts) if text}


def test_bytes_that_are_no_text_are_shown_and_lose_nothing_after_them() -> None:
    stream = MarkedText(MARK)
    assert stream.take(b"a\xff\xfeb") == [(0, "a��b")]


def test_half_a_character_at_the_end_is_not_lost() -> None:
    stream = MarkedText(MARK)
    assert stream.take("aé".encode()[:-1]) == [(0, "a")]
    assert stream.rest() == [(0, "�")]
