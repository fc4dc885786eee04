"""A run on the cluster: its Workflow and its pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.engines.argo import pods
from nbflow.engines.argo.api import Api
from nbflow.engines.argo.asked import ARGO, CORE, Asked, path
from nbflow.engines.argo.pods import Pod
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.remote import Handle, NoSuchRunError

WORKFLOWS = "workflows"


def fetched(api: Api, run: Handle) -> dict[str, Any]:
    """The Workflow of a run.

    Raises:
        NoSuchRunError: it is gone, or another one has its name now.
    """
    try:
        found = api.answer(Asked(f"look at the run {run.name}", _path(run)))
    except ApiError as error:
        if error.absent:
            raise _gone(api, run) from None
        raise
    return _same(api, run, found)


def listed(api: Api, run: Handle) -> tuple[dict[str, Any], str]:
    """The Workflow of a run, and the version of the cluster from which it can be watched.

    Raises:
        NoSuchRunError: it is gone, or another one has its name now.
    """
    found = api.answer(
        Asked(
            f"look at the run {run.name}",
            path(ARGO, run.namespace, WORKFLOWS),
            query={"fieldSelector": f"metadata.name={run.name}"},
        )
    )
    items = found.get("items") or []
    if not items:
        raise _gone(api, run)
    version = str((found.get("metadata") or {}).get("resourceVersion") or "")
    return _same(api, run, items[0]), version


def changed(api: Api, run: Handle, what: str, change: Mapping[str, Any]) -> dict[str, Any]:
    """The Workflow of a run after a change, which is merged into it."""
    return api.answer(Asked(what, _path(run), "PATCH", body=change))


def pods_of(api: Api, run: Handle) -> list[Pod]:
    """The pods of a run that there are still."""
    found = api.answer(
        Asked(
            f"look at the pods of the run {run.name}",
            path(CORE, run.namespace, "pods"),
            query={"labelSelector": f"{pods.RUN}={run.name}"},
        )
    )
    return list(found.get("items") or [])


def pod(api: Api, run: Handle, name: str) -> Pod | None:
    """A pod of a run; None where it is gone."""
    try:
        return api.answer(Asked(f"look at the pod {name}", path(CORE, run.namespace, "pods", name)))
    except ApiError as error:
        if error.code == 404:
            return None
        raise


def events_of(api: Api, run: Handle, pod: str) -> list[Mapping[str, Any]]:
    """The warnings of a pod, in the order in which they came last."""
    found = api.answer(
        Asked(
            f"look at the events of the pod {pod}",
            path(CORE, run.namespace, "events"),
            query={"fieldSelector": f"involvedObject.name={pod},type=Warning"},
        )
    )
    items = found.get("items") or []
    return sorted(
        items, key=lambda each: str(each.get("lastTimestamp") or each.get("eventTime") or "")
    )


def without_pod(api: Api, run: Handle, name: str) -> None:
    """Remove a pod, where it is there."""
    asked = Asked(f"remove the pod {name}", path(CORE, run.namespace, "pods", name), "DELETE")
    try:
        api.answer(asked)
    except ApiError as error:
        if error.code != 404:
            raise


def uid(workflow: Mapping[str, Any]) -> str:
    """What tells a Workflow from a later one of the same name."""
    return str((workflow.get("metadata") or {}).get("uid") or "")


def _path(run: Handle) -> str:
    return path(ARGO, run.namespace, WORKFLOWS, run.name)


def _same(api: Api, run: Handle, workflow: dict[str, Any]) -> dict[str, Any]:
    if run.id and uid(workflow) != run.id:
        raise _gone(api, run)
    return workflow


def _gone(api: Api, run: Handle) -> NoSuchRunError:
    return NoSuchRunError(
        f"the run {run.name} is not (or no more) in the namespace {run.namespace} of "
        f"{api.connection.host}: it was removed there, by somebody or because its time to live was over, "
        "or the profile leads to another cluster"
    )
