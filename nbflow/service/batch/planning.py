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
from nbflow.model import Json, Name, Parameter, as_meant

#: Values as they were given: texts of a command line or a table, or what YAML says.
Given: TypeAlias = Mapping[str, object]
#: More members than this are a slip of the hand.
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rows:
    """Sets of values, with where each stands: ``rows.csv, line 3``."""

    rows: tuple[tuple[str, Given], ...] = (("", {}),)


@dataclass(frozen=True, slots=True)
class Grid:
    """The alternatives of each parameter, or how its values are drawn, and ``where`` that stands."""

    alternatives: Mapping[str, Sequence[object]] = field(default_factory=dict)
    where: str = ""
    draws: Mapping[str, str] = field(default_factory=dict)

    @property
    def varies(self) -> bool:
        """Whether it says anything."""
        return bool(self.alternatives or self.draws)


def merged(*grids: Grid) -> Grid:
    """One grid of several; of a parameter that is in two of them the later one counts."""
    together: dict[str, Sequence[object]] = {}
    draws: dict[str, str] = {}
    for grid in grids:
        together = {n: v for n, v in together.items() if n not in grid.draws} | {
            **grid.alternatives
        }
        draws = {n: v for n, v in draws.items() if n not in grid.alternatives} | {**grid.draws}
    return Grid(together, next((g.where for g in grids if g.where), ""), draws)


def members(
    parameters: Sequence[Parameter], rows: Rows, grid: Grid, drawn: Sequence[Given] = ({},)
) -> tuple[Mapping[Name, Json], ...]:
    """The parameters of each member, the last one of the grid changing fastest; equal ones once.

    Each of the sets of values that were ``drawn`` goes with each row and each combination of the grid.

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
    sets = [_values(known, each, grid.where) for each in drawn]
    count = len(rows.rows) * math.prod(map(len, choices.values())) * len(sets)
    if count > MOST:
        raise ParameterError(f"a batch of {count} members is too large: {MOST} are the most")
    found: dict[str, Mapping[Name, Json]] = {}
    _check_once(choices, sets[0], grid.where, "is drawn as well")
    for where, row in rows.rows:
        _check_once(row, choices, where, "is in the grid as well")
        _check_once(row, sets[0], where, "is drawn as well")
        values = _values(known, row, where)
        for chosen in product(*choices.values()):
            for drawn_values in sets:
                member = {**values, **dict(zip(choices, chosen, strict=True)), **drawn_values}
                found.setdefault(json.dumps(member, sort_keys=True), member)
    return tuple(found.values())


def check_kept(
    parameters: Sequence[Parameter], kept: Sequence[tuple[int, Mapping[Name, Json]]]
) -> None:
    """Nothing, where what members were given before, each by its number, fits the parameters of now.

    Raises:
        ParameterError: there is no such parameter any more, or a value does not fit.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for number, values in kept:
        given = {n: as_meant(value) for n, value in values.items()}
        _values(known, given, f"member {number}")


def _check_once(given: Given, others: Given, where: str, what: str) -> None:
    if twice := sorted(set(given).intersection(others)):
        raise ParameterError(_at(where, f"`{twice[0]}` {what}"))


def _values(known: Mapping[str, Parameter], given: Given, where: str) -> dict[Name, Json]:
    return {name: _value(known, name, value, where) for name, value in given.items()}


def _value(known: Mapping[str, Parameter], name: str, value: object, where: str) -> Json:
    if name not in known:
        names = ", ".join(sorted(known)) or "none"
        raise ParameterError(
            _at(where, f"the notebook has no parameter `{name}`; its parameters are: {names}")
        )
    try:
        return cast(known[name], value)
    except ParameterError as error:
        raise ParameterError(_at(where, str(error))) from None


def _at(where: str, sentence: str) -> str:
    return f"{where}: {sentence}" if where else sentence
