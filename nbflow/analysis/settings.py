"""The settings of steps and of the pipeline: resource tags, and the notebook's own metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from nbflow import tags
from nbflow.model import Notebook, PipelineMetadata, Resources

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
    found = notebook.metadata.get("kubeflow_notebook")
    settings = found if isinstance(found, Mapping) else {}
    volumes = settings.get("volumes")
    return PipelineMetadata(
        name=_text(settings, "pipeline_name", "name") or notebook.name,
        experiment=_text(settings, "experiment_name", "experiment"),
        description=_text(settings, "pipeline_description", "description"),
        image=_text(settings, "base_image", "docker_image"),
        volumes=tuple(each for each in _list(volumes) if isinstance(each, Mapping)),
        defaults=resources(_defaults(settings), over),
    )


def bad_defaults(notebook: Notebook) -> tuple[tags.Bad, ...]:
    """The malformed tags among the notebook's ``steps_defaults``."""
    found = notebook.metadata.get("kubeflow_notebook")
    settings = found if isinstance(found, Mapping) else {}
    return tuple(tag for tag in _defaults(settings) if isinstance(tag, tags.Bad))


def _defaults(settings: Mapping[str, object]) -> tuple[tags.Tag, ...]:
    texts = _list(settings.get("steps_defaults"))
    return tuple(tags.parse(text) for text in texts if isinstance(text, str))


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
        case tags.Env(name, value):
            result = replace(over, env=_put(over.env, name, value))
        case tags.Node(key, value):
            result = replace(over, node_selector=_put(over.node_selector, key, value))
        case _:
            result = _with_single(over, setting)
    return result


def _with_single(over: Resources, setting: tags.Tag) -> Resources:
    match setting:
        case tags.SecretTag(secret):
            others = tuple(each for each in over.secrets if each.env != secret.env)
            result = replace(over, secrets=(*others, secret))
        case tags.VolumeTag(volume):
            mounts = tuple(each for each in over.volumes if each.path != volume.path)
            result = replace(over, volumes=(*mounts, volume))
        case tags.TolerationTag(toleration) if toleration not in over.tolerations:
            result = replace(over, tolerations=(*over.tolerations, toleration))
        case tags.Image(ref):
            result = replace(over, image=ref)
        case tags.Retry(n):
            result = replace(over, retry=n)
        case tags.Timeout(seconds):
            result = replace(over, timeout=seconds)
        case tags.Cache(enabled):
            result = replace(over, cache=enabled)
        case tags.Report(enabled):
            result = replace(over, report=enabled)
        case _:
            result = over
    return result


def _put(pairs: _Pairs, key: str, value: str) -> _Pairs:
    """``pairs`` with ``key`` given ``value``, in its old place where it had one."""
    merged = dict(pairs)
    merged[key] = value
    return tuple(merged.items())
