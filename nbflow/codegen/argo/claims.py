"""Volumes: those that steps mount by their tags, and those of the whole notebook (Kale's ``volumes``).

A volume that is there is mounted by its claim. One that Kale would make (``new_pvc``) is made for each run
and goes away with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from nbflow.codegen import temporary
from nbflow.codegen.argo.names import INPUTS, OUTPUTS, PACKAGES
from nbflow.codegen.assembly import Assembly
from nbflow.codegen.names import kubernetes_names
from nbflow.codegen.notebook_volumes import NotebookVolume, notebook_volumes
from nbflow.codegen.obstacle import BRACES
from nbflow.codegen.yaml import Value
from nbflow.model import SHARED_MEMORY, Pipeline, Step, VolumeKind

#: Memory of a size, and a folder of the pod's own, as further kinds of what a volume holds.
_MEMORY: Final = "memory"
_FOLDER: Final = "folder"
#: Where a pod keeps what is its own.
_OWN: Final = {"in": INPUTS, "out": OUTPUTS, "packages": PACKAGES, "tmp": temporary.OWN}


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a volume holds: a claim, a secret or a config map by its name, memory by its size, or a folder."""

    kind: str
    name: str


@dataclass(frozen=True)
class Claims:
    """All that the steps of a pipeline mount, and what these volumes are called."""

    assembly: Assembly

    def mounts(self, step: Step) -> list[Value]:
        """The mounts of a step's container; a tag takes the place of what the notebook has at its path."""
        names = self._names
        return [
            {"name": names[origin], "mountPath": path} for path, origin in self._of(step).items()
        ]

    def variables(self, step: Step) -> Iterator[Value]:
        """The variables of a step's container that hold the paths of volumes."""
        paths = self._of(step)
        if temporary.OWN in paths:
            yield {"name": temporary.VARIABLE, "value": temporary.OWN}
        for each in self._notebook:
            if each.variable and paths.get(each.path.rstrip("/")) == _claim(each.claim):
                yield {"name": each.variable, "value": each.path}

    def spec(self) -> Iterator[tuple[str, Value]]:
        """The fields of the workflow that say where volumes come from."""
        names = self._names
        new = {_claim(each.claim): each for each in self._notebook if each.is_new}
        there: list[Value] = [
            {"name": name, **_source(origin)} for origin, name in names.items() if origin not in new
        ]
        if there:
            yield "volumes", there
        if new:
            made: list[Value] = [_made(each, names[origin]) for origin, each in new.items()]
            yield "volumeClaimTemplates", made

    @cached_property
    def _notebook(self) -> tuple[NotebookVolume, ...]:
        return tuple(volumes_of(self.assembly.pipeline))

    def _of(self, step: Step) -> Mapping[str, _Origin]:
        """What a step mounts, by its path."""
        own = step.resources
        paths = {each.path.rstrip("/"): _claim(each.claim) for each in self._notebook}
        tags = {each.path.rstrip("/"): _Origin(each.kind.value, each.name) for each in own.volumes}
        shared = {SHARED_MEMORY: _Origin(_MEMORY, own.shm)} if own.shm else {}
        found = {**paths, **tags, **shared}
        if temporary.is_covered(found):
            found |= {path: _Origin(_FOLDER, name) for name, path in _OWN.items()}
        return {path or "/": origin for path, origin in found.items()}

    @cached_property
    def _names(self) -> Mapping[_Origin, str]:
        """The name of each volume: that of what it holds, where that is legal and free."""
        steps = self.assembly.pipeline.steps
        found = [_claim(each.claim) for each in self._notebook]
        found += [origin for step in steps for origin in self._of(step).values()]
        origins = list(dict.fromkeys(found))
        return dict(zip(origins, kubernetes_names([_wanted(o) for o in origins]), strict=True))


def volumes_of(pipeline: Pipeline) -> Iterator[NotebookVolume]:
    """The notebook's own volumes, but for those with texts that Argo would replace."""
    for each in notebook_volumes(pipeline):
        texts = (each.claim, each.path, each.size, each.mode, each.storage_class)
        if not any(BRACES in text for text in (*texts, *(t for p in each.annotations for t in p))):
            yield each


def _wanted(origin: _Origin) -> str:
    named = {_MEMORY: "shm", _FOLDER: f"nbflow-{origin.name}"}
    return named.get(origin.kind, origin.name)


def _claim(name: str) -> _Origin:
    return _Origin(VolumeKind.CLAIM.value, name)


def _source(origin: _Origin) -> dict[str, Value]:
    match origin.kind:
        case VolumeKind.SECRET.value:
            return {"secret": {"secretName": origin.name}}
        case VolumeKind.CONFIG_MAP.value:
            return {"configMap": {"name": origin.name}}
        case "memory":
            return {"emptyDir": {"medium": "Memory", "sizeLimit": origin.name}}
        case "folder":
            return {"emptyDir": {}}
        case _:
            return {"persistentVolumeClaim": {"claimName": origin.name}}


def _made(volume: NotebookVolume, name: str) -> Value:
    metadata: dict[str, Value] = {"name": name}
    if volume.annotations:
        metadata["annotations"] = dict(volume.annotations)
    spec: dict[str, Value] = {"accessModes": [volume.mode]}
    if volume.storage_class:
        spec["storageClassName"] = volume.storage_class
    spec["resources"] = {"requests": {"storage": volume.size}}
    return {"metadata": metadata, "spec": spec}
