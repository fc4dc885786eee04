"""The helper: a process that is ready to run steps and forks one for each (Linux, macOS).

It talks over a Unix socket in frames: a length of 4 bytes (big endian), then JSON. A ``step`` frame
carries descriptors: events, stdout, stderr, and the one that releases effects on the outside, without which
it is the step's turn from the start. A ``branch`` frame carries the socket of another helper, which is forked
from this one: runs that share their first imports have one each, and what one of them imports, or what ends
it, is nothing to the others.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from typing import Any, Dict, Iterator, List, Optional, Tuple

from . import entry, grouping, hashing, installed, lookout, seeding, streams
from . import shell as shells
from . import spec as specs
from . import step as steps
from .events import Events

_PR_SET_PDEATHSIG = 1


class Frames:
    """The helper's end of the socket."""

    def __init__(self, descriptor: int) -> None:
        self.socket = socket.socket(fileno=descriptor)
        self.descriptors: List[int] = []

    def send(self, frame: Dict[str, Any]) -> None:
        """Send one frame; a peer that is gone is noticed when reading."""
        data = json.dumps(frame).encode()
        with contextlib.suppress(BrokenPipeError, ConnectionError):
            self.socket.sendall(struct.pack(">I", len(data)) + data)

    def receive(self) -> Optional[Tuple[Dict[str, Any], List[int]]]:
        """The next frame with its descriptors, or None at the end."""
        self.descriptors = []
        head = self._exactly(4)
        if head is None:
            return None
        body = self._exactly(struct.unpack(">I", head)[0])
        return None if body is None else (json.loads(body), self.descriptors)

    def _exactly(self, size: int) -> Optional[bytes]:
        data = b""
        while len(data) < size:
            try:
                part, descriptors, _, _ = socket.recv_fds(self.socket, size - len(data), 4)
            except ConnectionError:
                return None
            self.descriptors.extend(descriptors)
            if not part:
                return None
            data += part
        return data


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """What libraries print when they are imported belongs to no cell."""
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for target in (1, 2):
        os.dup2(nowhere, target)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for target, saved in enumerate(kept, start=1):
            os.dup2(saved, target)
            os.close(saved)
        os.close(nowhere)


def _import(shell: Any, names: List[str]) -> None:
    """Import modules as a cell would: with ``get_ipython`` among the builtins, which libraries ask for."""
    gc.disable()
    with shell.builtin_trap, shell.display_trap:
        for name in names:
            with contextlib.suppress(BaseException):  # the cell that imports it will tell
                importlib.import_module(name)
    grouping.library_objects()
    installed.remember()
    # What is there now stays: the collector of a child need not touch (and so copy) it.
    gc.freeze()
    gc.enable()


