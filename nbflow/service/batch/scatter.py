"""Pictures of a batch: a metric against a parameter, a dot for each member, as SVG.

Numbers stand on an axis from left to right. Texts, truth values and whatever else are a row each, so that
long names can be read. Everything is drawn as it is: nothing is fitted, jittered or left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import Final

from nbflow.model import Name
from nbflow.service.batch.axes import Axis, axis, drawable, figure
from nbflow.service.batch.drawing import label, picture, shortened, tick, title, width
from nbflow.service.batch.table import Row, Table, plain

#: What stands in the place of a value where a member was not given one.
OWN: Final = "not given"
#: A parameter of more values than this that are no numbers is not drawn.
MOST_ROWS: Final = 60

_WIDTH: Final = 440
_HEIGHT: Final = 210  # of the room for dots over an axis
_ROW: Final = 24
_TOP: Final = 12
_END: Final = _WIDTH - 16
_LONGEST_ROW: Final = 24
_LONGEST_TITLE: Final = 60
_TOLD_MEMBERS: Final = 4
_BAND: Final = 84.0  # for values that are no numbers, beside an axis of numbers
_MOST_BANDS: Final = 2


@dataclass(frozen=True, slots=True)
class Extremes:
    """The highest and the lowest value of a metric, and the members that have it."""

    highest: float
    lowest: float
    high: tuple[int, ...]
    low: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Dot:
    """A member with its metric, and its value of the parameter: a number, or how it is called."""

    row: Row
    metric: float
    value: float | str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one or more members are drawn."""

    x: int
    y: int
    dots: tuple[_Dot, ...]


@dataclass(frozen=True, slots=True)
class _Of:
    """What a picture is of."""

    parameter: Name
    metric: str

    @property
    def told(self) -> str:
        return f"{self.metric} against {self.parameter}"


def varied(found: Table) -> tuple[Name, ...]:
    """The parameters of which not all members have the same value."""
    return tuple(
        name
        for name in found.parameters
        if len({json.dumps(row.parameters.get(name, ...), default=str) for row in found.rows}) > 1
    )


def extremes(found: Table, metric: str) -> Extremes | None:
    """The highest and the lowest value of a metric, or None where members do not differ in it."""
    known = [
        (value, row.member) for row in found.rows if (value := _metric(row, metric)) is not None
    ]
    values = [value for value, _ in known]
    if len(set(values)) < 2:
        return None
    high, low = max(values), min(values)
    return Extremes(
        highest=high,
        lowest=low,
        high=tuple(member for value, member in known if value == high),
        low=tuple(member for value, member in known if value == low),
    )


def without(found: Table, metric: str) -> tuple[Row, ...]:
    """The members that have no number of a metric that could be drawn."""
    return tuple(row for row in found.rows if _metric(row, metric) is None)


def _metric(row: Row, metric: str) -> float | None:
    return drawable(row.metrics.get(metric))


def scatter(found: Table, parameter: Name, metric: str) -> str:
    """The picture of a metric against a parameter as an SVG element, or "" where it cannot be drawn.

    That is where no member has the metric, or where the parameter has too many values that are no
    numbers. Its looks are those of ``drawing.STYLE``.
    """
    dots = [
        _Dot(row, value, _value(row, parameter))
        for row in found.rows
        if (value := _metric(row, metric)) is not None
    ]
    names = list(dict.fromkeys(dot.value for dot in dots if isinstance(dot.value, str)))
    numbers = [dot.value for dot in dots if isinstance(dot.value, float)]
    marked = extremes(found, metric)
    if numbers and len(names) <= _MOST_BANDS:
        whole = all(isinstance(row.parameters.get(parameter, 0), int) for row in found.rows)
        return _over_an_axis(dots, numbers, names, _Of(parameter, metric), whole, marked)
    names = list(dict.fromkeys(_called(dot.value) for dot in dots))
    if not names or len(names) > MOST_ROWS:
        return ""
    return _in_rows(dots, names, _Of(parameter, metric), marked)


def _value(row: Row, parameter: Name) -> float | str:
    if parameter not in row.parameters:
        return OWN
    value = row.parameters[parameter]
    number = drawable(value)
    return str(plain(value)) if number is None else number


def _called(value: float | str) -> str:
    return value if isinstance(value, str) else figure(value)


# The two forms


