"""Malformed tags as they were meant: other words for units, times and switches, spaces between parts."""

from __future__ import annotations

import re
from typing import Final

from nbflow import tags

_UNITS: Final = {
    **{f"{letter}{end}": f"{letter.upper()}i" for letter in "kmgtpe" for end in ("i", "ib")},
    **{f"{letter}{end}": letter.upper() for letter in "mgtpe" for end in ("b",)},
    **{letter: letter.upper() for letter in "gtpe"},
    "kb": "k",
}
_SECONDS: Final = {
    **dict.fromkeys(("", "s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
}
_SWITCHES: Final = {
    **dict.fromkeys(("on", "true", "yes", "enable", "1"), "enabled"),
    **dict.fromkeys(("off", "false", "no", "disable", "0"), "disabled"),
}
_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_NUMBER: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)")


def corrected(bad: str) -> str | None:
    """The tag that a malformed one was meant to be, or None where that cannot be told."""
    prefix, _, rest = bad.partition(":")
    parts = [part.strip() for part in rest.split(":")]
    for attempt in (parts, [*parts[:-1], _word(prefix, parts[-1])], _middle(prefix, parts)):
        text = ":".join([prefix, *attempt]).rstrip(":")
        if text != bad and not isinstance(tags.parse(text), (tags.Bad, tags.Foreign)):
            return text
    return None


def _middle(prefix: str, parts: list[str]) -> list[str]:
    """The parts of ``retry:N:WAIT:FACTOR`` with the wait as it was meant."""
    if prefix != "retry" or len(parts) < 2:
        return parts
    return [parts[0], _word("timeout", parts[1]), *parts[2:]]


def _word(prefix: str, word: str) -> str:
    """The last word of a tag as it was meant."""
    number = _NUMBER.fullmatch(word)
    unit = number[2].lower() if number else ""
    if prefix in {"limit", "request", "shm"} and number and unit in _UNITS:
        return f"{number[1]}{_UNITS[unit]}"
    if prefix == "timeout" and number and unit in _SECONDS:
        return f"{number[1]}{_SECONDS[unit]}"
    if prefix in {"cache", "report"}:
        return _SWITCHES.get(word.lower(), word.lower())
    if prefix == "toleration":
        return next((each for each in _EFFECTS if each.lower() == word.lower()), word)
    return word
