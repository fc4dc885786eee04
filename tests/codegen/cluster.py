"""Argo Workflows without a cluster: runs what a manifest says, and knows nothing but the manifest.

Each pod is a process tree of its own whose ``/tmp`` is an empty folder, with the input artifacts at their
paths. What Argo and Kubernetes would replace in texts is replaced; output artifacts must be there in the end.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

_ROOT = Path("/tmp")
_REFERENCE = re.compile(r"\{\{(.*?)\}\}")
#: ``$$`` is one dollar, ``$(NAME)`` a variable that came before; an unknown one stays as it is.
_VARIABLE = re.compile(r"\$(\$|\(([^)]*)\))")
#: Binds folders into the pod's own file system, then hands over: pairs of folders, "--", the command.
_ENTER = """
while [ "$1" != -- ]; do mkdir -p "$2" && mount --rbind "$1" "$2" || exit 125; shift 2; done
shift
become=$AS
unset AS
exec $become "$@"
"""


@dataclass(frozen=True, slots=True)
class Pod:
    """How the last try of a task ended, and what it left: files by artifact, texts by parameter."""

    code: int
    stdout: str
    stderr: str
    artifacts: Mapping[str, Path] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where pods run: files lie below ``folder``; ``python3`` is ``python``; claims are folders.

    ``secrets`` and ``configs`` are keys and texts by name.
    """

    folder: Path
    python: str = sys.executable
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    configs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    uid: str = "3f0c1a52"
    #: The number of the user of images; 0 may do anything.
    user: int = 0

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
        files = {
            each["name"]: _artifact(each["from"], done) for each in arguments.get("artifacts", ())
        }
        template = json.loads(_replaced(json.dumps(template), own, inside_json=True))
        limit = template.get("retryStrategy", {}).get("limit", 0)
        for number in range(1, limit + 2):
            pod = self._pod(f"{task['name']}-{number}", template, files, spec, number)
            if pod.code == 0:
                break
        return pod

    def _pod(
        self,
        name: str,
        template: Mapping[str, Any],
        files: Mapping[str, Path],
        spec: Mapping[str, Any],
        number: int,
    ) -> Pod:
        root = self.folder / name
        root.mkdir(parents=True)
        for each in template.get("inputs", {}).get("artifacts", ()):
            target = _inside(root, each["path"])
            target.parent.mkdir(parents=True, exist_ok=True)
            if "raw" in each:
                target.write_text(each["raw"]["data"], encoding="utf-8")
            else:
                shutil.copyfile(files[each["name"]], target)
        container = template["container"]
        environment = self._environment(container.get("env", ()))
        words = [*container["command"], *container.get("args", ())]
        command = [
            *("unshare", "--mount", "sh", "-c", _ENTER, "sh"),
            *self._mounts(root, container, spec),
            *("--", *(_expanded(word, environment) for word in words)),
        ]
        root.chmod(0o1777)
        asked = container.get("securityContext", {})
        user = asked.get("runAsUser", self.user)
        group = asked.get("runAsGroup", user)
        become = f"setpriv --reuid={user} --regid={group} --clear-groups" if user else ""
        code, out, error = _ran(
            command, {**environment, "AS": become}, template.get("activeDeadlineSeconds", 120)
        )
        artifacts, parameters = dict[str, Path](), dict[str, str]()
        outputs = template.get("outputs", {})
        for each in outputs.get("artifacts", ()):
            assert each["archive"] == {"none": {}}
            artifacts[each["name"]] = _inside(root, each["path"])
        if code == 0:
            missing = [name for name, path in artifacts.items() if not path.is_file()]
            assert not missing, f"{name} has not written {missing}"
            for each in outputs.get("parameters", ()):
                parameters[each["name"]] = _inside(root, each["valueFrom"]["path"]).read_text()
        there = {key: path for key, path in artifacts.items() if path.is_file()}
        return Pod(code, out, error, there, parameters, number)

    def _become(self) -> list[str]:
        if not self.user:
            return []
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"]

    def can(self, script: str, environment: Mapping[str, str]) -> bool:
        """Whether the images' user can run a piece of Python."""
        command = [*self._become(), self.python, "-c", script]
        try:
            return subprocess.run(command, check=False, env=dict(environment)).returncode == 0
        except FileNotFoundError:
            return False

    def _environment(self, variables: Any) -> dict[str, str]:
        found = {"PATH": f"{Path(self.python).parent}:{os.defpath}", "HOME": "/"}
        for each in variables:
            if "value" in each:
                found[each["name"]] = _expanded(each["value"], found)
            else:
                ((kind, place),) = each["valueFrom"].items()
                known = {"secretKeyRef": self.secrets, "configMapKeyRef": self.configs}[kind]
                found[each["name"]] = known[place["name"]][place["key"]]
        return found

    def _mounts(
        self, root: Path, container: Mapping[str, Any], spec: Mapping[str, Any]
    ) -> Iterator[str]:
        """Pairs of folders: what is to be seen, and where."""
        for prefix in {sys.prefix, sys.base_prefix, str(Path(self.python).parent.parent)}:
            if Path(prefix).is_relative_to(_ROOT):
                yield from (prefix, str(_inside(root, prefix)))
        volumes = {each["name"]: self._volume(root, each) for each in spec.get("volumes", ())}
        volumes |= {
            each["metadata"]["name"]: self.folder / "claims" / f"made-{each['metadata']['name']}"
            for each in spec.get("volumeClaimTemplates", ())
        }
        for mount in container.get("volumeMounts", ()):
            volume = volumes[mount["name"]]
            volume.mkdir(parents=True, exist_ok=True)
            path = Path(mount["mountPath"])
            place = _inside(root, str(path)) if path.is_relative_to(_ROOT) else path
            yield from (str(volume), str(place))
        yield from (str(root), str(_ROOT))

    def _volume(self, root: Path, volume: Mapping[str, Any]) -> Path:
        """The folder that a volume is: of claims the same in every pod, of others one of the pod's own."""
        if "persistentVolumeClaim" in volume:
            return self.folder / "claims" / str(volume["persistentVolumeClaim"]["claimName"])
        own = self.folder / "volumes" / root.name / str(volume["name"])
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


def required() -> None:
    """Skip the test where pods cannot be run."""
    if not _can_run():
        pytest.skip("needs unshare --mount, which only root may use")


@cache
def _can_run() -> bool:
    try:
        return subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0
    except FileNotFoundError:
        return False


def _ran(
    command: list[str], environment: Mapping[str, str], seconds: float
) -> tuple[int, str, str]:
    """How a command ended and what it said; all its processes are ended with it."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env=dict(environment),
        start_new_session=True,
    )
    try:
        out, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, error = process.communicate()
    return process.returncode, out, error


def _is_ready(task: Mapping[str, Any], done: Mapping[str, Pod]) -> bool:
    before = task.get("dependencies", ())
    return all(each in done and done[each].code == 0 for each in before)


def _artifact(reference: str, done: Mapping[str, Pod]) -> Path:
    found = _REFERENCE.fullmatch(reference)
    assert found is not None, reference
    words = found[1].split(".")
    assert [words[0], *words[2:4]] == ["tasks", "outputs", "artifacts"], reference
    return done[words[1]].artifacts[words[4]]


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


def _inside(root: Path, path: str) -> Path:
    return root / Path(path).relative_to(_ROOT)
