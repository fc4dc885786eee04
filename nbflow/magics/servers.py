"""What the user's own Jupyter servers say of a kernel: which notebooks it belongs to.

A running server leaves a file in the user's runtime folder, with its address and token:
https://jupyter-server.readthedocs.io/en/latest/api/jupyter_server.html#jupyter_server.serverapp.list_running_servers
"""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError

from jupyter_core.paths import jupyter_runtime_dir

#: How long an answer may take, in seconds.
_PATIENCE: Final = 3.0
_INFO: Final = re.compile(r"(jp|nb)server-\d+\.json")
#: An answer is not read past this.
_MOST: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the user that runs on this machine."""

    url: str
    token: str
    root: Path


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere: the token is for this server."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayThere())


def servers() -> Iterator[Server]:
    """The servers whose files lie in the user's runtime folder and whose processes are the user's.

    The one that has started this process comes first.
    """
    try:
        files = sorted(Path(jupyter_runtime_dir()).iterdir())
    except OSError:
        return
    files.sort(key=lambda file: not file.name.endswith(f"-{os.getppid()}.json"))
    for file in files:
        if _INFO.fullmatch(file.name) and (found := _server(file)) is not None:
            yield found


def _server(file: Path) -> Server | None:
    try:
        if hasattr(os, "getuid") and file.stat().st_uid != os.getuid():
            return None
        info = json.loads(file.read_text(encoding="utf-8"))
        if os.name == "posix":
            os.kill(int(info["pid"]), 0)  # fails where it has ended, or is another user's
        root = info.get("root_dir") or info["notebook_dir"]
        found = Server(str(info["url"]), str(info.get("token") or ""), Path(str(root)))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found.url.startswith(("http://", "https://")) else None


def notebooks_of(kernel: str, among: Sequence[Server]) -> tuple[Path, ...] | None:
    """The notebooks that a server has open with the kernel of that id; None where no server knows it."""
    for server in among:
        own = [
            session
            for session in _sessions(server)
            if _text(session.get("kernel"), "id") == kernel and session.get("type") != "console"
        ]
        if own:
            paths = (_text(session, "path") for session in own)
            return tuple(dict.fromkeys(_below(server.root, path) for path in paths if path))
    return None


def _below(root: Path, path: str) -> Path:
    """The file at a path of a server, which may begin with the name of a drive: "RTC:study.ipynb"."""
    found = root / path.lstrip("/")
    drive, _, inside = path.partition(":")
    if inside and "/" not in drive and not found.exists():
        return root / inside.lstrip("/")
    return found


def _sessions(server: Server) -> list[Mapping[str, Any]]:
    """The sessions of a server; none where it does not answer in time, or not to us."""
    request = urllib.request.Request(
        f"{server.url.rstrip('/')}/api/sessions",
        headers={"Authorization": f"token {server.token}"} if server.token else {},
    )
    try:
        with _OPENER.open(request, timeout=_PATIENCE) as answer:
            found = json.loads(answer.read(_MOST))
    except (URLError, HTTPException, OSError, ValueError):
        return []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _text(content: object, key: str) -> str:
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, str) else ""
