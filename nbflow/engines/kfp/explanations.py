"""Why tasks have failed, or wait for long: the API gives no reasons up to 2.18, logs and pods do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from nbflow.engines import stuck
from nbflow.engines.events import StepState
from nbflow.engines.kfp import reasons
from nbflow.engines.kfp.pod_logs import PodLogs
from nbflow.engines.remote import Handle, TaskStatus

#: From here on a task that waits for its pod is asked why, in seconds.
_LONG: Final = 5.0


class Explanations:
    """Looks up reasons, and keeps those of what has ended: a pod is asked once."""

    def __init__(self, logs: PodLogs) -> None:
        self._logs = logs
        self._failures: dict[tuple[str, str, float | None], str] = {}
        self._waits: dict[tuple[str, str], float] = {}

    def explained(
        self, task: TaskStatus, name: str, run: Mapping[str, Any], handle: Handle
    ) -> TaskStatus:
        """A task with the reason why it stands as it does, where it can be had."""
        if task.message:
            return task
        if task.state is StepState.FAILED:
            return replace(task, message=self._failure(task, name, run, handle))
        if task.state is StepState.WAITING and task.started:
            return replace(task, message=self._wait(name, run, handle))
        return task

    def _failure(self, task: TaskStatus, name: str, run: Mapping[str, Any], handle: Handle) -> str:
        key = (handle.id, name, task.ended)
        if key not in self._failures:
            log = self._logs.last(run, handle, name)
            if log is None:  # it may come yet
                return ""
            self._failures[key] = reasons.failure(log)
        return self._failures[key]

    def _wait(self, name: str, run: Mapping[str, Any], handle: Handle) -> str:
        since = self._waits.setdefault((handle.id, name), time.monotonic())
        if time.monotonic() - since < min(_LONG, self._logs.patience.most):
            return ""
        return stuck.reason(self._logs.pod(run, handle, name))
