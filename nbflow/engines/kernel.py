"""What a notebook gives in Jupyter: all its code cells in order, in one fresh kernel.

Cells tagged ``skip`` are left out, cells tagged ``pipeline-metrics`` run last. The interpreter needs
ipykernel, and nothing of nbflow. Import this module only where it is used: nbclient takes a while.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from nbflow.engines.kernel_work import KernelWork
from nbflow.engines.seen import CellSeen, Seen, cell_seen
from nbflow.errors import KernelError
from nbflow.model import Json, Name, StepName
from nbflow.runtime.own_lines import EXTENSION
from nbflow.tags import binds_parameters

#: A kernel does not start where another one takes its port just before.
_STARTS: Final = 3


class _OnePython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in the interpreter that it is given."""

    python = ""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def reference_order(cells: Sequence[Mapping[str, Any]]) -> list[int]:
    """The positions of the code cells in the order in which the reference runs them."""
    code = [
        position
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "code" and "skip" not in _tags(cell)
    ]
    return sorted(code, key=lambda position: "pipeline-metrics" in _tags(cells[position]))


@dataclass(frozen=True, slots=True)
class Called:
    """A notebook for which a cell stands: its file, and the folder in which its kernel starts.

    ``taken`` are the names of its caller that it begins with, of which ``arguments`` are its parameters;
    ``values`` are those of other parameters; ``given`` are the names that its caller has from it. ``calls``
    are the notebooks that it calls itself, by the positions of their cells.
    """

    name: StepName
    notebook: Path
    folder: Path
    taken: tuple[Name, ...] = ()
    arguments: tuple[Name, ...] = ()
    values: Mapping[Name, Json] = field(default_factory=dict)
    given: tuple[Name, ...] = ()
    calls: Mapping[int, Called] = field(default_factory=dict)


def in_kernel(
    notebook: Path,
    python: str,
    *,
    folder: Path,
    env: Mapping[str, str],
    parameters: Mapping[Name, Json] | None = None,
    calls: Mapping[int, Called] | None = None,
) -> Seen:
    """What the notebook gives in one kernel of ``python``, started in ``folder``.

    Each notebook that it calls runs where its cell stands, whole, in a kernel of its own.

    Raises:
        KernelError: no kernel of that interpreter can be started.
    """
    whole = Called(StepName(""), notebook, folder, values=parameters or {}, calls=calls or {})
    return _run(whole, _Kernels(python, env))


def _run(
    called: Called, kernels: _Kernels, given: Path | None = None, back: Path | None = None
) -> Seen:
    """What a notebook gives in a new kernel; ``given`` is what it begins with, ``back`` for what it gives."""
    document = nbformat.read(called.notebook, as_version=4)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nbflow-kernel-")))
        client = kernels.started(document, called.folder, scratch, stack)
        return _Reference(called, client, scratch, kernels).run(given, back)


class _Kernels:
    """Starts kernels of one interpreter."""

    def __init__(self, python: str, env: Mapping[str, str]) -> None:
        self._python = python
        self._env = env

    def started(
        self, document: Any, folder: Path, scratch: Path, stack: ExitStack
    ) -> NotebookClient:
        """The client of a kernel that runs until the stack is left.

        Raises:
            KernelError: it does not start.
        """
        kernels = _OnePython()
        kernels.python = self._python
        for number in range(_STARTS):
            manager = AsyncKernelManager(
                kernel_name="python3",
                kernel_spec_manager=kernels,
                transport="ipc" if os.name == "posix" else "tcp",
                connection_file=str(scratch / f"{number}.json"),
            )
            client = NotebookClient(
                document, timeout=None, km=manager, resources={"metadata": {"path": str(folder)}}
            )
            nowhere = (
                subprocess.DEVNULL
            )  # what a kernel says beside its cells is no output of theirs
            kernel = client.setup_kernel(
                cleanup_kc=True, env=dict(self._env), stdout=nowhere, stderr=nowhere
            )
            try:
                stack.enter_context(kernel)
            except RuntimeError:
                continue
            return client
        raise KernelError(
            f"{self._python} cannot start a kernel to run the notebook as Jupyter does;"
            " is ipykernel installed there?"
        )


class _Reference:
    """One run of a notebook in a kernel that has been started."""

    def __init__(
        self, called: Called, client: NotebookClient, scratch: Path, kernels: _Kernels
    ) -> None:
        self._called = called
        self._client = client
        self._scratch = scratch
        self._kernels = kernels
        self._work = KernelWork(client, scratch)
        #: What the notebooks have given that were called.
        self._inner: dict[StepName, Seen] = {}

    def run(self, given: Path | None, back: Path | None) -> Seen:
        """What the notebook gives, up to the first cell that fails."""
        began = time.perf_counter()
        cells: dict[int, CellSeen] = {}
        word, message = "done", ""
        document = [*self._client.nb.cells]  # the client puts every cell that it runs into its list
        if any(EXTENSION in cell.source or "%%step" in cell.source for cell in document):
            self._work.pass_over()
        if given is not None:
            self._work.bring(given)
        for position in reference_order(document):
            cell = document[position]
            try:
                word, message = self._cell(cell, position)
            except CellExecutionError:
                word = "failed"
            except DeadKernelError:
                word, message = "failed", "the kernel died"
            cells[position] = cell_seen(cell.outputs)
            if word == "failed":
                break
        seconds = time.perf_counter() - began
        found: tuple[dict[Name, str], dict[Name, str]] = ({}, {})
        if word == "done" and back is None:
            try:
                found = self._work.variables()
            except CellExecutionError as error:
                message = f"no fingerprints: {error.ename}: {error.evalue}"
        elif word == "done" and back is not None:
            self._work.take(self._called.given, back)
        return Seen(word, cells, *found, message=message, seconds=seconds, called=self._inner)

    def _cell(self, cell: Any, position: int) -> tuple[str, str]:
        """Run a cell, or the notebook for which it stands; "done" or "failed", and a message."""
        inner = self._called.calls.get(position)
        if inner is not None:
            return self._call(inner)
        values, arguments = self._called.values, self._called.arguments
        overrides = (values or arguments) and binds_parameters(_tags(cell))
        if overrides:
            self._work.override(values, arguments)
        try:
            self._client.execute_cell(cell, position)
        finally:
            if overrides:
                self._work.end_override()
        return "done", ""

    def _call(self, inner: Called) -> tuple[str, str]:
        given, back = self._scratch / "given", self._scratch / "back"
        self._work.take(inner.taken, given)
        seen = _run(inner, self._kernels, given, back)
        self._inner |= {inner.name: seen, **seen.called}
        if seen.word == "done":
            self._work.bring(back)
        return seen.word, seen.message


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))
