"""The extension that ``%load_ext nbflow`` loads into a shell, and ``%unload_ext nbflow`` takes out again."""

from __future__ import annotations

from typing import Any

from nbflow.magics import line, step
from nbflow.magics.environment import keep_environment


def load_ipython_extension(shell: Any) -> None:
    """Give the shell the magics of nbflow."""
    keep_environment()
    step.register(shell)
    line.register(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Leave the shell as it was."""
    step.unregister(shell)
    line.unregister(shell)
