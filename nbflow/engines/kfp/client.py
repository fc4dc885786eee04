"""The engine: runs of pipelines on a Kubeflow Pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from nbflow.engines.events import RunState, StepState
from nbflow.engines.kfp import checks, states
from nbflow.engines.kfp.access import access
from nbflow.engines.kfp.arguments import arguments
from nbflow.engines.kfp.catalog import EXPERIMENT, Catalog
from nbflow.engines.kfp.explanations import Explanations
from nbflow.engines.kfp.outage import Outage
from nbflow.engines.kfp.patience import Patience, pause
from nbflow.engines.kfp.pod_logs import PodLogs
from nbflow.engines.kfp.server import server
from nbflow.engines.kfp.troubles import TroubleError
from nbflow.engines.kfp.wire import API, Ask, Wire
from nbflow.engines.remote import Checked, Engine, Handle, NoSuchRunError, Order, Status
from nbflow.errors import EngineError
from nbflow.model import Json
from nbflow.profiles import KfpProfile


def engine(profile: KfpProfile, patience: Patience) -> Engine:
    """The engine that a profile leads to."""
    return KfpEngine(profile, patience)


class KfpEngine:
    """An ``Engine``: see ``nbflow.engines.remote``."""

    def __init__(self, profile: KfpProfile, patience: Patience) -> None:
        self._profile = profile
        self._wire = Wire(access(profile, patience), profile.name, patience)
        self._logs = PodLogs(self._wire, self._run)
        self._explanations = Explanations(self._logs)
        #: The runs that were stopped from here, with the tasks that had failed by then.
        self._stopped: dict[str, frozenset[str]] = {}

    def __repr__(self) -> str:
        return f"KfpEngine({self._profile.name!r}, {self._wire.access.host!r})"

    # Making runs

    def submit(self, order: Order) -> Handle:
        """As ``Engine``."""
        values = arguments(_spec(order.manifest), order.arguments)
        namespace = self._namespace()
        catalog = Catalog(self._wire, namespace)
        there = catalog.run(order.run)
        if there is None:
            there = self._made(order, values, catalog)
        return self._handle(there, namespace)

    def _namespace(self) -> str:
        """The namespace to name in requests: none where the server has but one for all."""
        own = self._wire.access.namespace
        found = server(self._wire)
        if found.multi_user and not own:
            raise EngineError(
                f"{self._wire.access.host} has a namespace for each user: name yours with `namespace` in the"
                f" profile `{self._profile.name}`"
            )
        return "" if found.multi_user is False else own

    def _made(
        self, order: Order, values: Mapping[str, Json], catalog: Catalog
    ) -> Mapping[str, Any]:
        pipeline, version = catalog.version(order.name, order.run, order.manifest.encode())
        body = {
            "display_name": order.run,
            "experiment_id": catalog.experiment(
                order.experiment or self._profile.experiment or EXPERIMENT
            ),
            "pipeline_version_reference": {
                "pipeline_id": pipeline,
                "pipeline_version_id": version,
            },
            "runtime_config": {"parameters": values},
        }
        if account := order.account or self._profile.service_account:
            body["service_account"] = account
        return self._created(Ask("POST", f"{API}/runs", body=body), order.run, catalog)

    def _created(self, ask: Ask, name: str, catalog: Catalog) -> Mapping[str, Any]:
        """The run that a request makes, once: its answer may get lost, and what it does cannot."""
        wire = self._wire
        try:
            return dict(wire.repeated(lambda: wire.once(ask), sure=False))
        except TroubleError as trouble:
            if not trouble.unsure:
                raise
            lost = trouble
        for wait, _ in zip(wire.patience.waits(), range(4), strict=False):
            wire.patience.sleep(pause(wait, lost.after))
            found = catalog.run(name)
            if found is not None:
                return found
        if lost.status in (0, 504):  # it may still be at work on it
            raise TroubleError(
                f"whether the run {name} was made is not known ({lost}); submit it again: it is found"
                " by its name, and made where it is missing"
            )
        return dict(wire.once(ask))

    def _handle(self, run: Mapping[str, Any], namespace: str) -> Handle:
        key = str(run["run_id"])
        url = self._wire.access.page(key)
        return Handle(key, str(run.get("display_name") or ""), namespace, url)

    # Looking at runs

    def poll(self, run: Handle) -> Status:
        """As ``Engine``."""
        return self._told(self._run(run), run)

    def watch(self, run: Handle) -> Iterator[Status]:
        """As ``Engine``."""
        patience = self._wire.patience
        outage, last = Outage(patience), None
        waits = patience.waits()
        while True:
            try:
                status = self._told(self._run(run, once=True), run)
            except TroubleError as trouble:
                patience.sleep(outage.pause(trouble, next(waits)))
                continue
            outage.over()
            if status != last:
                last, waits = status, patience.waits()
                yield status
            if status.state is not RunState.RUNNING:
                return
            patience.sleep(next(waits))

    def logs(self, run: Handle, task: str, *, follow: bool = False) -> Iterator[str]:
        """As ``Engine``."""
        return self._logs.read(run, task, follow=follow)

    def _run(self, run: Handle, *, once: bool = False) -> Mapping[str, Any]:
        """What the API tells of a run."""
        path = f"{API}/runs/{run.id}"
        try:
            return dict(self._wire.once(Ask("GET", path)) if once else self._wire.get(path))
        except TroubleError as trouble:
            raise self._missing(trouble, run) from None

    def _missing(self, trouble: TroubleError, run: Handle) -> EngineError:
        if trouble.status not in (404, 410):
            return trouble
        return NoSuchRunError(
            f"{self._wire.access.host} knows no run {run.name or run.id}: it was removed there, or the"
            f" profile `{self._profile.name}` leads somewhere else by now"
        )

    def _told(self, run: Mapping[str, Any], handle: Handle) -> Status:
        status = states.status(run)
        if handle.id in self._stopped:
            status = states.stopped(status, self._stopped[handle.id])
        tasks = {
            name: self._explanations.explained(task, name, run, handle)
            for name, task in status.tasks.items()
        }
        lost = status.state is RunState.FAILED and not status.message
        if lost and all(task.state is not StepState.FAILED for task in tasks.values()):
            where = handle.url or f"the workflow of the run {handle.id} in the cluster"
            early = f"it has failed outside of its tasks; look at {where}"
            return replace(status, tasks=tasks, message=early)
        return replace(status, tasks=tasks)

    # Changing runs

    def cancel(self, run: Handle) -> None:
        """As ``Engine``."""
        status = states.status(self._run(run))
        if status.state is not RunState.RUNNING:
            return
        failed = {name for name, task in status.tasks.items() if task.state is StepState.FAILED}
        ask = Ask("POST", f"{API}/runs/{run.id}:terminate")
        try:
            self._wire.repeated(lambda: self._wire.once(ask))
        except TroubleError as trouble:
            # It may have ended in the meantime, which the server takes for an error.
            if states.status(self._run(run)).state is RunState.RUNNING:
                raise self._missing(trouble, run) from None
            return
        self._stopped[run.id] = frozenset(failed)

    def retry(self, run: Handle) -> Handle:
        """As ``Engine``."""
        state = states.status(self._run(run)).state
        if state is RunState.DONE:
            raise EngineError(f"the run {run.name} has ended well: there is nothing to try again")
        if state is RunState.RUNNING:
            raise EngineError(
                f"the run {run.name} goes on: it can be tried again when it has ended"
            )
        ask = Ask("POST", f"{API}/runs/{run.id}:retry")
        try:
            self._wire.repeated(lambda: self._wire.once(ask), sure=False)
        except TroubleError as trouble:
            if not trouble.unsure or states.status(self._run(run)).state is not RunState.RUNNING:
                raise self._missing(trouble, run) from None
        self._stopped.pop(run.id, None)
        return run

    def test(self) -> tuple[Checked, ...]:
        """As ``Engine``."""
        return tuple(checks.checked(self._wire))


def _spec(manifest: str) -> Mapping[str, Any]:
    """The pipeline in a manifest; what it asks of the platform, a second document, is left out."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = next(iter(yaml.load_all(manifest, loader)), None)
    except yaml.YAMLError:
        found = None
    if not isinstance(found, dict) or "root" not in found:
        raise EngineError(
            "this is no manifest of Kubeflow Pipelines: `nbflow convert --to kfp` makes one"
        )
    return found
