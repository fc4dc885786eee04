"""What a notebook gives in Jupyter: all its code cells in order, in one fresh kernel.

Run as ``python reference.py NOTEBOOK PYTHON OUT.json``; PYTHON needs ipykernel, nothing of nbflow.
Cells tagged ``skip`` are left out, cells tagged ``pipeline-metrics`` run last.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from observed import CellSeen, Seen, cell_seen, write

import nbflow.runtime

#: Runs in the kernel after the last cell, binds no name there, and writes the fingerprints of its
#: variables.
_FINGERPRINTS = """
def _fingerprints(namespace, package, target):
    import importlib.util, json, sys
    spec = importlib.util.spec_from_file_location(
        "_nbflow_runtime", package + "/__init__.py", submodule_search_locations=[package])
    module = importlib.util.module_from_spec(spec)
    sys.modules["_nbflow_runtime"] = module
    spec.loader.exec_module(module)
    meaning = importlib.import_module("_nbflow_runtime.meaning")
    with open(target, "w") as file:
        json.dump(meaning.fingerprint_namespace(namespace), file)
_fingerprints(namespace, package, target)
"""


class _OnePython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in the interpreter that it is given."""

    python = sys.executable

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [self.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def reference_order(cells: list[Any]) -> list[int]:
    """The positions of the code cells in the order in which the reference runs them."""

    def tags(position: int) -> list[str]:
        return list(cells[position].get("metadata", {}).get("tags", []))

    code = [
        position
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "code" and "skip" not in tags(position)
    ]
    return sorted(code, key=lambda position: "pipeline-metrics" in tags(position))


def reference(notebook: Path, python: str) -> Seen:
    """What the notebook gives in one kernel of ``python``, started in the notebook's folder."""
    document = nbformat.read(notebook, as_version=4)
    kernels = _OnePython()
    kernels.python = python
    client = NotebookClient(
        document,
        timeout=None,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=kernels),
        resources={"metadata": {"path": str(notebook.parent)}},
    )
    began = time.perf_counter()
    cells: dict[str, CellSeen] = {}
    word = "done"
    with client.setup_kernel(env=dict(os.environ)):
        for position in reference_order(document.cells):
            cell = document.cells[position]
            try:
                client.execute_cell(cell, position)
            except CellExecutionError:
                word = "failed"
            cells[str(position)] = cell_seen(cell.outputs)
            if word == "failed":
                break
        seconds = time.perf_counter() - began
        message = ""
        variables: dict[str, str] = {}
        if word == "done":
            try:
                variables = _variables(client, notebook)
            except CellExecutionError as error:
                message = f"no fingerprints: {error.ename}: {error.evalue}"
    return Seen(word, cells, variables, message=message, seconds=seconds)


def _variables(client: NotebookClient, notebook: Path) -> dict[str, str]:
    target = notebook.with_suffix(".fingerprints.json")
    script = notebook.with_suffix(".fingerprints.py")
    package = str(Path(nbflow.runtime.__file__).parent)
    script.write_text(_FINGERPRINTS, encoding="utf-8")
    # Through the module `builtins`, since a notebook may have rebound `open` or `exec`; binds no
    # name.
    source = (
        f"(lambda b: b.exec(b.compile(b.open({str(script)!r}).read(), 'fingerprints', 'exec'), "
        f"b.dict(namespace=b.globals(), package={package!r}, target={str(target)!r})))"
        "(__import__('builtins'))"
    )
    client.execute_cell(nbformat.v4.new_code_cell(source), 0, store_history=False)
    variables: dict[str, str] = json.loads(target.read_text(encoding="utf-8"))
    return variables


def main() -> None:
    notebook, python, out = sys.argv[1:]
    write(reference(Path(notebook), python), Path(out))


if __name__ == "__main__":
    main()
