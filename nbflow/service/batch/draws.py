"""Values drawn at random: ``loguniform(1e-4, 0.1)``, and the same ones for the same seed everywhere.

Only ``Random.random`` of Python's generators promises the same numbers in every version, and the functions
of ``math`` are those of the machine's own library, whose last digits differ. So all is made from the one, and
logarithms are those of ``decimal``, which are exact to its last digit wherever they are computed.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import islice
from typing import Final, TypeAlias

from nbflow.errors import ParameterError
from nbflow.service.batch.alternatives import alternatives

#: Gives numbers from 0 up to 1.
Source: TypeAlias = Callable[[], float]
#: Draws one value.
Draw: TypeAlias = Callable[[Source], object]

_EXACT: Final = Context(prec=40)
#: The most whole numbers that one number of a source tells apart.
_WIDEST: Final = 2**53


@dataclass(frozen=True, slots=True)
class Draws:
    """How values are drawn: the texts by the names of parameters, from ``first`` up to ``stop``.

    A ``seed`` has one sequence for each name, whatever other names there are.
    """

    texts: Mapping[str, str]
    seed: int
    first: int
    stop: int

    def sets(self) -> list[dict[str, object]]:
        """The sets of values, each with one of every parameter.

        Raises:
            ParameterError: a text is not understood.
        """
        columns = [_drawn(name, text, self) for name, text in self.texts.items()]
        return [dict(zip(self.texts, row, strict=True)) for row in zip(*columns, strict=True)]


def _drawn(name: str, text: str, draws: Draws) -> list[object]:
    try:
        draw = _parsed(text)
    except ParameterError as error:
        raise ParameterError(f"{name}={text}: {error}") from None
    digest = hashlib.sha256(f"{draws.seed}/{name}".encode()).digest()
    source = random.Random(int.from_bytes(digest, "big")).random
    values = (draw(source) for _ in range(draws.stop))
    return list(islice(values, draws.first, None))


def _parsed(text: str) -> Draw:
    match = re.fullmatch(r"\s*([a-z]+)\s*\((.*)\)\s*", text, re.DOTALL)
    if not match or match[1] not in _KINDS:
        raise ParameterError(f"it is none of {', '.join(form for form, _ in _KINDS.values())}")
    form, kind = _KINDS[match[1]]
    return kind(form, alternatives(match[2]))


def _uniform(form: str, given: Sequence[str]) -> Draw:
    low, high = _bounds(form, given)
    if not math.isfinite(high - low):
        raise ParameterError("LOW and HIGH are too far apart")
    return lambda source: low + (high - low) * source()


def _loguniform(form: str, given: Sequence[str]) -> Draw:
    low, high = _bounds(form, given)
    if low <= 0:
        raise ParameterError("LOW has to be more than 0")
    begin, end = Decimal(low).ln(_EXACT), Decimal(high).ln(_EXACT)
    width = _EXACT.subtract(end, begin)

    def draw(source: Source) -> float:
        place = _EXACT.fma(Decimal(source()), width, begin)
        return min(max(float(_EXACT.exp(place)), low), high)

    return draw


def _normal(form: str, given: Sequence[str]) -> Draw:
    mean, deviation = _numbers(form, given)
    if deviation < 0:
        raise ParameterError("DEVIATION cannot be less than 0")

    def draw(source: Source) -> float:
        """By the polar method of Marsaglia."""
        while True:
            x, y = 2 * source() - 1, 2 * source() - 1
            square = x * x + y * y
            if 0 < square < 1:
                exact = Decimal(square)
                factor = _EXACT.sqrt(_EXACT.divide(-2 * _EXACT.ln(exact), exact))
                return mean + deviation * (x * float(factor))

    return draw


def _int(form: str, given: Sequence[str]) -> Draw:
    try:
        low, high = (int(each) for each in given)
    except ValueError:
        raise ParameterError(f"{form} takes two whole numbers") from None
    _check_order(form, low, high)
    count = high - low + 1
    if count > _WIDEST:
        raise ParameterError("LOW and HIGH are too far apart")
    return lambda source: low + int(source() * count)


def _choice(form: str, given: Sequence[str]) -> Draw:
    if list(given) == [""]:
        raise ParameterError(f"{form} takes at least one value")
    return lambda source: given[int(source() * len(given))]


def _numbers(form: str, given: Sequence[str]) -> tuple[float, float]:
    try:
        first, second = (float(each) for each in given)
    except ValueError:
        raise ParameterError(f"{form} takes two numbers") from None
    if not (math.isfinite(first) and math.isfinite(second)):
        raise ParameterError(f"{form} takes two finite numbers")
    return first, second


def _bounds(form: str, given: Sequence[str]) -> tuple[float, float]:
    low, high = _numbers(form, given)
    _check_order(form, low, high)
    return low, high


def _check_order(form: str, low: float, high: float) -> None:
    if low > high:
        raise ParameterError(f"in {form}, HIGH is less than LOW")


#: How each kind of draw is written, and what reads it.
_KINDS: Final[Mapping[str, tuple[str, Callable[[str, Sequence[str]], Draw]]]] = {
    "uniform": ("uniform(LOW, HIGH)", _uniform),
    "loguniform": ("loguniform(LOW, HIGH)", _loguniform),
    "normal": ("normal(MEAN, DEVIATION)", _normal),
    "int": ("int(LOW, HIGH)", _int),
    "choice": ("choice(VALUE, ...)", _choice),
}
