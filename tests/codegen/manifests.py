"""Small notebooks as manifests for Argo Workflows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pods import analysed, runtime_text

from nbflow.codegen import argo
from nbflow.codegen.assembly import Assembly, assemble

#: A notebook as pairs of tags (with a comma between them) and source.
Cells = Sequence[tuple[str, str]]


def written(folder: Path, cells: Cells, settings: Mapping[str, Any] | None = None) -> Path:
    """The path of the notebook."""
    path = folder / "nb.ipynb"
    kernel = {"name": "python3", "display_name": "", "language": "python"}
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "kubeflow_notebook": settings or {}},
        "cells": [
            {
                "cell_type": "code",
                "id": f"c{number}",
                "metadata": {"tags": [tag for tag in tags.split(", ") if tag]},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, (tags, source) in enumerate(cells)
        ],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


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
