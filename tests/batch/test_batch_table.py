"""The table of a batch as values."""

from __future__ import annotations

from nbflow.service.batch.table import Row, Table, flat, plain, table
from nbflow.store import BatchRecord, MemberRecord

BATCH = BatchRecord(
    name="s",
    notebook="/n.ipynb",
    made=0.0,
    members=(
        MemberRecord(
            1, {"depth": 2}, "7", "done", 1.5, 2.0, {"auc": 0.5, "depth": 3.0}, 3, 2, 1.25
        ),
        MemberRecord(2, {"state": [1], "depth": None}),
    ),
)


def test_the_table_of_a_batch() -> None:
    assert table(BATCH) == Table(
        parameters=("depth", "state"),
        metrics=("auc", "depth"),
        rows=(
            Row(1, {"depth": 2}, {"auc": 0.5, "depth": 3.0}, "7", "done", 1.5, 2.0, 3, 2, 1.25, ""),
            Row(2, {"state": [1], "depth": None}, {}, "", "waiting", None, None, 0, 0, 0.0, ""),
        ),
    )


def test_columns_that_would_have_one_name_say_what_they_are() -> None:
    columns, rows = flat(table(BATCH))
    given = ("member", "depth", "parameter state", "auc", "metric depth")
    work = ("run", "state", "started", "seconds", "steps", "shared", "saved", "error")
    assert columns == given + work
    assert [tuple(row.get(name, "-") for name in columns[:7]) for row in rows] == [
        (1, 2, "-", 0.5, 3.0, "7", "done"),
        (2, None, [1], "-", "-", "", "waiting"),
    ]


def test_values_in_one_cell() -> None:
    assert [plain(value) for value in ("a", 2, 0.5, True, None, [1, "b"])] == [
        "a", 2, 0.5, "true", "null", '[1, "b"]',
    ]  # fmt: skip
