"""What Kale keeps in a notebook's metadata (``kubeflow_notebook``), in the words of tags.

Source: https://github.com/kubeflow/kale, ``NotebookConfig`` in ``kale/processors/nbprocessor.py``,
``PipelineConfig`` in ``kale/pipeline.py`` and ``StepConfig`` in ``kale/step.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from nbflow import tags

#: Kale runs steps as nobody where the settings of a notebook name no user.
_NOBODY: Final = 65534
#: The fields of ``steps_defaults`` that hold pairs, where it is an object, and their tags.
_PAIRS: Final = {"labels": "label", "annotations": "annotation", "limits": "limit"}
_SWITCHES: Final = {"enable_caching": "cache", "generate_html_report": "report"}
#: Settings that do nothing here where they are set: what they do in Kale, and what to do. Those of snapshots
#: (``autosnapshot``, ``snapshot_volumes``) do nothing in Kale either since its version 2.
_WITHOUT_EFFECT: Final = {
    "katib_run": (
        "tunes its parameters with Katib; the pipeline runs once, with the values that they have",
        "Start a run for each set of values.",
    ),
    "timeout": (
        "limits how long all its steps may take together; nothing does",
        "Limit each of them with `timeout:TIME`; in `steps_defaults` the tag is for all of them.",
    ),
}


def settings_of(metadata: Mapping[str, object]) -> Mapping[str, object]:
    """Kale's settings in the metadata of a notebook; nothing where they have not its form."""
    return _mapping(metadata.get("kubeflow_notebook"))


def defaults(settings: Mapping[str, object]) -> tuple[tags.Tag, ...]:
    """What the settings ask for all steps, the weaker first."""
    return tuple(tags.parse(text) for text in (*_own(settings), *_of_steps(settings)))


def without_effect(settings: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """The settings that are set and do nothing here: their names, what they do in Kale, a way out."""
    for key, (does, hint) in _WITHOUT_EFFECT.items():
        if settings.get(key):
            yield key, does, hint


def _own(settings: Mapping[str, object]) -> Iterator[str]:
    if settings.get("enable_caching") is False:
        yield "cache:disabled"
    context = settings.get("security_context")
    if isinstance(context, Mapping) and context.get("enabled", True):
        user, group = context.get("run_as_user", _NOBODY), context.get("run_as_group", 0)
        yield f"run-as:{user}:{group}"


def _of_steps(settings: Mapping[str, object]) -> Iterator[str]:
    """``steps_defaults``: a list of tags, or an object with the fields of a step."""
    found = settings.get("steps_defaults")
    if isinstance(found, list):
        yield from (text for text in found if isinstance(text, str))
    fields = _mapping(found)
    for key, word in _PAIRS.items():
        yield from (f"{word}:{name}:{value}" for name, value in _mapping(fields.get(key)).items())
    for key, word in _SWITCHES.items():
        if isinstance(fields.get(key), bool):
            yield f"{word}:{'enabled' if fields[key] else 'disabled'}"
    if fields.get("base_image"):
        yield f"image:{fields['base_image']}"
    if fields.get("retry_count"):
        yield f"retry:{fields['retry_count']}{_wait(fields)}"
    if fields.get("timeout"):
        yield f"timeout:{fields['timeout']}s"


def _wait(fields: Mapping[str, object]) -> str:
    """The wait between tries, as a tag has it; Kale's is in seconds where it names no unit."""
    interval, factor = fields.get("retry_interval"), fields.get("retry_factor")
    if not interval:
        return ""
    return f":{interval}{'s' if str(interval).isdigit() else ''}{f':{factor}' if factor else ''}"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
