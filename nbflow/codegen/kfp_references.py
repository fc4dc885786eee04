"""Whether everything that a compiled pipeline names is there: the SDK's own checks let danglers pass.

Source: ``pipeline_spec.proto`` of Kubeflow Pipelines, in its form as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def dangling(spec: Mapping[str, Any]) -> list[str]:
    """What a pipeline's specification names and does not have, a clause each."""
    return sorted({*_executors(spec), *_component("root", spec.get("root", {}), spec)})


def _executors(spec: Mapping[str, Any]) -> Iterator[str]:
    there = spec.get("deploymentSpec", {}).get("executors", {})
    used = set()
    for name, component in spec.get("components", {}).items():
        label = component.get("executorLabel")
        used.add(label)
        if label is not None and label not in there:
            yield f"the component {name} names the executor {label}"
        if label is None and "dag" not in component:
            yield f"the component {name} has neither an executor nor tasks"
        yield from _component(name, component, spec)
    yield from (f"nothing uses the executor {label}" for label in there if label not in used)


def _component(name: str, component: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[str]:
    tasks = component.get("dag", {}).get("tasks", {})
    for key, task in tasks.items():
        where = f"the task {key} of {name}"
        reference = task.get("componentRef", {}).get("name")
        target = spec.get("components", {}).get(reference)
        if target is None:
            yield f"{where} names the component {reference}"
        waits = task.get("dependentTasks", [])
        yield from (f"{where} waits for {each}" for each in waits if each not in tasks)
        yield from _inputs(where, task, target or {}, component)
        for kind in ("parameters", "artifacts"):
            for each in task.get("inputs", {}).get(kind, {}).values():
                yield from _source(where, each, kind, tasks, spec, waits)


def _inputs(
    where: str, task: Mapping[str, Any], target: Mapping[str, Any], parent: Mapping[str, Any]
) -> Iterator[str]:
    for kind in ("parameters", "artifacts"):
        wanted = target.get("inputDefinitions", {}).get(kind, {})
        given = task.get("inputs", {}).get(kind, {})
        for name, about in wanted.items():
            if name not in given and not about.get("isOptional"):
                yield f"{where} is not given {name}"
        yield from (
            f"{where} is given {name}, which it does not take"
            for name in given
            if name not in wanted
        )
        own = parent.get("inputDefinitions", {}).get(kind, {})
        key = "componentInputParameter" if kind == "parameters" else "componentInputArtifact"
        for each in given.values():
            if key in each and each[key] not in own:
                yield f"{where} is given the pipeline's {each[key]}"


def _source(
    where: str,
    given: Mapping[str, Any],
    kind: str,
    tasks: Mapping[str, Any],
    spec: Mapping[str, Any],
    waits: list[str],
) -> Iterator[str]:
    source = given.get("taskOutputArtifact" if kind == "artifacts" else "taskOutputParameter")
    if source is None:
        return
    producer = source.get("producerTask")
    if producer not in tasks:
        yield f"{where} is given something of the task {producer}"
        return
    if producer not in waits:
        yield f"{where} does not wait for {producer}, of which it is given something"
    reference = tasks[producer].get("componentRef", {}).get("name")
    outputs = spec.get("components", {}).get(reference, {}).get("outputDefinitions", {})
    key = source.get("outputArtifactKey" if kind == "artifacts" else "outputParameterKey")
    if key not in outputs.get(kind, {}):
        yield f"{where} is given {key} of {producer}, which does not make it"
