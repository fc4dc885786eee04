"""What runs on a cluster need of it, tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from nbflow.engines.argo.api import Api
from nbflow.engines.argo.asked import ARGO, CORE, Asked, path
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.hiding import hidden
from nbflow.engines.remote import Checked
from nbflow.errors import NbflowError

_REVIEWS: Final = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
#: What is done, and the right for it: group, resource with a part, verb.
RIGHTS: Final = (
    ("submit", "argoproj.io", "workflows", "create"),
    ("look at runs", "argoproj.io", "workflows", "get"),
    ("list runs", "argoproj.io", "workflows", "list"),
    ("watch runs", "argoproj.io", "workflows", "watch"),
    ("cancel and retry", "argoproj.io", "workflows", "patch"),
    ("see why tasks wait", "", "pods", "list"),
    ("see why volumes are missing", "", "events", "list"),
    ("look at pods", "", "pods", "get"),
    ("read logs", "", "pods/log", "get"),
    ("retry", "", "pods", "delete"),
)
_REPOSITORIES: Final = "artifact-repositories"
_CONTROLLER: Final = "workflow-controller-configmap"
#: Where Argo is mostly installed.
_HOMES: Final = ("argo", "kubeflow")


def checks(api: Api) -> Iterator[Checked]:
    """Each thing, up to the first without which the others mean nothing."""
    try:
        host, namespace = api.connection.host, api.connection.namespace
    except NbflowError as error:
        yield Checked("connection", False, str(error))
        return
    yield Checked("connection", True, f"{host}, of {api.connection.source}")
    for check in (_address, _argo):
        found = check(api)
        yield found
        if not found.good:
            return
    yield from _rights(api, namespace)
    yield _repository(api, namespace)


def _address(api: Api) -> Checked:
    """Whether a Kubernetes API answers that accepts the sign-in."""
    try:
        version = api.answer(Asked("ask for the version of Kubernetes", "/version"))
    except NbflowError as error:
        return Checked("sign-in", False, str(error))
    return Checked(
        "sign-in", True, f"Kubernetes {version.get('gitVersion', 'of an unknown version')}"
    )


def _argo(api: Api) -> Checked:
    what = "Argo Workflows"
    try:
        found = api.answer(Asked("ask for the kinds of Argo", ARGO))
    except NbflowError as error:
        return Checked(what, False, str(error))
    kinds = [each.get("name") for each in found.get("resources") or ()]
    if "workflows" not in kinds:
        told = (
            "the cluster has other kinds of argoproj.io, but no workflows: install Argo Workflows"
        )
        return Checked(what, False, told)
    return Checked(
        what, True, f"workflows.argoproj.io {found.get('groupVersion', '').partition('/')[2]}"
    )


def _rights(api: Api, namespace: str) -> Iterator[Checked]:
    for purpose, group, resource, verb in RIGHTS:
        what = f"right to {purpose}"
        try:
            allowed, reason = _allowed(api, namespace, group, resource, verb)
        except NbflowError as error:
            yield Checked(what, False, str(error))
            return
        right = f"{verb} {resource}{f'.{group}' if group else ''}"
        if allowed:
            yield Checked(what, True, right)
        else:
            told = f"{right} is not allowed in the namespace {namespace}{f' ({reason})' if reason else ''}"
            yield Checked(what, False, f"{told}: ask for a role with that right")


def _allowed(api: Api, namespace: str, group: str, resource: str, verb: str) -> tuple[bool, str]:
    name, _, part = resource.partition("/")
    about = {"namespace": namespace, "verb": verb, "group": group, "resource": name}
    if part:
        about["subresource"] = part
    body: dict[str, Any] = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": about},
    }
    found = (
        api.answer(Asked("ask for one's rights", _REVIEWS, "POST", body=body)).get("status") or {}
    )
    reason = hidden(str(found.get("reason") or found.get("evaluationError") or ""))
    return bool(found.get("allowed")), reason


def _repository(api: Api, namespace: str) -> Checked:
    """Whether artifacts have a place, as far as that can be seen."""
    what = "artifact repository"
    if _data(api, namespace, _REPOSITORIES):
        return Checked(what, True, f"config map {_REPOSITORIES} in {namespace}")
    for home in dict.fromkeys((namespace, *_HOMES)):
        found = _data(api, home, _CONTROLLER)
        if found is None:
            continue
        if "artifactRepository" in found or "artifactRepository:" in str(found.get("config", "")):
            return Checked(what, True, f"config map {_CONTROLLER} in {home}")
        told = f"{_CONTROLLER} in {home} names none: steps cannot hand anything on without one"
        return Checked(what, False, told)
    return Checked(what, True, "not to be seen from here; steps fail where there is none")


def _data(api: Api, namespace: str, name: str) -> dict[str, Any] | None:
    """What a config map holds; None where it is not there or may not be read."""
    try:
        found = api.answer(Asked(f"read {name}", path(CORE, namespace, "configmaps", name)))
    except ApiError:
        return None
    return dict(found.get("data") or {})
