"""The volumes that every step of a notebook mounts: Kale's ``volumes``, read once for all targets.

Source of the entries' form: https://github.com/kubeflow/kale, ``VolumeConfig`` in ``kale/pipeline.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nbflow.codegen.obstacle import Obstacle
from nbflow.model import Pipeline, StepName

_MODES: Final = {"rwo": "ReadWriteOnce", "rom": "ReadOnlyMany", "rwm": "ReadWriteMany"}
#: Steps run side by side, on different machines.
_USUAL: Final = "ReadWriteMany"
#: The kinds of Kale's volumes that can be had.
_KINDS: Final = ("pvc", "new_pvc")


@dataclass(frozen=True, slots=True)
class NotebookVolume:
    """A claim that every step mounts at ``path``: each run makes it, unless its ``size`` is ""."""

    claim: str
    path: str
    size: str = ""
    mode: str = _USUAL
    storage_class: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    #: The environment variable that is to hold the path, or "".
    variable: str = ""

    @property
    def is_new(self) -> bool:
        """Whether each run makes the claim."""
        return bool(self.size)


def notebook_volumes(pipeline: Pipeline) -> tuple[NotebookVolume, ...]:
    """Those of the notebook's volumes that can be had."""
    return tuple(_volume(entry) for entry in pipeline.metadata.volumes if not _fault(entry))


def obstacles(pipeline: Pipeline) -> Iterator[Obstacle]:
    """Those that cannot be had anywhere, and what of the others cannot be."""
    for entry in pipeline.metadata.volumes:
        tag, why = f"volumes: {entry.get('name', '')}", _fault(entry)
        if why:
            yield Obstacle(
                StepName(""),
                tag,
                why,
                "make the claim beforehand and name it there with the type `pvc`, or mount it with a "
                "`volume:` tag",
            )
        elif entry.get("snapshot"):
            yield Obstacle(
                StepName(""),
                f"{tag}, snapshot",
                "no snapshot is taken of it when the pipeline begins; its steps share the volume itself",
                "take a snapshot beforehand where the run must not change what is on it",
            )


def _fault(entry: Mapping[str, object]) -> str:
    """Why an entry cannot be had, as a clause; "" where it can."""
    kind = entry.get("type") or "pvc"
    if kind not in _KINDS:
        return f"a volume of type {kind!r} cannot be had, only `pvc` and `new_pvc`"
    missing = [key for key in ("name", "mount_point") if not _text(entry, key)]
    if missing:
        return f"it has no {' and no '.join(f'`{key}`' for key in missing)}"
    if kind == "new_pvc" and not _size(entry):
        return "it is to be made and has no `size`"
    return ""


def _size(entry: Mapping[str, object]) -> str:
    size = entry.get("size")
    if isinstance(size, bool) or not isinstance(size, (int, str)) or not size:
        return ""
    unit = _text(entry, "size_type") if str(size).isdigit() else ""
    return f"{size}{unit or ('Gi' if str(size).isdigit() else '')}"


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _volume(entry: Mapping[str, object]) -> NotebookVolume:
    mode = _text(entry, "access_mode") or _text(entry, "volume_access_mode") or _USUAL
    return NotebookVolume(
        claim=_text(entry, "name"),
        path=_text(entry, "mount_point"),
        size=_size(entry) if entry.get("type") == "new_pvc" else "",
        mode=_MODES.get(mode, mode),
        storage_class=_text(entry, "storage_class_name"),
        annotations=tuple(_annotations(entry.get("annotations"))),
        variable=_variable(entry),
    )


def _variable(entry: Mapping[str, object]) -> str:
    """Kale's variable for the path of a volume, where it is asked for."""
    if not entry.get("expose_as_env_var"):
        return ""
    return "KALE_VOLUME_" + re.sub(r"[^A-Z0-9]", "_", _text(entry, "name").upper())


def _annotations(value: object) -> Iterator[tuple[str, str]]:
    """Kale keeps them as a list of ``{"key": ..., "value": ...}``."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Mapping):
            key, text = _text(each, "key"), _text(each, "value")
            if key and text:
                yield key, text
