"""Looks at the pods of tasks that wait: not at each change, and not where nothing waits."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from nbflow.engines import stuck
from nbflow.engines.argo import nodes, pods, runs
from nbflow.engines.argo.api import Api
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.remote import Handle

#: Of so many pods that do not begin, events are asked for.
_MOST: Final = 5


class Glances:
    """What the pods of a run wait for, as they were when they were last looked at."""

    def __init__(self, api: Api, run: Handle) -> None:
        self._api, self._run = api, run
        self._found: Mapping[str, str] = {}
        self._latest: float | None = None

    def every(self, workflow: Mapping[str, Any]) -> float:
        """After how many seconds it is worth to look again."""
        patience = self._api.patience
        return patience.glance if waiting(workflow) else patience.quiet

    def waits(self, workflow: Mapping[str, Any]) -> Mapping[str, str]:
        """What tasks wait for, by the ids of their nodes."""
        if not waiting(workflow):
            return {}
        now = time.monotonic()
        if self._latest is None or now - self._latest >= self._api.patience.glance * 0.9:
            self._latest = now
            self._found = seen(self._api, self._run)
        return self._found


def seen(api: Api, run: Handle) -> Mapping[str, str]:
    """What the pods of a run wait for now; nothing where they may not, or cannot, be looked at."""
    try:
        there = runs.pods_of(api, run)
    except ApiError:
        # Argo tells of most of it too, in the messages of its nodes.
        return {}
    return {**_warned(api, run, there), **pods.waits(there)}


def _warned(api: Api, run: Handle, there: Sequence[pods.Pod]) -> Mapping[str, str]:
    """What events say of the pods that do not begin, and of which nothing else does."""
    held = [pod for pod in there if pods.is_held(pod)][:_MOST]
    try:
        told = {pods.node(p): stuck.warning(runs.events_of(api, run, pods.name(p))) for p in held}
    except ApiError:
        return {}
    return {key: text for key, text in told.items() if text}


def waiting(workflow: Mapping[str, Any]) -> bool:
    """Whether any task has a pod that has not begun."""
    return any(each.last.get("phase") == "Pending" for each in nodes.tasks(workflow).values())
