"""A batch as a table: one row a member, one column for each parameter and for each metric."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from nbflow.model import Json, Name
from nbflow.store import BatchRecord, MemberRecord

#: The columns behind those of parameters and metrics, by the names of their fields.
WORK: Final = ("run", "state", "started", "seconds", "steps", "shared", "saved", "error")


@dataclass(frozen=True, slots=True)
class Row:
    """A member: its number, what it was given, and what its latest run has left.

    A parameter that it was not given is not in ``parameters``, a metric that it does not have not in
    ``metrics``. ``steps`` have ended well, ``shared`` of them used what another run had given, which saved
    about ``saved`` seconds. ``run`` and ``error`` are "" where there is none.
    """

    member: int
    parameters: Mapping[Name, Json]
    metrics: Mapping[str, float]
    run: str
    state: str
    started: float | None
    seconds: float | None
    steps: int
    shared: int
    saved: float
    error: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a batch in order, and the parameters and metrics that any of them has."""

    parameters: tuple[Name, ...]
    metrics: tuple[str, ...]
    rows: tuple[Row, ...]


def table(batch: BatchRecord) -> Table:
    """The table of a batch; parameters and metrics in the order of their coming."""
    rows = tuple(map(_row, batch.members))
    return Table(
        parameters=_once(name for row in rows for name in row.parameters),
        metrics=_once(name for row in rows for name in row.metrics),
        rows=rows,
    )


def _row(member: MemberRecord) -> Row:
    return Row(
        member=member.position,
        parameters=member.parameters,
        metrics=member.metrics or {},
        run=member.run,
        state=member.state,
        started=member.started,
        seconds=member.seconds,
        steps=member.steps,
        shared=member.shared,
        saved=member.saved,
        error=member.error,
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def flat(found: Table) -> tuple[tuple[str, ...], tuple[dict[str, object], ...]]:
    """The names of all columns, each once, and the rows by them; what a row has not is not in it.

    Where two columns would have one name, that of a parameter or metric says what it is:
    ``metric depth``.
    """
    taken = {"member", *WORK}
    given = {name: f"parameter {name}" if name in taken else name for name in found.parameters}
    taken.update(given.values())
    measured = {name: f"metric {name}" if name in taken else name for name in found.metrics}
    rows = tuple(
        {
            "member": row.member,
            **{given[name]: value for name, value in row.parameters.items()},
            **{measured[name]: value for name, value in row.metrics.items()},
            **{name: getattr(row, name) for name in WORK},
        }
        for row in found.rows
    )
    return ("member", *given.values(), *measured.values(), *WORK), rows


def plain(value: object) -> str | int | float:
    """A value in one cell: a text as it is, anything else that is no number as JSON."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    return json.dumps(value)
