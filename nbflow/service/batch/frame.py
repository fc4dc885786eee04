"""The table of a batch as a frame of pandas. It needs pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nbflow.errors import EngineError
from nbflow.service.batch.table import Table, flat

if TYPE_CHECKING:
    import pandas


def frame(found: Table) -> pandas.DataFrame:
    """A frame with a row for each member, by its number, and the columns of the table in its order.

    Values keep their types where some are missing; ``started`` is a moment.

    Raises:
        EngineError: pandas is not installed.
    """
    try:
        import pandas  # noqa: PLC0415  # only those pay who ask for it
    except ImportError as error:
        raise EngineError(
            f"a frame needs pandas ({error}): `pip install 'nbflow[tables]'`"
        ) from None
    columns, rows = flat(found)
    given, measured = len(found.parameters), len(found.metrics)
    made: dict[str, Any] = {}
    for place, name in enumerate(columns):
        values = [row.get(name) for row in rows]
        if name == "started":
            seconds = pandas.Series(values, dtype="float64")
            made[name] = pandas.to_datetime(seconds, unit="s", utc=True)
        elif given < place <= given + measured or name in {"seconds", "saved"}:
            made[name] = pandas.Series(values, dtype="float64")
        else:
            made[name] = pandas.Series(values, dtype=_type(values))
    return pandas.DataFrame(made).set_index("member")


def _type(values: Sequence[object]) -> str | None:
    """The type of a column; None where the one that pandas finds is right."""
    known = [value for value in values if value is not None]
    if len(known) == len(values) or not known:
        return None
    if all(isinstance(value, bool) for value in known):
        return "boolean"
    if all(type(value) is int and abs(value) < 1 << 63 for value in known):
        return "Int64"
    return None
