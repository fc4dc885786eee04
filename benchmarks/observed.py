"""What a run of a notebook gave, as values: text, results, errors and pictures a cell, and
variables.

The same values are made of a run in one kernel and of a run as a pipeline, so that they can be
compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

#: Stands for the fingerprint of a value that cannot be pickled: it ended its life with its step.
NOT_STORED = "not stored"

#: Memory addresses differ in any two processes and say nothing.
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


@dataclass(frozen=True, slots=True)
class CellSeen:
    """What one code cell gave. ``error`` is "ename: evalue" or ""; ``pictures`` counts displays
    with images.
    """

    stdout: str = ""
    result: str = ""
    displays: tuple[str, ...] = ()
    error: str = ""
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a whole run gave.

    ``cells`` is keyed by the position of the cell in the notebook (all cells counted, from 0, as
    text). ``variables`` maps a name to the fingerprint of its last value. ``word`` is "done",
    "failed" (a cell raised), "refused" (findings, whose codes are in ``codes``), "stopped" (the run
    ended with a sentence) or "crashed"; ``message`` says more.
    """

    word: str
    cells: Mapping[str, CellSeen] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0


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


def write(seen: Seen, path: Path) -> None:
    """Write what a run gave as JSON."""
    path.write_text(json.dumps(asdict(seen)), encoding="utf-8")


def read(path: Path) -> Seen:
    """What a run gave, from the JSON of ``write``."""
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["cells"] = {
        position: CellSeen(**{**cell, "displays": tuple(cell["displays"])})
        for position, cell in fields["cells"].items()
    }
    fields["codes"] = tuple(fields["codes"])
    return Seen(**fields)


def _text(text: object) -> str:
    whole = "".join(text) if isinstance(text, list) else str(text)
    return _ADDRESS.sub("0x…", whole)
