"""What the process of a step is told: its task, where artifacts lie and what parameters are, as one text."""

from __future__ import annotations

import base64
import json
import lzma
from collections.abc import Mapping
from typing import Final

from nbflow.codegen.argo.names import (
    FILES,
    INPUTS,
    METRICS,
    OUTPUTS,
    PACKAGES,
    REPORT,
    STATE,
    Names,
)
from nbflow.codegen.assembly import Component
from nbflow.model import Parameter
from nbflow.runtime import task as tasks

#: The longest text that is an argument; Linux takes 128 KiB, and Argo writes it as JSON among others.
LONGEST: Final = 96 * 1024
_SMALL, _LARGE = 1 << 12, 1 << 22


def packed(component: Component, names: Names, *, carried: bool) -> str:
    """The order of a step, as ``runtime.ordered`` reads it; ``carried`` says that it is given files."""
    order: dict[str, object] = {
        "task": tasks.as_json(component.task),
        "taken": [f"{INPUTS}/{name}" for name in names.taken(component)],
        "given": {a.variable: f"{OUTPUTS}/{n}" for a, n in names.given(component).items()},
        "state": f"{OUTPUTS}/{STATE}",
        "parameters": {p.name: _about(p, names) for p in component.parameters},
        "packages": PACKAGES,
    }
    if carried:
        order["carried"] = f"{INPUTS}/{FILES}"
    if component.reported:
        order["page"] = page_path()
    if component.task.metrics:
        order["metrics"] = metrics_path()
    return _packed(json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode())


def page_path() -> str:
    """Where the report lies: what it is stored as ends like this, by which Argo's server knows a page."""
    return f"{OUTPUTS}/{REPORT}.html"


def metrics_path() -> str:
    """Where the metrics lie."""
    return f"{OUTPUTS}/{METRICS}.json"


def _about(parameter: Parameter, names: Names) -> Mapping[str, object]:
    annotated = "Optional" in parameter.annotation or "None" in parameter.annotation
    return {
        "variable": names.variable(parameter),
        "kind": parameter.type,
        "optional": parameter.default is None or annotated,
    }


def _packed(content: bytes) -> str:
    # A dictionary of the content's size: with that of a preset, most time goes into clearing memory.
    size = min(max(len(content), _SMALL), _LARGE)
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": size}]
    return base64.b64encode(lzma.compress(content, filters=filters)).decode("ascii")
