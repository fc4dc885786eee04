"""The settings of steps and of the pipeline: resource tags, and the notebook's own metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from nbflow import tags
from nbflow.analysis import kale
from nbflow.model import (
    SHARED_MEMORY,
    Notebook,
    PipelineMetadata,
    Resources,
    Volume,
    same_path,
)

_GPU: Final = "nvidia.com/gpu"
_NOTHING: Final = Resources()
_Pairs = tuple[tuple[str, str], ...]


def resources(settings: Iterable[tags.Tag], over: Resources = _NOTHING) -> Resources:
    """``over`` with the settings laid on top: a key that is there already gets the new value."""
    result = over
    for setting in settings:
        result = _with(result, setting)
    return result


def metadata(notebook: Notebook, over: Resources = _NOTHING) -> PipelineMetadata:
    """The pipeline's settings in the notebook's metadata (Kale's ``kubeflow_notebook``).

    ``over`` is what steps have where the notebook says nothing. Entries of the wrong shape count as
    absent: other tools may write there too.
    """
    settings = kale.settings_of(notebook.metadata)
    defaults = resources(kale.defaults(settings), over)
    experiment = settings.get("experiment")
    return PipelineMetadata(
        name=_text(settings, "pipeline_name", "name") or notebook.name,
        experiment=_text(settings, "experiment_name", "experiment")
        or (_text(experiment, "name") if isinstance(experiment, Mapping) else ""),
        description=_text(settings, "pipeline_description", "description"),
        image=_text(settings, "base_image", "docker_image") or defaults.image,
        volumes=tuple(_volumes(settings)),
        defaults=defaults,
    )


#: What the notebook says of all its volumes that do not say it themselves, in Kale's words.
_OF_VOLUMES: Final = ("storage_class_name", "volume_access_mode")


def _volumes(settings: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The entries of the notebook's volumes."""
    known = {key: settings[key] for key in _OF_VOLUMES if settings.get(key)}
    for each in _list(settings.get("volumes")):
        if isinstance(each, Mapping):
            yield {**each, **{key: each.get(key) or value for key, value in known.items()}}


def of_called(notebook: Notebook, over: Resources) -> Resources:
    """What the steps of a called notebook have: ``over``, and the image and volumes of its own metadata."""
    own = metadata(notebook)
    claims = [each for each in own.volumes if is_claim(each)]
    mounts = [Volume(str(each["name"]), str(each["mount_point"])) for each in claims]
    with_image = replace(over, image=own.image or over.image)
    return resources(map(tags.VolumeTag, mounts), with_image)


def is_claim(volume: Mapping[str, object]) -> bool:
    """Whether an entry of the volumes in a notebook's metadata is a claim that is there already."""
    whole = all(isinstance(volume.get(key), str) and volume[key] for key in ("name", "mount_point"))
    return whole and (volume.get("type") or "pvc") == "pvc" and not volume.get("snapshot")


def bad_defaults(notebook: Notebook) -> tuple[tags.Bad, ...]:
    """The malformed tags among the notebook's ``steps_defaults``."""
    found = kale.defaults(kale.settings_of(notebook.metadata))
    return tuple(tag for tag in found if isinstance(tag, tags.Bad))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(settings: Mapping[str, object], *keys: str) -> str:
    for key in keys:
        value = settings.get(key)
        if isinstance(value, str) and value:
            return value
    return ""


def _with(over: Resources, setting: tags.Tag) -> Resources:
    match setting:
        case tags.Limit(key, value):
            result = replace(over, limits=_put(over.limits, key, value))
        case tags.Gpu(n):
            result = replace(over, limits=_put(over.limits, _GPU, str(n)))
        case tags.Request(key, value):
            result = replace(over, requests=_put(over.requests, key, value))
        case tags.Annotation(key, value):
            result = replace(over, annotations=_put(over.annotations, key, value))
        case tags.Label(key, value):
            result = replace(over, labels=_put(over.labels, key, value))
        case tags.Node(key, value):
            result = replace(over, node_selector=_put(over.node_selector, key, value))
        case _:
            result = _with_single(over, setting)
    return result


def _with_single(over: Resources, setting: tags.Tag) -> Resources:
    match setting:
        case tags.TolerationTag(toleration) if toleration not in over.tolerations:
            result = replace(over, tolerations=(*over.tolerations, toleration))
        case tags.PullSecret(name) if name not in over.pull_secrets:
            result = replace(over, pull_secrets=(*over.pull_secrets, name))
        case tags.Image(ref):
            result = replace(over, image=ref)
        case tags.ServiceAccount(name):
            result = replace(over, service_account=name)
        case tags.RunAsTag(run_as):
            result = replace(over, run_as=run_as)
        case tags.Retry(n, backoff):
            result = replace(over, retry=n, backoff=backoff)
        case tags.Timeout(seconds):
            result = replace(over, timeout=seconds)
        case tags.Cache(enabled):
            result = replace(over, cache=enabled)
        case tags.Report(enabled):
            result = replace(over, report=enabled)
        case _:
            result = _with_place(over, setting)
    return result


def _with_place(over: Resources, setting: tags.Tag) -> Resources:
    """The same for what has a place in the step, a variable or a path: the last one there counts."""
    match setting:
        case tags.Env(name, value):
            freed = _without_variable(over, name, env=False)
            result = replace(freed, env=_put(over.env, name, value))
        case tags.SecretTag(secret):
            freed = _without_variable(over, secret.env)
            result = replace(freed, secrets=(*freed.secrets, secret))
        case tags.ConfigTag(value):
            freed = _without_variable(over, value.env)
            result = replace(freed, config=(*freed.config, value))
        case tags.VolumeTag(volume):
            mounts = tuple(each for each in over.volumes if not same_path(each.path, volume.path))
            shm = "" if same_path(volume.path, SHARED_MEMORY) else over.shm
            result = replace(over, volumes=(*mounts, volume), shm=shm)
        case tags.Shm(size):
            mounts = tuple(each for each in over.volumes if not same_path(each.path, SHARED_MEMORY))
            result = replace(over, volumes=mounts, shm=size)
        case _:
            result = over
    return result


def _without_variable(over: Resources, name: str, *, env: bool = True) -> Resources:
    """``over`` without what sets an environment variable."""
    return replace(
        over,
        env=tuple(pair for pair in over.env if pair[0] != name) if env else over.env,
        secrets=tuple(each for each in over.secrets if each.env != name),
        config=tuple(each for each in over.config if each.env != name),
    )


def _put(pairs: _Pairs, key: str, value: str) -> _Pairs:
    """``pairs`` with ``key`` given ``value``, in its old place where it had one."""
    merged = dict(pairs)
    merged[key] = value
    return tuple(merged.items())
