"""How long a step waits for its next try, on every engine."""

from __future__ import annotations

from typing import Final

from nbflow.model import Backoff, Resources

#: The wait where the tag names none: each is twice as long as that before.
_USUAL: Final = Backoff(10)


def wait(own: Resources) -> Backoff:
    """The wait that the step asks for, or that of all others."""
    return own.backoff or _USUAL
