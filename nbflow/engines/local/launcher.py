"""Processes of steps: forked from a helper that is warm (Linux), or spawned one by one (everywhere).

Both give the engine four pipes for each step (events, stdout, stderr; and one to release the step's
effects on the outside) and tell of its end through one file descriptor that becomes readable.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final, Protocol

import nbflow.runtime
from nbflow.engines.local.interpreter import Interpreter
from nbflow.engines.local.packages import Packages
from nbflow.errors import EngineError, KernelError

if sys.platform != "win32":
    from resource import RUSAGE_SELF, getrusage

_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Pipes:
    """The engine's ends of a step's pipes: three to read, and ``release`` to write to."""

    events: int
    stdout: int
    stderr: int
    release: int

    @property
    def readable(self) -> tuple[int, int, int]:
        """Those that are read."""
        return self.events, self.stdout, self.stderr

    def let_go(self) -> None:
        """Tell the step that it is its turn: what it does outside need not wait any longer."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self.release, b".")

    def close(self) -> None:
        """Close all of them."""
        for end in (*self.readable, self.release):
            os.close(end)


def drained(pipe: int) -> tuple[bytes, bool]:
    """All that a pipe holds now, and whether nobody can write to it any more."""
    chunks: list[bytes] = []
    while True:
        try:
            chunk = os.read(pipe, _CHUNK)
        except BlockingIOError:
            return b"".join(chunks), False
        if not chunk:
            return b"".join(chunks), True
        chunks.append(chunk)


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a step's process: ``status`` as ``os.waitpid`` gives it, peak memory in bytes.

    ``cpu_seconds`` counts the children that it has waited for as well.
    """

    id: int
    status: int
    peak_bytes: int = 0
    cpu_seconds: float = 0.0


class Launcher(Protocol):
    """Starts and ends the processes of steps."""

    @property
    def warm(self) -> bool:
        """Whether a process begins with all that has been imported."""

    def fileno(self) -> int:
        """A descriptor that is readable when ``news`` has something."""

    def launch(self, id: int, spec: Path) -> Pipes:
        """Start a step from its specification."""

    def preload(self, modules: tuple[str, ...]) -> None:
        """Let these modules be there in the processes of later steps, if the launcher is a warm one."""

    def news(self) -> list[Exit]:
        """The steps that have ended since the last call."""

    def kill(self, id: int) -> None:
        """End a step and all processes that it started, at once."""

    def close(self) -> None:
        """End everything that is left."""


@dataclass(frozen=True, slots=True)
class Imports:
    """What all steps of a run may find imported: ``modules``, as they are among the ``packages``."""

    modules: tuple[str, ...] = ()
    packages: Packages | None = None


class Launchers(Protocol):
    """Gives launchers, as ``launcher`` does."""

    def __call__(self, interpreter: Interpreter, imports: Imports, *, fork: bool) -> Launcher: ...


def launcher(
    interpreter: Interpreter, imports: Imports = Imports(), *, fork: bool = True
) -> Launcher:
    """A launcher for this machine; ``fork`` asks for the warm helper where the system has it.

    It is told later what to import, when it starts.
    """
    if fork and sys.platform == "linux":
        return ForkLauncher(interpreter)
    return SpawnLauncher(interpreter)


class Early:
    """A warm helper that is started before it is known whether it is needed."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._waiting: Launcher | None = launcher(interpreter, fork=True)

    def launcher(self, interpreter: Interpreter, imports: Imports, *, fork: bool) -> Launcher:
        """The helper that waits, if it is the one that is asked for; else another launcher."""
        waiting = self._waiting
        if waiting is None or not fork or interpreter != self._interpreter:
            return launcher(interpreter, imports, fork=fork)
        self._waiting = None
        return waiting

    def close(self) -> None:
        """End the helper if it still waits."""
        if self._waiting is not None:
            self._waiting.close()


