"""The alternatives in a text from the command line: ``2,4,8``."""

from __future__ import annotations

from typing import Final

_CLOSES: Final = {"[": "]", "{": "}", "(": ")"}
_QUOTES: Final = "\"'"


def alternatives(text: str) -> list[str]:
    """The parts of a text with commas between them, without blanks around.

    A comma in brackets, or in an alternative that stands in quotes, separates nothing; those quotes
    are taken off.
    """
    return [_unquoted(part) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    found, begin, quote, open_ = [], 0, "", list[str]()
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif (
            sign in _QUOTES
            and (open_ or not text[begin:place].strip())
            and sign in text[place + 1 :]
        ):
            quote = sign
        elif sign in _CLOSES:
            open_.append(_CLOSES[sign])
        elif open_ and sign == open_[-1]:
            open_.pop()
        elif sign == "," and not open_:
            found.append(text[begin:place].strip())
            begin = place + 1
    return [*found, text[begin:].strip()]


def _unquoted(part: str) -> str:
    quoted = len(part) > 1 and part[0] in _QUOTES and part[-1] == part[0]
    return part[1:-1] if quoted and part[0] not in part[1:-1] else part
