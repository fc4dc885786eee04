"""A step as a component of Kubeflow Pipelines: artifacts come and go as the SDK's objects."""

from __future__ import annotations

import base64
import json
import lzma
import tempfile
import zlib
from typing import Any, Dict, Mapping, Optional, Sequence

from . import archive, pod
from .task import Task


def run(
    task: str,
    *,
    parameters: Mapping[str, Any],
    taken: Sequence[Any],
    given: Mapping[str, Any],
    state: Any,
    files: Sequence[Any] = (),
    report: Optional[Any] = None,
    metrics: Optional[Any] = None,
    run_id: str = "",
) -> None:
    """Run the packed ``task``; what it leaves is written to the artifacts.

    Raises ``pod.StepError`` with a sentence for the user.
    """
    found = Task.parse(json.loads(lzma.decompress(base64.b64decode(task))))
    with tempfile.TemporaryDirectory(prefix="nbflow-runtime-") as folder:
        ended = pod.run(
            found,
            runtime=archive.unpack(folder),
            taken=[each.path for each in taken],
            given={name: each.path for name, each in given.items()},
            state=state.path,
            parameters=_exact(parameters, json.loads(found.defaults or "{}")),
            seed=zlib.crc32(run_id.encode()),
            carried=[each.path for each in files],
        )
    for name, about in ended.described.items():
        given[name].metadata.update(_metadata(name, about))
    if report is not None:
        with open(report.path, "w", encoding="utf-8") as page:
            page.write(ended.page)
    if metrics is not None:
        for name, value in ended.metrics.items():
            metrics.log_metric(name, value)


def _exact(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> Dict[str, Any]:
    """The values of parameters as the notebook means them: on their way all numbers are of one kind."""
    return {
        name: _meant(value, defaults[name]) if name in defaults else value
        for name, value in given.items()
    }


def _meant(value: Any, default: Any) -> Any:
    if isinstance(value, str):  # what an engine would have changed travels as JSON
        try:
            read = json.loads(value)
        except ValueError:
            return value
        if isinstance(default, str) and not isinstance(read, str):
            return value
        value = read
    if _loose(value) == _loose(default):
        return default
    return _whole(value) if isinstance(value, (list, dict)) and not _broken(default) else value


def _loose(value: Any) -> Any:
    """A value in which 1 and 1.0 are the same, and True is neither."""
    if isinstance(value, dict):
        return {name: _loose(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_loose(each) for each in value]
    return float(value) if type(value) in (int, float) else (type(value).__name__, value)


def _whole(value: Any) -> Any:
    """A value in which numbers without a fraction are whole numbers."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _broken(value: Any) -> bool:
    """Whether there is a number among the values that is none of the whole ones."""
    if isinstance(value, (list, dict)):
        return any(_broken(each) for each in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, float)


def _metadata(name: str, about: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is known of a variable, as an artifact's metadata."""
    known = {"variable": name, "type": about.get("type"), "bytes": about.get("bytes")}
    if about.get("shape"):
        known["shape"] = str(about["shape"])
    if about.get("preview"):
        # The engine fills in what it takes for a placeholder, wherever the artifact goes.
        known["preview"] = str(about["preview"])[:500].replace("{{", "{ {")
    return {key: value for key, value in known.items() if value is not None}
