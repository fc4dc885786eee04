"""The line ``%%step NAME [--after A B] [--memory 4Gi] ...``: a text, its tags, and back.

The options are the words of the tag grammar: each says what one tag says, and its value is read by that
grammar. ``read(unparse(texts)).tags == texts`` for all tags that have an option.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Final

from nbflow import tags
from nbflow.errors import TagError
from nbflow.runtime.own_lines import EXTENSION, end_of, step_line


@dataclass(frozen=True, slots=True)
class Option:
    """``--WORD VALUE``, which says what the tag ``PREFIX VALUE`` says; ``form`` shows the value.

    ``many`` allows several values behind one word, each of which is a tag.
    """

    word: str
    prefix: str
    form: str
    many: bool = False


OPTIONS: Final = (
    Option("after", "prev:", "STEP ...", many=True),
    Option("cpu", "limit:cpu:", "2"),
    Option("memory", "limit:memory:", "4Gi"),
    Option("gpu", "gpu:", "1"),
    Option("limit", "limit:", "KEY:VALUE ...", many=True),
    Option("request", "request:", "KEY:VALUE ...", many=True),
    Option("shm", "shm:", "2Gi"),
    Option("image", "image:", "REF"),
    Option("pull-secret", "pull-secret:", "NAME ...", many=True),
    Option("env", "env:", "NAME:VALUE ...", many=True),
    Option("secret", "secret:", "NAME:KEY:ENV ...", many=True),
    Option("configmap", "configmap:", "NAME:KEY:ENV ...", many=True),
    Option("volume", "volume:", "PVC:PATH ...", many=True),
    Option("secret-volume", "secret-volume:", "NAME:PATH ...", many=True),
    Option("configmap-volume", "configmap-volume:", "NAME:PATH ...", many=True),
    Option("service-account", "service-account:", "NAME"),
    Option("run-as", "run-as:", "UID[:GID]"),
    Option("node", "node:", "KEY:VALUE ...", many=True),
    Option("toleration", "toleration:", "KEY[:VALUE[:EFFECT]] ...", many=True),
    Option("label", "label:", "KEY:VALUE ...", many=True),
    Option("annotation", "annotation:", "KEY:VALUE ...", many=True),
    Option("retry", "retry:", "N[:WAIT[:FACTOR]]"),
    Option("timeout", "timeout:", "90s"),
    Option("cache", "cache:", "disabled"),
    Option("report", "report:", "disabled"),
)
_BY_WORD: Final = {option.word: option for option in OPTIONS}
_WORD: Final = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""")
_PLAIN: Final = re.compile(r"[\w@%+=:,./][\w@%+=:,./-]*")
_HEAD: Final = re.compile(r"\s*%%step")
_OWN: Final = re.compile(rf"[ \t]*%(?:(?:re|un)?load_ext[ \t]+{EXTENSION}\s*$|{EXTENSION}(?:\s|$))")
_STEP: Final = "step:"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line: a clause without its full stop, what to do, and where (from 0).

    ``bad`` is the malformed tag that an option with its value would be, or "".
    """

    message: str
    hint: str
    column: int
    bad: str = ""

    @property
    def sentence(self) -> str:
        """The problem in one sentence, and the way out in the next."""
        return f"{self.message[0].upper()}{self.message[1:]}. {self.hint}"


@dataclass(frozen=True, slots=True)
class Said:
    """A tag that the line says, and the column of its word."""

    tag: str
    column: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """The ``%%step`` line of a cell: on which of its lines it stands (from 1), as what, and what it says.

    ``said`` begins with the tag of the step, where its name is sound; malformed options are not in it.
    """

    number: int
    text: str
    said: tuple[Said, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that say the same."""
        return tuple(each.tag for each in self.said)

    @property
    def names(self) -> bool:
        """Whether the name of the step is sound."""
        return self.tags[:1] != () and isinstance(tags.parse(self.tags[0]), tags.StepTag)


