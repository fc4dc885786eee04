"""The cases of ``tests/flow`` as manifests for Argo Workflows: pods show what Jupyter does."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cluster
import pytest
import yaml
from cluster import Cluster
from manifests import text
from pods import Refused

from nbflow.codegen import argo
from nbflow.model import Json

sys.path.insert(0, str(Path(__file__).parent.parent / "flow"))

from flowcases import FlowCase, cases, write  # lies in the folder named above

CASES = [
    case
    for case in cases()
    if case.ending == "shows"
    and not case.needs
    and not case.others
    and not case.files
    and not any(
        each in str(case.cells) for each in ("clear_output", "display_id")
    )  # a log keeps its lines
]


#: What goes to stderr, pictures, and what ``%time`` has measured.
_LEFT_OUT = re.compile(r"! |CPU times: |Wall time: |<picture>|\w+Error: |\s*$")


def lasting(shown: str) -> list[str]:
    """The lines that are written to stdout and are the same every time."""
    lines = shown.replace("\r\n", "\n").splitlines()
    return [line for line in lines if not _LEFT_OUT.match(line)]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES[3::12], ids=lambda case: case.id)
def test_pods_show_what_jupyter_shows(case: FlowCase, tmp_path: Path) -> None:
    cluster.required()
    path = write(case, tmp_path)
    try:
        manifest = text(path)
    except Refused:
        return
    given: dict[str, Json] = case.parameters  # type: ignore[assignment]  # literals of JSON's kinds
    values = {name: argo.value(value) for name, value in given.items()}
    pods = Cluster(tmp_path / "pods").submit(manifest, values)
    failed = [pod.stderr.splitlines()[-1] for pod in pods.values() if pod.code]
    if failed:  # what could not be foreseen, with the tag that repairs it
        assert [line for line in failed if "; tag `" not in line] == []
        return
    steps = [each["name"] for each in yaml.safe_load(manifest)["spec"]["templates"][1:-1]]
    assert lasting("".join(pods[step].stdout for step in steps)) == lasting(case.text)
