"""What the magics remember of a shell while it lives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from nbflow.magics.unsaved import Ran


@dataclass(slots=True)
class Session:
    """What is known of a shell.

    ``chosen`` is the notebook that the user has named, ``answered`` the one that a server has told last.
    ``ran`` holds the cells by their ids, or by their sources where they have none, as they ran last.
    ``at_end`` is called when nbflow is taken out of the shell.
    """

    chosen: Path | None = None
    answered: Path | None = None
    ran: dict[str, Ran] = field(default_factory=dict)
    at_end: list[Callable[[], None]] = field(default_factory=list)


_SESSIONS: Final[WeakKeyDictionary[Any, Session]] = WeakKeyDictionary()


def session_of(shell: Any) -> Session:
    """What is remembered of ``shell``."""
    return _SESSIONS.setdefault(shell, Session())
