"""Which version of a variable a step reads."""

from __future__ import annotations

import itertools

import pytest

from nbflow.engines.local.versions import Version, Versions


@pytest.mark.parametrize(
    ("writers", "reader", "expected"),
    [
        ([], 3, None),
        ([0], 0, None),
        ([0], 1, 0),
        ([0, 2], 2, 0),
        ([0, 2], 3, 2),
        ([0, 2, 5], 4, 2),
        ([4], 3, None),
    ],
)
def test_a_reader_takes_the_last_version_before_it_whatever_the_order_of_commits(
    writers: list[int], reader: int, expected: int | None
) -> None:
    for order in itertools.permutations(writers):
        versions = Versions()
        for writer in order:
            versions.commit(Version("x", writer, f"hash-{writer}"))
        found = versions.before("x", reader)
        assert (found.writer if found else None) == expected


def test_a_second_version_of_one_step_replaces_the_first() -> None:
    versions = Versions()
    versions.commit(Version("x", 1, "old"))
    versions.commit(Version("x", 1, "new"))
    assert versions.before("x", 2) == Version("x", 1, "new")


def test_all_before_gives_one_version_of_each_name() -> None:
    versions = Versions()
    for version in (
        Version("x", 0, "a"),
        Version("x", 2, "b"),
        Version("y", 1),
        Version("z", 5, "c"),
    ):
        versions.commit(version)
    assert set(versions.all_before(3)) == {Version("x", 2, "b"), Version("y", 1)}


def test_a_version_is_deleted_only_where_it_has_neither_bundle_nor_obstacle() -> None:
    assert Version("x", 0).deleted
    assert not Version("x", 0, "hash").deleted
    assert not Version("x", 0, obstacle="a generator").deleted
