"""What the magics remember of a shell while it lives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary


@dataclass(slots=True)
class Session:
    """The notebook that the user has named, and the one that a server has told last."""

    chosen: Path | None = None
    answered: Path | None = None


_SESSIONS: Final[WeakKeyDictionary[Any, Session]] = WeakKeyDictionary()


def session_of(shell: Any) -> Session:
    """What is remembered of ``shell``."""
    return _SESSIONS.setdefault(shell, Session())


def forget(shell: Any) -> None:
    """Remember nothing of ``shell``."""
    _SESSIONS.pop(shell, None)
