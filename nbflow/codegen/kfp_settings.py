"""What a step asks of its pod, in the words of the SDK of Kubeflow Pipelines, and what these cannot say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

from nbflow.codegen.layout import Lines, argument, assigned, call
from nbflow.model import Pipeline, Resources

_CPU: Final = re.compile(r"([0-9]*[.])?[0-9]+m?")
_MEMORY: Final = re.compile(r"[0-9]+(E|Ei|P|Pi|T|Ti|G|Gi|M|Mi|K|Ki)?")
_QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:[eE](-?[0-9]+)|([KMGTPE]i|[numkMGTPE]))?")
_SCALES: Final = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3,
    **{sign: 1000.0**power for power, sign in enumerate("MGTPE", 2)},
    **{f"{sign}i": 1024.0**power for power, sign in enumerate("KMGTPE", 1)},
}  # fmt: skip
_PLAIN: Final = ("cpu", "memory")


def settings(task: str, resources: Resources) -> Iterator[Lines]:
    """The statements that give ``task`` what the step asks for."""
    yield from _amounts(task, resources)
    for name, value in resources.env:
        yield _method(task, "set_env_variable", name=name, value=value)
    if resources.retry:
        yield call(
            f"{task}.set_retry(",
            [[str(resources.retry)], ['backoff_duration="10s"'], ["backoff_factor=2.0"]],
            room=_ROOM,
        )
    if resources.cache is not None:
        yield call(f"{task}.set_caching_options(", [[repr(resources.cache)]], room=_ROOM)
    yield from _of_the_pod(task, resources)


#: As wide as a statement in the body of a function may be.
_ROOM: Final = 96


def _method(task: str, method: str, **values: str) -> Lines:
    return call(
        f"{task}.{method}(",
        [argument(*each, room=_ROOM - 4) for each in values.items()],
        room=_ROOM,
    )


def _kubernetes(function: str, task: str, **values: object) -> Lines:
    told = [argument(name, value, room=_ROOM - 4) for name, value in values.items() if value]
    return call(f"kubernetes.{function}(", [[task], *told], room=_ROOM)


def _amounts(task: str, resources: Resources) -> Iterator[Lines]:
    for kind, pairs in (("limit", resources.limits), ("request", resources.requests)):
        for key, value in pairs:
            if key in _PLAIN:
                amount = _cpu(value) if key == "cpu" else _memory(value)
                yield _plain_call(f"{task}.set_{key}_{kind}", amount)
    for key, value in accelerator(resources):
        yield _plain_call(f"{task}.set_accelerator_type", key)
        yield _plain_call(f"{task}.set_accelerator_limit", value)


def _plain_call(function: str, value: str) -> Lines:
    return call(f"{function}(", [assigned("", value)], room=_ROOM)


def _of_the_pod(task: str, resources: Resources) -> Iterator[Lines]:
    if resources.timeout:
        yield _kubernetes("set_timeout", task, seconds=resources.timeout)
    for key, value in resources.node_selector:
        yield _kubernetes("add_node_selector", task, label_key=key, label_value=value)
    for key, value in resources.labels:
        yield _kubernetes("add_pod_label", task, label_key=key, label_value=value)
    for key, value in resources.annotations:
        yield _kubernetes("add_pod_annotation", task, annotation_key=key, annotation_value=value)
    for each in resources.tolerations:
        yield _kubernetes(
            "add_toleration",
            task,
            key=each.key,
            operator="Equal" if each.value else "Exists",
            value=each.value,
            effect=each.effect,
        )
    for secret in resources.secrets:
        yield _kubernetes(
            "use_secret_as_env",
            task,
            secret_name=secret.name,
            secret_key_to_env={secret.key: secret.env},
        )
    for volume in resources.volumes:
        yield _kubernetes("mount_pvc", task, pvc_name=volume.claim, mount_path=volume.path)


def accelerator(resources: Resources) -> tuple[tuple[str, str], ...]:
    """The one countable resource besides cpu and memory that a step of this target may ask for."""
    return _countable(resources)[:1]


def _countable(resources: Resources) -> tuple[tuple[str, str], ...]:
    """Devices and the like, which Kubernetes counts: what is requested of them is their limit as well."""
    pairs = dict((*resources.requests, *resources.limits))
    return tuple(
        (key, str(_whole(value))) for key, value in pairs.items() if "/" in key and _whole(value)
    )


def _whole(value: str) -> int | None:
    amount = _amount(value)
    return int(amount) if amount == int(amount) else None


def beyond(resources: Resources) -> Iterator[str]:
    """What the step asks for and this target cannot be told, as clauses about a tag."""
    kept = dict(_countable(resources)[:1])
    for kind, pairs in (("limit", resources.limits), ("request", resources.requests)):
        for key, value in pairs:
            if key in _PLAIN or key in kept:
                continue
            tag = f"`{kind}:{key}:{value}`"
            if "/" in key and kept:
                yield f"{tag}: a step there asks for one kind of device, here {next(iter(kept))}"
            else:
                yield f"{tag}: its tasks have limits of cpu, memory and one kind of device only"


def volumes_beyond(pipeline: Pipeline) -> Iterator[str]:
    """The volumes of the notebook's metadata that this target cannot make."""
    for volume in pipeline.metadata.volumes:
        kind, name = volume.get("type", ""), volume.get("name", "")
        if kind not in ("pvc", "new_pvc") or not (name and volume.get("mount_point")):
            yield f"the volume {name or volume} of type {kind or 'none'}"
        elif volume.get("snapshot"):
            yield f"the snapshot of the volume {name}"
        elif kind == "new_pvc" and not volume.get("storage_class_name"):
            yield f"the volume {name} in the cluster's default class (it has no `storage_class_name`)"