def _over_an_axis(
    dots: Sequence[_Dot],
    numbers: Sequence[float],
    names: Sequence[str],
    of: _Of,
    whole: bool,
    marked: Extremes | None,
) -> str:
    """The parameter from left to right; what is no number stands beside its axis."""
    up = axis([dot.metric for dot in dots])
    left = 30 + max(width(text) for _, text in up.ticks)
    begin = left + len(names) * _BAND
    across = _tried(numbers, _END - begin, whole)
    bottom = _TOP + _HEIGHT
    bands = {name: left + (number + 0.5) * _BAND for number, name in enumerate(names)}

    def x(value: float | str) -> float:
        if isinstance(value, str):
            return bands[value]
        return begin + across.share(value) * (_END - begin)

    def y(value: float) -> float:
        return bottom - up.share(value) * _HEIGHT

    places = _places(dots, lambda dot: x(dot.value), lambda dot: y(dot.metric))
    parts = [
        *(f'<path d="M{left:.1f} {y(value):.1f}H{_END}"/>' for value, _ in up.ticks),
        *(label(left - 6, y(value) + 4, text, "end") for value, text in up.ticks),
        *(tick(x(value), bottom, text) for value, text in across.ticks),
        *(label(place, bottom + 17, name, "middle", 13) for name, place in bands.items()),
        f'<path class="beside" d="M{begin:.1f} {_TOP}V{bottom}"/>' if names else "",
        f'<path class="frame" d="M{left:.1f} {_TOP}V{bottom}H{_END}"/>',
        title((begin + _END) / 2, bottom + 36, of.parameter, _END - begin, log=across.log),
        title(11, _TOP + _HEIGHT / 2, of.metric, _HEIGHT, log=up.log, turned=True),
        *_drawn(places, of, marked),
    ]
    return picture(parts, _WIDTH, bottom + 44, of.told)


def _in_rows(dots: Sequence[_Dot], names: Sequence[str], of: _Of, marked: Extremes | None) -> str:
    """The metric from left to right, and a row for each value of the parameter."""
    left = 14 + max(60.0, *(width(shortened(name, _LONGEST_ROW)) for name in names))
    across = _fitting([dot.metric for dot in dots], _END - left)
    top = _TOP + 18
    bottom = top + _ROW * len(names)
    rows = {name: top + (number + 0.5) * _ROW for number, name in enumerate(names)}

    def x(value: float) -> float:
        return left + across.share(value) * (_END - left)

    places = _places(dots, lambda dot: x(dot.metric), lambda dot: rows[_called(dot.value)])
    parts = [
        *(f'<path d="M{left:.1f} {y:.1f}H{_END}"/>' for y in rows.values()),
        *(label(left - 8, y + 4, name, "end", _LONGEST_ROW) for name, y in rows.items()),
        *(tick(x(value), bottom, text) for value, text in across.ticks),
        f'<path class="frame" d="M{left:.1f} {top}V{bottom}H{_END}"/>',
        title(4, _TOP + 4, of.parameter, _END, anchor="start"),
        title((left + _END) / 2, bottom + 36, of.metric, _END - left, log=across.log),
        *_drawn(places, of, marked),
    ]
    return picture(parts, _WIDTH, bottom + 44, of.told)


def _fitting(values: Sequence[float], room: float, whole: bool = False) -> Axis:
    """The axis with as many ticks as can be written side by side."""
    found = [axis(values, most, whole=whole) for most in (7, 6, 5, 4, 3)]
    ends = (found[-1].ticks[0], found[-1].ticks[-1])
    return next((each for each in found if _fits(each, room)), replace(found[-1], ticks=ends))


def _tried(values: Sequence[float], room: float, whole: bool) -> Axis:
    """The axis with ticks at the values themselves where they are few, else at round numbers."""
    found = axis(values)
    own = replace(found, ticks=tuple((value, figure(value)) for value in sorted(set(values))))
    return own if _fits(own, room) else _fitting(values, room, whole)


def _fits(found: Axis, room: float) -> bool:
    places = [(found.share(value) * room, width(text)) for value, text in found.ticks]
    return all(b - a >= (wide + wider) / 2 + 8 for (a, wide), (b, wider) in pairwise(places))


# Dots


def _places(
    dots: Sequence[_Dot], x: Callable[[_Dot], float], y: Callable[[_Dot], float]
) -> list[_Place]:
    """Where dots are; those on one spot are one place."""
    found: dict[tuple[int, int], list[_Dot]] = {}
    for dot in dots:
        found.setdefault((round(x(dot)), round(y(dot))), []).append(dot)
    return [_Place(*spot, tuple(members)) for spot, members in found.items()]


def _drawn(places: Sequence[_Place], of: _Of, marked: Extremes | None) -> Iterator[str]:
    """Every place, with what stands there as its title; the marked ones on top."""
    above = []
    for place in places:
        told = f"<title>{escape(_told(place.dots, of))}</title>"
        size = min(9.0, 3 + math.sqrt(len(place.dots)))
        yield f'<circle class="dot" cx="{place.x}" cy="{place.y}" r="{size:.1f}">{told}</circle>'
        for kind, value, turn in (
            ("highest", marked and marked.highest, -1),
            ("lowest", marked and marked.lowest, 1),
        ):
            if marked and any(dot.metric == value for dot in place.dots):
                corner = f"M{place.x} {place.y + 7 * turn}"
                path = f"{corner}l7 {-12 * turn}h-14z"
                above.append(f'<path class="{kind}" d="{path}">{told}</path>')
    yield from above


def _told(dots: Sequence[_Dot], of: _Of) -> str:
    lines = [
        f"member {dot.row.member}: {of.parameter} = {shortened(_called(dot.value), _LONGEST_TITLE)}, "
        f"{of.metric} = {figure(dot.metric)}"
        for dot in dots[:_TOLD_MEMBERS]
    ]
    more = len(dots) - _TOLD_MEMBERS
    return "\n".join([*lines, f"and {more} more here"] if more > 0 else lines)
