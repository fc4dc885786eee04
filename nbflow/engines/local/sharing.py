"""One helper for several runs, one after the other or at once from threads of one process (Linux).

Its imports are paid once. Each run has a branch of it: a helper that is forked when the run launches its
first step. So what one run imports later, what it kills, and what ends its branch is nothing to the others.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import threading
from types import TracebackType
from typing import Final

from nbflow.engines.local.interpreter import Interpreter
from nbflow.engines.local.launcher import (
    Exit,
    ForkLauncher,
    Imports,
    Launcher,
    kill_group,
    launcher,
)
from nbflow.errors import EngineError, NbflowError

#: How many seconds a branch is given to end by itself.
_PATIENCE: Final = 5.0


class Helpers:
    """The helper that runs share as long as this is open; use it as a context manager, or close it.

    A run whose interpreter, installed packages, folder, environment or first imports are others gets
    another one. There is one for those that run, and one for the latest.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared: list[_Shared] = []

    def launcher(self, interpreter: Interpreter, imports: Imports, *, fork: bool) -> Launcher:
        """A launcher for one run, which closes it.

        Raises:
            NbflowError: the helper cannot be started, or it has ended.
        """
        if not fork or sys.platform != "linux":
            return launcher(interpreter, imports, fork=fork)
        with self._lock:
            fits = [s for s in self._shared if s.helper.runs and s.fits(interpreter, imports)]
            for shared in [*self._shared]:
                if shared not in fits and (shared.is_idle or not shared.helper.runs):
                    self._shared.remove(shared)
                    shared.retire()
            if not fits:
                fits = [_Shared(interpreter, imports)]
                self._shared += fits
            return fits[0].branch()

    def close(self) -> None:
        """End all helpers, with all steps that still run."""
        with self._lock:
            for shared in self._shared:
                shared.close()
            self._shared.clear()

    def __enter__(self) -> Helpers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Shared:
    """A helper and the branches of it that are open."""

    def __init__(self, interpreter: Interpreter, imports: Imports) -> None:
        self.interpreter = interpreter
        self.imports = imports
        self.helper = ForkLauncher(interpreter)
        if imports.modules:
            self.helper.preload(imports.modules)
        self._branches: set[_Branch] = set()
        self._changed = threading.Condition()
        self._retired = False
        self._fault: NbflowError | None = None

    def fits(self, interpreter: Interpreter, imports: Imports) -> bool:
        """Whether the helper was started for the same."""
        return (self.interpreter, self.imports) == (interpreter, imports)

    def branch(self) -> _Branch:
        """A launcher for one run."""
        made = _Branch(self)
        with self._changed:
            self._branches.add(made)
        return made

    @property
    def is_idle(self) -> bool:
        """Whether no branch is open."""
        return not self._branches

    def holds(self, branch: _Branch) -> bool:
        """Whether a branch has not been closed yet."""
        return branch in self._branches

    def leave(self, branch: _Branch) -> None:
        """Forget a branch that has been closed."""
        with self._changed:
            self._branches.discard(branch)
            self._changed.notify_all()
        self._end_unused()

    def fault(self) -> NbflowError:
        """Why the helper has ended, or is about to; all its branches may ask."""
        with self._changed:
            while self._fault is None:
                try:
                    self.helper.news()
                except NbflowError as error:
                    self._fault = error
            return type(self._fault)(str(self._fault))

    def retire(self) -> None:
        """End the helper when the last branch is closed: there will be no other."""
        self._retired = True
        self._end_unused()

    def _end_unused(self) -> None:
        with self._changed:
            if self._retired and not self._branches:
                self._retired = False
                self.helper.close()

    def close(self) -> None:
        """End the helper with all its branches, whose runs are given the time to hear of it."""
        for branch in [*self._branches]:
            branch.end()
        with self._changed:
            self._changed.wait_for(lambda: not self._branches, _PATIENCE)
            self._branches.clear()
        self.retire()


class _Branch(ForkLauncher):
    """A launcher whose helper is forked from another one's."""

    def __init__(self, shared: _Shared) -> None:
        # Not as ForkLauncher begins: there is no process to start.
        self._shared = shared
        self._interpreter = shared.interpreter
        self._pids = {}
        self._doomed = set()
        self._buffer = b""
        self._ending = threading.Lock()
        #: The branch's process, 0 before it has begun.
        self._pid = 0
        try:
            self._socket = shared.helper.branch()
        except EngineError:
            raise shared.fault() from None

    def preload(self, modules: tuple[str, ...]) -> None:
        new = tuple(name for name in modules if name not in self._shared.imports.modules)
        if new:
            super().preload(new)

    def _heard(self, frame: dict[str, object]) -> list[Exit]:
        if frame["op"] == "branched":
            self._pid = int(str(frame["pid"]))
            return []
        return super()._heard(frame)

    def _send(self, frame: dict[str, object], *descriptors: int) -> None:
        try:
            super()._send(frame, *descriptors)
        except EngineError as error:
            raise self._fault(error) from None

    def news(self) -> list[Exit]:
        try:
            return super().news()
        except EngineError as error:
            raise self._fault(error) from None

    def _fault(self, error: NbflowError) -> NbflowError:
        """The error to tell: what has ended a branch before it began is the fault of its helper."""
        return error if self._pid else self._shared.fault()

    def _why_gone(self) -> str:
        words = self._shared.helper.last_words()
        return f"the process that starts the steps of this run ended{words}"

    def end(self) -> None:
        """End the steps of this run, and the branch with them; who listens hears of it."""
        with self._ending:
            if self._shared.holds(self):
                self._end()

    def _end(self) -> None:
        for pid in self._pids.copy().values():
            kill_group(pid)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
        ended = select.poll()
        ended.register(self._socket, 0)  # that the other end is closed is always told
        if not ended.poll(_PATIENCE * 1000) and self._pid:
            kill_group(self._pid)

    def close(self) -> None:
        with self._ending:
            if self._shared.holds(self):
                self._end()
                self._socket.close()
                self._shared.leave(self)
