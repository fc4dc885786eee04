"""In the place of a lookout in a pod: sees where a step looks among the files that travel.

No step of a pod runs ahead, and none is used again. But a step before it in the notebook that it does not
come after may have written there unseen; a step behind both of them tells (see ``crate.overlooked``).
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, Sequence, Set

from .crate import ANY

#: Events that need what lies at the path in their first argument, and those that make something there.
_USES = frozenset(
    {"os.chdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.link", "sqlite3.connect"}
)
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})
#: Programs that only tell of the machine.
_ABOUT_MACHINE = ("gcc", "ld", "ldconfig", "lscpu", "uname")
_FINDERS = ("_frozen_importlib", "importlib", "pkgutil")
_ASKING = ("stat", "lstat", "access", "readlink")
_joined, _folder, _normal, _links = os.path.join, os.getcwd, os.path.normpath, os.path.realpath


class Looks:
    """Sees one step. ``watching`` is true while the notebook's own code runs."""

    def __init__(self) -> None:
        self.watching = False
        self._root = ""
        #: Paths that were looked at; those of folders of which the content was end with a separator.
        self._seen: Set[str] = set()
        #: Paths where the step itself has made something before it looked there.
        self._own: Set[str] = set()

    def begin(self, unchanged: Callable[[str], bool], folder: str) -> None:
        """The step begins; the folder that travels is that in which temporary files have theirs."""
        del unchanged, folder
        self._root = _joined(os.path.dirname(os.environ["TMPDIR"]), "")

    def sought(self, path: str) -> None:
        """An import has looked for a file."""
        if self.watching:
            self.looked(path)

    def opened(self, path: str) -> None:
        """A file that an earlier step has opened is open again."""
        self.looked(path)

    def imported(self, library: str) -> None:
        """Nothing."""

    def found(self, *names: str) -> None:
        """Nothing."""

    def stored(self, *told: Any) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""

    def looked(self, path: Any, end: str = "") -> None:
        """Somebody looks at what lies at a path, or behind ``end`` at what a folder holds."""
        name = self._place(path)
        if name and name not in self._own:
            self._seen.add(name + end)

    def made(self, path: Any, *, anew: bool) -> None:
        """Something is made at a path; what was there counts, if it is not made ``anew``."""
        name = self._place(path)
        if name and not anew:
            self.looked(path)
        self._own.add(name)

    def folder_made(self, path: Any) -> None:
        """A folder is made, or is there: that it was looked for first does not matter."""
        name = self._place(path)
        self._seen.discard(name)
        self._own.add(name)

    def others(self, started: Sequence[Any]) -> None:
        """Another program is started, which may read any file."""
        first = started[0] or (started[1][:1] or ("",))[0]
        if os.path.basename(os.fsdecode(first)) not in _ABOUT_MACHINE:
            self._seen.add(ANY)

    def _place(self, path: Any) -> str:
        """The absolute path, "" for what does not travel."""
        if isinstance(path, os.PathLike):
            path = os.fspath(path)
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, str):
            return ""
        name: str = _normal(_joined(_folder(), path))
        return name if name.startswith(self._root) else ""

    def told(self) -> Dict[str, Any]:
        """What was looked at, as a part of the step's outcome: paths from the folder that travels."""
        self.watching = False
        found = {*self._seen}
        for name in self._seen:
            if name != ANY and not name.endswith(os.sep):
                found.add(_links(name))
        size = len(self._root)
        own = [name[size:] for name in found if name.startswith(self._root)]
        return {"looked": sorted([*own, *found & {ANY}])}


def prepare() -> None:
    """Nothing."""


def _asking(original: Any, looks: Looks) -> Any:
    """A function of ``os`` that asks what is at a path, which no audit event tells."""

    def ask(path: Any, *args: Any, **options: Any) -> Any:
        if looks.watching:
            looks.looked(path)
        return original(path, *args, **options)

    ask.__name__ = ask.__qualname__ = original.__name__
    ask.__doc__, ask.__module__ = original.__doc__, "os"
    for able in (
        os.supports_dir_fd,
        os.supports_fd,
        os.supports_follow_symlinks,
        os.supports_effective_ids,
    ):
        if original in able:
            able.add(ask)
    return ask


def install(events: Any, release: Any) -> Looks:
    """What sees this process from now on. An audit hook stays for the life of the process."""
    del events, release
    looks = Looks()

    def hook(event: str, arguments: Any) -> None:
        if not looks.watching:
            return
        if event == "open" and isinstance(arguments[2], int):
            if arguments[2] & (os.O_WRONLY | os.O_RDWR):
                looks.made(arguments[0], anew=bool(arguments[2] & os.O_TRUNC))
            else:
                looks.looked(arguments[0])
        elif event in ("os.listdir", "os.scandir"):
            caller = str(sys._getframe(1).f_globals.get("__name__", ""))
            if not caller.startswith(_FINDERS):
                looks.looked("." if arguments[0] is None else arguments[0], os.sep)
        elif event == "os.mkdir":
            looks.folder_made(arguments[0])
        elif event in _PROGRAMS:
            looks.others(arguments)
        elif event in _USES:
            looks.looked(arguments[0])
            if event in ("os.rename", "os.link"):
                looks.made(arguments[1], anew=True)

    sys.addaudithook(hook)
    for name in _ASKING:
        setattr(os, name, _asking(getattr(os, name), looks))
    return looks
