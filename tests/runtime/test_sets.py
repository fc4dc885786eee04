"""Sets that travel give their members in the order of before, and go on as they would have."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trips import Notebook

from nbflow.runtime import live, pickling, sets

#: How a set comes about whose order pickle alone does not keep.
HISTORIES = {
    "numbers that collide": "s = {(n * 7919) % 10007 for n in range(40)}",
    "two that collide": "s = {62, 190}",
    "grown until its table is full": "s = set()\nfor n in range(18):\n    s.add(n * 4 % 509)",
    "numbers below zero": "s = {-n * 4 % 4099 - 2000 for n in range(60)}",
    "text and tuples": "s = {f'w{n}' for n in range(60)} | {(n, 'a') for n in range(60)}",
    "members removed": (
        "s = {n * 102 % 10007 for n in range(70)}\nfor n in list(s)[::3]:\n    s.discard(n)"
    ),
    "few that are left of many": (
        "s = {n * 155 % 10007 for n in range(70)}\nfor n in sorted(s)[3:]:\n    s.remove(n)"
    ),
    "union": "s = {n * 7919 % 10007 for n in range(9)} | {n * 31 % 997 for n in range(40)}",
    "difference": "s = {n * 7919 % 10007 for n in range(300)} - set(range(0, 10007, 2))",
    "copy": "s = {n * 293 % 10007 for n in range(40)}.copy()",
    "thousands": "s = {n * 2654435761 % 1000003 for n in range(5000)}",
}


@pytest.mark.parametrize("made", HISTORIES.values(), ids=HISTORIES)
def test_order_is_kept(made: str, tmp_path: Path) -> None:
    book = Notebook(tmp_path)
    book.step(f"{made}\norder = list(s)")
    after = book.step("later = list(s)")
    assert after["later"] == after["order"]
    assert book.written == {"later"}


def test_members_added_later_come_where_they_would_have(tmp_path: Path) -> None:
    book = Notebook(tmp_path)
    book.step(
        "s = {n * 293 % 10007 for n in range(40)}\n"
        "t = {n * 293 % 10007 for n in range(40)}\n"
        "t.update(range(20000, 20100, 7))\n"
        "order = list(t)"
    )
    after = book.step("s.update(range(20000, 20100, 7))\nfound = list(s)")
    assert after["found"] == after["order"]


@pytest.mark.parametrize(
    "value",
    [
        "x = {'a': [({n * 293 % 10007 for n in range(40)},)]}\ns = x['a'][0][0]",
        "class Seen:\n    pass\nx = Seen()\nx.pages = {n * 293 % 10007 for n in range(40)}\ns = x.pages",
        "s = {n * 293 % 10007 for n in range(40)}\ndef order_of():\n    return list(s)",
        "class Page:\n    def __init__(self, n):\n        self.n = n\n"
        "    def __hash__(self):\n        return self.n\n    def __str__(self):\n        return str(self.n)\n"
        "s = {Page(n * 293 % 10007) for n in range(40)}",
    ],
    ids=["in containers", "of an instance", "of a function", "of instances with a hash"],
)
def test_order_is_kept_wherever_the_set_is(value: str, tmp_path: Path) -> None:
    book = Notebook(tmp_path)
    book.step(f"{value}\norder = [str(n) for n in s]")
    assert book.step("same = [str(n) for n in s] == order")["same"] is True


@pytest.mark.parametrize("count", [2, 4, 6, 7, 18, 40, 400, 3000])
@pytest.mark.parametrize("made", ["{0}", "list({0})", "{0} | frozenset([5])", "{0} - {{1}}"])
def test_frozen_sets_keep_their_order(made: str, count: int, tmp_path: Path) -> None:
    members = f"{{n * 2654435761 % 1000003 for n in range({count})}}"
    book = Notebook(tmp_path)
    book.step(f"s = frozenset({made.format(members)})\norder = list(s)")
    assert book.step("same = list(s) == order")["same"] is True


@given(st.lists(st.integers(0, 300), max_size=14))
def test_any_frozen_set_keeps_its_order(members: list[int]) -> None:
    live.begin({}, "any")
    made = frozenset(members)
    found = pickling.reloaded(pickling.dump([made, {made: made}]).payload)
    assert found is not None
    again, by_key = found
    assert list(again) == list(made)
    assert by_key == {made: made}
    assert all(key is again and value is again for key, value in by_key.items())


def test_what_holds_itself_stays_one(tmp_path: Path) -> None:
    book = Notebook(tmp_path)
    book.step("s = {n * 293 % 10007 for n in range(40)}\nx = [s]\nx.append(x)\norder = list(s)")
    after = book.step("same = x[0] is s and x[1] is x and list(s) == order")
    assert after["same"] is True


@pytest.mark.parametrize("value", [{1, 2, 3}, set(range(1000)), {"a"}, set()])
def test_where_pickle_keeps_the_order_nothing_is_added(value: set[object]) -> None:
    assert sets._orders([value]) == []
    assert b"ordered" not in pickling.dump(value).payload.stream


class Moody:
    """Has a hash while it is put into a set, and none after that."""

    calm = True

    def __hash__(self) -> int:
        if not self.calm:
            raise TypeError("not now")
        return id(self) // 16


@pytest.mark.parametrize(
    "value",
    [
        {object() for _ in range(200)},
        {*range(0, 4000, 37), float("nan")},
        {None, object(), 62, 190},
    ],
    ids=["plain objects", "a nan", "one plain object"],
)
def test_members_known_by_their_address_are_left_alone(value: set[object]) -> None:
    """Their hashes are others in the next process, and so is their order."""
    assert sets._orders([value]) == []


def test_members_without_a_hash_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    value = {Moody() for _ in range(200)}
    monkeypatch.setattr(Moody, "calm", False)
    assert sets._orders([value]) == []


def test_where_memory_looks_otherwise_sets_travel_as_pickle_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sets, "_KNOWN", False)
    book = Notebook(tmp_path)
    book.step("s = {n * 293 % 10007 for n in range(40)}")
    assert book.step("size = len(s)")["size"] == 40
