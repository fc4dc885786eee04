"""What a case shows in Jupyter: all its cells in order in one fresh kernel.

Run as ``python jupyter.py FILE NUMBER FOLDER`` for the case with that number in the file; prints JSON.
The kernel's client lives in a process of its own, so that what it leaves open is no concern of pytest.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from flowcases import FlowCase, cases_of, document, shown, write
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


class _ThisPython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def in_jupyter(case: FlowCase, folder: Path) -> tuple[str, bool]:
    """What the case shows in a kernel started in ``folder``, and whether it ran to its end."""
    number = [other.title for other in cases_of(case.file)].index(case.title)
    command = [sys.executable, "-W", "ignore", __file__, case.file, str(number), str(folder)]
    for _ in range(3):  # a kernel does not start where another one takes its port just before
        # To a file: worker processes that outlive the kernel would hold a pipe open.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(command, stdout=out, stderr=errors, timeout=100, check=False)
            out.seek(0)
            errors.seek(0)
            said, complaint = out.read(), errors.read()
        if done.returncode == 0:
            text, ended = json.loads(said)
            return text, ended
    raise RuntimeError(complaint)


def _in_kernel(case: FlowCase, folder: Path) -> tuple[str, bool]:
    write(case, folder)
    cells = reference_cells(case)
    notebook = nbformat.from_dict({**document(case), "cells": cells})
    client = NotebookClient(
        notebook,
        timeout=120,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=_ThisPython()),
        resources={"metadata": {"path": str(folder)}},
    )
    ended = True
    with client.setup_kernel(env={**os.environ, "PYTHONHASHSEED": "0"}):
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)
            except CellExecutionError:
                ended = False
                break
    in_order = sorted(notebook.cells, key=lambda cell: int(cell.id.removeprefix("cell-")))
    return "".join(shown(cell.outputs) for cell in in_order), ended


def reference_cells(case: FlowCase) -> list[dict[str, Any]]:
    """The code cells as Jupyter runs them: without skipped ones, metrics last, parameters as given."""
    cells: Any = document(case)["cells"]
    found = [
        {**cell, "source": _given(cell, case.parameters)}
        for cell in cells
        if cell["cell_type"] == "code" and "skip" not in _tags(cell)
    ]
    return sorted(found, key=lambda cell: "pipeline-metrics" in _tags(cell))


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", ()))


def _given(cell: Mapping[str, Any], parameters: Mapping[str, object]) -> str:
    """The source of a cell, with the given values in the place of those that its assignments hold."""
    source = str(cell["source"])
    if not parameters or not {"parameters", "pipeline-parameters"} & set(_tags(cell)):
        return source
    tree = ast.parse(source)
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in parameters:
                node.value = ast.parse(repr(parameters[target.id]), mode="eval").body  # type: ignore[attr-defined]  # every assignment has a value here
    return ast.unparse(tree)


if __name__ == "__main__":
    file, number, where = sys.argv[1:]
    sys.stdout.write(json.dumps(_in_kernel(cases_of(file)[int(number)], Path(where))))
