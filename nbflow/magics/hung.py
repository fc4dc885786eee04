"""What hangs in a kernel's shell and in its loggers, to be taken back to how it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.runtime import logs
from nbflow.runtime.ipython_state import MagicLog


def hung_up(magics: MagicLog) -> Any:
    """All that hangs in the shell, whoever has hung it there: for ``hang_again``."""
    shell = magics.shell
    return (
        {mime: dict(table) for mime, table in magics.tables().items()},
        {kind: dict(table) for kind, table in shell.magics_manager.magics.items()},
        {name: list(found) for name, found in magics.hook_lists().items()},
        (shell.custom_exceptions, shell.CustomTB),
    )


def hang_again(magics: MagicLog, value: Any) -> None:
    """Let exactly this hang in the shell."""
    shell = magics.shell
    printers, kinds, hooks, handler = value
    for tables, wanted in (
        (magics.tables(), printers),
        (shell.magics_manager.magics, kinds),
    ):
        for name, table in wanted.items():
            tables[name].clear()
            tables[name].update(table)
    for name, present in magics.hook_lists().items():
        present[:] = hooks[name]
    shell.custom_exceptions, shell.CustomTB = handler


def changed_loggers(before: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """The loggers that are configured in another way than ``before``, as they were then."""
    return {
        name: before.get(name, logs.UNTOUCHED)
        for name, state in logs.states().items()
        if state != before.get(name, logs.UNTOUCHED)
        and (name in before or not logs.is_of_library(name))
    }


def set_loggers(found: Mapping[str, tuple[Any, ...]]) -> None:
    """Configure the loggers so; those that are not mentioned stay as they are."""
    for name, state in found.items():
        logs.set_state(name, state)
