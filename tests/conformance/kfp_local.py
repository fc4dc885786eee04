"""Kubeflow Pipelines without a cluster: a notebook is converted, and the SDK's own local runner runs it.

Or the compiled manifest is run as the backend does it (see ``launcher``).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from cases import Case, Shown
from cluster import Store
from hosts import Host
from launcher import Launcher, Ran
from targets import made

from nbflow.codegen.kfp import MANIFEST
from nbflow.codegen.names import kubernetes_name

_DRIVER = Path(__file__).parent / "sdk_run.py"
#: What the SDK itself writes to a task's stdout: lines that begin so and JSON behind some of them.
_OWN = re.compile(r"\[KFP Executor [-0-9]+ [^\n]*\n(?:\{\n(?:[ \t][^\n]*\n)*\}\n)?")
#: The SDK shows the error with its class.
_ERROR = "nbflow_runtime.pod.StepError: "
#: The task that hands on the code for all others.
_RUNTIME = "runtime"


class Sdk:
    """A process that has imported the SDK, and forks one for each run, until it is left."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(_DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            text=True,
            bufsize=1,
        )

    def run(self, request: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """What came of a request, whose files lie in ``folder``."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked, told, said = (folder / name for name in ("request.json", "told.json", "said.txt"))
        asked.write_text(json.dumps(request), encoding="utf-8")
        self._process.stdin.write(json.dumps([str(asked), str(told), str(said)]) + "\n")
        assert self._process.stdout.readline() == "ended\n"
        assert told.exists(), said.read_text(encoding="utf-8")[-6000:]
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return found

    def __enter__(self) -> Sdk:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()


def shown(sdk: Sdk, case: Case, folder: Path, *, image: str, docker: str = "") -> Shown:
    """What a run shows; ``docker`` is where the engine listens, or "" for processes."""
    root = folder / "root"
    (root / "place").mkdir(parents=True)
    (folder / "made").mkdir()
    found = made(case, "kfp", folder / "made", image, f"{root}/place")
    about = {
        "folder": str(found.folder),
        "root": str(root),
        "parameters": dict(found.arguments),
        "docker": bool(docker),
        "cwd": str(folder),
        "env": {"TMPDIR": str(folder), "DOCKER_HOST": docker},
    }
    return _shown(sdk.run(about, folder), root)


def launched(case: Case, folder: Path, *, image: str, host: Host, store: Store) -> dict[str, Ran]:
    """What came of the tasks of the compiled manifest."""
    (folder / "made").mkdir()
    found = made(case, "kfp", folder / "made", image, "")
    text = (found.folder / MANIFEST).read_text(encoding="utf-8")
    return Launcher(host, store, folder).run(text, found.arguments)


def shown_by(tasks: Mapping[str, Ran]) -> Shown:
    """What tasks show."""
    metrics = dict[str, float]()
    for task in tasks.values():
        metrics |= task.artifacts.get("metrics", {}).get("metadata", {})
    tried = [(name, t.ended.code, t.ended.stdout, t.ended.stderr) for name, t in tasks.items()]
    return _seen(tried, metrics)


def _shown(told: dict[str, Any], root: Path) -> Shown:
    tried = [
        (kubernetes_name(each["function"]), each["code"], each["stdout"], each["stderr"])
        for each in told["tried"]
    ]
    found = _seen(tried, _metrics(root))
    assert bool(told["ended"]) == bool(found.failed), told["ended"]
    return found


def _seen(tried: Iterable[tuple[str, int, str, str]], metrics: Mapping[str, float]) -> Shown:
    """What was seen of tries in their order: the name of the task, how it ended, what it wrote."""
    steps, failed = dict[str, str](), dict[str, str]()
    for name, code, out, error in tried:
        if name == _RUNTIME:
            assert code == 0, error
            continue
        steps[name] = _OWN.sub("", out)
        failed.pop(name, None)
        if code:
            failed[name] = error.splitlines()[-1].removeprefix(_ERROR)
    return Shown(steps, failed, metrics)


def _metrics(root: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for path in root.rglob("executor_output.json"):
        artifacts = json.loads(path.read_text(encoding="utf-8")).get("artifacts", {})
        for each in artifacts.get("metrics", {}).get("artifacts", ()):
            found |= each["metadata"]
    return found
