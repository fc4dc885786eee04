"""The pods of a run: which node each is of, and what one waits for that does not get on.

Source: ``PodStatus`` in https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/; the
reasons of waiting containers in
https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go and
https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/container/sync_result.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nbflow.engines.argo.hiding import hidden

Pod = Mapping[str, Any]

#: The label with the name of the run.
RUN: Final = "workflows.argoproj.io/workflow"
_NODE: Final = "workflows.argoproj.io/node-id"
MAIN: Final = "main"
_IMAGES: Final = {
    "ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable",
    "SignatureValidationFailed", "ImageInspectError",
}  # fmt: skip
_CONTAINERS: Final = {
    "CreateContainerConfigError", "CreateContainerError", "PreCreateHookError", "RunContainerError",
    "CrashLoopBackOff",
}  # fmt: skip
_CLAIM: Final = re.compile(r'persistentvolumeclaim "(?P<name>[^"]+)" not found')


#: Warnings of what comes before the containers: nothing in the pod itself says them.
_WARNINGS: Final = {
    "FailedMount": "a volume of it cannot be mounted",
    "FailedAttachVolume": "a volume of it cannot be attached to its machine",
    "FailedCreatePodSandBox": "its pod cannot be set up",
}


def node(pod: Pod) -> str:
    """The id of the node that a pod is of."""
    metadata = pod.get("metadata") or {}
    # Before pods were named after templates, their names were the ids.
    return str((metadata.get("annotations") or {}).get(_NODE) or metadata.get("name") or "")


def name(pod: Pod) -> str:
    """The name of a pod."""
    return str((pod.get("metadata") or {}).get("name") or "")


def waits(pods: Sequence[Pod]) -> dict[str, str]:
    """What pods wait for, where it is not their turn, by the ids of their nodes."""
    found = {node(pod): next(_troubles(pod), "") for pod in pods}
    return {key: text for key, text in found.items() if text}


def is_held(pod: Pod) -> bool:
    """Whether a pod has its machine, and none of its containers has begun, without a reason of its own."""
    status = pod.get("status") or {}
    placed = any(
        each.get("type") == "PodScheduled" and each.get("status") == "True"
        for each in status.get("conditions") or ()
    )
    return (
        placed
        and status.get("phase") == "Pending"
        and all("waiting" in (each.get("state") or {}) for each in _containers(status))
        and not any(True for _ in _troubles(pod))
    )


def warning(events: Sequence[Mapping[str, Any]]) -> str:
    """What the last of a pod's events warns of, where that holds it; "" else."""
    for each in reversed(events):
        head = _WARNINGS.get(str(each.get("reason")))
        if head and each.get("type") == "Warning":
            return f"{head}: {hidden(str(each.get('message') or each.get('reason')))}"
    return ""


def container(pod: Pod) -> Mapping[str, Any]:
    """The state of the container that runs the cells: "waiting", "running" or "terminated", and more."""
    for each in (pod.get("status") or {}).get("containerStatuses") or ():
        if each.get("name") == MAIN:
            return dict(each.get("state") or {})
    return {}


def ended(pod: Pod) -> bool:
    """Whether the container that runs the cells writes no more."""
    over = (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")
    return over or "terminated" in container(pod)


def _troubles(pod: Pod) -> Iterator[str]:
    status = pod.get("status") or {}
    if status.get("phase") in ("Succeeded", "Failed"):
        return
    for each in _containers(status):
        waiting = (each.get("state") or {}).get("waiting") or {}
        told = _container(
            str(waiting.get("reason") or ""), hidden(str(waiting.get("message") or "")), each
        )
        if told:
            yield told
    for each in status.get("conditions") or ():
        if each.get("type") == "PodScheduled" and each.get("status") == "False":
            yield _unscheduled(
                str(each.get("reason") or ""), hidden(str(each.get("message") or ""))
            )


def _containers(status: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The containers of a pod, those first that prepare it."""
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def _container(reason: str, message: str, about: Mapping[str, Any]) -> str:
    image = about.get("image") or "of the step"
    if reason in _IMAGES:
        return (
            f"the image {image} cannot be pulled: {message or reason}. See that its name is right and "
            "that the cluster may pull it (the profile's `pull_secrets`)"
        )
    if reason == "InvalidImageName":
        return (
            f"`{image}` is no name of an image: see the step's tag `image:` ({message or reason})"
        )
    if reason in _CONTAINERS:
        return f"its container cannot be made: {message or reason}"
    return ""


def _unscheduled(reason: str, message: str) -> str:
    claim = _CLAIM.search(message)
    if claim:
        return (
            f"the volume claim {claim['name']} is not there: make it, or see the step's `volume:`"
        )
    if reason == "SchedulingGated":
        return f"it is held back before it is given to a machine: {message or reason}"
    return f"no machine of the cluster can take it: {message or reason}"
