"""Whether all that a manifest names is there: Argo's schema, and the models of hera, do not ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_REFERENCE: Final = re.compile(r"\{\{(.*?)\}\}")
#: What Argo gives every run.
_GIVEN: Final = frozenset({"workflow.uid"})


class DanglingError(Exception):
    """A manifest names what it does not have; the text lists it."""


def check(manifest: Mapping[str, Any]) -> None:
    """Nothing, where every name in a manifest has something behind it.

    Raises ``DanglingError``.
    """
    found = list(dangling(manifest))
    if found:
        raise DanglingError("; ".join(found))


def dangling(manifest: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each name without anything behind it, or that two things have."""
    spec = manifest["spec"]
    templates = {each["name"]: each for each in spec["templates"]}
    yield from _twice("template", [each["name"] for each in spec["templates"]])
    if spec["entrypoint"] not in templates:
        yield f"there is no template {spec['entrypoint']} to begin with"
    known = {f"workflow.parameters.{name}" for name in _names(spec.get("arguments"), "parameters")}
    for template in templates.values():
        yield from _template(template, templates, known)
        yield from _volumes(template, spec)


def _template(
    template: Mapping[str, Any], templates: Mapping[str, Any], known: set[str]
) -> Iterator[str]:
    where = f"template {template['name']}"
    for side in ("inputs", "outputs"):
        for kind in ("parameters", "artifacts"):
            yield from _twice(f"{where}: {side}.{kind}", _names(template.get(side), kind))
    paths = [each["path"] for side in ("inputs", "outputs") for each in _of(template.get(side))]
    yield from _twice(f"{where}: path", paths)
    own = {f"inputs.parameters.{name}" for name in _names(template.get("inputs"), "parameters")}
    if "dag" in template:
        yield from _dag(template["dag"]["tasks"], templates, known | own)
    else:
        yield from _unknown(where, template, known | own)


def _dag(
    tasks: Sequence[Mapping[str, Any]], templates: Mapping[str, Any], known: set[str]
) -> Iterator[str]:
    by_name = {task["name"]: task for task in tasks}
    yield from _twice("task", [task["name"] for task in tasks])
    for task in tasks:
        where = f"task {task['name']}"
        before = _before(task["name"], by_name)
        yield from (f"{where} waits for {each}, which is no task" for each in before - {*by_name})
        if task["name"] in before:
            yield f"{where} waits for itself"
        template = templates.get(task["template"])
        if template is None:
            yield f"{where} has no template {task['template']}"
            continue
        made = {
            f"tasks.{each}.outputs.{kind}.{name}"
            for each in before & {*by_name}
            for kind in ("parameters", "artifacts")
            for name in _names(templates.get(by_name[each]["template"], {}).get("outputs"), kind)
        }
        yield from _unknown(where, task, known | made)
        yield from _arguments(where, task, template)


def _arguments(where: str, task: Mapping[str, Any], template: Mapping[str, Any]) -> Iterator[str]:
    """What a task hands to its template and that does not take, or the other way round."""
    for kind in ("parameters", "artifacts"):
        given = set(_names(task.get("arguments"), kind))
        own = [each for each in (template.get("inputs") or {}).get(kind, ()) if "raw" not in each]
        taken = {each["name"] for each in own}
        yield from (f"{where} gives {name}, which is not taken" for name in sorted(given - taken))
        yield from (f"{where} does not give {name}" for name in sorted(taken - given))


def _before(name: str, tasks: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """All tasks that must have ended before this one."""
    found: set[str] = set()
    left = list(tasks[name].get("dependencies", ()))
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left.extend(tasks.get(each, {}).get("dependencies", ()))
    return found


def _volumes(template: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[str]:
    made = {each["metadata"]["name"] for each in spec.get("volumeClaimTemplates", ())}
    known = made | {each["name"] for each in spec.get("volumes", ())}
    for mount in template.get("container", {}).get("volumeMounts", ()):
        if mount["name"] not in known:
            yield f"template {template['name']} mounts {mount['name']}, which is no volume"


def _unknown(where: str, value: object, known: set[str]) -> Iterator[str]:
    for text in _texts(value):
        for name in _REFERENCE.findall(text):
            if name not in known and name not in _GIVEN:
                yield f"{where} names {name}, which is not there"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each)


def _names(side: Mapping[str, Any] | None, kind: str) -> list[str]:
    return [each["name"] for each in (side or {}).get(kind, ())]


def _of(side: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list((side or {}).get("artifacts", ()))


def _twice(what: str, names: Sequence[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{what} {name} is there twice"
