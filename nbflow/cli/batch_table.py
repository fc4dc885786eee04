"""A batch as a table of its members: as text, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Final

from nbflow.cli.words import GLYPHS, duration, table
from nbflow.model import Json
from nbflow.service.batch.batch import columns
from nbflow.store import BatchRecord, MemberRecord


def as_text(batch: BatchRecord) -> str:
    """Aligned columns, with the errors of members below them."""
    errors = [f"member {m.position}, {m.error}\n" for m in batch.members if m.error]
    return table(_rows(batch)) + "".join(errors)


def as_markdown(batch: BatchRecord) -> str:
    """A table of Markdown."""
    heading, *rows = ([_escaped(cell) for cell in row] for row in _rows(batch))
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def as_csv(batch: BatchRecord) -> str:
    """Values as they are, one line a member; what is missing is empty.

    Where two columns would have one name, that of a parameter or metric says what it is:
    ``metric depth``.
    """
    given, measured = columns(batch)
    fixed = ("member", "run", "state", "started", "seconds", "steps", "shared", "saved", "error")
    taken = set(fixed)
    parameters = [f"parameter {name}" if name in taken else name for name in given]
    taken.update(parameters)
    metrics = [f"metric {name}" if name in taken else name for name in measured]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["member", *parameters, *metrics, *fixed[1:]])
    for m in batch.members:
        values = [_plain(m.parameters[name]) if name in m.parameters else "" for name in given]
        numbers = [(m.metrics or {}).get(name, "") for name in measured]
        rest = (m.run, m.state, m.started, m.seconds, m.steps, m.shared, m.saved, m.error)
        writer.writerow([m.position, *values, *numbers, *rest])
    return text.getvalue()


def as_json(batch: BatchRecord) -> str:
    """One object: the batch with its members."""
    return json.dumps(asdict(batch), indent=2) + "\n"


#: How a batch is written, by the names of the forms.
FORMATS: Final[Mapping[str, Callable[[BatchRecord], str]]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
    "markdown": as_markdown,
}


def _rows(batch: BatchRecord) -> list[list[str]]:
    given, measured = columns(batch)
    heading = ["member", *given, *measured, "state", "took", "steps", "shared", "run"]
    return [heading, *(_row(member, given, measured) for member in batch.members)]


def _row(member: MemberRecord, given: Sequence[str], measured: Sequence[str]) -> list[str]:
    numbers = member.metrics or {}
    sign, _ = GLYPHS.get(member.state, ("?", ""))
    return [
        str(member.position),
        *(str(_plain(member.parameters[n])) if n in member.parameters else "" for n in given),
        *(f"{numbers[name]:g}" if name in numbers else "" for name in measured),
        f"{sign} {member.state}",
        duration(member.seconds),
        str(member.steps),
        str(member.shared),
        member.run,
    ]


def _plain(value: Json) -> str | int | float:
    """A value in one cell: a text as it is, anything else that is no number as JSON."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    return json.dumps(value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
