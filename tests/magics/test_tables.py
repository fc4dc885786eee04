"""Tables as values."""

from __future__ import annotations

import pytest

from nbflow.wording.tables import Table, as_text, entries

TABLE = Table(
    ("run", "took"),
    (
        entries(("2", 2.0), ("1m05s", 65.0)),
        entries(("10", 10.0), ("9.5s", 9.5)),
        entries(("9", 9.0), ("", -1.0)),
    ),
    "no runs are recorded",
)


@pytest.mark.parametrize(
    ("column", "descending", "runs"),
    [
        (0, False, ["2", "9", "10"]),
        (0, True, ["10", "9", "2"]),
        (1, False, ["9", "10", "2"]),
        (1, True, ["2", "10", "9"]),
    ],
)
def test_sorted(column: int, descending: bool, runs: list[str]) -> None:
    found = TABLE.sorted_by(column, descending=descending)
    assert [row[0].text for row in found.rows] == runs


def test_as_text() -> None:
    assert as_text(TABLE) == "run  took\n2    1m05s\n10   9.5s\n9\n"
    assert as_text(Table(("run",), (), "none")) == "none\n"
