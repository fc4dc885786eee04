"""The logs of tasks, read where the server has them.

The UI serves those of a pod, from the cluster or from the archive of logs, at ``/k8s/pod/logs``
(frontend/server/handlers/pod-logs.ts; ``Apis.getPodLogs`` in frontend/src/lib/Apis.ts). The API itself has
them at ``/apis/v1alpha1/runs/{run}/nodes/{pod}/log`` (backend/src/apiserver/main.go), which the UI does not
pass on. Neither goes on while a pod writes, so what is new is read again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from nbflow.engines.events import RunState, StepState
from nbflow.engines.kfp import native, nodes, states
from nbflow.engines.kfp.outage import Outage
from nbflow.engines.kfp.troubles import TroubleError
from nbflow.engines.kfp.wire import Ask, Wire
from nbflow.engines.remote import Handle, NoLogError, TaskStatus
from nbflow.errors import EngineError


class PodLogs:
    """Reads logs of the runs that ``run`` tells of."""

    def __init__(self, wire: Wire, run: Callable[[Handle], Mapping[str, Any]]) -> None:
        self._wire, self._run, self.patience = wire, run, wire.patience

    def read(self, handle: Handle, task: str, *, follow: bool) -> Iterator[str]:
        """The text that a task has written, of one attempt after the other."""
        shown: dict[int, str] = {}
        outage = Outage(self.patience)
        for wait in self.patience.waits():
            try:
                status, texts = self._texts(handle, task)
            except TroubleError as trouble:
                if not follow:
                    raise
                self.patience.sleep(outage.pause(trouble, wait))
                continue
            outage.over()
            for number, text in enumerate(texts):
                yield from _new(shown.get(number, ""), text)
                shown[number] = text or shown.get(number, "")
            if not follow or not status.state.goes_on:
                if not shown:
                    raise self._none(handle, task, status)
                return
            self.patience.sleep(wait)

    def _texts(self, handle: Handle, task: str) -> tuple[TaskStatus, list[str]]:
        """How a task stands, and what each of its attempts has written by now."""
        run = self._run(handle)
        status = self._status(run, handle, task)
        wanted = not status.state.goes_on and not status.reused
        pods = [] if status.reused else self._pods(run, task)
        return status, [self._text(handle, task, names, wanted=wanted) for names in pods]

    def last(self, run: Mapping[str, Any], handle: Handle, task: str) -> str | None:
        """What the last attempt of a task has written, "" where that is gone, None where it may come."""
        pods = self._pods(run, task)
        try:
            return self._text(handle, task, pods[-1], wanted=False) if pods else ""
        except EngineError:
            return None

    def pod(self, run: Mapping[str, Any], handle: Handle, task: str) -> Mapping[str, Any]:
        """The pod of the last attempt of a task, as the UI tells it, {} where it does not.

        frontend/server/handlers/pod-info.ts.
        """
        pods = self._pods(run, task)
        for name in pods[-1] if pods else ():
            query = {"podname": name, "podnamespace": handle.namespace or "kubeflow"}
            try:
                found = self._wire.once(Ask("GET", "/k8s/pod", query))
            except EngineError:
                continue
            if isinstance(found, dict) and found.get("status"):
                return found
        return {}

    def _status(self, run: Mapping[str, Any], handle: Handle, task: str) -> TaskStatus:
        status = states.status(run)
        found = status.tasks.get(task)
        if found is not None:
            return found
        if status.state is not RunState.RUNNING:
            known = ", ".join(status.tasks) or "none"
            raise EngineError(f"the run {handle.name} has no task {task}; it has {known}")
        return TaskStatus(StepState.WAITING)

    def _pods(self, run: Mapping[str, Any], task: str) -> list[tuple[str, ...]]:
        """The names that the pod of each attempt may have."""
        if run.get("tasks"):
            return [(pod,) for pod in native.pods(run["tasks"], task)]
        found = nodes.tasks(states.details(run)).get(task)
        return found.pods if found else []

    def _text(self, handle: Handle, task: str, names: tuple[str, ...], *, wanted: bool) -> str:
        """What a pod has written; "" where it has not begun, a trouble where it is ``wanted``."""
        troubles = []
        for name in names:
            for ask in _asks(handle, name):
                try:
                    return self._wire.text(ask)
                except TroubleError as trouble:
                    if trouble.signed_out or trouble.status in (0, 401, 403, 429, 502, 503, 504):
                        raise
                    troubles.append(trouble)
        if not wanted:
            return ""
        raise NoLogError(
            f"the log of {task} cannot be had: its pod {names[0]} is gone and its log is not archived, or"
            f" the address of the profile does not serve logs ({troubles[0]}); {_elsewhere(handle, names)}"
        )

    def _none(self, handle: Handle, task: str, status: TaskStatus) -> EngineError:
        if status.reused:
            return NoLogError(
                f"{task} has written nothing in this run: the result of an earlier one was used again"
            )
        if status.state.goes_on:
            return EngineError(f"{task} has not begun yet: there is no log")
        return NoLogError(f"{task} was {status.state.value}: there is no log")


def _asks(handle: Handle, pod: str) -> Iterator[Ask]:
    query = {"podname": pod, "runid": handle.id}
    if handle.namespace:
        query["podnamespace"] = handle.namespace
    yield Ask("GET", "/k8s/pod/logs", query)
    yield Ask("GET", f"/apis/v1alpha1/runs/{handle.id}/nodes/{pod}/log")


def _elsewhere(handle: Handle, names: tuple[str, ...]) -> str:
    space = f" --namespace {handle.namespace}" if handle.namespace else ""
    page = f"look at {handle.url}, or " if handle.url else ""
    return f"{page}ask the cluster: kubectl logs{space} {names[0]} -c main"


def _new(before: str, now: str) -> Iterator[str]:
    """What has been added to a log; its beginning goes in time, where Kubernetes rotates it."""
    if not now.startswith(before):
        known = before[-_KNOWN:]
        place = now.find(known)
        before = now[: place + len(known)] if place >= 0 else ""
    if now[len(before) :]:
        yield now[len(before) :]


#: By so many signs the end of what was shown is found again.
_KNOWN: Final = 1000
