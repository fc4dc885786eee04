"""Volumes: those that steps mount by their tags, and those of the whole notebook (Kale's ``volumes``).

A volume that is there is mounted by its claim. One that Kale would make (``new_pvc``) is made for each run
and goes away with it. Source of the entries' form: https://github.com/kubeflow-kale/kale, ``VolumeConfig``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nbflow.codegen.argo.values import BRACES
from nbflow.codegen.assembly import Assembly
from nbflow.codegen.names import kubernetes_names
from nbflow.codegen.yaml import Value
from nbflow.model import Step

_MODES: Final = {"rwo": "ReadWriteOnce", "rom": "ReadOnlyMany", "rwm": "ReadWriteMany"}
#: Steps run side by side, on different machines.
_USUAL: Final = "ReadWriteMany"
#: The kinds of Kale's volumes that can be had here.
KINDS: Final = ("pvc", "new_pvc")


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the whole notebook, at ``path`` in every step; ``size`` is "" where it is there already."""

    claim: str
    path: str
    size: str = ""
    mode: str = _USUAL
    storage_class: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """All claims of a pipeline, and what their volumes are called."""

    assembly: Assembly

    def notebook(self) -> list[Claim]:
        """Those of the whole notebook."""
        entries = self.assembly.pipeline.metadata.volumes
        return [_claim(each) for each in entries if is_known(each)]

    def names(self) -> Mapping[str, str]:
        """The name of each claim's volume."""
        steps = self.assembly.pipeline.steps
        found = [each.claim for each in self.notebook()]
        found += [volume.claim for step in steps for volume in step.resources.volumes]
        claims = list(dict.fromkeys(found))
        return dict(zip(claims, kubernetes_names(claims), strict=True))

    def mounts(self, step: Step) -> list[Value]:
        """The mounts of a step's container; a tag takes the place of what the notebook has at its path."""
        names = self.names()
        paths = {each.path: names[each.claim] for each in self.notebook()}
        paths |= {volume.path: names[volume.claim] for volume in step.resources.volumes}
        return [{"name": name, "mountPath": path} for path, name in paths.items()]

    def spec(self) -> Iterator[tuple[str, Value]]:
        """The fields of the workflow that say where volumes come from."""
        new = {each.claim: each for each in self.notebook() if each.size}
        there: list[Value] = [
            {"name": name, "persistentVolumeClaim": {"claimName": claim}}
            for claim, name in self.names().items()
            if claim not in new
        ]
        if there:
            yield "volumes", there
        if new:
            names = self.names()
            yield "volumeClaimTemplates", [_made(each, names[each.claim]) for each in new.values()]


def is_known(entry: Mapping[str, object]) -> bool:
    """Whether an entry of the notebook's volumes is whole and of a kind that can be had."""
    whole = all(isinstance(entry.get(key), str) and entry[key] for key in ("name", "mount_point"))
    sized = isinstance(entry.get("size"), (int, str)) and bool(entry["size"])
    kind = entry.get("type", "pvc")
    odd = any(BRACES in str(each) for each in entry.values()) or entry.get("snapshot")
    return whole and kind in KINDS and (kind == "pvc" or sized) and not odd


def _claim(entry: Mapping[str, object]) -> Claim:
    size = (
        f"{entry['size']}{entry.get('size_type') or 'Gi'}" if entry.get("type") == KINDS[1] else ""
    )
    mode = str(entry.get("access_mode") or entry.get("volume_access_mode") or _USUAL)
    storage = str(entry.get("storage_class_name") or "")
    return Claim(
        str(entry["name"]), str(entry["mount_point"]), size, _MODES.get(mode, mode), storage
    )


def _made(claim: Claim, name: str) -> Value:
    spec: dict[str, Value] = {"accessModes": [claim.mode]}
    if claim.storage_class:
        spec["storageClassName"] = claim.storage_class
    spec["resources"] = {"requests": {"storage": claim.size}}
    return {"metadata": {"name": name}, "spec": spec}
