"""Kubeflow Pipelines without a cluster: what its driver and launcher do with the tasks of a manifest.

It knows nothing but the compiled manifest. Artifacts go through an object store, under the URIs and to the
paths that the backend gives them. Source: https://github.com/kubeflow/pipelines,
``backend/src/v2/component/launcher_v2.go`` (``getPlaceholders``, ``LocalPathForURI``, ``downloadArtifacts``,
``uploadOutputArtifacts``, ``mergeRuntimeArtifacts``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from cluster import Store
from hosts import Container, Ended, Host

_ROOT = "minio://mlpipeline/"
_LOCAL = "/minio/mlpipeline/"
_RUN = "v2/artifacts/the-pipeline/the-run"
_OUTPUT = "/tmp/kfp_outputs/output_metadata.json"
#: The launcher makes the folders of what is to be written, as the user of the image.
_START = 'while [ "$1" != -- ]; do mkdir -p "$1"; shift; done; shift; exec "$@"'  # folders, "--", the command


@dataclass(frozen=True, slots=True)
class Ran:
    """How a task ended, and its output artifacts as the backend knows them."""

    ended: Ended
    artifacts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Launcher:
    """Runs tasks on a host, with artifacts in a store; files lie below ``folder``."""

    host: Host
    store: Store
    folder: Path

    def run(self, manifest: str, arguments: Mapping[str, Any]) -> dict[str, Ran]:
        """What came of the tasks; those behind one that failed are not there."""
        spec = next(iter(yaml.safe_load_all(manifest)))
        known = spec["root"].get("inputDefinitions", {}).get("parameters", {})
        values = {name: about.get("defaultValue") for name, about in known.items()}
        values |= arguments
        left, done = dict(spec["root"]["dag"]["tasks"]), dict[str, Ran]()
        while ready := [name for name, task in left.items() if _is_ready(task, done)]:
            task = left.pop(ready[0])
            component = spec["components"][task["componentRef"]["name"]]
            about = spec["deploymentSpec"]["executors"][component["executorLabel"]]["container"]
            done[ready[0]] = self._task(ready[0], component, about, _inputs(task, values, done))
        return done

    def _task(
        self,
        name: str,
        component: Mapping[str, Any],
        about: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> Ran:
        given = component.get("outputDefinitions", {}).get("artifacts", {})
        artifacts = {key: _artifact(name, key, each) for key, each in given.items()}
        outputs = {
            "artifacts": {key: {"artifacts": [each]} for key, each in artifacts.items()},
            "outputFile": _OUTPUT,
        }
        told = json.dumps({"inputs": inputs, "outputs": outputs}, ensure_ascii=False)
        words = [*about["command"], *about.get("args", ())]
        paths = {key: _path(each["uri"]) for key, each in artifacts.items()}
        folders = sorted({str(Path(path).parent) for path in (*paths.values(), _OUTPUT)})
        ended = self.host.run(
            Container(
                name,
                about["image"],
                (
                    "sh",
                    "-c",
                    _START,
                    "sh",
                    *folders,
                    "--",
                    *(w.replace("{{$}}", told) for w in words),
                ),
                {each["name"]: each["value"] for each in about.get("env", ())},
                files=dict(self._fetched(name, inputs)),
                outputs=(*paths.values(), _OUTPUT),
            )
        )
        if ended.code == 0:
            self._keep(ended, artifacts)
        return Ran(ended, artifacts)

    def _fetched(self, name: str, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
        for key, each in inputs["artifacts"].items():
            (artifact,) = each["artifacts"]
            target = self.folder / "inputs" / name / key
            target.parent.mkdir(parents=True, exist_ok=True)
            self.store.fetch(artifact["uri"].removeprefix(_ROOT), target)
            yield _path(artifact["uri"]), target

    def _keep(self, ended: Ended, artifacts: Mapping[str, dict[str, Any]]) -> None:
        """Store what a task has written, and take over what it told of it."""
        told = json.loads(ended.files[_OUTPUT].read_text(encoding="utf-8"))
        for key, artifact in artifacts.items():
            for each in told.get("artifacts", {}).get(key, {}).get("artifacts", ()):
                artifact["uri"] = each["uri"] or artifact["uri"]
                artifact["metadata"] |= each.get("metadata", {})
            file = ended.files.get(_path(artifact["uri"]))
            if file is not None:
                self.store.put(file, artifact["uri"].removeprefix(_ROOT))


def _is_ready(task: Mapping[str, Any], done: Mapping[str, Ran]) -> bool:
    before = task.get("dependentTasks", ())
    return all(each in done and done[each].ended.code == 0 for each in before)


def _inputs(
    task: Mapping[str, Any], values: Mapping[str, Any], done: Mapping[str, Ran]
) -> dict[str, Any]:
    """The inputs of a task as its executor is told them."""
    parameters, artifacts = dict[str, Any](), dict[str, Any]()
    for key, each in task.get("inputs", {}).get("parameters", {}).items():
        if "componentInputParameter" in each:
            parameters[key] = _number(values[each["componentInputParameter"]])
        else:
            parameters[key] = _number(each["runtimeValue"]["constant"])
    for key, each in task.get("inputs", {}).get("artifacts", {}).items():
        made = each["taskOutputArtifact"]
        artifact = done[made["producerTask"]].artifacts[made["outputArtifactKey"]]
        artifacts[key] = {"artifacts": [artifact]}
    return {"parameterValues": parameters, "artifacts": artifacts}


def _number(value: object) -> object:
    """A value as JSON made of protobuf holds it: a number without a fraction has none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _artifact(task: str, name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    uri = f"{_ROOT}{_RUN}/{task}/1/{name}"
    return {"name": name, "type": about["artifactType"], "uri": uri, "metadata": {}}


def _path(uri: str) -> str:
    assert uri.startswith(_ROOT), uri
    return _LOCAL + uri.removeprefix(_ROOT)
