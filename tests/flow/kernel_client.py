"""A case in kernels: all its cells in order in one fresh kernel, as Jupyter runs them.

A notebook that another one calls runs at the place of the call in a kernel of its own, in its own folder.
It begins with copies of its caller's data, and what it has made is copied back.

Run as ``python kernel_client.py`` it reads lines: ``[file, number, folder]`` in JSON, for the case with that
number in the file. Each is answered by a line: what the case shows, whether it ran to its end, and what went
wrong, if anything did.
"""

from __future__ import annotations

import ast
import json
import os
import pickle
import posixpath
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import without_grammar  # noqa: F401  # before those that import jsonschema

# isort: split
import nbformat
from flowcases import FlowCase, FlowCell, cases_of, document, ids, shown, write
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


class _ThisPython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


class _Client(AsyncKernelClient):  # type: ignore[misc]
    """Is ready when the kernel answers on both channels, and waits for no silence after that."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        while True:
            self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                await self.get_iopub_msg(timeout=0.2)
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("the kernel ended before it answered") from None
            else:
                return


#: Makes what starts the process of a kernel, for its manager.
Provisioner = Callable[[AsyncKernelManager], LocalProvisioner]


def started_alone(manager: AsyncKernelManager) -> LocalProvisioner:
    """Starts an interpreter, as Jupyter does."""
    return LocalProvisioner(parent=manager, kernel_id="", kernel_spec=manager.kernel_spec)


def outputs_of(
    case: FlowCase, folder: Path, provisioner: Provisioner = started_alone
) -> tuple[dict[str, Any], bool]:
    """The outputs of a case's cells by their ids, and whether it ran to its end."""
    write(case, folder)
    outputs, ended, _ = _Running(case, folder, provisioner).ran("", case.parameters, {})
    return outputs, ended


@dataclass(frozen=True, slots=True)
class _Running:
    """A case that runs in a folder, in kernels of their own for it and each notebook that it calls."""

    case: FlowCase
    folder: Path
    provisioner: Provisioner

    def ran(
        self, path: str, parameters: Mapping[str, object], names: Mapping[str, object]
    ) -> tuple[dict[str, Any], bool, dict[str, object]]:
        """The outputs of a notebook of the case, whether it ended, what it made.

        It begins with ``names``; ``path`` is "" for the first notebook.
        """
        cells = dict(self.case.others)[path] if path else self.case.cells
        sources = reference_cells(cells, parameters)
        notebook = nbformat.from_dict({**document(cells), "cells": sources})
        outputs: dict[str, Any] = {}
        with self._kernel(notebook, (self.folder / path).parent if path else self.folder) as client:
            if names:
                _put(client, names)
            for index, cell in enumerate(notebook.cells):
                try:
                    client.execute_cell(cell, index)
                except CellExecutionError:
                    outputs[cell.id] = cell.outputs
                    return outputs, False, {}
                outputs[cell.id] = cell.outputs
                if "notebook_path" in cell.metadata:
                    inner, ended = self._called(path, cell, client)
                    outputs.update(inner)
                    if not ended:
                        return outputs, False, {}
            made = _data(client) if path else {}
        return outputs, True, made

    @contextmanager
    def _kernel(self, notebook: Any, place: Path) -> Iterator[NotebookClient]:
        """The client of a kernel that is started there, and ended at once."""
        with tempfile.TemporaryDirectory() as scratch:
            manager = AsyncKernelManager(
                kernel_name="python3",
                kernel_spec_manager=_ThisPython(),
                transport="ipc" if os.name == "posix" else "tcp",  # nobody else takes its place
                connection_file=str(Path(scratch) / "kernel.json"),
                client_factory=_Client,
            )
            manager.provisioner = self.provisioner(manager)
            client = NotebookClient(
                notebook,
                timeout=120,
                km=manager,
                resources={"metadata": {"path": str(place)}},
                shutdown_kernel="immediate",
            )
            with client.setup_kernel(cleanup_kc=True, env={**os.environ, "PYTHONHASHSEED": "0"}):
                yield client

    def _called(self, path: str, cell: Any, client: NotebookClient) -> tuple[dict[str, Any], bool]:
        """The outputs of the notebook that a cell calls, with copies of the data of its caller."""
        below = posixpath.join(posixpath.dirname(path), cell.metadata.notebook_path)
        below = posixpath.normpath(below)
        has = _data(client)
        given = {**has, **cell.metadata.get("notebook_parameters", {})}
        known = _parameters(dict(self.case.others)[below])
        values = {name: value for name, value in given.items() if name in known}
        names = {name: value for name, value in has.items() if name not in known}
        outputs, ended, made = self.ran(below, values, names)
        wanted = cell.metadata.get("notebook_outputs")
        back = {
            name: value
            for name, value in made.items()
            if (name in wanted if wanted is not None else name not in has and name not in known)
        }
        if back:
            _put(client, back)
        name = cell.metadata.tags[0].partition(":")[2]
        return {f"{name}/{each}": found for each, found in outputs.items()}, ended


