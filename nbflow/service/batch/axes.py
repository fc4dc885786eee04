"""Axes of numbers: from where to where, on which scale, with ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: So much of an axis is free at either end.
_FREE: Final = 0.05
#: Where the largest value is so many times the smallest, a logarithmic scale may be the better one.
_RATIO: Final = 10.0
#: Beyond these a number is written with an exponent.
_LARGE: Final = 1e6
_SMALL: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from ``low`` to ``high`` with ticks in between, each with how it is written."""

    low: float
    high: float
    log: bool
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """Where a value is: 0 at the low end, 1 at the high one."""
        return (_on(value, self.log) - _on(self.low, self.log)) / (
            _on(self.high, self.log) - _on(self.low, self.log)
        )


def drawable(value: object) -> float | None:
    """The value as a number that can stand on an axis, or None."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if value == 0 or 1e-200 <= abs(value) <= 1e200 else None


def axis(values: Sequence[float], most: int = 6, *, whole: bool = False) -> Axis:
    """The axis on which numbers that are ``drawable``, one at least, are told apart best.

    It has about ``most`` ticks or fewer; those of ``whole`` numbers are whole.
    """
    distinct = sorted(set(values))
    low, high = distinct[0], distinct[-1]
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        room = abs(low) / 2 or 1.0
        return Axis(low - room, high + room, False, ((low, figure(low)),))
    log = _is_log(distinct)
    first, last = _on(low, log), _on(high, log)
    room = last * _FREE - first * _FREE
    if log:
        first, last = 10 ** (first - room), 10 ** (last + room)
        return Axis(first, last, True, _decades(first, last, most))
    return Axis(first - room, last + room, False, _steps(first - room, last + room, most, whole))


def _on(value: float, log: bool) -> float:
    return math.log10(value) if log else value


def _is_log(distinct: Sequence[float]) -> bool:
    """Whether values are spread more evenly on a logarithmic scale, and over some orders."""
    low, high = distinct[0], distinct[-1]
    if len(distinct) < 3 or low <= 0 or high / low < _RATIO:
        return False
    return _widest([math.log10(value) for value in distinct]) < _widest(distinct)


def _widest(values: Sequence[float]) -> float:
    """The widest gap between neighbours, as a share of the whole."""
    return max(b - a for a, b in pairwise(values)) / (values[-1] - values[0])


def _steps(low: float, high: float, most: int, whole: bool) -> tuple[tuple[float, str], ...]:
    """Ticks at multiples of 1, 2 or 5 times a power of ten."""
    exact = (high - low) / most
    power = 10.0 ** _order(exact)
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= exact * (1 - 1e-9))
    step = max(step, 1.0) if whole else step
    first, last = math.ceil(low / step), math.floor(high / step)
    if first >= last and not whole:  # a single tick tells no scale
        return _steps(low, high, 2 * most, whole)
    values = [number * step for number in range(first, last + 1)]
    places = max(0, -_order(step))
    largest = max(map(abs, values), default=0.0)
    if largest >= _LARGE or step < _SMALL:
        digits = _order(largest or step) - _order(step) + 1
        return tuple((value, figure(value, max(1, digits))) for value in values)
    return tuple((value, f"{value:.{places}f}" if value else "0") for value in values)


def _order(value: float) -> int:
    """The power of ten of a number's first digit."""
    return math.floor(math.log10(value) + 1e-9)


def _decades(low: float, high: float, most: int) -> tuple[tuple[float, str], ...]:
    """Ticks at powers of ten; where they would be few, at 2 and 5, or at 3 times them as well."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    powers = range(first, last + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        values = [f * 10.0**power for power in powers for f in factors]
        values = [value for value in values if low <= value <= high]
        if len(values) <= most:
            return tuple((value, figure(value)) for value in values)
    inside = [power for power in powers if low <= 10.0**power <= high]
    chosen = inside[:: math.ceil(len(inside) / most)]
    return tuple((10.0**power, figure(10.0**power)) for power in chosen)


def figure(value: float, digits: int = 6) -> str:
    """A number with so many digits at most: 0.796706, 2e6, 1.5e-5."""
    if value and not _SMALL <= abs(value) < _LARGE:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    return f"{value + 0.0:.{digits}g}"
