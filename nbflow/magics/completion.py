"""What can follow in a line of ``%nbflow``: words, options, and names out of the notebook and its runs.

https://ipython.readthedocs.io/en/stable/api/generated/IPython.core.completer.html
"""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from IPython.core.completer import CompletionContext, SimpleCompletion, context_matcher
from IPython.core.error import UsageError

from nbflow.errors import NbflowError
from nbflow.magics.place import notebook_of
from nbflow.magics.session import session_of
from nbflow.magics.subcommand import Subcommand

#: Options that take several names with commas between.
_SEVERAL: Final = frozenset({"steps", "force"})
_LINE: Final = re.compile(r"\s*%?nbflow(?P<arguments>\s.*)")


@dataclass(frozen=True, slots=True)
class Offer:
    """What can stand in the place of ``fragment``, the end of what has been typed."""

    fragment: str
    texts: tuple[str, ...]


def matcher(
    shell: Any, words: Iterable[str], subcommand: Callable[[str], Subcommand]
) -> Callable[[CompletionContext], Mapping[str, Any]]:
    """What IPython asks while a line of ``%nbflow`` is typed; all other lines are left to others."""

    @context_matcher(identifier="nbflow")  # type: ignore[untyped-decorator]  # of IPython
    def match(context: CompletionContext) -> Mapping[str, Any]:
        found = _LINE.fullmatch(context.text_until_cursor)
        offer = offered(shell, found["arguments"], words, subcommand) if found else None
        if offer is None:
            return {"completions": []}
        return {
            "completions": [SimpleCompletion(text, type="nbflow") for text in offer.texts],
            "matched_fragment": offer.fragment,
            "suppress": True,
            "ordered": True,
        }

    made: Callable[[CompletionContext], Mapping[str, Any]] = match
    return made


def offered(
    shell: Any, typed: str, words: Iterable[str], subcommand: Callable[[str], Subcommand]
) -> Offer | None:
    """What can follow after ``typed``, the arguments so far; None where nothing is known of that."""
    before, current = re.split(r"(?<=\s)(?=\S*\Z)", typed, maxsplit=1)
    try:
        given = shlex.split(before)
        if not given:
            return _those(current, words)
        parser = subcommand(given[0]).parser
        return _argument(shell, parser, given[1:], current)
    except (NbflowError, UsageError, ValueError):
        return None


def _argument(
    shell: Any, parser: click.Command, given: Sequence[str], current: str
) -> Offer | None:
    options = {name: each for each in parser.params for name in each.opts if name[:1] == "-"}
    last = options.get(given[-1]) if given else None
    if isinstance(last, click.Option) and not last.is_flag:
        return _value(shell, last, given, current)
    if current.startswith("-"):
        return _those(current, (name for name in (*options, "--help") if name.startswith("--")))
    arguments = [each for each in parser.params if isinstance(each, click.Argument)]
    place = len(_positional(given, options))
    return _value(shell, arguments[place], given, current) if place < len(arguments) else None


def _positional(given: Sequence[str], options: Mapping[str, click.Parameter]) -> list[str]:
    """The words that are no option, and no value of one."""
    found, value_of = [], None
    for word in given:
        if value_of is None and not word.startswith("-"):
            found.append(word)
        option = options.get(word) if value_of is None else None
        value_of = option if isinstance(option, click.Option) and not option.is_flag else None
    return found


def _value(shell: Any, asked: click.Parameter, given: Sequence[str], current: str) -> Offer | None:
    if isinstance(asked.type, click.Choice):
        return _those(current, map(str, asked.type.choices))
    # Deferred: it reads notebooks and the store, for which much has to be imported.
    names = importlib.import_module("nbflow.magics.names").NAMES
    found = names.get(asked.name or "")
    if found is None:
        return None
    fragment = current.rpartition(",")[2] if asked.name in _SEVERAL else current
    return _those(fragment, found(_notebook(shell), given))


def _those(fragment: str, texts: Iterable[str]) -> Offer:
    return Offer(fragment, tuple(text for text in texts if text.startswith(fragment)))


def _notebook(shell: Any) -> Path:
    """The notebook; the one that was told last, so that no server is asked at each key."""
    session = session_of(shell)
    known = session.chosen or session.answered
    return known if known is not None and known.is_file() else notebook_of(shell)
