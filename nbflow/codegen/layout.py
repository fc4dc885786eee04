"""Python text as ``ruff format`` would leave it: lines of at most 100, one argument a line where it must be.

What is given out is text that stands for a value, never text that a user wrote.
"""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

#: As wide as a line may be.
WIDTH: Final = 100
#: Lines that begin where the statement does; what is within it is indented.
Lines = list[str]


def width(text: str) -> int:
    """How many columns a text takes: some signs take two, some none."""
    return sum(_columns(sign) for sign in text) if not text.isascii() else len(text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"F", "W"} else 1


def inline(value: object) -> str:
    """A value of JSON as Python, on one line."""
    match value:
        case str():
            found = _quoted(value)
        case float() if not math.isfinite(value):
            found = f'float("{value}")'
        case float():
            found = repr(value).replace("e+", "e")
        case Mapping():
            inner = (f"{inline(key)}: {inline(each)}" for key, each in value.items())
            found = f"{{{', '.join(inner)}}}"
        case list() | tuple():
            found = f"[{', '.join(inline(each) for each in value)}]"
        case _:
            found = repr(value)
    return found


def _quoted(text: str) -> str:
    """A text between the quotes that need fewer backslashes, double ones where both are alike."""
    inner = repr(f"\"'{text}")[1:-1]  # with both quotes in it, repr always takes single ones
    body = inner[3:].replace("\\'", "'")
    sign = "'" if text.count('"') > text.count("'") else '"'
    return f"{sign}{body.replace(sign, f'{chr(92)}{sign}')}{sign}"


def assigned(before: str, value: object, after: str = "", *, room: int = WIDTH) -> Lines:
    """``before``, the value and ``after``, in ``room`` columns."""
    one = f"{before}{inline(value)}{after}"
    if width(one) <= room:
        return [one]
    match value:
        case str():
            parts = list(_pieces(value, room - 4))
            if len(parts) < 2:
                return [one]
            return [f"{before}(", *indented(parts), f"){after}"]
        case Mapping() if value:
            items = [_item(f"{inline(key)}: ", each, room - 4) for key, each in value.items()]
            return [f"{before}{{", *(line for item in items for line in item), f"}}{after}"]
        case list() | tuple() if value:
            items = [_item("", each, room - 4) for each in value]
            return [f"{before}[", *(line for item in items for line in item), f"]{after}"]
        case _:
            return [one]


def _item(before: str, value: object, room: int) -> Lines:
    return indented(assigned(before, value, ",", room=room))


def _pieces(text: str, room: int) -> Iterable[str]:
    """The text in parts that fit, each broken behind a space where there is one."""
    rest = text
    while rest:
        if width(inline(rest)) <= room:
            yield inline(rest)
            return
        low, high = 1, min(len(rest), room)
        while low < high:  # the most signs that fit
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high) if width(inline(rest[:middle])) <= room else (low, middle - 1)
            )
        space = rest.rfind(" ", low // 2, low)
        cut = space + 1 if space > 0 else low
        yield inline(rest[:cut])
        rest = rest[cut:]


def call(
    before: str,
    arguments: Sequence[Lines],
    after: str = ")",
    *,
    room: int = WIDTH,
    always: bool = False,
) -> Lines:
    """A call, a list or the head of a function: on one line where it fits, unless it is ``always`` long."""
    flat = all(len(each) == 1 for each in arguments)
    one = f"{before}{', '.join(each[0] for each in arguments)}{after}" if flat else ""
    if not arguments or (flat and not always and width(one) <= room):
        return [one or f"{before}{after}"]
    inner = [line for each in arguments for line in indented([*each[:-1], f"{each[-1]},"])]
    return [before, *inner, after]


def argument(name: str, value: object, room: int = WIDTH - 8) -> Lines:
    """``name=value`` for a value of JSON."""
    return assigned(f"{name}=", value, room=room - 1)


def indented(lines: Iterable[str]) -> Lines:
    """The lines four columns further in."""
    return [f"    {line}" if line else line for line in lines]


def docstring(text: str, room: int = WIDTH - 4) -> Lines:
    """A text as a docstring, in which nothing ends it or stands for another text.

    Braces in pairs are parted: engines take them for names of their own.
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    for pair, apart in (("{{", "{ {"), ("}}", "} }"), ("$(", "$ (")):
        while pair in plain:
            plain = plain.replace(pair, apart)
    plain = re.sub(r"\s+", " ", plain).strip().replace("\\", "\\\\").replace('"', "'") or "-"
    if width(plain) + 6 <= room:
        return [f'"""{plain}"""']
    narrow = room // 2 - 4 if width(plain) > len(plain) else room - 10
    first, *rest = textwrap.wrap(plain, narrow, break_on_hyphens=False)
    return [f'"""{first}', *rest, '"""']
