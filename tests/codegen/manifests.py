"""Small notebooks as manifests for Argo Workflows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import notebook_cells
from pods import analysed, runtime_text

from nbflow.codegen import argo
from nbflow.codegen.assembly import Assembly, assemble

#: A notebook as pairs of tags (with a comma between them) and source.
Cells = Sequence[tuple[str, str]]


def written(folder: Path, cells: Cells, settings: Mapping[str, Any] | None = None) -> Path:
    """The path of the notebook."""
    found = [
        notebook_cells.code(n, source, filter(None, tags.split(", ")))
        for n, (tags, source) in enumerate(cells)
    ]
    metadata = {**notebook_cells.KERNEL, "kubeflow_notebook": settings or {}}
    return notebook_cells.written(folder / "nb.ipynb", found, metadata)


def assembly(path: Path) -> Assembly:
    """The components of a notebook."""
    return assemble(analysed(path)[0])


def code() -> str:
    """The runtime as it travels."""
    return runtime_text()


def options(path: Path, **more: Any) -> argo.Options:
    """Options as they are mostly."""
    return argo.Options(image="python:3.11", notebook=path.name, **more)


def text(path: Path, **more: Any) -> str:
    """The manifest of a notebook."""
    return argo.files(assembly(path), code(), options(path, **more))[argo.MANIFEST]


def data(path: Path, **more: Any) -> dict[str, Any]:
    """The manifest of a notebook as plain values, with a short text in place of the runtime."""
    found: dict[str, Any] = dict(argo.workflow(assembly(path), "Y29kZQ==", options(path, **more)))
    return found