def _parameters(cells: Sequence[FlowCell]) -> set[str]:
    """The names that the parameters cells of a notebook bind."""
    trees = [ast.parse(cell.source) for cell in cells if _HOLDS_PARAMETERS & set(cell.tags)]
    return {
        node.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


_HOLDS_PARAMETERS = {"parameters", "pipeline-parameters", "injected-parameters"}
#: Writes what a kernel's namespace holds of data into a file.
_TAKE = """
import pickle, types
found = {}
for name, value in list(names.items()):
    if name.startswith("_") or name in ("In", "Out", "exit", "quit", "open", "get_ipython"):
        continue
    if isinstance(value, (types.ModuleType, types.FunctionType, type)):
        continue
    try:
        text = pickle.dumps(value)
    except Exception:
        continue
    if b"__main__" not in text:
        found[name] = value
with open(file, "wb") as target:
    pickle.dump(found, target)
"""
_GIVE = """
import pickle
with open(file, "rb") as source:
    names.update(pickle.load(source))
"""


def _data(client: NotebookClient) -> dict[str, object]:
    """Copies of the data in a kernel's namespace, by name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "names"
        _unseen(client, _TAKE, file)
        found: dict[str, object] = pickle.loads(file.read_bytes())
    return found


def _put(client: NotebookClient, names: Mapping[str, object]) -> None:
    """Bind names in a kernel's namespace."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "names"
        file.write_bytes(pickle.dumps(dict(names)))
        _unseen(client, _GIVE, file)


def _unseen(client: NotebookClient, code: str, file: Path) -> None:
    """Run code in a kernel so that its notebook does not notice."""
    text = f"exec({code!r}, {{'names': globals(), 'file': {str(file)!r}}})"
    first = client.nb.cells[0]
    client.execute_cell(nbformat.v4.new_code_cell(text), 0, store_history=False)
    client.nb.cells[0] = first  # the client has put the cell in its place


def reference_cells(
    cells: Iterable[FlowCell], parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """The code cells as Jupyter runs them: without skipped ones, metrics last, parameters as given."""
    all_: Any = document(cells)["cells"]
    found = [
        {**cell, "source": _given(cell, parameters)}
        for cell in all_
        if cell["cell_type"] == "code" and "skip" not in _tags(cell)
    ]
    return sorted(found, key=lambda cell: "pipeline-metrics" in _tags(cell))


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", ()))


def _given(cell: Mapping[str, Any], parameters: Mapping[str, object]) -> str:
    """The source of a cell, with the given values in the place of those that its assignments hold."""
    source = str(cell["source"])
    if not parameters or not _HOLDS_PARAMETERS & set(_tags(cell)):
        return source
    tree = ast.parse(source)
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in parameters:
                node.value = ast.parse(_spelled(parameters[target.id]), mode="eval").body  # type: ignore[attr-defined]  # every assignment has a value here
    return ast.unparse(tree)


def _spelled(value: object) -> str:
    """An expression that gives the value, also where it has no literal."""
    return f"__import__('pickle').loads({pickle.dumps(value)!r})"


class _Forked:
    """A kernel that has been forked, to be treated as a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """0 if it has ended."""
        return 0 if select.select([self._ended], [], [], 0)[0] else None

    def wait(self) -> int:
        """0, when it has ended."""
        select.select([self._ended], [], [])
        return 0

    def send_signal(self, number: int) -> None:
        signal.pidfd_send_signal(self._ended, number)


class _Warm:
    """Has kernels forked by a process that has imported what they import; it ends with this one."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            command = [sys.executable, "-W", "ignore", str(_WARM), str(theirs.fileno())]
            env = {**os.environ, "PYTHONHASHSEED": "0"}
            nothing = subprocess.DEVNULL
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=env, stdin=nothing, stdout=nothing
            )
            self._lines = ours.makefile("rw", encoding="utf-8")

    def __call__(self, manager: AsyncKernelManager) -> LocalProvisioner:
        start = self._start

        class Provisioner(LocalProvisioner):  # type: ignore[misc]  # jupyter_client is not followed
            async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
                self.process = start([cmd[3:], str(kwargs["cwd"]), kwargs["env"]])
                self.pid = self.pgid = self.process.pid
                found: dict[str, Any] = self.connection_info
                return found

            async def kill(self, restart: bool = False) -> None:
                await super().kill(restart)
                self.process.wait()  # its manager would look every tenth of a second

        return Provisioner(parent=manager, kernel_id="", kernel_spec=manager.kernel_spec)

    def _start(self, asked: list[Any]) -> _Forked:
        self._lines.write(json.dumps(asked) + "\n")
        self._lines.flush()
        return _Forked(int(self._lines.readline()))


_WARM = Path(__file__).with_name("warm_kernels.py")


def _answer(asked: str, provisioner: Provisioner) -> list[object]:
    """What a line asks for, found by a child of this process: nothing of it is left open here."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as answer:
        pid = os.fork()
        if pid == 0:
            try:
                json.dump(_shown(asked, provisioner), answer)
                answer.flush()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        answer.seek(0)
        found: list[object] = json.loads(answer.read() or '["", false, "no answer"]')
    return found


def _shown(asked: str, provisioner: Provisioner) -> tuple[str, bool, str]:
    try:
        file, number, folder = json.loads(asked)
        case = cases_of(file)[number]
        outputs, ended = outputs_of(case, Path(folder), provisioner)
    except Exception:
        return "", False, traceback.format_exc()
    return "".join(shown(outputs.get(cell, ())) for cell in ids(case)), ended, ""


if __name__ == "__main__":
    kernels: Provisioner = _Warm() if sys.platform == "linux" else started_alone
    for each in sys.stdin:
        sys.stdout.write(json.dumps(_answer(each, kernels)) + "\n")
        sys.stdout.flush()
