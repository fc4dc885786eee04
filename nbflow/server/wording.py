"""Sentences as they are told where there is no command line: what they name of it, in words of the panel."""

from __future__ import annotations

import re
from typing import Final

#: What sentences say of commands and their options, and what is said instead.
_INSTEAD: Final = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"(,? or)? name (?:an|the) interpreter with --python", r"\1 choose another kernel"),
        (r"name another with --python", "choose another kernel"),
        (r"name another (?:place|one) with --output", "choose another folder"),
        (r",? or run with --jobs 1", ""),
        (r": `nbflow (?:runs|batch list)` lists them", ""),
        (r"take another --name", "take another name"),
        (
            r"^no runs are recorded in .*: run a notebook first, or set NBFLOW_HOME",
            "no runs are recorded in this folder",
        ),
        (r"^`nbflow run --verify` shows", "A verified run on this machine shows"),
        (r"`nbflow submit` names it for the run", "a run that is started here names it"),
        (r"`nbflow retry \S+` (goes on|sends)", r"resuming it \1"),
        (r"`nbflow cancel \S+` stops it", "stop it first"),
        (r"`nbflow show \S+` asks again", "look at it again later"),
        (r"; `nbflow engine add` makes one", ""),
        (r" \(--keep edges\)", ""),
        (r"--replace puts this one in its place", "give this one another name"),
    )
)


def spoken(sentence: str) -> str:
    """The sentence without commands and options of the command line."""
    for pattern, instead in _INSTEAD:
        sentence = pattern.sub(instead, sentence)
    return sentence