class LateLauncher:
    """Another launcher, made when the first step is launched: a run may need no process at all."""

    def __init__(self, make: Callable[[], Launcher], modules: Iterable[str]) -> None:
        self._make = make
        self._launcher: Launcher | None = None
        self._modules = dict.fromkeys(modules)

    @property
    def started(self) -> bool:
        """Whether there is anything to hear news of."""
        return self._launcher is not None

    @property
    def warm(self) -> bool:
        """Whether a process begins with all that has been imported."""
        return self._launcher is not None and self._launcher.warm

    def fileno(self) -> int:
        return self._started().fileno()

    def _started(self) -> Launcher:
        if self._launcher is None:
            self._launcher = self._make()
            if self._modules:
                self._launcher.preload(tuple(self._modules))
        return self._launcher

    def launch(self, id: int, spec: Path) -> Pipes:
        return self._started().launch(id, spec)

    def preload(self, modules: tuple[str, ...]) -> None:
        if self._launcher is not None:
            self._launcher.preload(modules)
        else:
            self._modules.update(dict.fromkeys(modules))

    def news(self) -> list[Exit]:
        return self._started().news()

    def kill(self, id: int) -> None:
        self._started().kill(id)

    def close(self) -> None:
        if self._launcher is not None:
            self._launcher.close()


def _command(interpreter: Interpreter, *arguments: str) -> list[str]:
    runtime = Path(nbflow.runtime.__file__).with_name("__main__.py")
    cloudpickle = find_spec("cloudpickle")
    assert cloudpickle is not None  # a dependency of nbflow
    assert cloudpickle.origin is not None
    folder = str(Path(cloudpickle.origin).parent)
    return [interpreter.python, str(runtime), *arguments, "--cloudpickle", folder]


def kill_group(pid: int) -> None:
    """End all processes of a group, if there are any."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _kill(pid: int) -> None:
    """End a forked process with its group, also where it has not yet made one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    kill_group(pid)


def _pipes() -> tuple[Pipes, tuple[int, int, int, int]]:
    """The pipes of a step: the engine's ends, of which those to read do not block, and the step's."""
    (events, events_end), (out, out_end), (err, err_end) = (os.pipe() for _ in range(3))
    release_end, release = os.pipe()
    for end in (events, out, err):
        os.set_blocking(end, False)
    return Pipes(events, out, err, release), (events_end, out_end, err_end, release_end)


class SpawnLauncher:
    """Each step in an interpreter of its own, started from nothing."""

    warm: Final = False

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._ended: list[Exit] = []
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)

    def fileno(self) -> int:
        return self._read

    def launch(self, id: int, spec: Path) -> Pipes:
        pipes, (events, out, err, release) = _pipes()
        words = ("--spec", str(spec), "--events", str(events), "--release", str(release))
        try:
            process = subprocess.Popen(
                _command(self._interpreter, "step", *words),
                pass_fds=[events, release],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self._interpreter.cwd,
                env=dict(self._interpreter.env),
                start_new_session=True,
            )
        except OSError as error:
            raise KernelError(
                f"cannot start {self._interpreter.python}: {error.strerror};"
                " name another with --python"
            ) from error
        finally:
            for end in (events, out, err, release):
                os.close(end)
        self._processes[id] = process
        threading.Thread(target=self._wait, args=(id, process), daemon=True).start()
        return pipes

    def preload(self, modules: tuple[str, ...]) -> None:
        """Nothing: each process starts from nothing."""

    def _wait(self, id: int, process: subprocess.Popen[bytes]) -> None:
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            # What the system counts as a new process's peak begins with this one's.
            known = usage.ru_maxrss > getrusage(RUSAGE_SELF).ru_maxrss
            self._ended.append(Exit(id, status, usage.ru_maxrss * 1024 if known else 0))
        else:
            self._ended.append(Exit(id, process.wait() << 8))  # as os.waitpid gives it
        with contextlib.suppress(OSError):
            os.write(self._write, b".")

    def news(self) -> list[Exit]:
        with contextlib.suppress(BlockingIOError):
            os.read(self._read, 4096)
        ended, self._ended[:] = self._ended[:], []
        for exit in ended:
            kill_group(self._processes.pop(exit.id).pid)
        return ended

    def kill(self, id: int) -> None:
        if id in self._processes:
            kill_group(self._processes[id].pid)

    def close(self) -> None:
        for process in self._processes.values():
            kill_group(process.pid)
            process.wait()
        os.close(self._read)
        os.close(self._write)


