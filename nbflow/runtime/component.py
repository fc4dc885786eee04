"""A step as a component of Kubeflow Pipelines: artifacts come and go as the SDK's objects."""

from __future__ import annotations

import base64
import json
import lzma
import os
import sys
import tempfile
import zipfile
import zlib
from typing import Any, Mapping, Optional, Sequence

from . import pod
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
        _unpack(folder)
        ended = pod.run(
            found,
            runtime=os.path.join(folder, __name__.partition(".")[0]),
            taken=[each.path for each in taken],
            given={name: each.path for name, each in given.items()},
            state=state.path,
            parameters=parameters,
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


def _unpack(folder: str) -> None:
    """The runtime as files: this module has been imported from an archive."""
    archive = __file__.rpartition(__name__.partition(".")[0])[0].rstrip(os.sep)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)


def _metadata(name: str, about: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is known of a variable, as an artifact's metadata."""
    known = {"variable": name, "type": about.get("type"), "bytes": about.get("bytes")}
    if about.get("shape"):
        known["shape"] = "x".join(map(str, about["shape"]))
    if about.get("preview"):
        known["preview"] = str(about["preview"])[:500]
    return {key: value for key, value in known.items() if value is not None}


if sys.version_info < (3, 9):
    raise ImportError("a step needs Python 3.9 or newer; choose another image")
