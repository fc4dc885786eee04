"""What a step asks of its pod, in the words of the SDK of Kubeflow Pipelines, and what these cannot say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from nbflow.codegen import kfp_volumes, refused, retrying, temporary
from nbflow.codegen.amounts import amount
from nbflow.codegen.kfp_calls import ROOM, kubernetes, method, told
from nbflow.codegen.kfp_volumes import Mounts
from nbflow.codegen.layout import Lines, assigned, call
from nbflow.codegen.obstacle import BRACES, Obstacle, of_steps, verbatim
from nbflow.model import Pipeline, Resources, RunAs, Step

_CPU: Final = re.compile(r"([0-9]*[.])?[0-9]+m?")
_MEMORY: Final = re.compile(r"[0-9]+(E|Ei|P|Pi|T|Ti|G|Gi|M|Mi|K|Ki)?")
_PLAIN: Final = ("cpu", "memory")


#: How long tries may go on. Without it there is none once the first has been going on for an hour.
_TRIES: Final = "365d"
#: Where pip installs for a user who may not write into the image's packages: without it in the user's home,
#: which `nobody`, and whom the image does not know, has none of.
_USER_BASE: Final = "PYTHONUSERBASE"


def settings(task: str, resources: Resources, mounts: Mounts | None = None) -> Iterator[Lines]:
    """The statements that give ``task`` what the step asks for; ``mounts`` says what it mounts by its tags.

    A variable whose value holds braces is left to the runtime, which sets them all once more.
    """
    yield from _amounts(task, resources)
    for name, value in resources.env:
        if BRACES not in value:
            yield method(task, "set_env_variable", name=name, value=value)
    if resources.retry:
        wait = retrying.wait(resources)
        backoff = told(
            backoff_duration=f"{wait.seconds}s",
            backoff_factor=float(wait.factor),
            backoff_max_duration=_TRIES,
        )
        yield call(f"{task}.set_retry(", [[str(resources.retry)], *backoff], room=ROOM)
    if resources.cache is not None:
        yield call(f"{task}.set_caching_options(", [[repr(resources.cache)]], room=ROOM)
    yield from _of_the_pod(task, resources)
    if mounts:
        yield from (kfp_volumes.tagged(task, volume) for volume in mounts.tags)
        yield from kfp_volumes.own_folders(task, mounts)


def _amounts(task: str, resources: Resources) -> Iterator[Lines]:
    for kind, pairs in (("limit", resources.limits), ("request", resources.requests)):
        for key, value in pairs:
            if key in _PLAIN:
                text = _cpu(value) if key == "cpu" else _memory(value)
                yield _plain_call(f"{task}.set_{key}_{kind}", text)
    for key, value in accelerator(resources):
        yield _plain_call(f"{task}.set_accelerator_type", key)
        yield _plain_call(f"{task}.set_accelerator_limit", value)


def _plain_call(function: str, value: str) -> Lines:
    return call(f"{function}(", [assigned("", value)], room=ROOM)


def _of_the_pod(task: str, resources: Resources) -> Iterator[Lines]:
    if resources.timeout:
        yield kubernetes("set_timeout", task, seconds=resources.timeout)
    for key, value in resources.node_selector:
        yield kubernetes("add_node_selector", task, label_key=key, label_value=value)
    for key, value in resources.labels:
        yield kubernetes("add_pod_label", task, label_key=key, label_value=value)
    for key, value in resources.annotations:
        yield kubernetes("add_pod_annotation", task, annotation_key=key, annotation_value=value)
    for each in resources.tolerations:
        given = {"value": each.value, "effect": each.effect}
        yield kubernetes(
            "add_toleration",
            task,
            key=each.key,
            operator="Equal" if each.value else "Exists",
            **{name: text for name, text in given.items() if text},
        )
    for secret in resources.secrets:
        pair = {secret.key: secret.env}
        yield kubernetes("use_secret_as_env", task, secret_name=secret.name, secret_key_to_env=pair)
    for config in resources.config:
        pair = {config.key: config.env}
        yield kubernetes(
            "use_config_map_as_env",
            task,
            config_map_name=config.name,
            config_map_key_to_env=pair,
        )
    if resources.shm:
        yield kfp_volumes.shared_memory(task, resources.shm)
    if resources.pull_secrets:
        names = list(resources.pull_secrets)
        yield kubernetes("set_image_pull_secrets", task, secret_names=names)
    if resources.run_as is not None:
        yield _security(task, resources.run_as)
        if resources.run_as.user and _USER_BASE not in dict(resources.env):
            yield method(task, "set_env_variable", name=_USER_BASE, value=f"{temporary.OWN}/python")


def _security(task: str, run_as: RunAs) -> Lines:
    asked: dict[str, object] = {"run_as_user": run_as.user}
    if run_as.group is not None:
        asked["run_as_group"] = run_as.group
    if run_as.user:
        asked["run_as_non_root"] = True
    return kubernetes("set_security_context", task, **asked)


def accelerator(resources: Resources) -> tuple[tuple[str, str], ...]:
    """The one countable resource besides cpu and memory that a step of this target may ask for."""
    # Devices and the like, which Kubernetes counts: what is requested of them is their limit as well.
    pairs = dict((*resources.requests, *resources.limits))
    counted = [(k, str(_whole(v))) for k, v in pairs.items() if "/" in k and _whole(v)]
    return tuple(counted[:1])


def _whole(value: str) -> int | None:
    found = amount(value)
    return int(found) if found == int(found) else None


def obstacles(pipeline: Pipeline) -> tuple[Obstacle, ...]:
    """What the notebook asks for and this target cannot be told, in notebook order."""
    steps = of_steps(pipeline, partial(_of_step, pipeline))
    return (*kfp_volumes.obstacles(pipeline), *steps)


def _of_step(pipeline: Pipeline, step: Step) -> Iterator[Obstacle]:
    own = step.resources
    beyond = dict(_amounts_beyond(own))
    for tag, why in beyond.items():
        hint = (
            "set a default for it in the cluster's namespace (a LimitRange), or convert to `argo`"
        )
        yield Obstacle(step.name, tag, why, hint)
    if own.service_account:
        yield Obstacle(
            step.name,
            f"service-account:{own.service_account}",
            "all steps of a run there have the account of the run",
            "give all steps the same one (`steps_defaults`): `nbflow submit` names it for the run; or convert"
            " to `argo`",
        )
    yield from kfp_volumes.obstacles_of(pipeline, step.name, own)
    yield from (each for each in refused.obstacles(step) if each.tag not in beyond)
    for tag in verbatim(own):
        if BRACES in tag:
            why = f"what stands between {BRACES} and }}}} is filled in there"
            yield Obstacle(step.name, tag, why, f"write it without {BRACES}")


def _amounts_beyond(own: Resources) -> Iterator[tuple[str, str]]:
    """The amounts that cannot be told, and why."""
    kept = dict(accelerator(own))
    for kind, pairs in (("limit", own.limits), ("request", own.requests)):
        for key, value in pairs:
            none = "/" in key and not amount(value)
            if key in _PLAIN or key in kept or none:
                continue
            tag = f"{kind}:{key}:{value}"
            if "/" in key and kept:
                yield tag, f"a step there asks for one kind of device, here {next(iter(kept))}"
            else:
                yield tag, "its tasks have limits of cpu, memory and one kind of device only"


# Amounts


def _cpu(value: str) -> str:
    """An amount of cpu as the SDK takes it: a number, or thousandths."""
    return value if _CPU.fullmatch(value) else f"{math.ceil(round(amount(value) * 1000, 6))}m"


def _memory(value: str) -> str:
    """An amount of memory as the SDK takes it: a whole number with a unit, else in bytes."""
    return value if _MEMORY.fullmatch(value) else str(math.ceil(round(amount(value), 6)))
