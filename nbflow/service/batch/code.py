"""Whether the notebook of a batch is still what its first members have run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from nbflow.engines.events import RunState
from nbflow.model import CellKind
from nbflow.service.batch.settings import Settings
from nbflow.service.request import Request
from nbflow.store import MemberRecord

#: What is told where the results of members may not belong together.
CHANGED: Final = (
    "the notebook has changed since the first members of this batch ended well; they stay as they are."
    " With another name all members run it as it is now"
)


def ran_first(kept: Settings, asked: Request, members: Iterable[MemberRecord]) -> Settings:
    """The settings with the code that those have run which ended well first; where none did, that of now."""
    ended = any(member.state == RunState.DONE.value for member in members)
    return kept if ended else replace(kept, code=fingerprint(asked))


def has_changed(kept: Settings, asked: Request) -> bool:
    """Whether the notebook is no longer the one that the first members have run."""
    return bool(kept.code) and kept.code != fingerprint(asked)


def fingerprint(asked: Request) -> str:
    """What is the same for notebooks with the same code and tags, those that they call included."""
    notebooks = (asked.notebook, *asked.analysis.notebooks.values())
    cells = [
        [*cell.tags, cell.source]
        for each in notebooks
        for cell in each.cells
        if cell.kind is CellKind.CODE
    ]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]
