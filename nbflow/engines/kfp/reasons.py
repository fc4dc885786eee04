"""Why a task has failed or waits, from its log and its pod; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

#: What the runtime raises: its text is made for users.
_SENTENCE: Final = re.compile(r"^(?:[\w.]+\.)?StepError: (.+)$", re.MULTILINE)
_ERROR: Final = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)\b.*)$", re.MULTILINE)
#: What holds a container up for good.
_STUCK: Final = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
)


def failure(log: str) -> str:
    """Why a task has failed by its log: the sentence of the runtime, else the last error, else ""."""
    for pattern in (_SENTENCE, _ERROR):
        found = pattern.findall(log)
        if found:
            return str(found[-1]).strip()
    return ""


def waiting(pod: Mapping[str, Any]) -> str:
    """What a pod waits for where that is not its turn, "" else: the object Pod of Kubernetes."""
    return next(_waiting(pod.get("status") or {}), "")


def _waiting(status: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(kind) or ():
            found = (container.get("state") or {}).get("waiting") or {}
            if found.get("reason") in _STUCK:
                yield _told(found["reason"], found.get("message") or container.get("image"))
    for condition in status.get("conditions") or ():
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            yield _told(condition.get("reason"), condition.get("message"))


def _told(reason: object, message: object) -> str:
    return f"{reason}: {message}" if message else str(reason)
