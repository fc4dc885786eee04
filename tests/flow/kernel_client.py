"""A case in kernels: all its cells in order in one fresh kernel, as Jupyter runs them.

A notebook that another one calls runs at the place of the call in a kernel of its own, in its own folder.
It begins with copies of its caller's data, and what it has made is copied back.

Run as ``python kernel_client.py FILE NUMBER FOLDER`` for the case with that number in the file; prints JSON.
"""

from __future__ import annotations

import ast
import json
import os
import pickle
import posixpath
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import without_grammar  # noqa: F401  # before those that import jsonschema

# isort: split
import nbformat
from flowcases import FlowCase, FlowCell, cases_of, document, ids, shown, write
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


class _ThisPython(KernelSpecManager):  # type: ignore[misc]  # jupyter_client is not followed
    """Knows one kernel: ipykernel in this interpreter."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def outputs_of(case: FlowCase, folder: Path) -> tuple[dict[str, Any], bool]:
    """The outputs of a case's cells by their ids, and whether it ran to its end."""
    write(case, folder)
    outputs, ended, _ = _ran(case, folder, "", case.parameters, {})
    return outputs, ended


def _in_kernel(case: FlowCase, folder: Path) -> tuple[str, bool]:
    outputs, ended = outputs_of(case, folder)
    return "".join(shown(outputs.get(cell, ())) for cell in ids(case)), ended


def _ran(
    case: FlowCase,
    folder: Path,
    path: str,
    parameters: Mapping[str, object],
    names: Mapping[str, object],
) -> tuple[dict[str, Any], bool, dict[str, object]]:
    """The outputs of a notebook of the case in a kernel of its own, whether it ended, what it made.

    It begins with ``names``; ``path`` is "" for the first notebook.
    """
    cells = dict(case.others)[path] if path else case.cells
    sources = reference_cells(cells, parameters)
    notebook = nbformat.from_dict({**document(cells), "cells": sources})
    place = (folder / path).parent if path else folder
    outputs: dict[str, Any] = {}
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory())
        kernel = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=_ThisPython(),
            connection_file=str(Path(scratch) / "kernel.json"),
        )
        client = NotebookClient(
            notebook, timeout=120, km=kernel, resources={"metadata": {"path": str(place)}}
        )
        stack.enter_context(client.setup_kernel(env={**os.environ, "PYTHONHASHSEED": "0"}))
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
                inner, ended = _called(case, folder, path, cell, client)
                outputs.update(inner)
                if not ended:
                    return outputs, False, {}
        made = _data(client) if path else {}
    return outputs, True, made


def _called(
    case: FlowCase, folder: Path, path: str, cell: Any, client: NotebookClient
) -> tuple[dict[str, Any], bool]:
    """The outputs of the notebook that a cell calls, with copies of the data of its caller."""
    below = posixpath.normpath(posixpath.join(posixpath.dirname(path), cell.metadata.notebook_path))
    has = _data(client)
    given = {**has, **cell.metadata.get("notebook_parameters", {})}
    known = _parameters(dict(case.others)[below])
    values = {name: value for name, value in given.items() if name in known}
    names = {name: value for name, value in has.items() if name not in known}
    outputs, ended, made = _ran(case, folder, below, values, names)
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


_HOLDS_PARAMETERS = {"parameters", "pipeline-parameters"}
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


if __name__ == "__main__":
    file, number, where = sys.argv[1:]
    sys.stdout.write(json.dumps(_in_kernel(cases_of(file)[int(number)], Path(where))))
