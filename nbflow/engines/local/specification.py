"""Specifications on disk: where a process of ``nbflow.runtime`` finds what it is to do."""

from __future__ import annotations

import json
from pathlib import Path


def write_json(folder: Path, spec: dict[str, object]) -> Path:
    """The file in ``folder`` that holds the specification."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "spec.json"
    path.write_text(json.dumps(spec), encoding="utf-8")
    return path
