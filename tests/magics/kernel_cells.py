"""Sends cells to one kernel, and prints what it answers: JSON on standard input, and on standard output.

It runs in a process of its own, so that what the client leaves open is no concern of pytest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

#: How many seconds a kernel may take for an answer.
_PATIENCE = 120


def answers(requests: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What a new kernel of this interpreter answers to requests, each a kind and a text."""
    with tempfile.TemporaryDirectory() as folder:
        manager = KernelManager(
            kernel_name="python3",
            transport="ipc" if os.name == "posix" else "tcp",  # nobody else takes its place
            connection_file=f"{folder}/kernel.json",
        )
        manager.kernel_spec.argv[0] = sys.executable
        manager.start_kernel(env={**os.environ})
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=_PATIENCE)
            return [_answer(client, kind, text) for kind, text in requests]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def _answer(client: Any, kind: str, text: str) -> dict[str, Any]:
    if kind == "run":
        outputs: list[dict[str, Any]] = []
        reply = client.execute_interactive(
            text, timeout=_PATIENCE, allow_stdin=False, output_hook=outputs.append
        )
        return {**_shown(outputs), "status": reply["content"]["status"]}
    ask = {
        "is_complete": client.is_complete,
        "complete": client.complete,
        "inspect": client.inspect,
    }
    asked_for = ask[kind](text)
    while True:
        message = client.get_shell_msg(timeout=_PATIENCE)
        if message["parent_header"].get("msg_id") == asked_for:
            found: dict[str, Any] = message["content"]
            return found


def _shown(outputs: list[dict[str, Any]]) -> dict[str, Any]:
    """The text, the result and the error of a cell."""
    found: dict[str, Any] = {"text": "", "result": "", "error": "", "traceback": ""}
    for message in outputs:
        content = message["content"]
        if message["msg_type"] == "stream":
            found["text"] += content["text"]
        elif message["msg_type"] == "execute_result":
            found["result"] = content["data"]["text/plain"]
        elif message["msg_type"] == "error":
            found["error"] = f"{content['ename']}: {content['evalue']}"
            found["traceback"] = "\n".join(content["traceback"])
    return found


def asked(requests: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The answers, found by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(Path(__file__))],
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    json.dump(answers(json.load(sys.stdin)), sys.stdout)
