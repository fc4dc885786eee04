"""A Docker engine of the tests' own, and an image made of Debian's packages: no registry is asked.

The engine runs where root may run one, is shared by all who test in this checkout at a time, and is stopped
by the last of them. Its images lie in ``.containers``, which ``make clean`` removes.
"""

from __future__ import annotations

import fcntl
import hashlib
import inspect
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import docker

_FOLDER = Path(__file__).parents[2] / ".containers"
_DAEMON = _FOLDER / "daemon.json"
#: What starts an engine and makes an image, by the Debian packages that they come from.
PROGRAMS = {"dockerd": "docker.io", "mmdebstrap": "mmdebstrap"}
#: What the steps of the notebooks import. The versions are those that are installed here.
_LIBRARIES = ("ipython", "numpy")
_PACKAGES = "python3,python3-pip,libstdc++6"
_LEFT_OUT = ("doc", "man", "locale", "info", "i18n")
_IMAGE = "nbflow-python"
_SECONDS = 60


class MissingError(Exception):
    """There is no engine here; the text says why."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where it listens, and the name of the image."""

    address: str
    image: str


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine with the image, for as long as it is needed.

    Raises ``MissingError``.
    """
    _check()
    _FOLDER.mkdir(exist_ok=True)
    with (_FOLDER / "users").open("w") as users:
        with _alone():
            fcntl.flock(users, fcntl.LOCK_SH)
            address = _listening() or _started()
            image = _image(address)
        try:
            yield Engine(address, image)
        finally:
            with _alone():
                fcntl.flock(users, fcntl.LOCK_UN)
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _stop()


def _check() -> None:
    if os.name != "posix" or os.geteuid() != 0:
        raise MissingError("containers need root")
    for program, package in PROGRAMS.items():
        if shutil.which(program) is None:
            raise MissingError(f"{program} is not installed; Debian has it in {package}")


@contextmanager
def _alone() -> Iterator[None]:
    """Only one process at a time starts and stops engines."""
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _listening() -> str:
    """Where the engine listens that others have started, or ""."""
    if not _DAEMON.exists():
        return ""
    address = str(json.loads(_DAEMON.read_text())["address"])
    return address if _answers(address) else ""


def _answers(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(address.removeprefix("unix://"))
        except OSError:
            return False
    client = docker.DockerClient(base_url=address)
    try:
        return bool(client.ping())
    finally:
        client.close()


def _started() -> str:
    """Where an engine listens that is new.

    Raises ``MissingError``: it ends at once, as on machines that let nobody mount.
    """
    place = Path(tempfile.mkdtemp(prefix="nbflow-docker-"))  # a socket's path must be short
    address = f"unix://{place}/docker.sock"
    command = ["dockerd", "--bridge=none", "--iptables=false", "-H", address]
    command += ["--data-root", str(_FOLDER / "data"), "--exec-root", str(place / "exec")]
    command += ["--pidfile", str(place / "pid")]
    # No child of this process: whoever needs it last stops it.
    started = subprocess.run(
        ["sh", "-c", '"$@" >"$LOG" 2>&1 & echo $!', "sh", *command],
        env={**os.environ, "LOG": str(place / "log")},
        start_new_session=True,
        capture_output=True,
        check=True,
    )
    pid = int(started.stdout)
    _DAEMON.write_text(json.dumps({"address": address, "place": str(place), "pid": pid}))
    until = time.monotonic() + _SECONDS
    while not _answers(address):
        if not _lives(pid) or time.monotonic() > until:
            why = (place / "log").read_text().splitlines()[-1:]
            _stop()
            raise MissingError(f"dockerd does not run here: {''.join(why)}")
        time.sleep(0.1)
    return address


def _stop() -> None:
    about = json.loads(_DAEMON.read_text())
    if _lives(about["pid"]):
        os.kill(about["pid"], signal.SIGTERM)
    until = time.monotonic() + _SECONDS
    while _lives(about["pid"]) and time.monotonic() < until:
        time.sleep(0.05)
    shutil.rmtree(about["place"], ignore_errors=True)
    _DAEMON.unlink()


def _lives(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        about = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return about.rpartition(")")[2].split()[0] != "Z"


def _image(address: str) -> str:
    """The name of the image, which is made where it is not there yet."""
    wanted = [f"{each}=={version(each)}" for each in _LIBRARIES]
    how = inspect.getsource(_filled) + inspect.getsource(_import)
    recipe = (wanted, version("kfp"), _PACKAGES, _LEFT_OUT, _suite(), how)
    name = f"{_IMAGE}:{hashlib.sha256(repr(recipe).encode()).hexdigest()[:12]}"
    client = docker.DockerClient(base_url=address, timeout=300)
    try:
        tags = [tag for each in client.images.list() for tag in each.tags]
        if name not in tags:
            for tag in tags:
                client.images.remove(tag, force=True)
            with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
                root = Path(folder) / "root"
                _filled(root, wanted)
                _import(client, root, name)
    finally:
        client.close()
    return name


def _suite() -> str:
    """The release of Debian: this machine's, whose keys are here."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    about = dict(line.replace('"', "").split("=", 1) for line in lines if "=" in line)
    return about.get("VERSION_CODENAME", "") if about.get("ID") == "debian" else "bookworm"


def _filled(root: Path, wanted: list[str]) -> None:
    """A file system with Python, the libraries of the steps, and the SDK alone, as tasks install it."""
    kept = [f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in _LEFT_OUT]
    _run(
        [
            *("mmdebstrap", "--variant=essential", f"--include={_PACKAGES}"),
            *(*kept, "--dpkgopt=force-unsafe-io", _suite(), str(root)),
        ]
    )
    (python,) = (each.name for each in (root / "usr/lib").glob("python3.*"))
    (root / "usr/lib" / python / "EXTERNALLY-MANAGED").unlink(missing_ok=True)
    target = root / "usr/local/lib" / python / "dist-packages"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--target", str(target), "--no-compile", "--only-binary=:all:", "--upgrade"]
    pip += ["--python-version", python.removeprefix("python"), "--root-user-action=ignore"]
    _run([*pip, *wanted])
    _run([*pip, "--no-deps", f"kfp=={version('kfp')}"])
    inside = "/" + str(target.relative_to(root))
    _run(
        ["chroot", str(root), "python3", "-m", "compileall", "-q", "-j2", "-x", "/tests?/", inside]
    )


def _import(client: Any, root: Path, name: str) -> None:
    repository, tag = name.split(":")
    with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as tar:
        client.api.import_image_from_stream(
            tar.stdout, repository=repository, tag=tag, changes=["ENV PIP_NO_INDEX=1"]
        )
    assert tar.returncode == 0


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {done.stderr[-2000:]}")
