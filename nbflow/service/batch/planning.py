"""Which members a batch has: rows of values, times a grid of alternatives."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, TypeAlias

from nbflow.analysis.parameters import cast
from nbflow.errors import ParameterError
from nbflow.model import Json, Name, Parameter

#: Values as they were given: texts of a command line or a table, or what YAML says.
Given: TypeAlias = Mapping[str, object]
#: More members than this are a slip of the hand.
MOST: Final = 10_000
#: The types of parameters that a text fits.
_HOLD_TEXTS: Final = ("str", "None", "")


@dataclass(frozen=True, slots=True)
class Rows:
    """Sets of values, with where each stands: ``rows.csv, line 3``.

    Where they are ``typed``, a text is a text, even one that could be read as a number.
    """

    rows: tuple[tuple[str, Given], ...] = (("", {}),)
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The alternatives of each parameter, and ``where`` they stand."""

    alternatives: Mapping[str, Sequence[object]] = field(default_factory=dict)
    where: str = ""


def merged(*grids: Grid) -> Grid:
    """One grid of several; of a parameter that is in two of them the later one counts."""
    together: dict[str, Sequence[object]] = {}
    for grid in grids:
        together |= grid.alternatives
    return Grid(together, next((g.where for g in grids if g.where), ""))


def members(
    parameters: Sequence[Parameter], rows: Rows, grid: Grid
) -> tuple[Mapping[Name, Json], ...]:
    """The parameters of each member, the last one of the grid changing fastest; equal ones once.

    Raises:
        ParameterError: there is no such parameter, a value does not fit, or there are too many.
    """
    known = {parameter.name: parameter for parameter in parameters}
    choices = {
        name: [_value(known, name, each, grid.where) for each in values]
        for name, values in grid.alternatives.items()
    }
    for name, casts in choices.items():
        if not casts:
            raise ParameterError(_at(grid.where, f"the parameter {name} has no alternatives"))
    count = len(rows.rows) * math.prod(map(len, choices.values()))
    if count > MOST:
        raise ParameterError(f"a batch of {count} members is too large: {MOST} are the most")
    found: dict[str, Mapping[Name, Json]] = {}
    for where, row in rows.rows:
        if twice := sorted(set(row).intersection(choices)):
            raise ParameterError(_at(where, f"`{twice[0]}` is in the grid as well"))
        values = {
            name: _value(known, name, value, where, typed=rows.typed) for name, value in row.items()
        }
        for chosen in product(*choices.values()):
            member = {**values, **dict(zip(choices, chosen, strict=True))}
            found.setdefault(json.dumps(member, sort_keys=True), member)
    return tuple(found.values())


def _value(
    known: Mapping[str, Parameter], name: str, value: object, where: str, *, typed: bool = False
) -> Json:
    if name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise ParameterError(
            _at(where, f"the notebook has no parameter `{name}`; its parameters are: {names}")
        )
    if typed and isinstance(value, str) and known[name].type in _HOLD_TEXTS:
        return value
    try:
        return cast(known[name], value)
    except ParameterError as error:
        raise ParameterError(_at(where, str(error))) from None


def _at(where: str, sentence: str) -> str:
    return f"{where}: {sentence}" if where else sentence
