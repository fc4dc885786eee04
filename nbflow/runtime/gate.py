"""The effect gate: what a step does outside of its process is seen, and waits for the step's turn.

A step that runs ahead of steps before it in the notebook may yet have to run again. So its first effect
on the outside (a file written, renamed or removed, a child process, a connection) waits until all
steps before it have ended for good. What the step reads and writes in files is kept for its outcome.

Source: PEP 578, whose audit events show what happens; code that writes without Python (a library in C++)
is not seen.
"""

from __future__ import annotations

import os
import select
import stat
import sys
import tempfile
import threading
from contextlib import suppress
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import installed
from .events import Events

_stat = os.stat  # later it is watched
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Events that change what lies at the path in their first argument, and where among the arguments the
#: descriptor of the folder is that the path starts from (-1: none is given).
_CHANGES = {
    "os.remove": 1, "os.rmdir": 1, "os.truncate": -1, "os.chmod": 2, "os.chown": 3,
    "os.utime": 3, "os.setxattr": -1, "os.removexattr": -1, "os.mkfifo": -1,
}  # fmt: skip
#: The same for two paths.
_MOVES = {"os.rename": (2, 3), "os.link": (2, 3), "os.symlink": (-1, 2)}
#: Size and time of change of a file; -1 and 0 of what is none.
Look = Tuple[int, int]
#: Events that reach outside without a path.
_REACHES = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty",
    "os.kill", "os.killpg", "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg",
)  # fmt: skip
#: Those of them that start another program, and the programs that only tell of the machine.
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.forkpty")
_ABOUT_MACHINE = frozenset({"cc", "gcc", "ld", "ldconfig", "lscpu", "objdump", "sysctl", "uname"})
#: Events that announce a private file or folder of this process.
_PRIVATE = ("tempfile.mkstemp", "tempfile.mkdtemp")
#: The exit code of a step that was begun anew while it waited: its pipe ends before its process does.
_UNWANTED = 3
#: Who looks through folders in search of modules and installed libraries.
_SEARCH_MODULES = frozenset(
    {"_frozen_importlib_external", "importlib", "importlib_metadata", "pkgutil"}
)
#: Nobody else looks at these: devices, the kernel's own files, byte code.
NOWHERE = ("/dev/", "/proc/", "/sys/")


# Cells may put anything into these modules while the gate looks on.
_folder, _joined, _normal, _is_whole = os.getcwd, os.path.join, os.path.normpath, os.path.isabs


class Gate:
    """Watches one step. ``watching`` is true while the notebook's own code runs.

    ``passed`` says whether the step has done anything outside, or is about to.
    """

    def __init__(self, events: Events, release: Optional[int]) -> None:
        self.watching = False
        self.passed = False
        self.read: Dict[str, None] = {}
        self.written: Dict[str, None] = {}
        #: Paths of which only was asked what is there, and whether the notebook's own code did.
        self.asked_for: Dict[str, bool] = {}
        #: What each file was when it was first opened or asked for.
        self.seen: Dict[str, Look] = {}
        #: Files that were read and then changed, or added to.
        self.updated: Dict[str, None] = {}
        #: What was reached besides files: "the network", "another program".
        self.reached: Dict[str, None] = {}
        self._events = events
        self._release = release
        self._lock = threading.Lock()
        self._private: List[str] = []

    def pass_through(self, what: str) -> None:
        """Wait until it is the step's turn; ``what`` is the effect that waits."""
        if not self._events.is_own_process():
            return
        self.passed = True
        with self._lock:
            if self._release is None:
                return
            if not select.select([self._release], [], [], 0)[0]:
                self._events.send("held", what=what)
            if not os.read(self._release, 1):
                os._exit(_UNWANTED)
            self._release = None

    def opened(self, path: Any, mode: Any, flags: Any) -> None:
        """A file is opened, or a file descriptor, which is not looked at."""
        name = self._place(path)
        if name is None:
            return
        if isinstance(flags, int) and flags & _WRITING:
            if _is_folder(name):
                return  # which only an opener of the caller's own turns into a file
            kept = not flags & (os.O_TRUNC | os.O_EXCL) and _kind_of(name) != 0
            if kept and name not in self.written:
                self.updated[name] = None
            self.changed(name)
        elif not name.startswith(installed.folders()):
            self._see(name)
            self.read[name] = None

    def _see(self, name: str) -> None:
        if name not in self.seen and not self._is_private(name):
            self.seen[name] = look(name)

    def changed(self, path: Any, folder: Any = None) -> None:
        """What lies at ``path`` is about to change; it starts from the open ``folder``, if there is one."""
        name = self._place(path, folder)
        if name is None or self._is_private(name):
            return
        self.pass_through(f"file {name}")
        if (name in self.read or self.asked_for.get(name)) and name not in self.written:
            self.updated[name] = None
        self.written[name] = None

    def connected(self, database: Any) -> None:
        """A database of SQLite is opened, which may write to its file."""
        if database not in (":memory:", "", b":memory:", b""):
            self.changed(database)

    def listed(self, path: Any, *, tells: bool) -> None:
        """The content of a folder is looked at, and not only in search of a module.

        Where the entries ``tell`` also what they are, the notebook's own code has asked about each.
        """
        caller = sys._getframe(3)
        root = str(caller.f_globals.get("__name__", "")).partition(".")[0]
        if root in _SEARCH_MODULES or caller.f_globals is globals():
            return
        name = self._place("." if path is None else path)
        if name is None or name.startswith(installed.folders()) or self._is_private(name):
            return
        self.read[name] = None
        if tells and not installed.is_library_file(caller.f_code.co_filename):
            with suppress(OSError):
                for entry in os.listdir(name):
                    self.asked(_joined(name, entry), False)

    def reach(self, event: str, arguments: Tuple[Any, ...]) -> None:
        """Something besides a file is reached, or about to be."""
        self.pass_through(event)
        if event.startswith("socket."):
            self.reached["the network"] = None
        elif event in _PROGRAMS and os.path.basename(_program(arguments)) not in _ABOUT_MACHINE:
            self.reached["another program"] = None

    def made(self, path: Any, folder: Any = None) -> None:
        """A folder is about to be made, unless it is there."""
        name = self._place(path, folder)
        if name is not None and not _is_folder(name):
            self.asked_for.pop(name, None)  # where a folder is to be, it is made or is there
            self.changed(name)

    def asked(self, path: Any, by_notebook: bool) -> None:
        """Somebody asks what is at a path, the notebook's own code or a library."""
        name = self._place(path)
        if name is None or installed.is_library_file(name) or self._is_private(name):
            return
        if name not in self.written:
            self._see(name)
            self.asked_for[name] = self.asked_for.get(name, False) or by_notebook

    def _is_private(self, name: str) -> bool:
        return name.startswith(tuple(self._private))

    def keep_private(self, path: Any) -> None:
        """A temporary file or folder with a name that nobody can know."""
        name = self._place(path)
        if name is not None:
            self._private.append(name)

    def left(self) -> List[str]:
        """The temporary files and folders that are still there."""
        return [name for name in self._private if _kind_of(name)]

    def _place(self, path: Any, folder: Any = None) -> Optional[str]:
        """The absolute path, or None for what is no file of the user's."""
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, os.PathLike):
            path = os.fspath(path)
        if not isinstance(path, str):
            return None
        if isinstance(folder, int) and folder >= 0:
            path = _joined(_place_of(folder), path)
        name: str = _normal(path if _is_whole(path) else _joined(_folder(), path))
        if name.startswith(NOWHERE) or f"{os.sep}__pycache__{os.sep}" in name + os.sep:
            return None
        return name


