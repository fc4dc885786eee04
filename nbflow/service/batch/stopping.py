"""Launchers of runs that may be told to stop from another thread, as Ctrl-C stops one."""

from __future__ import annotations

import threading
from pathlib import Path

from nbflow.engines.local.interpreter import Interpreter
from nbflow.engines.local.launcher import Exit, Imports, Launcher, Launchers, Pipes
from nbflow.errors import EngineError


class Stoppable:
    """Gives launchers whose runs end as if interrupted once ``stop`` was called."""

    def __init__(self, launchers: Launchers) -> None:
        self._launchers = launchers
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Let the runs end; what they wait for has to be ended besides."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopped.is_set()

    def launcher(self, interpreter: Interpreter, imports: Imports, *, fork: bool) -> Launcher:
        """A launcher for one run."""
        return _Launcher(self._launchers(interpreter, imports, fork=fork), self._stopped)


class _Launcher:
    """Another launcher, which interrupts its run when it is asked for anything after the stop."""

    def __init__(self, inner: Launcher, stopped: threading.Event) -> None:
        self._inner = inner
        self._stopped = stopped

    @property
    def warm(self) -> bool:
        return self._inner.warm

    def fileno(self) -> int:
        return self._inner.fileno()

    def launch(self, id: int, spec: Path) -> Pipes:
        self._check()
        return self._inner.launch(id, spec)

    def preload(self, modules: tuple[str, ...]) -> None:
        self._inner.preload(modules)

    def news(self) -> list[Exit]:
        self._check()
        try:
            return self._inner.news()
        except EngineError:
            self._check()
            raise

    def kill(self, id: int) -> None:
        self._inner.kill(id)

    def close(self) -> None:
        self._inner.close()

    def _check(self) -> None:
        if self._stopped.is_set():
            raise KeyboardInterrupt
