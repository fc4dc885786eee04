"""A kernel as a notebook has one: it runs cells by their ids, and tells what they show."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

#: How long a cell may take, in seconds.
_PATIENCE = 120


class _ThisPython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


@dataclass
class Shown:
    """What a cell has shown: text of both streams, the text of its result, its error."""

    text: str = ""
    result: str = ""
    error: str = ""
    displays: list[dict[str, Any]] = field(default_factory=list)


class LiveKernel:
    """A kernel of this interpreter that belongs to a notebook."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def run(self, source: str, cell: str = "", answer: Callable[[str], str] | None = None) -> Shown:
        """What a cell shows; ``answer`` gives what the user types when the kernel asks."""
        shown = Shown()

        def hear(message: dict[str, Any]) -> None:
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "stream":
                shown.text += content["text"]
            elif kind == "execute_result":
                shown.result = content["data"]["text/plain"]
            elif kind == "display_data":
                shown.displays.append(content["data"])
            elif kind == "error":
                shown.error = f"{content['ename']}: {content['evalue']}"

        def typed(message: dict[str, Any]) -> None:
            assert answer is not None
            self._client.input(answer(message["content"]["prompt"]))

        original = self._client.session.msg
        self._client.session.msg = (
            lambda kind, content=None, parent=None, header=None, metadata=None: original(
                kind, content, parent, header, {**(metadata or {}), "cellId": cell}
            )
        )
        try:
            self._client.execute_interactive(
                source,
                allow_stdin=answer is not None,
                output_hook=hear,
                stdin_hook=typed,
                timeout=_PATIENCE,
            )
        finally:
            self._client.session.msg = original
        return shown

    def value(self, expression: str) -> str:
        """What an expression gives in the kernel, as text."""
        shown = self.run(f"print(({expression}))")
        assert not shown.error, shown.error
        return shown.text.rstrip("\n")


@contextmanager
def kernel_of(notebook: Path, **env: str) -> Iterator[LiveKernel]:
    """A fresh kernel of a notebook, in its folder; it has ended when this is left."""
    with tempfile.TemporaryDirectory() as scratch:
        manager = KernelManager(
            kernel_name="python3",
            kernel_spec_manager=_ThisPython(),
            transport="ipc" if os.name == "posix" else "tcp",  # nobody else takes its place
            connection_file=str(Path(scratch) / "kernel.json"),
        )
        own = {"JPY_SESSION_NAME": str(notebook), "JUPYTER_RUNTIME_DIR": scratch}
        manager.start_kernel(cwd=str(notebook.parent), env={**os.environ, **own, **env})
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=_PATIENCE)
            yield LiveKernel(client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()