def _kind_of(path: str) -> int:
    """What kind of thing lies at a path (see ``stat.S_IFMT``), 0 for nothing."""
    try:
        return stat.S_IFMT(_stat(path).st_mode)
    except (OSError, ValueError):
        return 0


def look(path: str) -> Look:
    """Size and time of change of a file, in nanoseconds."""
    try:
        found = _stat(path)
    except (OSError, ValueError):
        return (-1, 0)
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else (-1, 0)


def _is_folder(path: str) -> bool:
    return _kind_of(path) == stat.S_IFDIR


def _program(arguments: Tuple[Any, ...]) -> str:
    """The program that an event is about to start, "" where that cannot be told."""
    first = arguments[0] if arguments else ""
    if first is None and len(arguments) > 1 and isinstance(arguments[1], (list, tuple)):
        first = arguments[1][0] if arguments[1] else ""
    return os.fsdecode(first) if isinstance(first, (str, bytes, os.PathLike)) else ""


def _place_of(descriptor: int) -> str:
    """The path of an open folder, "" where the system does not tell."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return ""


def _changes(gate: Gate, paths: Tuple[Tuple[int, int], ...]) -> Callable[[Tuple[Any, ...]], None]:
    """What to do at an event that changes files: for each, where its path is and its folder."""

    def changes(arguments: Tuple[Any, ...]) -> None:
        for path, folder in paths:
            known = 0 <= folder < len(arguments)
            gate.changed(arguments[path], arguments[folder] if known else None)

    return changes


def _handlers(gate: Gate) -> Dict[str, Callable[[Tuple[Any, ...]], None]]:
    found: Dict[str, Callable[[Tuple[Any, ...]], None]] = {
        "open": lambda arguments: gate.opened(*arguments[:3]),
        "sqlite3.connect": lambda arguments: gate.connected(arguments[0]),
        **{event: _changes(gate, ((0, place),)) for event, place in _CHANGES.items()},
        **{event: _changes(gate, ((0, one), (1, other))) for event, (one, other) in _MOVES.items()},
        "os.mkdir": lambda arguments: gate.made(arguments[0], *arguments[2:3]),
        "os.chdir": lambda arguments: gate.asked(arguments[0], True),
        "os.listdir": lambda arguments: gate.listed(arguments[0], tells=False),
        "os.scandir": lambda arguments: gate.listed(arguments[0], tells=True),
        **dict.fromkeys(_PRIVATE, lambda arguments: gate.keep_private(arguments[0])),
    }
    for event in _REACHES:
        found[event] = lambda arguments, event=event: gate.reach(event, arguments)  # type: ignore[misc]
    return found


def install(events: Events, release: Optional[int]) -> Gate:
    """A gate that sees this process from now on; ``release`` becomes readable when it may open.

    An audit hook stays for the life of the process.
    """
    tempfile.gettempdir()  # found by writing there, once; a kernel has asked before any cell runs
    gate = Gate(events, release)
    handlers = _handlers(gate)

    def hook(event: str, arguments: Tuple[Any, ...]) -> None:
        if gate.watching:
            handler = handlers.get(event)
            if handler is not None:
                handler(arguments)

    sys.addaudithook(hook)
    return gate
