"""A run, watched up to its end.

A watch begins at a version of the cluster and gives what changes after it, one JSON object a line; it is
resumed from the last version that was heard. Source:
https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.engines.argo import refusals, runs, state
from nbflow.engines.argo.api import Api
from nbflow.engines.argo.asked import ARGO, Asked, path
from nbflow.engines.argo.glances import Glances
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.remote import Handle, NoSuchRunError, Status


def statuses(api: Api, run: Handle) -> Iterator[Status]:
    """The states of a run, each one that differs from the one before."""
    glances = Glances(api, run)
    before = None
    for workflow in _Watch(api, run, glances).workflows():
        now = state.status(workflow, glances.waits(workflow))
        if now != before:
            before = now
            yield now


class _Watch:
    """The Workflow of a run as it changes. ``version`` is the last one heard, "" where it is listed anew."""

    def __init__(self, api: Api, run: Handle, glances: Glances) -> None:
        self._api, self._run, self._glances = api, run, glances
        self._version = ""
        self._workflow: Mapping[str, Any] = {}
        self._failures = 0
        self._heard = time.monotonic()

    def workflows(self) -> Iterator[Mapping[str, Any]]:
        """The Workflow, again and again: where it has changed, and where pods are to be looked at."""
        while True:
            try:
                if not self._version:
                    self._workflow, self._version = runs.listed(self._api, self._run)
                    self._hear()
                    yield self._workflow
                if state.ended(self._workflow):
                    return
                for workflow in self._changes():
                    yield workflow
                    if state.ended(workflow):
                        return
                yield self._workflow
            except ApiError as error:
                self._suffer(error)

    def _changes(self) -> Iterator[Mapping[str, Any]]:
        """What one watch gives; it ends by itself after a while."""
        seconds = max(round(self._glances.every(self._workflow)), 1)
        asked = self._asked(seconds)
        began, events = time.monotonic(), 0
        # The server ends it; where it does not, it has fallen silent.
        for line in self._api.lines(asked, seconds + self._api.patience.answer):
            events += 1
            if self._event(asked, line):
                yield self._workflow
            if time.monotonic() - began > 2 * seconds:
                break
        if not events and time.monotonic() - began < seconds / 2:
            raise ApiError(
                f"cannot {asked.what}: {self._api.connection.host} ends each watch at once; a proxy "
                "before it may not let answers through that go on",
                passing=True,
            )
        self._hear()

    def _asked(self, seconds: int) -> Asked:
        query = {
            "fieldSelector": f"metadata.name={self._run.name}",
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._version,
            "timeoutSeconds": str(seconds),
        }
        where = path(ARGO, self._run.namespace, runs.WORKFLOWS)
        return Asked(f"watch the run {self._run.name}", where, query=query)

    def _event(self, asked: Asked, line: bytes) -> bool:
        """Take an event in; whether the Workflow has changed with it."""
        try:
            event = json.loads(line)
            kind, about = event["type"], event["object"]
        except (ValueError, KeyError, TypeError):
            raise ApiError(f"cannot {asked.what}: the connection broke off", passing=True) from None
        if kind == "ERROR":
            raise refusals.of_event(asked, self._api.connection, about)
        metadata = about.get("metadata") or {}
        self._version = str(metadata.get("resourceVersion") or self._version)
        self._hear()
        if kind == "BOOKMARK":
            return False
        if kind == "DELETED" or (self._run.id and runs.uid(about) != self._run.id):
            raise NoSuchRunError(
                f"the run {self._run.name} was removed from the namespace {self._run.namespace} while it "
                "was watched"
            )
        self._workflow = about
        return True

    def _hear(self) -> None:
        self._failures, self._heard = 0, time.monotonic()

    def _suffer(self, error: ApiError) -> None:
        """Wait until it is worth to ask again.

        Raises:
            ApiError: it is not, or the server was not heard for too long.
        """
        if error.code == 410:
            # The versions since then are no longer kept. To list anew is never wrong.
            self._version = ""
            self._failures += 1
            if self._failures > 1:
                self._api.pause(self._failures - 1)
            return
        if not error.lost or not self._workflow:
            raise error
        gone = time.monotonic() - self._heard
        if gone > self._api.patience.outage:
            raise ApiError(
                f"the run {self._run.name} was not heard of for {gone / 60:.0f} minutes; it goes on by "
                f"itself. Last: {error}",
                code=error.code,
            ) from None
        self._failures += 1
        if self._failures > 1:
            self._version = ""
        self._api.pause(self._failures, error.wait)
