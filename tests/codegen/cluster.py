"""Argo Workflows without a cluster: runs what a manifest says, and knows nothing but the manifest.

What Argo and Kubernetes would replace in texts is replaced; artifacts go from pod to pod by way of a store,
under the keys and with the modes that Argo gives them. Sources: https://github.com/argoproj/argo-workflows,
``workflow/executor/executor.go`` (``loadArtifacts``, ``stageArchiveFile``) and
``cmd/argoexec/commands/emissary.go``.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml
from hosts import Container, Ended, Host, Unshared, required

__all__ = ["Cluster", "Pod", "Store", "required"]

_REFERENCE = re.compile(r"\{\{(.*?)\}\}")
#: ``$$`` is one dollar, ``$(NAME)`` a variable that came before; an unknown one stays as it is.
_VARIABLE = re.compile(r"\$(\$|\(([^)]*)\))")
_RUN = "the-run"


@dataclass(frozen=True, slots=True)
class Pod:
    """How the last try of a task ended, and what it left: files by artifact, texts by parameter."""

    code: int
    stdout: str
    stderr: str
    artifacts: Mapping[str, Path] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    tries: int = 1
    #: Where the artifacts are stored.
    keys: Mapping[str, str] = field(default_factory=dict)


class Store(Protocol):
    """Where artifacts lie between pods."""

    def put(self, file: Path, key: str) -> None:
        """Store a file."""

    def fetch(self, key: str, target: Path) -> None:
        """Write what is stored to a file."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder as a store."""

    folder: Path

    def put(self, file: Path, key: str) -> None:
        """Store a file."""
        (self.folder / key).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, self.folder / key)

    def fetch(self, key: str, target: Path) -> None:
        """Write what is stored to a file."""
        shutil.copyfile(self.folder / key, target)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where pods run: files lie below ``folder``, claims are folders there.

    ``secrets`` and ``configs`` are keys and texts by name. Without a ``host`` pods are processes; without a
    ``store`` artifacts lie in a folder.
    """

    folder: Path
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    configs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    uid: str = "3f0c1a52"
    host: Host | None = None
    store: Store | None = None

    def submit(self, text: str, parameters: Mapping[str, str] | None = None) -> dict[str, Pod]:
        """The pods of a run by their tasks; those behind a task that failed are not there."""
        spec = yaml.safe_load(text)["spec"]
        values = {"workflow.uid": self.uid}
        for each in spec.get("arguments", {}).get("parameters", ()):
            given = {each["name"]: each["value"], **(parameters or {})}
            values[f"workflow.parameters.{each['name']}"] = given[each["name"]]
        templates = {each["name"]: each for each in spec["templates"]}
        tasks = list(templates[spec["entrypoint"]]["dag"]["tasks"])
        done: dict[str, Pod] = {}
        while ready := [each for each in tasks if _is_ready(each, done)]:
            task = ready[0]
            tasks.remove(task)
            done[task["name"]] = self._task(task, templates[task["template"]], values, done, spec)
        return done

    def _task(
        self,
        task: Mapping[str, Any],
        template: Mapping[str, Any],
        values: Mapping[str, str],
        done: Mapping[str, Pod],
        spec: Mapping[str, Any],
    ) -> Pod:
        arguments = task.get("arguments", {})
        own = dict(values)
        for each in arguments.get("parameters", ()):
            own[f"inputs.parameters.{each['name']}"] = _replaced(each["value"], values)
        keys = {each["name"]: _key(each["from"], done) for each in arguments.get("artifacts", ())}
        template = json.loads(_replaced(json.dumps(template), own, inside_json=True))
        limit = template.get("retryStrategy", {}).get("limit", 0)
        for number in range(1, limit + 2):
            pod = self._pod(f"{task['name']}-{number}", template, keys, spec, number)
            if pod.code == 0:
                break
        return pod

    def _pod(
        self,
        name: str,
        template: Mapping[str, Any],
        keys: Mapping[str, str],
        spec: Mapping[str, Any],
        number: int,
    ) -> Pod:
        outputs = template.get("outputs", {})
        paths = {each["name"]: each["path"] for each in outputs.get("artifacts", ())}
        assert all(each["archive"] == {"none": {}} for each in outputs.get("artifacts", ()))
        texts = {each["name"]: each["valueFrom"]["path"] for each in outputs.get("parameters", ())}
        container = template["container"]
        env = self._environment(container.get("env", ()))
        words = [*container["command"], *container.get("args", ())]
        asked = container.get("securityContext", {})
        ended = self._host().run(
            Container(
                name,
                container["image"],
                tuple(_expanded(word, env) for word in words),
                env,
                files=self._fetched(name, template.get("inputs", {}).get("artifacts", ()), keys),
                folders=self._folders(name, container, spec),
                outputs=(*paths.values(), *texts.values()),
                seconds=template.get("activeDeadlineSeconds", 120),
                user=asked.get("runAsUser"),
                group=asked.get("runAsGroup"),
            )
        )
        return self._left(name, ended, paths, texts, number)

    def _left(
        self,
        name: str,
        ended: Ended,
        paths: Mapping[str, str],
        texts: Mapping[str, str],
        number: int,
    ) -> Pod:
        there = {key: ended.files[path] for key, path in paths.items() if path in ended.files}
        parameters = dict[str, str]()
        if ended.code == 0:
            missing = [path for path in paths.values() if path not in ended.files]
            assert not missing, f"{name} has not written {missing}"
            parameters = {key: ended.files[path].read_text() for key, path in texts.items()}
        keys = {key: f"{_RUN}/{_RUN}-{name}/{Path(paths[key]).name}" for key in there}
        for key, place in keys.items():
            self._store().put(there[key], place)
        return Pod(ended.code, ended.stdout, ended.stderr, there, parameters, number, keys)

    def _fetched(self, name: str, artifacts: Any, keys: Mapping[str, str]) -> dict[str, Path]:
        """The input artifacts by their paths, as files that a pod may be given."""
        folder = self.folder / "inputs" / name
        folder.mkdir(parents=True)
        found = {}
        for each in artifacts:
            found[each["path"]] = target = folder / each["name"]
            if "raw" in each:
                target.write_text(each["raw"]["data"], encoding="utf-8")
            else:
                self._store().fetch(keys[each["name"]], target)
            # What is no archive has been fetched for its owner alone, who need not be the image's user:
            # https://github.com/argoproj/argo-workflows/issues/14792.
            target.chmod(each.get("mode", 0o644 if "raw" in each else 0o600))
        return found

    def _host(self) -> Host:
        return self.host or Unshared(self.folder)

    def _store(self) -> Store:
        return self.store or Shelf(self.folder / "store")

    def _environment(self, variables: Any) -> dict[str, str]:
        found = dict[str, str]()
        for each in variables:
            if "value" in each:
                found[each["name"]] = _expanded(each["value"], found)
            else:
                ((kind, place),) = each["valueFrom"].items()
                known = {"secretKeyRef": self.secrets, "configMapKeyRef": self.configs}[kind]
                found[each["name"]] = known[place["name"]][place["key"]]
        return found

    def _folders(
        self, name: str, container: Mapping[str, Any], spec: Mapping[str, Any]
    ) -> dict[str, Path]:
        """The folders that volumes are, by the paths where they are mounted."""
        volumes = {each["name"]: self._volume(name, each) for each in spec.get("volumes", ())}
        volumes |= {
            each["metadata"]["name"]: self.folder / "claims" / f"made-{each['metadata']['name']}"
            for each in spec.get("volumeClaimTemplates", ())
        }
        mounts = container.get("volumeMounts", ())
        found = {mount["mountPath"]: volumes[mount["name"]] for mount in mounts}
        for folder in found.values():
            folder.mkdir(parents=True, exist_ok=True)
        return found

    def _volume(self, name: str, volume: Mapping[str, Any]) -> Path:
        """The folder that a volume is: of claims the same in every pod, of others one of the pod's own."""
        if "persistentVolumeClaim" in volume:
            return self.folder / "claims" / str(volume["persistentVolumeClaim"]["claimName"])
        own = self.folder / "volumes" / name / str(volume["name"])
        own.mkdir(parents=True, exist_ok=True)
        own.chmod(0o777)
        texts: Mapping[str, str] = {}
        if "secret" in volume:
            texts = self.secrets[volume["secret"]["secretName"]]
        elif "configMap" in volume:
            texts = self.configs[volume["configMap"]["name"]]
        for key, text in texts.items():
            (own / key).write_text(text, encoding="utf-8")
        return own


def _is_ready(task: Mapping[str, Any], done: Mapping[str, Pod]) -> bool:
    before = task.get("dependencies", ())
    return all(each in done and done[each].code == 0 for each in before)


def _key(reference: str, done: Mapping[str, Pod]) -> str:
    found = _REFERENCE.fullmatch(reference)
    assert found is not None, reference
    words = found[1].split(".")
    assert [words[0], *words[2:4]] == ["tasks", "outputs", "artifacts"], reference
    return done[words[1]].keys[words[4]]


def _replaced(text: str, values: Mapping[str, str], *, inside_json: bool = False) -> str:
    """The text as Argo makes it: replaced until nothing is left, so that values are read again."""

    def value(found: re.Match[str]) -> str:
        known = values[found[1]]
        return json.dumps(known)[1:-1] if inside_json else known

    while _REFERENCE.search(text):
        text = _REFERENCE.sub(value, text)
    return text


def _expanded(text: str, known: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return "$" if found[1] == "$" else known.get(found[2], found[0])

    return _VARIABLE.sub(value, text)