class ForkLauncher:
    """Steps forked from one helper process that has the shell and the leading imports ready."""

    warm: Final = True

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._pids: dict[int, int] = {}
        self._doomed: set[int] = set()
        self._buffer = b""
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._log: IO[bytes] = tempfile.TemporaryFile("w+b")  # noqa: SIM115  # closed with the helper
        try:
            self._process = subprocess.Popen(
                _command(interpreter, "helper", "--socket", str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                cwd=interpreter.cwd,
                env=dict(interpreter.env),
                start_new_session=True,
            )
        except OSError as error:
            self._socket.close()
            self._log.close()
            raise KernelError(
                f"cannot start {interpreter.python}: {error.strerror}; name another with --python"
            ) from error
        finally:
            theirs.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def launch(self, id: int, spec: Path) -> Pipes:
        pipes, ends = _pipes()
        try:
            self._send({"op": "step", "id": id, "spec": str(spec)}, *ends)
        finally:
            for end in ends:
                os.close(end)
        return pipes

    def preload(self, modules: tuple[str, ...]) -> None:
        self._send({"op": "preload", "modules": modules})

    def branch(self) -> socket.socket:
        """The socket of a helper that is forked from this one, with all that it has imported."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._send({"op": "branch"}, theirs.fileno())
        except EngineError:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    @property
    def runs(self) -> bool:
        """Whether the helper is there."""
        return self._process.poll() is None

    def _send(self, frame: dict[str, object], *descriptors: int) -> None:
        data = json.dumps(frame).encode()
        message = len(data).to_bytes(4, "big") + data
        try:
            sent = socket.send_fds(self._socket, [message], list(descriptors))
            self._socket.sendall(message[sent:])
        except OSError as error:
            raise EngineError(self._why_gone()) from error

    def news(self) -> list[Exit]:
        try:
            data = self._socket.recv(1 << 16)
        except ConnectionError:
            data = b""
        if not data:
            raise EngineError(self._why_gone())
        self._buffer += data
        return [exit for frame in self._frames() for exit in self._heard(frame)]

    def _frames(self) -> list[dict[str, object]]:
        frames = []
        while len(self._buffer) >= 4:
            end = 4 + int.from_bytes(self._buffer[:4], "big")
            if len(self._buffer) < end:
                break
            frames.append(json.loads(self._buffer[4:end]))
            self._buffer = self._buffer[end:]
        return frames

    def _heard(self, frame: dict[str, object]) -> list[Exit]:
        op = frame["op"]
        if op == "failed":
            raise KernelError(f"{self._interpreter.python} cannot run steps: {frame['error']}")
        if op == "started":
            id, pid = int(str(frame["id"])), int(str(frame["pid"]))
            self._pids[id] = pid
            if id in self._doomed:
                _kill(pid)
        elif op == "exited":
            id = int(str(frame["id"]))
            kill_group(self._pids.pop(id))
            peak = int(str(frame.get("maxrss", 0))) * 1024
            cpu = float(str(frame.get("cpu", 0.0)))
            return [Exit(id, int(str(frame["status"])), peak, cpu)]
        return []

    def kill(self, id: int) -> None:
        self._doomed.add(id)
        if id in self._pids:
            _kill(self._pids[id])

    def close(self) -> None:
        for pid in self._pids.values():
            kill_group(pid)
        self._socket.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            kill_group(self._process.pid)
            self._process.wait()
        self._log.close()

    def _why_gone(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        code, words = self._process.returncode, self.last_words()
        return f"the process that starts the steps ended (code {code}){words}"

    def last_words(self) -> str:
        """The last line that the helper has written, after a colon, "" if there is none."""
        if self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        said = os.pread(self._log.fileno(), size, 0)  # it may go on writing at the file's position
        lines = said.decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""