@lru_cache(maxsize=4096)
def read(source: str) -> StepLine | None:
    """The ``%%step`` line of a cell, or None where its text does not begin with one."""
    if "%%step" not in source:
        return None
    lines = source.splitlines()
    place = step_line(lines)
    return None if place is None else parse(lines[place], place + 1)


def without(source: str) -> str:
    """The text of a cell as it runs: its ``%%step`` line is an empty one."""
    lines = source.splitlines(keepends=True)
    place = step_line(lines) if "%%step" in source else None
    if place is None:
        return source
    return "".join([*lines[:place], end_of(lines[place]), *lines[place + 1 :]])


def speaks_to_nbflow(line: str) -> bool:
    """Whether the line of a cell is a magic that speaks to nbflow alone."""
    return _OWN.match(line) is not None


def replaced(source: str, line: str) -> str:
    """The text of a cell with another ``%%step`` line; without one where that is ""."""
    lines = source.splitlines(keepends=True)
    place = step_line(lines)
    if place is None:
        return source
    made = [line + end_of(lines[place])] if line else []
    return "".join([*lines[:place], *made, *lines[place + 1 :]])


def parse(text: str, number: int = 1) -> StepLine:
    """What a line that begins with ``%%step`` says; never fails."""
    head = _HEAD.match(text)
    start = head.end() if head else 0
    said: list[Said] = []
    problems: list[Problem] = []
    try:
        words = list(_words(text, start))
    except _UnclosedError as error:
        return StepLine(number, text.strip(), (), (error.problem,))
    named, rest = _split(words)
    _read_name(named, rest, start, said, problems)
    for option in _options(rest):
        _read_option(option, said, problems)
    return StepLine(number, text.strip(), tuple(said), tuple(problems))


def unparse(texts: Sequence[str]) -> str:
    """The line that says what these tags say, in their order; the first one names the step.

    Raises:
        TagError: the first tag is none of a step, or one of the others has no option.
    """
    step = tags.parse(texts[0]) if texts else None
    if not isinstance(step, tags.StepTag) or step.legacy:
        raise TagError("A `%%step` line names a step.")
    parts, before = [f"%%step {_quoted(step.name)}"], ""
    for text in texts[1:]:
        option = option_of(text)
        if option is None:
            raise TagError(f"`{text}` cannot be said in a `%%step` line.")
        if not (option.many and option.word == before):
            parts.append(f"--{option.word}")
        parts.append(_quoted(text.removeprefix(option.prefix)))
        before = option.word
    return " ".join(parts)


def option_of(text: str) -> Option | None:
    """The option that says what a tag says; the one with the longest prefix, ``--memory`` not ``--limit``."""
    if isinstance(tags.parse(text), (tags.Bad, tags.Foreign)) or len(text.splitlines()) > 1:
        return None
    return option_meant(text)


def option_meant(text: str) -> Option | None:
    """The same for a tag that may be malformed."""
    found = [option for option in OPTIONS if text.startswith(option.prefix)]
    return max(found, key=lambda option: len(option.prefix), default=None)


def usage() -> str:
    """How the line is written, with all options: what ``%%step?`` shows."""
    width = max(len(f"--{each.word} {each.form}") for each in OPTIONS)
    rows = (f"  {f'--{each.word} {each.form}':<{width}}  {each.prefix}..." for each in OPTIONS)
    return "\n".join(rows)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the line: as it is written, what it says, and its column."""

    raw: str
    value: str
    column: int

    @property
    def is_option(self) -> bool:
        """Whether it is one, and no text in quotes that looks like one."""
        return self.raw.startswith("-")


@dataclass(frozen=True, slots=True)
class _Given:
    """An option's word and its values."""

    word: _Word
    values: tuple[_Word, ...]


class _UnclosedError(Exception):
    """Carries the problem of a quote; never leaves this module."""

    def __init__(self, column: int) -> None:
        super().__init__()
        self.problem = Problem(
            "the `%%step` line has a quote that is not closed", "Close it, or leave it out.", column
        )


