"""Why a pod does not get on, where it is not merely not its turn: Kubernetes' reasons as sentences for users.

Source: ``PodStatus`` in https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/; the
reasons of waiting containers in
https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/images/types.go,
https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/container/sync_result.go and
https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/kuberuntime_container.go; those
of pods without a machine in ``PodReasonUnschedulable`` and its neighbours in
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/api/core/v1/types.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nbflow.engines.hiding import hidden

_PULL: Final = (
    "the image {image} cannot be pulled: {said}. See that its name is right and that the cluster may pull it "
    "(the step's tag `pull-secret:`)"
)
_MAKE: Final = "its container cannot be made: {said}"
_BEGIN: Final = "its container cannot begin: {said}"
#: Reasons of waiting containers. All others pass: ContainerCreating, PodInitializing.
_CONTAINERS: Final[Mapping[str, str]] = {
    "ErrImagePull": _PULL,
    "ImagePullBackOff": _PULL,
    "ErrImageNeverPull": (
        "the image {image} is not on its machine, and may not be pulled there: {said}"
    ),
    "RegistryUnavailable": _PULL,
    "SignatureValidationFailed": "the image {image} is not signed as the cluster wants it: {said}",
    "ImageInspectError": "the image {image} cannot be read: {said}",
    "InvalidImageName": "`{image}` is no name of an image: see the step's tag `image:` ({said})",
    "CreateContainerConfigError": (
        "its container cannot be made: {said}. See the step's tags `secret:`, `configmap:` and `run-as:`"
    ),
    "CreateContainerError": _MAKE,
    "PreCreateHookError": _MAKE,
    "PreStartHookError": _BEGIN,
    "PostStartHookError": _BEGIN,
    "RunContainerError": _BEGIN,
    "CrashLoopBackOff": (
        "its container ends again and again as soon as it has begun: {said}. See its log"
    ),
}
_PLACED: Final = "no machine of the cluster can take it: {said}"
#: Reasons why a pod has no machine.
_MACHINES: Final[Mapping[str, str]] = {
    "Unschedulable": _PLACED,
    "SchedulingGated": "it is held back before it is given to a machine: {said}",
    "SchedulerError": "the cluster has failed to find a machine for it: {said}",
}
_CLAIM: Final = re.compile(r'persistentvolumeclaim "(?P<name>[^"]+)" not found')
#: Warnings of what comes before the containers: nothing in the pod itself says them.
_WARNINGS: Final[Mapping[str, str]] = {
    "FailedMount": "a volume of it cannot be mounted: {said}",
    "FailedAttachVolume": "a volume of it cannot be attached to its machine: {said}",
    "FailedCreatePodSandBox": "its pod cannot be set up: {said}",
}


def reason(pod: Mapping[str, Any]) -> str:
    """Why a pod does not get on; "" where nothing holds it up, or it has ended."""
    status = pod.get("status") or {}
    return "" if status.get("phase") in ("Succeeded", "Failed") else next(_reasons(status), "")


def warning(events: Sequence[Mapping[str, Any]]) -> str:
    """What the last of a pod's events warns of, where that holds it up; "" else."""
    for each in reversed(events):
        sentence = _WARNINGS.get(str(each.get("reason")))
        if sentence and each.get("type") == "Warning":
            return sentence.format(said=_said(each))
    return ""


def containers(status: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The states of a pod's containers, those first that prepare it."""
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def _reasons(status: Mapping[str, Any]) -> Iterator[str]:
    for each in containers(status):
        waiting = (each.get("state") or {}).get("waiting") or {}
        sentence = _CONTAINERS.get(str(waiting.get("reason")))
        if sentence:
            said = _said(waiting).removesuffix(".")
            yield sentence.format(image=each.get("image") or "of the step", said=said)
    for each in status.get("conditions") or ():
        if each.get("type") == "PodScheduled" and each.get("status") == "False":
            yield _without_machine(each)


def _without_machine(condition: Mapping[str, Any]) -> str:
    said = _said(condition)
    claim = _CLAIM.search(said)
    if claim:
        return (
            f"the volume claim {claim['name']} is not there: make it, or see the step's `volume:`"
        )
    return _MACHINES.get(str(condition.get("reason")), _PLACED).format(said=said)


def _said(told: Mapping[str, Any]) -> str:
    """Kubernetes' own words."""
    return hidden(str(told.get("message") or told.get("reason") or "no reason is given"))
