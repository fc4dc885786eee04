"""The files that say what a batch runs: a grid or rows in YAML, rows in a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from nbflow.errors import ParameterError
from nbflow.service.batch import parquet
from nbflow.service.batch.planning import Given, Grid, Rows


def from_yaml(path: str) -> Grid | Rows:
    """What a YAML file says: a mapping is a grid, a list of mappings is rows.

    In a grid a list holds the alternatives of its parameter, any other value is the only one.

    Raises:
        ParameterError: the file cannot be read, or is neither.
    """
    try:
        content = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise ParameterError(f"{path} is not YAML: {told}") from None
    match content:
        case dict():
            return Grid(
                {str(name): _alternatives(value) for name, value in content.items()}, where=path
            )
        case list() if content and all(isinstance(row, dict) for row in content):
            rows = ({str(name): value for name, value in row.items()} for row in content)
            return Rows(tuple((f"{path}, row {n}", row) for n, row in enumerate(rows, start=1)))
        case _:
            raise ParameterError(
                f"{path} is neither a grid (`name: [value, ...]`) nor rows (`- name: value`)"
            )


def _alternatives(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def from_table(path: str) -> Rows:
    """The rows of a CSV or Parquet file whose columns are parameters; an empty cell leaves the default.

    Raises:
        ParameterError: the file cannot be read, or is no such table.
        EngineError: it is in Parquet, and pyarrow is not installed.
    """
    match Path(path).suffix.lower():
        case ".csv":
            return _from_csv(path)
        case ".parquet":
            return parquet.read(path)
        case _:
            raise ParameterError(
                f"{path} is no table: its name has to end in .csv or .parquet, and tell which it is"
            )


def _from_csv(path: str) -> Rows:
    reader = csv.reader(_text(path).splitlines(keepends=True), skipinitialspace=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if not names or not all(names) or len(set(names)) < len(names):
            raise ParameterError(
                f"{path}, line 1: it has to name each parameter once, with commas between"
            )
        rows = tuple(_rows(path, names, ((reader.line_num, cells) for cells in reader)))
    except csv.Error as error:
        raise ParameterError(f"{path}, line {reader.line_num}: {error}") from None
    if not rows:
        raise ParameterError(f"{path} has no rows below its first line")
    return Rows(rows)


def _rows(
    path: str, names: list[str], lines: Iterable[tuple[int, list[str]]]
) -> Iterator[tuple[str, Given]]:
    for line, cells in lines:
        where = f"{path}, line {line}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise ParameterError(f"{where}: {len(cells)} values for {len(names)} parameters")
        yield where, {name: cell for name, cell in zip(names, cells, strict=True) if cell.strip()}


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ParameterError(f"{path} is not a text in UTF-8") from None
    except OSError as error:
        raise ParameterError(f"{path} cannot be read: {error.strerror or error}") from None
