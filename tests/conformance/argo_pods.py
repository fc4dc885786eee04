"""Argo Workflows without a cluster: a notebook is converted, and each template's container is run."""

from __future__ import annotations

import json
from pathlib import Path

from cases import Case, Shown
from cluster import Cluster, Pod, Store
from hosts import Host
from targets import made

from nbflow.codegen.argo import MANIFEST
from nbflow.model import quiet_json

#: Where the manifest mounts the volume of the notebook that is tried again.
_PLACE = "/tmp/nbflow-tries"
_RUNTIME = "runtime"


def pods(
    case: Case, folder: Path, *, image: str, host: Host | None = None, store: Store | None = None
) -> dict[str, Pod]:
    """The pods of a run by their tasks; without a ``host``, they are processes."""
    (folder / "made").mkdir()
    found = made(case, "argo", folder / "made", image, _PLACE)
    text = (found.folder / MANIFEST).read_text(encoding="utf-8")
    given = {name: quiet_json(value) for name, value in found.arguments.items()}
    return Cluster(folder / "pods", host=host, store=store).submit(text, given)


def shown(pods: dict[str, Pod]) -> Shown:
    """What pods show."""
    assert pods[_RUNTIME].code == 0, pods[_RUNTIME].stderr
    own = {name: pod for name, pod in pods.items() if name != _RUNTIME}
    metrics = dict[str, float]()
    for pod in own.values():
        metrics |= json.loads(pod.parameters.get("metrics", "{}"))
    return Shown(
        {name: pod.stdout for name, pod in own.items()},
        {name: pod.stderr.splitlines()[-1] for name, pod in own.items() if pod.code},
        metrics,
    )