def _end_with_parent(parent: int) -> None:
    """Ask the system to end this process with its parent (Linux; elsewhere the helper sees to it)."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before it was asked for
        os._exit(2)


class Helper:
    """Serves one orchestrator: forks steps and tells when they end."""

    def __init__(self, frames: Frames, shell: Any, events: Events) -> None:
        self.frames, self.shell, self.events = frames, shell, events
        #: The numbers of the steps that run; branches have none, they end with their own sockets.
        self.children: Dict[int, Optional[int]] = {}
        self.wake_read, self.wake_write = os.pipe()
        for descriptor in (self.wake_read, self.wake_write):
            os.set_blocking(descriptor, False)

    def serve(self) -> None:
        """Serve until ``stop`` or the end of the socket; then no child is left."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self.frames.socket, select.POLLIN)
        poll.register(self.wake_read, select.POLLIN)
        serving = True
        while serving:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if self.wake_read in ready:
                os.read(self.wake_read, 4096)
                self._reap()
            if self.frames.socket.fileno() in ready:
                serving = self._answer()
        self._end_children()

    def _answer(self) -> bool:
        received = self.frames.receive()
        if received is None:
            return False
        frame, descriptors = received
        if frame["op"] == "preload":
            return self._preload(frame["modules"])
        if frame["op"] == "step":
            self._start(int(frame["id"]), str(frame["spec"]), descriptors)
        elif frame["op"] == "branch":
            self._branch(descriptors[0])
        return bool(frame["op"] != "stop")

    def _preload(self, modules: List[str]) -> bool:
        with _silence():
            _import(self.shell, modules)
            steps.warm(self.shell)
        if threading.active_count() != 1:
            self.frames.send({"op": "failed", "error": "a library starts a thread when imported"})
            return False
        return True

    def _start(self, number: int, spec_path: str, descriptors: List[int]) -> None:
        helper = os.getpid()
        process = self._fork()
        if process == 0:
            self._become_step(helper, spec_path, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self.children[process] = number
        self.frames.send({"op": "started", "id": number, "pid": process})

    def _branch(self, descriptor: int) -> None:
        process = self._fork()
        if process == 0:
            self._become_branch(descriptor)
        os.close(descriptor)
        self.children[process] = None

    def _fork(self) -> int:
        if threading.active_count() != 1:
            raise RuntimeError("a library has started a thread when it was imported")
        return os.fork()

    def _leave(self) -> None:
        """Let go of what is the helper's, in a process that has been forked from it."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        self.frames.socket.close()
        os.close(self.wake_read)
        os.close(self.wake_write)

    def _become_branch(self, descriptor: int) -> None:
        """Never returns: this process is a helper with another socket, and ends with that."""
        code = 2
        try:
            self._leave()
            frames = _frames(descriptor)
            frames.send({"op": "branched", "pid": os.getpid()})
            Helper(frames, self.shell, self.events).serve()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _become_step(self, helper: int, spec_path: str, descriptors: List[int]) -> None:
        """Never returns: this process is the step."""
        code = 2
        try:
            _end_with_parent(helper)
            self._leave()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            events, release = _take_over(self.events, descriptors)
            streams.install(events)
            watch = lookout.install(events, release)
            code = steps.run(specs.read(spec_path), self.shell, events, watch)
            entry.end_process(self.shell, events, watch, code)
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for process in list(self.children):
            try:
                ended, status, usage = os.wait4(process, os.WNOHANG)
            except ChildProcessError:
                ended, status, usage = process, -1, None
            if ended:
                number = self.children.pop(process)
                if number is None:
                    continue
                peak = int(usage.ru_maxrss) if usage is not None else 0
                cpu = usage.ru_utime + usage.ru_stime if usage is not None else 0.0
                self.frames.send(
                    {
                        "op": "exited",
                        "id": number,
                        "pid": process,
                        "status": status,
                        "maxrss": peak,
                        "cpu": cpu,
                    }
                )

    def _end_children(self) -> None:
        for process in (child for child, number in self.children.items() if number is not None):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)


def _frames(descriptor: int) -> Frames:
    os.set_inheritable(descriptor, False)
    return Frames(descriptor)


def _take_over(events: Events, descriptors: List[int]) -> Tuple[Events, Optional[int]]:
    """Make the descriptors the step's events, stdout and stderr; a fourth one is given back."""
    event_descriptor, out, err, *release = descriptors
    for private in (event_descriptor, *release):  # those that come over a socket are inheritable
        os.set_inheritable(private, False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    events.begin(event_descriptor)
    return events, release[0] if release else None


def serve(descriptor: int) -> int:
    """Make the shell and serve the socket ``descriptor``; the exit code."""
    frames = _frames(descriptor)
    events = Events(None)
    seeding.wrap()
    lookout.prepare()  # before libraries take what is observed for their own
    try:
        with _silence():
            shell = shells.make(events)
            _import(shell, [])
            steps.warm(shell)
    except ImportError as error:
        frames.send({"op": "failed", "error": f"IPython cannot be imported: {error}"})
        return 1
    python, ipython = shells.versions()
    xxhash = hashing.NAME.startswith("xxh")
    frames.send({"op": "ready", "python": python, "ipython": ipython, "xxhash": xxhash})
    Helper(frames, shell, events).serve()
    return 0
