"""A real JupyterLab with the extension of this checkout, on loopback."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
EXTENSION = REPOSITORY / "nbflow" / "labextension"
#: The interpreter of another JupyterLab to test with, of the lowest version for example.
PYTHON = os.environ.get("NBFLOW_LAB_PYTHON", sys.executable)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class Lab:
    """JupyterLab: it shows the folder ``root`` and keeps what is its own in ``home``."""

    root: Path
    home: Path
    installed: Path | None = None
    port: int = field(default_factory=_free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server, again on the same port where it ran before, and wait for it."""
        with (self.home / "lab.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self._python, "-m", "jupyterlab",
                    "--no-browser", "--allow-root",
                    "--ServerApp.ip=127.0.0.1",
                    f"--ServerApp.port={self.port}",
                    "--ServerApp.port_retries=0",
                    f"--IdentityProvider.token={self.token}",
                    f"--ServerApp.root_dir={self.root}",
                    "--ServerApp.allow_unauthenticated_access=False",
                    "--LabApp.news_url=None",
                    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                    "--LabApp.extension_manager=readonly",
                    "--LabApp.expose_app_in_browser=True",
                ],
                env=self._environment(), cwd=self.root, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 120
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError((self.home / "lab.log").read_text(encoding="utf-8")[-4000:])
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server and the kernels that it has started."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """Kill the server, as a machine does that has no memory left."""
        if self.process:
            self.process.kill()
            self.process.wait(30)

    @property
    def _python(self) -> str:
        return str(self.installed / "bin" / "python") if self.installed else PYTHON

    def end_kernels(self) -> None:
        """End the kernels that were started for notebooks."""
        for kernel in json.loads(self._asked("GET", "/api/kernels")):
            self._asked("DELETE", f"/api/kernels/{kernel['id']}")

    def _asked(self, verb: str, path: str) -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.address + path, headers=headers, method=verb)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: bytes = answer.read()
        return found

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/api?token={self.token}", timeout=5):
                return True
        except OSError:
            return False

    def _environment(self) -> Mapping[str, str]:
        """The environment, in which nothing of the user's own settings is left."""
        given = [] if self.installed else [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
        return {
            **os.environ,
            "HOME": str(self.home),
            "IPYTHONDIR": str(self.home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            # The extension of this checkout, and not one that is installed.
            "JUPYTER_PREFER_ENV_PATH": "1" if self.installed else "0",
            "JUPYTER_RUNTIME_DIR": str(self.home / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(self.home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces"),
            "NBFLOW_ENGINES": str(self.home / "engines.toml"),
            "PYTHONPATH": os.pathsep.join(filter(None, given)),
        }


@contextmanager
def lab(root: Path, home: Path, installed: Path | None = None) -> Iterator[Lab]:
    """A JupyterLab that shows ``root``; it is stopped at the end.

    It has the extension of this checkout, or runs in the environment where nbflow is ``installed``.
    """
    root.mkdir(exist_ok=True)
    home.mkdir(exist_ok=True)
    if installed is None:
        _extend(home)
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8"
    )
    found = Lab(root, home, installed)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def _extend(home: Path) -> None:
    """Let a JupyterLab find the extensions of this checkout."""
    (home / "data" / "labextensions").mkdir(parents=True)
    (home / "data" / "labextensions" / "nbflow").symlink_to(EXTENSION)
    (home / "config" / "jupyter_server_config.d").mkdir(parents=True)
    for file in (REPOSITORY / "jupyter-config" / "server-config").glob("*.json"):
        (home / "config" / "jupyter_server_config.d" / file.name).write_bytes(file.read_bytes())
