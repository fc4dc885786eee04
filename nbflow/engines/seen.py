"""What a run of a notebook gave, as values: text, results, errors and pictures a cell, and variables.

The same values are made of a run in one kernel and of a run as a pipeline, so that they can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from nbflow.model import Name, StepName

#: Stands for the fingerprint of a value that cannot be pickled: it ended its life with its step.
NOT_STORED: Final = "not stored"

#: Memory addresses differ in any two processes and say nothing.
_ADDRESS: Final = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


@dataclass(frozen=True, slots=True)
class CellSeen:
    """What one code cell gave; ``error`` is "ename: evalue" or "", ``pictures`` counts pictures."""

    stdout: str = ""
    result: str = ""
    displays: tuple[str, ...] = ()
    error: str = ""
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a whole run gave.

    ``cells`` is keyed by the position of the cell in the notebook (all cells counted, from 0). ``variables``
    maps a name to the fingerprint of its last value, ``shown`` to what that looks like. ``word`` is "done",
    "failed" (a cell raised), "refused" (findings, whose codes are in ``codes``), "stopped" (the run
    ended with a sentence) or "crashed"; ``message`` says more. ``called`` is what the notebooks have
    given that were called, without their variables.
    """

    word: str
    cells: Mapping[int, CellSeen] = field(default_factory=dict)
    variables: Mapping[Name, str] = field(default_factory=dict)
    shown: Mapping[Name, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0
    called: Mapping[StepName, Seen] = field(default_factory=dict)


def cell_seen(outputs: Iterable[Mapping[str, object]]) -> CellSeen:
    """What a cell gave, from its outputs as nbformat has them."""
    stdout: list[str] = []
    result, error, pictures = "", "", 0
    displays: list[str] = []
    for output in outputs:
        kind = output["output_type"]
        data = output.get("data")
        bundle = data if isinstance(data, Mapping) else {}
        text = _text(bundle.get("text/plain", ""))
        pictures += any(str(mime).startswith("image/") for mime in bundle)
        if kind == "stream" and output["name"] == "stdout":
            stdout.append(_text(output["text"]))
        elif kind == "execute_result":
            result = text
        elif kind == "display_data":
            displays.append(text)
        elif kind == "error":
            error = _text(f"{output['ename']}: {output['evalue']}")
    return CellSeen("".join(stdout), result, tuple(displays), error, pictures)


def _text(text: object) -> str:
    whole = "".join(text) if isinstance(text, list) else str(text)
    return without_addresses(whole)


def without_addresses(text: str) -> str:
    """A text in which places in memory are not told."""
    return _ADDRESS.sub("0x…", text)
