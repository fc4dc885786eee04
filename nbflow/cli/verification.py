"""What ``nbflow run --verify`` tells: the certificate, or the first cell and variable that differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

import click

from nbflow.engines.comparison import Comparison, Difference
from nbflow.service.verify import Stage, Verified
from nbflow.wording.words import counted, size

#: How many things are named of many.
_NAMED: Final = 5
#: How much of a line is shown.
_WIDEST: Final = 200


def begins(stage: Stage) -> str:
    """The line that tells that a run in a kernel begins."""
    again = ", once more under another hash seed" if stage.number > 1 else ""
    return f"now whole in one kernel{again} ({_copied(stage)})"


def _copied(stage: Stage) -> str:
    copied = stage.copied
    text = f"each run in a copy of {copied.root}: {counted(copied.files, 'file')}"
    text += f", {size(copied.bytes)}" if copied.bytes else ""
    names = [str(path.relative_to(copied.root)) for path in copied.linked]
    return f"{text}; linked: {_few(names)}" if names else text


def told(verified: Verified) -> str:
    """The certificate, or what differs first."""
    return "\n".join(_lines(verified.comparison))


def _lines(found: Comparison) -> Iterator[str]:
    what = f"{counted(found.cells, 'cell')} and {counted(len(found.names), 'variable')}"
    if not found.differences:
        yield f"{click.style('verified', fg='green', bold=True)}: {what} are the same"
    else:
        count = counted(len(found.differences), "difference")
        yield f"{click.style('not the same', fg='red', bold=True)}: {count} in {what}"
        for kind in ("cell", "variable", "end"):
            first = [each for each in found.differences if each.where.startswith(kind)][:1]
            for difference in first:
                yield from _difference(difference)
    if found.left_out:
        yield f"  not compared, as the notebook does not repeat or keep it: {_few(found.left_out)}"


def _difference(found: Difference) -> Iterator[str]:
    pairs = zip_longest(found.expected.splitlines(), found.got.splitlines(), fillvalue="")
    pair = next(((a, b) for a, b in pairs if a != b), (found.expected, found.got))
    line = [a == b for a, b in zip_longest(found.expected.splitlines(), found.got.splitlines())]
    more = f", line {line.index(False) + 1}" if len(line) > 1 and False in line else ""
    yield f"  {found.where}{more}"
    yield f"    notebook: {pair[0][:_WIDEST]}"
    yield f"    pipeline: {pair[1][:_WIDEST]}"


def _few(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f", and {more} more" if more > 0 else "")


def as_record(verified: Verified) -> dict[str, object]:
    """The same as JSON carries it."""
    found = verified.comparison
    return {
        "event": "verified",
        "run": verified.record.id,
        "same": verified.same,
        "cells": found.cells,
        "variables": len(found.names),
        "differences": [
            {"where": each.where, "notebook": each.expected, "pipeline": each.got}
            for each in found.differences
        ],
        "left_out": list(found.left_out),
    }
