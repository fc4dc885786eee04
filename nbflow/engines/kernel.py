"""What a notebook gives in Jupyter: all its code cells in order, in one fresh kernel.

Cells tagged ``skip`` are left out, cells tagged ``pipeline-metrics`` run last. The interpreter needs
ipykernel, and nothing of nbflow. Import this module only where it is used: nbclient takes a while.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

import nbflow.runtime
from nbflow.engines.seen import CellSeen, Seen, cell_seen
from nbflow.errors import KernelError
from nbflow.model import Json, Name

#: Runs in the kernel, and binds no name there: what is called comes from the runtime, loaded by its path.
_IN_RUNTIME: Final = """
def _work(namespace, package, target, parameters):
    import importlib, importlib.util, json, sys
    if "_nbflow_runtime" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "_nbflow_runtime", package + "/__init__.py", submodule_search_locations=[package])
        module = importlib.util.module_from_spec(spec)
        sys.modules["_nbflow_runtime"] = module
        spec.loader.exec_module(module)
    runtime = sys.modules["_nbflow_runtime"]
    if parameters is not None:
        from IPython import get_ipython
        overrides = importlib.import_module("_nbflow_runtime.overrides")
        if parameters:
            runtime.overriding = overrides.active(get_ipython(), parameters)
            runtime.overriding.__enter__()
        else:
            runtime.overriding.__exit__(None, None, None)
        return
    meaning = importlib.import_module("_nbflow_runtime.meaning")
    preview = importlib.import_module("_nbflow_runtime.preview")
    found = meaning.fingerprint_namespace(namespace)
    looks = {name: preview.preview(namespace[name]) for name in found}
    with open(target, "w", encoding="utf-8") as file:
        json.dump([found, looks], file)
_work(namespace, package, target, parameters)
"""
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


def in_kernel(
    notebook: Path,
    python: str,
    *,
    folder: Path,
    env: Mapping[str, str],
    parameters: Mapping[Name, Json] | None = None,
) -> Seen:
    """What the notebook gives in one kernel of ``python``, started in ``folder``.

    Raises:
        KernelError: no kernel of that interpreter can be started.
    """
    document = nbformat.read(notebook, as_version=4)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nbflow-kernel-")))
        client = _started(document, python, folder, env, scratch, stack)
        return _Reference(client, scratch, parameters or {}).run()


def _started(
    document: Any,
    python: str,
    folder: Path,
    env: Mapping[str, str],
    scratch: Path,
    stack: ExitStack,
) -> NotebookClient:
    """The client of a kernel that runs until the stack is left."""
    kernels = _OnePython()
    kernels.python = python
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
        nowhere = subprocess.DEVNULL  # what a kernel says beside its cells is no output of theirs
        kernel = client.setup_kernel(cleanup_kc=True, env=dict(env), stdout=nowhere, stderr=nowhere)
        try:
            stack.enter_context(kernel)
        except RuntimeError:
            continue
        return client
    raise KernelError(
        f"{python} cannot start a kernel to run the notebook as Jupyter does;"
        " is ipykernel installed there?"
    )


class _Reference:
    """One run of a notebook in a kernel that has been started."""

    def __init__(
        self, client: NotebookClient, scratch: Path, parameters: Mapping[Name, Json]
    ) -> None:
        self._client = client
        self._scratch = scratch
        self._parameters = parameters

    def run(self) -> Seen:
        """What the notebook gives, up to the first cell that fails."""
        began = time.perf_counter()
        cells: dict[int, CellSeen] = {}
        word, message = "done", ""
        for position in reference_order(self._client.nb.cells):
            cell = self._client.nb.cells[position]
            try:
                self._cell(cell, position)
            except CellExecutionError:
                word = "failed"
            except DeadKernelError:
                word, message = "failed", "the kernel died"
            cells[position] = cell_seen(cell.outputs)
            if word == "failed":
                break
        seconds = time.perf_counter() - began
        found: tuple[dict[Name, str], dict[Name, str]] = ({}, {})
        if word == "done":
            try:
                found = self._variables()
            except CellExecutionError as error:
                message = f"no fingerprints: {error.ename}: {error.evalue}"
        return Seen(word, cells, *found, message=message, seconds=seconds)

    def _cell(self, cell: Any, position: int) -> None:
        given = self._parameters and {"parameters", "pipeline-parameters"} & {*_tags(cell)}
        if given:
            self._work(dict(self._parameters))
        try:
            self._client.execute_cell(cell, position)
        finally:
            if given:
                self._work({})

    def _variables(self) -> tuple[dict[Name, str], dict[Name, str]]:
        """The fingerprints of all variables, and what they look like."""
        self._work(None)
        fingerprints, looks = json.loads(self._target.read_text(encoding="utf-8"))
        return fingerprints, looks

    @property
    def _target(self) -> Path:
        return self._scratch / "variables.json"

    def _work(self, parameters: Mapping[Name, Json] | None) -> None:
        """Let the runtime work in the kernel: begin or end overriding, or write the fingerprints."""
        script = self._scratch / "work.py"
        script.write_text(_IN_RUNTIME, encoding="utf-8")
        package = str(Path(nbflow.runtime.__file__).parent)
        # Through the module `builtins`, since a notebook may have rebound `open` or `exec`.
        source = (
            f"(lambda b: b.exec(b.compile(b.open({str(script)!r}).read(), 'nbflow', 'exec'), "
            f"b.dict(namespace=b.globals(), package={package!r}, target={str(self._target)!r}, "
            f"parameters={parameters!r})))(__import__('builtins'))"
        )
        self._client.execute_cell(nbformat.v4.new_code_cell(source), 0, store_history=False)


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))
