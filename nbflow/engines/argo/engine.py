"""The engine: each word of the protocol as requests to a cluster."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbflow.engines.argo import (
    checks,
    glances,
    logs,
    manifests,
    pods,
    retrying,
    runs,
    state,
    watching,
)
from nbflow.engines.argo.api import Api
from nbflow.engines.argo.asked import ARGO, Asked, path
from nbflow.engines.argo.connection import SERVICE_ACCOUNT, connect
from nbflow.engines.argo.patience import Patience
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.remote import Checked, Handle, Order, Status
from nbflow.errors import EngineError
from nbflow.profiles import ArgoProfile


class ArgoEngine:
    """An Argo Workflows. Nothing is asked of it before it is needed.

    ``account`` is the folder where Kubernetes puts the account of a pod.
    """

    def __init__(
        self,
        profile: ArgoProfile,
        patience: Patience | None = None,
        account: Path = SERVICE_ACCOUNT,
    ) -> None:
        self._profile = profile
        self._api = Api(lambda: connect(profile, account), patience or Patience())

    def submit(self, order: Order) -> Handle:
        """The run that was made of an order; the one that is there where it was submitted before.

        Raises:
            EngineError: the cluster takes it not, or has another run of that name.
        """
        own = self._profile.namespace or manifests.namespace(order)
        namespace = own or self._api.connection.namespace
        made = manifests.workflow(order, self._profile, namespace)
        what = f"submit {order.name} to the namespace {namespace}"
        try:
            found: Mapping[str, Any] = self._api.answer(
                Asked(what, path(ARGO, namespace, runs.WORKFLOWS), "POST", body=made)
            )
        except ApiError as error:
            if error.reason != "AlreadyExists":
                raise
            found = self._earlier(order, namespace)
        return self._handle(found)

    def poll(self, run: Handle) -> Status:
        """What is known of a run now."""
        run = self._whole(run)
        workflow = runs.fetched(self._api, run)
        waits = glances.seen(self._api, run) if glances.waiting(workflow) else {}
        return state.status(workflow, waits)

    def watch(self, run: Handle) -> Iterator[Status]:
        """What is known of a run, each time that it changes, up to its end."""
        return watching.statuses(self._api, self._whole(run))

    def logs(
        self, run: Handle, task: str, *, follow: bool = False, tries: bool = False
    ) -> Iterator[str]:
        """The lines that a task has written in its last try, or in all its ``tries``."""
        read = logs.followed if follow else logs.written
        return read(self._api, self._whole(run), task, tries=tries)

    def cancel(self, run: Handle) -> None:
        """Stop a run; nothing, where it has ended.

        What the cluster does at the end of each run is done still; a run that is being stopped already ends
        without that.
        """
        run = self._whole(run)
        workflow = runs.fetched(self._api, run)
        if state.ended(workflow):
            return
        stopping = (workflow.get("spec") or {}).get("shutdown")
        change = {"spec": {"shutdown": "Terminate" if stopping else "Stop"}}
        runs.changed(self._api, run, f"cancel the run {run.name}", change)

    def retry(self, run: Handle) -> Handle:
        """The run that goes on where it has failed or was stopped; it is the same one.

        Raises:
            EngineError: it still goes on, has gone well, or was not made here.
        """
        run = self._whole(run)
        for failures in range(1, self._api.patience.tries + 1):
            workflow = runs.fetched(self._api, run)
            if retrying.is_settling(workflow):
                self._api.pause(failures)
                continue
            retried = retrying.retried(workflow, time.time())
            for pod in runs.pods_of(self._api, run) if retried.removed else ():
                if pods.node(pod) in retried.removed:
                    runs.without_pod(self._api, run, pods.name(pod))
            try:
                found = runs.changed(self._api, run, f"retry the run {run.name}", retried.change)
            except ApiError as error:
                if error.code != 409:
                    raise
                self._api.pause(failures)
                continue
            if state.ended(found):
                raise EngineError(
                    f"the cluster keeps the state of the run {run.name} as it was: `argo retry {run.name}` "
                    "may do it"
                )
            return self._handle(found)
        raise EngineError(f"the run {run.name} changes all the while: try again in a minute")

    def test(self) -> tuple[Checked, ...]:
        """What a user needs for runs here, tried one after the other: address, sign-in, Argo, rights."""
        return tuple(checks.checks(self._api))

    def _earlier(self, order: Order, namespace: str) -> Mapping[str, Any]:
        found = runs.fetched(self._api, Handle("", order.run, namespace))
        annotations = (found.get("metadata") or {}).get("annotations") or {}
        if annotations.get(manifests.MARK) != manifests.mark(order):
            raise EngineError(
                f"cannot submit {order.name}: the namespace {namespace} has another run with the name "
                f"{order.run}; give this one another name"
            )
        return found

    def _handle(self, workflow: Mapping[str, Any]) -> Handle:
        metadata = workflow.get("metadata") or {}
        name, namespace = str(metadata.get("name")), str(metadata.get("namespace"))
        url = ""
        if self._profile.server:
            server = self._profile.server.rstrip("/")
            url = f"{server}/workflows/{quote(namespace, safe='')}/{quote(name, safe='')}"
        return Handle(runs.uid(workflow), name, namespace, url)

    def _whole(self, run: Handle) -> Handle:
        """The handle with a namespace."""
        if run.namespace:
            return run
        return Handle(run.id, run.name, self._api.connection.namespace, run.url)
