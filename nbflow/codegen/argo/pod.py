"""What a step's tags say of its pod: the parts of its template that are not about data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from nbflow.codegen.argo.values import BRACES, environment, quiet
from nbflow.codegen.yaml import Value
from nbflow.model import Resources, Step, Toleration

#: Seconds before the first further try; each wait after that is twice as long.
_BACKOFF: Final[Mapping[str, Value]] = {"duration": "10s", "factor": 2}


def template(step: Step) -> Iterator[tuple[str, Value]]:
    """The fields of a step's template that its tags ask for."""
    own = step.resources
    # The step as the user calls it: who follows a run finds it by this.
    annotations = {**dict(own.annotations), "nbflow/step": quiet(step.name)}
    metadata: dict[str, Value] = {"annotations": annotations}
    if own.labels:
        metadata["labels"] = dict(own.labels)
    yield "metadata", metadata
    if own.node_selector:
        yield "nodeSelector", dict(own.node_selector)
    if own.tolerations:
        yield "tolerations", [_toleration(each) for each in own.tolerations]
    if own.timeout:
        yield "activeDeadlineSeconds", own.timeout
    if own.retry:
        # Also where a pod was evicted or its node went away, which Argo does not count as failed.
        yield "retryStrategy", {"limit": own.retry, "retryPolicy": "Always", "backoff": _BACKOFF}


def environment_of(own: Resources) -> list[Value]:
    """The variables that tags set, for the container.

    What holds braces is left to the runtime, which sets them all once more: Argo could not be kept from
    reading those.
    """
    found: list[Value] = [
        {"name": name, "value": environment(value)}
        for name, value in dict(own.env).items()
        if BRACES not in value
    ]
    for secret in own.secrets:
        place = {"name": secret.name, "key": secret.key}
        found.append({"name": secret.env, "valueFrom": {"secretKeyRef": place}})
    return found


def amounts(own: Resources) -> dict[str, Value]:
    """What the container asks for and may use."""
    found: dict[str, Value] = {}
    if own.requests:
        found["requests"] = dict(own.requests)
    if own.limits:
        found["limits"] = dict(own.limits)
    return found


def _toleration(each: Toleration) -> Value:
    found: dict[str, Value] = {"key": each.key, "operator": "Equal" if each.value else "Exists"}
    if each.value:
        found["value"] = each.value
    if each.effect:
        found["effect"] = each.effect
    return found
