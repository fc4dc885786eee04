"""The state of a live kernel, kept before it is changed and put back where that fails."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from nbflow.magics.hung import changed_loggers, hang_again, hung_up, set_loggers
from nbflow.runtime import libraries, logs
from nbflow.runtime.ambient import Ambient
from nbflow.runtime.ipython_state import MagicLog

#: State that is kept as a whole here, as a kernel has more of it than a step notices.
_OWN: Final = frozenset({"@environ", "@sys.path", "@warnings"})


class KernelState:
    """The names and the ambient state of a kernel at one moment."""

    def __init__(self, shell: Any, ambient: Ambient, magics: MagicLog) -> None:
        self._shell = shell
        self._ambient = ambient
        self._magics = magics
        self.names: dict[str, object] = dict(shell.user_ns)
        self.environ = dict(os.environ)
        self._path = list(sys.path)
        self._filters = list(warnings.filters)
        self._figures = libraries.open_figures()
        self._loggers = logs.states()
        #: What takes back how loggers were changed, once that is known.
        self._changed_loggers: dict[str, tuple[Any, ...]] | None = None
        self._hung = hung_up(magics)
        self._pieces = {name: _captured(ambient, name) for name in ambient.pieces}

    def let_go(self, *, figures: bool) -> None:
        """Hold no objects of the user's any more, but the open figures where they are asked for.

        What has changed up to now can be taken back, and nothing that changes from now on.
        """
        self.names = {}
        self._changed_loggers = changed_loggers(self._loggers)
        if not figures:
            self._figures = []

    def put_back(self) -> None:
        """Let everything be as it was."""
        user_ns = self._shell.user_ns
        for name in user_ns.keys() - self.names.keys():
            del user_ns[name]
        user_ns.update(self.names)
        for name in os.environ.keys() - self.environ.keys():
            del os.environ[name]
        os.environ.update(self.environ)
        self.take_back(
            {*self._pieces, "@sys.path", "@warnings", "@pyplot", "@logging", "@shell"}, {}
        )

    def take_back(self, names: Iterable[str], environ: Mapping[str, str | None]) -> None:
        """Let this ambient state be as it was, and variables of the environment that are still so."""
        for name in names:
            with suppress(Exception):  # what a library's state holds may refuse
                self._take_back(name)
        for name, value in environ.items():
            if os.environ.get(name) == value:
                _set_variable(name, self.environ.get(name))

    def environ_changes(self) -> dict[str, str | None]:
        """The variables of the environment that are not as they were, with the values they have now."""
        names = {*self.environ, *os.environ}
        return {
            name: os.environ.get(name)
            for name in names
            if os.environ.get(name) != self.environ.get(name)
        }

    def _take_back(self, name: str) -> None:
        if name == "@sys.path":
            sys.path[:] = self._path
        elif name == "@warnings":
            self._ambient.restore(name, self._filters)
        elif name == "@pyplot":
            _show_again(self._figures)
        elif name == "@logging":
            known = self._changed_loggers
            set_loggers(changed_loggers(self._loggers) if known is None else known)
        elif name == "@shell":
            hang_again(self._magics, self._hung)
        elif name in self._pieces and name not in _OWN:
            self._set(name, self._pieces[name])

    def _set(self, name: str, value: Any) -> None:
        if value is None and _captured(self._ambient, name) is not None:
            value = self._ambient.pieces[name].fresh
        if value is not None:
            self._ambient.restore(name, value)


def _show_again(figures: Sequence[tuple[int, Any, Any]]) -> None:
    """Let pyplot hold these figures open, where it does not."""
    now = [(number, figure) for number, figure, _ in libraries.open_figures()]
    if now != [(number, figure) for number, figure, _ in figures]:
        libraries.restore_figures(list(figures))


def _captured(ambient: Ambient, name: str) -> Any:
    try:
        return ambient.pieces[name].capture()
    except Exception:  # a library's state may hold the user's objects
        return None


def _set_variable(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
