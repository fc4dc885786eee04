"""Volumes in the words of the SDK of Kubeflow Pipelines, and which of them its pods can have.

Its driver calls each volume of a pod by the name of the claim, the secret or the config map that it holds.
So that name must be one that volumes may have, and two volumes of a pod cannot have the same. Source:
https://github.com/kubeflow/pipelines, ``extendPodSpecPatch`` in ``backend/src/v2/driver/k8s.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nbflow.codegen import notebook_volumes, temporary
from nbflow.codegen.kfp_calls import ROOM, kubernetes, method, told
from nbflow.codegen.layout import Lines, call
from nbflow.codegen.notebook_volumes import NotebookVolume
from nbflow.codegen.obstacle import Obstacle
from nbflow.model import (
    SHARED_MEMORY,
    Pipeline,
    Resources,
    StepName,
    Volume,
    VolumeKind,
    same_path,
)
from nbflow.tags import unparse_volume

_LEGAL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
#: What the volume for shared memory is called.
_SHM: Final = "dshm"
#: Where a pod keeps what is its own: temporary files, and what the launcher is told of its results (see
#: ``outputMetadataFilepath`` in ``backend/src/v2/driver``).
_OWN: Final = {"nbflow-tmp": temporary.OWN, "nbflow-outputs": "/tmp/kfp_outputs"}
_FUNCTIONS: Final[Mapping[VolumeKind, tuple[str, str]]] = {
    VolumeKind.CLAIM: ("mount_pvc", "pvc_name"),
    VolumeKind.SECRET: ("use_secret_as_volume", "secret_name"),
    VolumeKind.CONFIG_MAP: ("use_config_map_as_volume", "config_map_name"),
}


@dataclass(frozen=True, slots=True)
class Mounts:
    """What a step mounts: of the notebook's volumes, and by its tags; and why others are left out."""

    notebook: tuple[NotebookVolume, ...]
    tags: tuple[Volume, ...]
    left: tuple[tuple[Volume | NotebookVolume, str], ...] = ()


def mounts(pipeline: Pipeline, own: Resources) -> Mounts:
    """What a step mounts; a tag takes the place of what the notebook has at its path."""
    paths = [each.path for each in own.volumes] + ([SHARED_MEMORY] if own.shm else [])
    whole = [
        each for each in volumes(pipeline) if not any(same_path(each.path, path) for path in paths)
    ]
    kept: list[Volume | NotebookVolume] = []
    left: list[tuple[Volume | NotebookVolume, str]] = []
    taken = {_SHM} if own.shm else set()
    wanted: tuple[Volume | NotebookVolume, ...] = (*whole, *own.volumes)
    for each in wanted:
        name = _name(each)
        why = _fault(name, taken)
        if why:
            left.append((each, why))
        else:
            kept.append(each)
            taken.add(name)
    return Mounts(
        notebook=tuple(each for each in kept if isinstance(each, NotebookVolume)),
        tags=tuple(each for each in kept if isinstance(each, Volume)),
        left=tuple(left),
    )


def _name(each: Volume | NotebookVolume) -> str:
    """What the volume is called in the pod; one that is made gets a name of its own, a long one."""
    if isinstance(each, Volume):
        return each.name
    return f"(new) {each.claim}" if each.is_new else each.claim


def _fault(name: str, taken: set[str]) -> str:
    if name in taken:
        return f"a pod there has one volume called {name!r}, and so one mount of it"
    if not name.startswith("(new) ") and not _LEGAL.fullmatch(name):
        return "volumes are called after what they hold there, and may have no dots in their names"
    return ""


def volumes(pipeline: Pipeline) -> tuple[NotebookVolume, ...]:
    """The notebook's own volumes that this target can have."""
    return tuple(
        each
        for each in notebook_volumes.notebook_volumes(pipeline)
        if not each.is_new or each.storage_class
    )


def obstacles(pipeline: Pipeline) -> Iterator[Obstacle]:
    """What of the notebook's own volumes this target cannot have."""
    yield from notebook_volumes.obstacles(pipeline)
    for each in notebook_volumes.notebook_volumes(pipeline):
        tag = f"volumes: {each.claim}"
        if each.is_new and not each.storage_class:
            yield Obstacle(
                StepName(""),
                tag,
                "it makes no claim in the cluster's default class, and `storage_class_name` is missing",
                "name a class, or make the claim beforehand and name it there with the type `pvc`",
            )
        elif each.is_new and each.annotations:
            yield Obstacle(
                StepName(""),
                f"{tag}, annotations",
                "its driver breaks off where a claim has annotations, so this one is made without",
                "make the claim beforehand and name it there with the type `pvc`",
            )


def obstacles_of(pipeline: Pipeline, step: StepName, own: Resources) -> Iterator[Obstacle]:
    """The mounts that a step cannot have."""
    for each, why in mounts(pipeline, own).left:
        tag = unparse_volume(each) if isinstance(each, Volume) else f"volumes: {each.claim}"
        hint = "mount it once, at one path, or convert to `argo`"
        yield Obstacle(step, tag, why, hint)


# Statements


def new_volume(variable: str, volume: NotebookVolume) -> Lines:
    """The statement that makes the claim of a new volume."""
    suffix = "-" + re.sub(r"[^a-z0-9-]+", "-", volume.claim.lower()).strip("-")
    arguments = told(
        pvc_name_suffix=suffix,
        access_modes=[volume.mode],
        size=volume.size,
        storage_class_name=volume.storage_class,
    )
    return call(f"{variable} = kubernetes.CreatePVC(", arguments, room=ROOM)


def mounted(task: str, volume: NotebookVolume, variable: str) -> Lines:
    """The statements that mount a volume; ``variable`` holds what has made a new one."""
    made = [f'pvc_name={variable}.outputs["name"]']
    names = [made] if volume.is_new else told(pvc_name=volume.claim)
    arguments = [[task], *names, *told(mount_path=volume.path)]
    lines = call("kubernetes.mount_pvc(", arguments, room=ROOM)
    if volume.variable:
        lines += method(task, "set_env_variable", name=volume.variable, value=volume.path)
    return lines


def tagged(task: str, volume: Volume) -> Lines:
    """The statement that mounts what a tag names."""
    function, keyword = _FUNCTIONS[volume.kind]
    return kubernetes(function, task, **{keyword: volume.name, "mount_path": volume.path})


def shared_memory(task: str, size: str) -> Lines:
    """The statement that gives a step shared memory."""
    return kubernetes(
        "empty_dir_mount",
        task,
        volume_name=_SHM,
        mount_path=SHARED_MEMORY,
        medium="Memory",
        size_limit=size,
    )


def own_folders(task: str, found: Mounts) -> Iterator[Lines]:
    """The statements for the folders that a pod needs for itself, where a volume takes their place."""
    paths = [each.path for each in found.notebook] + [each.path for each in found.tags]
    if not temporary.is_covered(paths):
        return
    for name, path in _OWN.items():
        yield kubernetes("empty_dir_mount", task, volume_name=name, mount_path=path)
    yield method(task, "set_env_variable", name=temporary.VARIABLE, value=temporary.OWN)
