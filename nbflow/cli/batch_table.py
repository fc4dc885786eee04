"""The table of a batch as text, CSV, JSON, Markdown, Parquet or an HTML page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from nbflow.errors import EngineError
from nbflow.service.batch import parquet
from nbflow.service.batch.table import WORK, Row, Table, flat, plain, table
from nbflow.store import BatchRecord
from nbflow.wording.batch_page import page
from nbflow.wording.json_text import json_text
from nbflow.wording.words import GLYPHS, brief, duration
from nbflow.wording.words import table as aligned

#: What means something in Markdown; an underscore does at the edges of words alone.
_MARKUP: Final = re.compile(r"[\\|`*\[<&~]|(?<![^\W_])_|_(?![^\W_])")


def as_text(batch: BatchRecord) -> str:
    """Aligned columns, in which long values are cut, with the errors of members below them."""
    found = table(batch)
    errors = [f"member {row.member}, {row.error}\n" for row in found.rows if row.error]
    lines = [list(map(brief, cells)) for cells in _lines(found)]
    return aligned(lines) + "".join(errors)


def as_markdown(batch: BatchRecord) -> str:
    """A table of Markdown."""
    heading, *rows = ([_escaped(cell) for cell in row] for row in _lines(table(batch)))
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_csv(batch: BatchRecord) -> str:
    """Values as they are, one line a member; what is missing is empty."""
    columns, rows = flat(table(batch))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (row.get(name, "") for name in columns[: -len(WORK)])
        writer.writerow([*map(plain, cells), *(row[name] for name in WORK)])
    return text.getvalue()


def as_json(batch: BatchRecord) -> str:
    """One object: the batch with its members; a metric that is no number for JSON (NaN) is null."""
    return json_text(asdict(batch), indent=2) + "\n"


def as_parquet(batch: BatchRecord) -> bytes:
    """A file of one table, in which values keep their types."""
    return parquet.written(table(batch))


#: How a batch is written, by the names of the forms.
FORMATS: Final[Mapping[str, Callable[[BatchRecord], str | bytes]]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
    "markdown": as_markdown,
    "parquet": as_parquet,
    "html": page,
}


def write(path: str, written: str | bytes) -> None:
    """Write a table to a file.

    Raises:
        EngineError: the file cannot be written.
    """
    content = written.encode(errors="backslashreplace") if isinstance(written, str) else written
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise EngineError(f"{path} cannot be written: {error.strerror or error}") from None


def _lines(found: Table) -> list[list[str]]:
    heading = [
        "member",
        *found.parameters,
        *found.metrics,
        "state",
        "took",
        "steps",
        "shared",
        "run",
    ]
    return [heading, *(_line(row, found) for row in found.rows)]


def _line(row: Row, found: Table) -> list[str]:
    sign, _ = GLYPHS.get(row.state, ("?", ""))
    return [
        str(row.member),
        *(str(plain(row.parameters[n])) if n in row.parameters else "" for n in found.parameters),
        *(f"{row.metrics[name]:g}" if name in row.metrics else "" for name in found.metrics),
        f"{sign} {row.state}",
        duration(row.seconds),
        str(row.steps),
        str(row.shared),
        row.run,
    ]


def _escaped(text: str) -> str:
    """A text that Markdown shows as it is: in a table, without markup, HTML and links."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.splitlines()))
