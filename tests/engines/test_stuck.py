"""Why pods do not get on, in sentences."""

from __future__ import annotations

from typing import Any

import pytest

from nbflow.engines.stuck import reason, warning

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"


def waiting(reason: str, message: str, kind: str = "containerStatuses") -> dict[str, Any]:
    """A pod with a container that waits."""
    told = {"reason": reason, "message": message}
    return {"phase": "Pending", kind: [{"image": "python:3", "state": {"waiting": told}}]}


def unplaced(reason: str, message: str) -> dict[str, Any]:
    """A pod without a machine."""
    return {
        "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
        ]
    }


WAITING = [
    ("ErrImagePull", "not found", "the image python:3 cannot be pulled: not found. See that its name"),
    ("ImagePullBackOff", "Back-off.", "the image python:3 cannot be pulled: Back-off. See that its name"),
    ("RegistryUnavailable", "", "the image python:3 cannot be pulled: RegistryUnavailable. See"),
    ("ErrImageNeverPull", "x", "the image python:3 is not on its machine, and may not be pulled there: x"),
    ("SignatureValidationFailed", "x", "the image python:3 is not signed as the cluster wants it: x"),
    ("ImageInspectError", "x", "the image python:3 cannot be read: x"),
    ("InvalidImageName", "x", "`python:3` is no name of an image: see the step's tag `image:` (x)"),
    (
        "CreateContainerConfigError",
        'secret "store" not found',
        'its container cannot be made: secret "store" not found. See the step\'s tags `secret:`',
    ),
    ("CreateContainerError", "x", "its container cannot be made: x"),
    ("PreCreateHookError", "x", "its container cannot be made: x"),
    ("PreStartHookError", "x", "its container cannot begin: x"),
    ("PostStartHookError", "x", "its container cannot begin: x"),
    ("RunContainerError", "x", "its container cannot begin: x"),
    ("CrashLoopBackOff", "x", "its container ends again and again as soon as it has begun: x. See its log"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "said", "told"), WAITING)
@pytest.mark.parametrize("kind", ["containerStatuses", "initContainerStatuses"])
def test_containers(why: str, said: str, told: str, kind: str) -> None:
    assert reason({"status": waiting(why, said, kind)}).startswith(told)


@pytest.mark.parametrize(
    ("why", "said", "told"),
    [
        ("Unschedulable", "0/3 nodes.", "no machine of the cluster can take it: 0/3 nodes."),
        ("SchedulerError", "x", "the cluster has failed to find a machine for it: x"),
        ("SchedulingGated", "", "it is held back before it is given to a machine: SchedulingGated"),
        ("", "x", "no machine of the cluster can take it: x"),
        (
            "Unschedulable",
            '0/1 nodes: persistentvolumeclaim "data" not found.',
            "the volume claim data is not there: make it, or see the step's `volume:`",
        ),
    ],
)
def test_machines(why: str, said: str, told: str) -> None:
    assert reason({"status": unplaced(why, said)}) == told


@pytest.mark.parametrize(
    "status",
    [
        {},
        waiting("ContainerCreating", ""),
        waiting("PodInitializing", ""),
        {**waiting("ErrImagePull", ""), "phase": "Failed"},
        {"conditions": [{"type": "PodScheduled", "status": "True"}]},
    ],
)
def test_what_is_only_not_its_turn(status: dict[str, Any]) -> None:
    assert reason({"status": status}) == ""


def test_what_may_be_a_secret_is_left_out() -> None:
    told = (
        reason({"status": waiting("ErrImagePull", f"401 for Bearer {TOKEN}")}),
        reason({"status": unplaced("Unschedulable", f"bad token {TOKEN}")}),
        warning([{"type": "Warning", "reason": "FailedMount", "message": f"password={TOKEN}"}]),
    )
    assert all(told)
    assert not any("eyJ" in each for each in told)
