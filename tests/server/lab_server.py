"""Real Jupyter Servers with the extension, and a client that asks them over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema

from nbflow.server.routes import document

TOKEN = "a-token-of-the-tests"
REPOSITORY = Path(__file__).parents[2]
ENDED = ("done", "failed", "stopped")


@dataclass(frozen=True)
class Answer:
    """What a request gave."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """A server that runs, and the folder that it shows."""

    port: int
    root: Path
    process: subprocess.Popen[bytes]

    def ask(self, verb: str, path: str, body: object = None, /, **query: object) -> Answer:
        """The answer to a request below the API, with the token; it is as the document says."""
        address = f"{path}?{urlencode(query)}" if query else path
        answer = self.send(verb, address, body, {"Authorization": f"token {TOKEN}"})
        template = re.sub(r"/runs/[0-9]+", "/runs/{run}", path)
        if answer.status < 400 and (template, verb) in (found := _schemas()):
            jsonschema.validate(answer.body, found[template, verb], jsonschema.Draft202012Validator)
        return answer

    def send(self, verb: str, path: str, body: object, headers: Mapping[str, str]) -> Answer:
        """The answer to a request below the API, with these headers and no token."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        text = body if isinstance(body, bytes) else None if body is None else json.dumps(body)
        try:
            connection.request(verb, f"/base/nbflow/api{path}", text, dict(headers))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        found = json.loads(content) if content[:1] in (b"{", b"[") else content
        return Answer(response.status, found, dict(response.getheaders()))

    def cookies(self) -> dict[str, str]:
        """The cookies of a browser that has signed in."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        pairs = []
        for page in ("/base/login", f"/base/login?token={TOKEN}"):
            connection.request("GET", page)
            answer = connection.getresponse()
            answer.read()
            headers = answer.getheaders()
            pairs += [value.partition(";")[0] for name, value in headers if name == "Set-Cookie"]
        connection.close()
        return dict(pair.split("=", 1) for pair in pairs)

    def ended(self, run: str, folder: str = "") -> dict[str, Any]:
        """A run when it has ended."""
        for _ in range(200):
            found: dict[str, Any] = self.ask("GET", f"/runs/{run}", folder=folder).body
            if found["state"] in ENDED:
                return found
            time.sleep(0.1)
        raise AssertionError(f"run {run} does not end")


@cache
def _schemas() -> dict[tuple[str, str], dict[str, Any]]:
    """The schema of the answer of each operation that gives JSON, by its path and verb."""
    made: Any = document()
    return {
        (path, verb.upper()): response["content"]["application/json"]["schema"]
        | {"components": made["components"]}
        for path, verbs in made["paths"].items()
        for verb, operation in verbs.items()
        for status, response in operation["responses"].items()
        if status.startswith("2") and "application/json" in response["content"]
    }


@contextmanager
def server(root: Path, home: Path, *options: str, **variables: str) -> Iterator[Server]:
    """A server that shows ``root`` and keeps what is its own in ``home``; it is stopped at the end.

    ``variables`` are those of its environment.
    """
    home.mkdir(exist_ok=True)
    settings = REPOSITORY / "jupyter-config" / "server-config"
    (home / "config" / "jupyter_server_config.d").mkdir(parents=True, exist_ok=True)
    for file in settings.glob("*.json"):
        target = home / "config" / "jupyter_server_config.d" / file.name
        target.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (home / "config" / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"jupyter_server_terminals": False}}}),
        encoding="utf-8",
    )
    environment = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONPATH": os.pathsep.join(
            [
                str(REPOSITORY),
                str(Path(__file__).parent),
                *filter(None, [os.environ.get("PYTHONPATH")]),
            ]
        ),
        "NBFLOW_ENGINES": str(home / "engines.toml"),
        **variables,
    }
    port = _free_port()
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyter_server",
                "--allow-root",
                "--no-browser",
                f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0",
                f"--IdentityProvider.token={TOKEN}",
                f"--ServerApp.root_dir={root}",
                "--ServerApp.base_url=/base/",
                "--ServerApp.allow_unauthenticated_access=False",
                *options,
            ],
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        found = Server(port, root, process)
        _wait_for(found, home / "log")
        yield found
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(found: Server, log: Path) -> None:
    for _ in range(300):
        try:
            if found.ask("GET", "/openapi.json").status in (200, 403):
                return
        except OSError:
            pass
        if found.process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))
