"""Tables in Parquet: rows of values that a batch runs, and the table of a batch. It needs pyarrow."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from nbflow.errors import EngineError, ParameterError
from nbflow.model import as_meant
from nbflow.service.batch.planning import Given, Rows
from nbflow.service.batch.table import WORK, Table, flat

#: What pandas writes of an index that is no column.
_INDEX: Final = re.compile(r"__index_level_\d+__")


def read(path: str) -> Rows:
    """The rows of a Parquet file, whose columns are parameters; a null leaves the notebook's value.

    Raises:
        ParameterError: the file cannot be read, or is no such table.
        EngineError: pyarrow is not installed.
    """
    arrow = _arrow()
    try:
        content = Path(path).read_bytes()
        found = arrow.parquet.read_table(io.BytesIO(content))
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror or error}") from None
    except (arrow.ArrowException, ValueError) as error:
        raise ParameterError(f"{path} is not a Parquet file: {error}") from None
    names = [name for name in found.column_names if not _INDEX.fullmatch(name)]
    if not names or not all(names) or len(set(names)) < len(names):
        raise ParameterError(f"{path}: its columns have to name each parameter once")
    if not found.num_rows:
        raise ParameterError(f"{path} has no rows")
    return Rows(tuple(_rows(path, found.select(names).to_pylist())))


def _rows(path: str, rows: Sequence[Given]) -> Iterator[tuple[str, Given]]:
    for number, row in enumerate(rows, start=1):
        where = f"{path}, row {number}"
        given = {name: as_meant(value) for name, value in row.items() if value is not None}
        for name, value in given.items():
            if not _is_json(value):
                kind = type(value).__name__
                raise ParameterError(f"{where}: the {kind} of `{name}` is no value of a parameter")
        yield where, given


def _is_json(value: object) -> bool:
    match value:
        case None | bool() | int() | float() | str():
            return True
        case list():
            return all(map(_is_json, value))
        case dict():
            return all(isinstance(name, str) and _is_json(each) for name, each in value.items())
        case _:
            return False


def written(found: Table) -> bytes:
    """The Parquet file of a table; numbers, texts, truth values and lists keep their types.

    The values of a parameter that have no type in common are JSON, as texts. What is missing is null.

    Raises:
        EngineError: pyarrow is not installed.
    """
    arrow = _arrow()
    columns, rows = flat(found)
    given = columns[1 : 1 + len(found.parameters)]
    fixed = _types(arrow)
    made = {}
    for name in columns:
        values = [row.get(name) for row in rows]
        if name in given:
            made[name] = _column(arrow, values)
        elif name == "started":
            made[name] = arrow.array(map(_moment, values), fixed[name])
        else:
            made[name] = arrow.array(values, fixed.get(name, arrow.float64()))
    target = io.BytesIO()
    arrow.parquet.write_table(arrow.table(made), target)
    return target.getvalue()


def _types(arrow: Any) -> dict[str, Any]:
    """The types of the columns that every batch has; metrics are float64."""
    texts = {name: arrow.string() for name in ("run", "state", "error")}
    counts = {name: arrow.int64() for name in ("member", "steps", "shared")}
    moments = {"started": arrow.timestamp("us", tz="UTC")}
    fixed = {**texts, **counts, **moments}
    return {name: fixed.get(name, arrow.float64()) for name in ("member", *WORK)}


def _column(arrow: Any, values: Sequence[object]) -> Any:
    """The values of a parameter as they are, where that can be read back as it is; else as JSON."""
    if _are_floats(values):
        return arrow.array(values, arrow.float64())
    try:
        column = arrow.array(values)
        if repr(column.to_pylist()) == repr(list(values)):
            return column
    except (arrow.ArrowException, ValueError, TypeError, OverflowError):
        pass
    return arrow.array([None if value is None else json.dumps(value) for value in values])


def _are_floats(values: Sequence[object]) -> bool:
    """Whether there are floats, and beside them only whole numbers that a float holds as they are."""
    kinds = {type(value) for value in values} - {type(None)}
    return float in kinds and all(
        type(value) is float or (type(value) is int and abs(value) <= 1 << 53)
        for value in values
        if value is not None
    )


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, timezone.utc) if isinstance(seconds, float) else None


def _arrow() -> Any:
    """pyarrow, which only those pay for who ask for it."""
    try:
        import pyarrow  # noqa: PLC0415
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(
            f"tables in Parquet need pyarrow ({error}): `pip install 'nbflow[tables]'`"
        ) from None
    return pyarrow