def volumes(pipeline: Pipeline) -> tuple[Mapping[str, object], ...]:
    """The volumes that every step mounts."""
    return tuple(
        volume
        for volume in pipeline.metadata.volumes
        if volume.get("type") in ("pvc", "new_pvc")
        and volume.get("name")
        and volume.get("mount_point")
    )


def is_new(volume: Mapping[str, object]) -> bool:
    """Whether the pipeline makes the claim of a volume."""
    return volume.get("type") == "new_pvc"


def new_volume(variable: str, volume: Mapping[str, object]) -> Lines:
    """The statement that makes the claim of a new volume."""
    size = f"{volume.get('size', 1)}{volume.get('size_type', 'Gi')}"
    suffix = "-" + re.sub(r"[^a-z0-9-]+", "-", str(volume["name"]).lower()).strip("-")
    told: dict[str, object] = {
        "pvc_name_suffix": suffix,
        "access_modes": [str(volume.get("volume_access_mode") or "ReadWriteMany")],
        "size": size,
        "storage_class_name": str(volume.get("storage_class_name") or ""),
    }
    arguments = [argument(name, value, room=_ROOM - 4) for name, value in told.items()]
    return call(f"{variable} = kubernetes.CreatePVC(", arguments, room=_ROOM)


def mounted(task: str, volume: Mapping[str, object], variable: str) -> Lines:
    """The statement that mounts a volume; ``variable`` holds what has made a new one."""
    name = argument("pvc_name", str(volume["name"]))
    if is_new(volume):
        name = [f'pvc_name={variable}.outputs["name"]']
    path = argument("mount_path", str(volume["mount_point"]))
    return call("kubernetes.mount_pvc(", [[task], name, path], room=_ROOM)


# Amounts


def _amount(value: str) -> float:
    """A quantity of Kubernetes as a number; the grammar of tags has checked it."""
    found = _QUANTITY.fullmatch(value)
    if found is None:
        return 0.0
    number, power, suffix = found.groups()
    return float(number) * (10.0 ** int(power) if power else _SCALES.get(suffix or "", 1.0))


def _cpu(value: str) -> str:
    """An amount of cpu as the SDK takes it: a number, or thousandths."""
    return value if _CPU.fullmatch(value) else f"{math.ceil(round(_amount(value) * 1000, 6))}m"


def _memory(value: str) -> str:
    """An amount of memory as the SDK takes it: a whole number with a unit, else in bytes."""
    return value if _MEMORY.fullmatch(value) else str(math.ceil(round(_amount(value), 6)))
