"""What a run gave, as JSON: how the scripts of a measurement hand it on."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from nbflow.engines.seen import CellSeen, Seen


def write(seen: Seen, path: Path) -> None:
    """Write what a run gave as JSON."""
    path.write_text(json.dumps(asdict(seen)), encoding="utf-8")


def read(path: Path) -> Seen:
    """What a run gave, from the JSON of ``write``."""
    fields = json.loads(path.read_text(encoding="utf-8"))
    fields["cells"] = {
        int(position): CellSeen(**{**cell, "displays": tuple(cell["displays"])})
        for position, cell in fields["cells"].items()
    }
    fields["codes"] = tuple(fields["codes"])
    return Seen(**fields)
