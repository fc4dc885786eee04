"""Where containers run that a manifest describes: what Kubernetes is told, and what is left of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

_ROOT = Path("/tmp")
#: Binds folders into the container's own file system, then hands over: pairs of folders, "--", the command.
_ENTER = """
while [ "$1" != -- ]; do mkdir -p "$2" && mount --rbind "$1" "$2" || exit 125; shift 2; done
shift
become=$AS
unset AS
exec $become "$@"
"""


@dataclass(frozen=True, slots=True)
class Container:
    """What is to run: paths are those that the container sees, each with what lies there from outside.

    ``files`` are inputs, with owner and mode; ``folders`` are volumes. ``outputs`` are the paths of files
    that are wanted in the end. It is killed after ``seconds``.
    """

    name: str
    image: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    seconds: float = 120
    user: int | None = None
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a container ended, what it said, and those of its outputs that are there."""

    code: int
    stdout: str
    stderr: str
    files: Mapping[str, Path]


class Host(Protocol):
    """Something that runs containers."""

    def run(self, container: Container) -> Ended:
        """What came of it."""


@dataclass(frozen=True, slots=True)
class Unshared:
    """A process tree of its own whose ``/tmp`` is an empty folder, in place of a container.

    ``python3`` is ``python``; the ``user`` of all images is a number, and 0 may do anything.
    """

    folder: Path
    python: str = sys.executable
    user: int = 0

    def run(self, container: Container) -> Ended:
        """What came of it."""
        root = self.folder / container.name
        root.mkdir(parents=True)
        for path, file in container.files.items():
            target = _inside(root, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        root.chmod(0o1777)
        command = [
            *("unshare", "--mount", "sh", "-c", _ENTER, "sh"),
            *self._mounts(root, container.folders),
            *("--", *container.command),
        ]
        user = self.user if container.user is None else container.user
        env = {
            "PATH": f"{Path(self.python).parent}:{os.defpath}",
            "HOME": "/",
            **container.env,
            "AS": " ".join(_become(user, container.group)),
        }
        code, out, error = _ran(command, env, container.seconds)
        found = {path: _inside(root, path) for path in container.outputs}
        return Ended(code, out, error, {k: v for k, v in found.items() if v.is_file()})

    def can(self, script: str, environment: Mapping[str, str]) -> bool:
        """Whether the images' user can run a piece of Python."""
        command = [*_become(self.user), self.python, "-c", script]
        try:
            return subprocess.run(command, check=False, env=dict(environment)).returncode == 0
        except FileNotFoundError:
            return False

    def _mounts(self, root: Path, folders: Mapping[str, Path]) -> Iterator[str]:
        """Pairs of folders: what is to be seen, and where."""
        for prefix in {sys.prefix, sys.base_prefix, str(Path(self.python).parent.parent)}:
            if Path(prefix).is_relative_to(_ROOT):
                yield from (prefix, str(_inside(root, prefix)))
        for path, folder in folders.items():
            below = Path(path).is_relative_to(_ROOT)
            yield from (str(folder), str(_inside(root, path)) if below else path)
        yield from (str(root), str(_ROOT))


def _become(user: int, group: int | None = None) -> list[str]:
    """What comes before a command that someone else is to run."""
    if not user:
        return []
    return [
        "setpriv",
        f"--reuid={user}",
        f"--regid={user if group is None else group}",
        "--clear-groups",
    ]


def required() -> None:
    """Skip the test where nothing can be unshared."""
    if not _can_run():
        pytest.skip("needs unshare --mount, which only root may use")


@cache
def _can_run() -> bool:
    try:
        return subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0
    except FileNotFoundError:
        return False


def _ran(
    command: list[str], environment: Mapping[str, str], seconds: float
) -> tuple[int, str, str]:
    """How a command ended and what it said; all its processes are ended with it."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env=dict(environment),
        start_new_session=True,
    )
    try:
        out, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, error = process.communicate()
    return process.returncode, out, error


def _inside(root: Path, path: str) -> Path:
    return root / Path(path).relative_to(_ROOT)
