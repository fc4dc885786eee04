"""What a step's tags say of its pod: the parts of its template that are not about data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nbflow.codegen import retrying
from nbflow.codegen.argo.values import environment, quiet
from nbflow.codegen.obstacle import BRACES
from nbflow.codegen.yaml import Value
from nbflow.model import Resources, RunAs, Step, Toleration


def template(step: Step) -> Iterator[tuple[str, Value]]:
    """The fields of a step's template that its tags ask for."""
    # The step as the user calls it: who follows a run finds it by this.
    yield from fields(step.resources, {"nbflow/step": quiet(step.name)})
    if step.resources.timeout:
        yield "activeDeadlineSeconds", step.resources.timeout


def fields(own: Resources, annotations: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    """The fields of a template that say where its pod runs, by whose rights, and how often."""
    metadata: dict[str, Value] = {}
    if own.annotations or annotations:
        metadata["annotations"] = {**dict(own.annotations), **annotations}
    if own.labels:
        metadata["labels"] = dict(own.labels)
    if metadata:
        yield "metadata", metadata
    if own.service_account:
        yield "serviceAccountName", own.service_account
    if own.node_selector:
        yield "nodeSelector", dict(own.node_selector)
    if own.tolerations:
        yield "tolerations", [_toleration(each) for each in own.tolerations]
    if own.retry:
        wait = retrying.wait(own)
        backoff: Value = {"duration": f"{wait.seconds}s", "factor": wait.factor}
        # Also where a pod was evicted or its node went away, which Argo does not count as failed.
        yield "retryStrategy", {"limit": own.retry, "retryPolicy": "Always", "backoff": backoff}


def container(own: Resources) -> Iterator[tuple[str, Value]]:
    """The fields of a container that say what it may use, and who it is."""
    amounts: dict[str, Value] = {}
    if own.requests:
        amounts["requests"] = dict(own.requests)
    # Kubernetes wants the limit of what it counts in whole ones, and takes the request to be the same.
    counted = {key: value for key, value in own.requests if "/" in key or "hugepages" in key}
    if own.limits or counted:
        amounts["limits"] = {**counted, **dict(own.limits)}
    if amounts:
        yield "resources", amounts
    if own.run_as is not None:
        yield "securityContext", _security(own.run_as)


def _security(run_as: RunAs) -> Value:
    """As much as Kubernetes' standard `restricted` asks of a container whose user is not root."""
    found: dict[str, Value] = {"runAsUser": run_as.user}
    if run_as.group is not None:
        found["runAsGroup"] = run_as.group
    if run_as.user:
        found["runAsNonRoot"] = True
        found["allowPrivilegeEscalation"] = False
        found["capabilities"] = {"drop": ["ALL"]}
        found["seccompProfile"] = {"type": "RuntimeDefault"}
    return found


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
    for kind, values in (("secretKeyRef", own.secrets), ("configMapKeyRef", own.config)):
        for each in values:
            place = {"name": each.name, "key": each.key}
            found.append({"name": each.env, "valueFrom": {kind: place}})
    return found


def _toleration(each: Toleration) -> Value:
    found: dict[str, Value] = {"key": each.key, "operator": "Equal" if each.value else "Exists"}
    if each.value:
        found["value"] = each.value
    if each.effect:
        found["effect"] = each.effect
    return found
