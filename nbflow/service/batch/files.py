"""The files that say what a batch runs: a grid or rows in YAML, rows in a table."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from nbflow.errors import ParameterError
from nbflow.service.batch import parquet
from nbflow.service.batch.planning import Given, Grid, Rows
from nbflow.service.yaml_values import Loader, file_text, loaded


def from_yaml(path: str) -> Grid | Rows:
    """What a YAML file says: a mapping is a grid, a list of mappings is rows.

    In a grid a list holds the alternatives of its parameter, any other value is the only one; the
    values of one with the tag ``!draw`` are drawn.

    Raises:
        ParameterError: the file cannot be read, or is neither.
    """
    content = loaded(file_text(path), path, _Loader)
    match content:
        case dict():
            return _grid({str(name): value for name, value in content.items()}, path)
        case list() if content and all(isinstance(row, dict) for row in content):
            rows = ({str(name): value for name, value in row.items()} for row in content)
            return Rows(tuple((f"{path}, row {n}", row) for n, row in enumerate(rows, start=1)))
        case _:
            raise ParameterError(
                f"{path} is neither a grid (`name: [value, ...]`) nor rows (`- name: value`)"
            )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How values are drawn, where a file says ``!draw``: no value of a parameter."""

    text: str

    def __repr__(self) -> str:
        return f"!draw {self.text}"


class _Loader(Loader):
    """Values, and draws."""

    def draw(self, node: yaml.Node) -> _Drawn:
        """What stands behind ``!draw``."""
        return _Drawn(str(self.construct_scalar(node)))


_Loader.add_constructor("!draw", _Loader.draw)


def _grid(content: Mapping[str, object], path: str) -> Grid:
    draws = {name: value.text for name, value in content.items() if isinstance(value, _Drawn)}
    alternatives = {n: _alternatives(v) for n, v in content.items() if not isinstance(v, _Drawn)}
    return Grid(alternatives, path, draws)


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
    reader = csv.reader(file_text(path).splitlines(keepends=True), skipinitialspace=True)
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
