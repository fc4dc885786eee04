"""Tables of batches in Parquet: what is read and what is written keeps its type."""

from __future__ import annotations

import io
import sys
from datetime import datetime, timezone
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from nbflow.errors import EngineError, ParameterError
from nbflow.model import CellId, Json, Location, Parameter
from nbflow.service.batch.files import from_table
from nbflow.service.batch.parquet import written
from nbflow.service.batch.planning import Grid, members
from nbflow.service.batch.table import Row, Table

PLACE = Location(CellId("a"), 1, 1, 0)
PARAMETERS = (
    Parameter("depth", "int", 2, PLACE),
    Parameter("kind", "str", "a", PLACE),
    Parameter("sizes", "list", [1], PLACE),
    Parameter("fast", "bool", False, PLACE),
    Parameter("any", "", None, PLACE, computed=True),
)


def _file(folder: Path, columns: dict[str, object]) -> str:
    path = folder / "r.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    return str(path)


def test_rows_keep_their_types(tmp_path: Path) -> None:
    columns = {
        "depth": [2, None, 4],
        "kind": ["1", "None", None],
        "sizes": [[1, 2], [], None],
        "fast": [True, False, None],
        "any": ["1", "null", "word"],
        "__index_level_0__": [7, 8, 9],
    }
    rows = from_table(_file(tmp_path, columns))
    assert rows.rows[1][0].endswith("r.parquet, row 2")
    assert list(members(PARAMETERS, rows, Grid())) == [
        {"depth": 2, "kind": "1", "sizes": [1, 2], "fast": True, "any": "1"},
        {"kind": "None", "sizes": [], "fast": False, "any": "null"},
        {"depth": 4, "any": "word"},
    ]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"depth": []}, "has no rows"),
        ({}, "its columns have to name each parameter once"),
        ({"kind": [b"x"]}, "row 1: the bytes of `kind` is no value of a parameter"),
        ({"kind": [datetime(2026, 1, 1)]}, "row 1: the datetime of `kind` is no value"),
    ],
)
def test_a_table_that_holds_no_rows_of_parameters(
    tmp_path: Path, columns: dict[str, object], told: str
) -> None:
    with pytest.raises(ParameterError, match=told):
        from_table(_file(tmp_path, columns))


def test_a_file_that_is_not_parquet(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="cannot be read: No such file"):
        from_table(str(tmp_path / "r.parquet"))
    (tmp_path / "r.parquet").write_text("depth\n2\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"r\.parquet is not a Parquet file"):
        from_table(str(tmp_path / "r.parquet"))


def _row(member: int, parameters: dict[str, Json], metrics: dict[str, float]) -> Row:
    return Row(member, parameters, metrics, str(member), "done", 1.5, 2.0, 3, 2, 1.25, "")


@pytest.mark.parametrize(
    ("values", "kind", "read"),
    [
        ([2, 4, None], "int64", [2, 4, None]),
        ([2, 0.5], "double", [2.0, 0.5]),
        (["a", "1"], "string", ["a", "1"]),
        ([True, False], "bool", [True, False]),
        ([[1, 2], []], "list<element: int64>", [[1, 2], []]),
        ([1, "a"], "string", ["1", '"a"']),
        ([True, 1], "string", ["true", "1"]),
        ([{"a": 1}, {"b": 2}], "string", ['{"a": 1}', '{"b": 2}']),
        ([1 << 70, 0.5], "string", [str(1 << 70), "0.5"]),
    ],
)
def test_values_of_a_parameter(values: list[Json], kind: str, read: list[object]) -> None:
    rows = tuple(_row(n, {"x": value}, {}) for n, value in enumerate(values, start=1))
    found = parquet.read_table(io.BytesIO(written(Table(("x",), (), rows))))
    assert (str(found.schema.field("x").type), found["x"].to_pylist()) == (kind, read)


def test_a_table_in_parquet() -> None:
    waiting = Row(2, {}, {}, "", "waiting", None, None, 0, 0, 0.0, "")
    rows = (_row(1, {"depth": 2}, {"auc": 0.5}), waiting)
    found = parquet.read_table(io.BytesIO(written(Table(("depth",), ("auc",), rows))))
    first, second = found.to_pylist()
    assert first == {
        "member": 1, "depth": 2, "auc": 0.5, "run": "1", "state": "done",
        "started": datetime.fromtimestamp(1.5, timezone.utc), "seconds": 2.0,
        "steps": 3, "shared": 2, "saved": 1.25, "error": "",
    }  # fmt: skip
    assert [name for name, value in second.items() if value is None] == [
        "depth", "auc", "started", "seconds",
    ]  # fmt: skip


def test_without_pyarrow_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EngineError, match=r"pip install 'nbflow\[tables\]'"):
        written(Table((), (), ()))