def _words(text: str, start: int) -> Iterator[_Word]:
    place = start
    while True:
        place += len(text[place:]) - len(text[place:].lstrip())
        if place >= len(text):
            return
        match = _WORD.match(text, place)
        end = match.end() if match else place
        if match is None or (end < len(text) and not text[end].isspace()):
            raise _UnclosedError(end)
        yield _Word(match[0], "".join(shlex.split(match[0])), place)
        place = end


def _split(words: Sequence[_Word]) -> tuple[list[_Word], list[_Word]]:
    """The words before the first option, and the others."""
    first = next((n for n, word in enumerate(words) if word.is_option), len(words))
    return [*words[:first]], [*words[first:]]


def _read_name(
    named: Sequence[_Word],
    rest: Sequence[_Word],
    start: int,
    said: list[Said],
    problems: list[Problem],
) -> None:
    if not named:
        hint = "Write the name first: `%%step train --gpu 1`."
        column = rest[0].column if rest else start
        problems.append(Problem("the `%%step` line names no step", hint, column))
        return
    if len(named) > 1:
        whole = " ".join(word.value for word in named)
        problems.append(
            Problem(
                f"`{named[1].value}` in the `%%step` line is neither the name nor an option",
                f"A name with spaces stands in quotes: `%%step {_quoted(whole)}`.",
                named[1].column,
            )
        )
        return
    tag = tags.parse(f"{_STEP}{named[0].value}")
    if isinstance(tag, tags.StepTag):
        said.append(Said(f"{_STEP}{named[0].value}", named[0].column))
    else:
        reason = tag.reason if isinstance(tag, tags.Bad) else "the name of the step is missing"
        hint = "Give the step a name: `%%step train`."
        problems.append(Problem(f"in the `%%step` line {reason}", hint, named[0].column))


def _options(words: Sequence[_Word]) -> Iterator[_Given]:
    """The options with their values, of which the first may stand behind "="."""
    places = [place for place, word in enumerate(words) if word.is_option]
    for place, end in pairwise([*places, len(words)]):
        word, values = words[place], [*words[place + 1 : end]]
        name, equals, value = word.value.partition("=")
        if equals:
            column = word.column + len(name) + 1
            values.insert(0, _Word(value, value, column))
            word = _Word(name, name, word.column)
        yield _Given(word, tuple(values))


def _read_option(given: _Given, said: list[Said], problems: list[Problem]) -> None:
    written = given.word.value
    option = _BY_WORD.get(written.removeprefix("--")) if written.startswith("--") else None
    if option is None:
        problems.append(_unknown(given.word))
        return
    shown = f"`--{option.word} {option.form}`"
    if not given.values:
        problem = f"the option `--{option.word}` in the `%%step` line has no value"
        problems.append(Problem(problem, f"Write {shown}.", given.word.column))
    for value in given.values[1:] if not option.many else ():
        problem = f"`{value.value}` in the `%%step` line belongs to no option"
        hint = f"`--{option.word}` takes one value, {shown}; put one with spaces in quotes."
        problems.append(Problem(problem, hint, value.column))
    for value in given.values if option.many else given.values[:1]:
        text = f"{option.prefix}{value.value}"
        tag = tags.parse(text)
        if isinstance(tag, tags.Bad):
            problem = f"the option `--{option.word} {value.value}` is malformed: {tag.reason}"
            hint = f"Correct it, {shown}, or remove it."
            problems.append(Problem(problem, hint, value.column, bad=text))
        else:
            said.append(Said(tags.unparse(tag), value.column))


def _unknown(word: _Word) -> Problem:
    near = get_close_matches(word.value.lstrip("-").lower(), _BY_WORD, 1, 0.6)
    listed = ", ".join(f"--{each}" for each in _BY_WORD)
    hint = f"`--{near[0]}` may be meant." if near else f"The options are {listed}."
    return Problem(f"the `%%step` line has no option `{word.value}`", hint, word.column)


def _quoted(text: str) -> str:
    """The text as one word of the line."""
    if _PLAIN.fullmatch(text):
        return text
    if "'" not in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return shlex.quote(text)
