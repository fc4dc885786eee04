"""A real kernel with nbflow's magics, and what a frontend would make of its messages."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any, TypeVar

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

REPOSITORY = Path(__file__).parents[2]
WIDGET = "application/vnd.jupyter.widget-view+json"
T = TypeVar("T")


class _ThisPython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


@dataclass
class Shown:
    """What a cell has shown: its streams, its displays in order, and its error's value or ""."""

    request: str
    out: str = ""
    err: str = ""
    displays: list[str] = field(default_factory=list)
    error: str = ""
    result: str = ""
    traceback: tuple[str, ...] = ()


class Frontend:
    """Executes cells in a kernel; knows widgets by their comms and displays by their ids, as they are now."""

    def __init__(self, client: BlockingKernelClient, manager: KernelManager | None = None) -> None:
        self.manager = manager
        self.widgets: dict[str, dict[str, Any]] = {}
        self.displays: dict[str, dict[str, Any]] = {}
        #: What the user types when a cell asks; nobody is there to be asked where it is None.
        self.answer: Callable[[str], str] | None = None
        self._client = client
        self._cells: dict[str, Shown] = {}
        self._idle: set[str] = set()
        self._join()

    def cell(self, source: str, id_: str = "") -> Shown:
        """What a cell shows until it has ended."""
        shown = self.begin(source, id_)
        self.until(lambda: shown.request in self._idle)
        reply = self._reply(shown.request)
        if reply["status"] == "error":
            shown.error = reply["evalue"]
        return shown

    def begin(self, source: str, id_: str = "") -> Shown:
        """What a cell shows, which may not have ended."""
        content = {
            "code": source, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": self.answer is not None, "stop_on_error": True,
        }  # fmt: skip
        metadata = {"cellId": id_} if id_ else {}
        shown = Shown(self._send("execute_request", content, metadata))
        self._cells[shown.request] = shown
        return shown

    def press(self, widget: str) -> None:
        """Press a button."""
        data = {"method": "custom", "content": {"event": "click"}}
        self._send("comm_msg", {"comm_id": widget, "data": data}, {})

    def completed(self, code: str) -> list[str]:
        """What the kernel offers at the end of the code."""
        reply = self._reply(self._client.complete(code, len(code)))
        return [code[: reply["cursor_start"]] + each for each in reply["matches"]]

    def until(self, found: Callable[[], T]) -> T:
        """What is found, as soon as there is something."""
        end = time.monotonic() + 120
        while not (value := found()):
            assert time.monotonic() < end, "it did not come to pass"
            if self.answer is not None and self._client.stdin_channel.msg_ready():
                asked: Any = self._client.get_stdin_msg(timeout=60)
                self._client.input(self.answer(asked["content"]["prompt"]))
            try:
                self._hear(self._client.get_iopub_msg(timeout=0.2))
            except Empty:
                continue
        return value

    def text(self, shown: Shown, place: int = 0) -> str:
        """The text of a display of a cell, as it is now."""
        return str(self.displays[shown.displays[place]]["text/plain"])

    def widget(self, shown: Shown, place: int = 0) -> dict[str, Any]:
        """The state of the widget that a cell displays."""
        return self.widgets[self.displays[shown.displays[place]][WIDGET]["model_id"]]

    def below(self, state: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """The widgets within a box, by their comms, in order."""
        for child in state.get("children", ()):
            comm = child.removeprefix("IPY_MODEL_")
            yield comm, self.widgets[comm]
            yield from self.below(self.widgets[comm])

    def button(self, shown: Shown, name: str) -> str:
        """The comm of the button of that name in the widget that a cell displays."""
        found = (c for c, s in self.below(self.widget(shown)) if s.get("description") == name)
        return next(found)

    def html(self, shown: Shown) -> str:
        """All HTML in the widget that a cell displays."""
        return "\n".join(str(s.get("value", "")) for _, s in self.below(self.widget(shown)))

    def _join(self) -> None:
        """Wait until the kernel answers on both channels, however slow it is."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            self._client.kernel_info()
            try:
                self._client.get_shell_msg(timeout=1)
                self._client.get_iopub_msg(timeout=1)
            except Empty:
                continue
            return
        raise AssertionError("the kernel does not answer")

    def _send(self, kind: str, content: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
        message = self._client.session.msg(kind, dict(content))
        message["metadata"] = dict(metadata)
        self._client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def _reply(self, request: str) -> dict[str, Any]:
        """What the kernel replies to a request; replies to others before it are passed over."""
        while True:
            message: Any = self._client.get_shell_msg(timeout=60)
            if message["parent_header"].get("msg_id") == request:
                content: dict[str, Any] = message["content"]
                return content

    def _hear(self, message: Any) -> None:
        parent = message["parent_header"].get("msg_id", "")
        content, shown = message["content"], self._cells.get(parent)
        match message["msg_type"]:
            case "comm_open":
                self.widgets[content["comm_id"]] = dict(content["data"]["state"])
            case "comm_msg" if content["data"].get("method") == "update":
                self.widgets[content["comm_id"]].update(content["data"]["state"])
            case "display_data" | "update_display_data":
                id_ = content["transient"]["display_id"]
                if shown is not None and message["msg_type"] == "display_data":
                    shown.displays.append(id_)
                self.displays[id_] = content["data"]
            case "status" if content["execution_state"] == "idle":
                self._idle.add(parent)
            case "stream" if shown is not None:
                if content["name"] == "stdout":
                    shown.out += content["text"]
                else:
                    shown.err += content["text"]
            case "execute_result" if shown is not None:
                shown.result = content["data"]["text/plain"]
            case "error" if shown is not None:
                shown.traceback = tuple(content["traceback"])


@contextmanager
def kernel(folder: Path, place: Path, **variables: str) -> Iterator[Frontend]:
    """A kernel that was started in ``folder``, with the extension loaded; ``place`` is for its own files."""
    (place / "runtime").mkdir(parents=True, exist_ok=True)
    manager = KernelManager(
        kernel_name="python3",
        kernel_spec_manager=_ThisPython(),
        transport="ipc" if os.name == "posix" else "tcp",
        connection_file=str(place / "kernel.json"),
    )
    manager.start_kernel(cwd=str(folder), env=environment(place, **variables))
    client = manager.blocking_client()
    try:
        client.start_channels()
        found = Frontend(client, manager)
        assert found.cell("%load_ext nbflow").error == ""
        yield found
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy(linger=0)


def environment(place: Path, **variables: str) -> dict[str, str]:
    """The environment of a kernel, in which no server of the user is found."""
    paths = [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]
    return {
        **{name: text for name, text in os.environ.items() if name != "JPY_SESSION_NAME"},
        "HOME": str(place),
        "IPYTHONDIR": str(place / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
        "NBFLOW_ENGINES": str(place / "engines.toml"),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        **variables,
    }
