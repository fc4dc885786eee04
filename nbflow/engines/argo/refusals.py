"""Sentences for what the Kubernetes API refuses.

A refusal is an object of kind Status: a message, a reason, and details with causes. Source:
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from nbflow.engines import retry_after
from nbflow.engines.argo.asked import ARGO, Asked
from nbflow.engines.argo.connection import Connection
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.hiding import hidden

_FORBIDDEN: Final = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\w+) resource "(?P<kind>[^"]+)" in API group '
    r'"(?P<group>[^"]*)"(?: in the namespace "(?P<namespace>[^"]*)")?'
)
_WEBHOOK: Final = re.compile(
    r'admission webhook "(?P<name>[^"]+)" denied the request:? ?(?P<why>.*)'
)
_QUOTA: Final = re.compile(r"exceeded quota: (?P<quota>[^,]+), (?P<numbers>.*)")
_PASSING: Final = frozenset({429, 500, 502, 503, 504})


def refusal(
    asked: Asked, connection: Connection, code: int, headers: Mapping[str, str], body: bytes
) -> ApiError:
    """A refusal as an exception."""
    status = _status(body)
    said = hidden(str(status.get("message") or "") or body.decode("utf-8", "replace"))
    if not status and "<" in said:
        said = ""  # a page for browsers
    # etcd says so of what is more than 1.5 MB, with the code 500.
    large = "request is too large" in said
    passing = code in _PASSING and not large
    return ApiError(
        f"cannot {asked.what}: {_sentence(asked, connection, code, headers, status, said)}",
        code=code,
        reason=str(status.get("reason") or ""),
        message=said,
        absent=str(_details(status).get("name") or "") if code == 404 else "",
        passing=passing,
        wait=_wait(headers, status),
    )


def strange(asked: Asked, connection: Connection) -> ApiError:
    """What has answered is no Kubernetes API."""
    return ApiError(
        f"cannot {asked.what}: {connection.host} answers, but not as a Kubernetes API does: see that "
        f"the address is right, which {connection.source} gives; a proxy may ask for a sign-in there"
    )


def of_event(asked: Asked, connection: Connection, event: Mapping[str, Any]) -> ApiError:
    """The object of an ERROR event as an exception."""
    code = event.get("code")
    body = json.dumps(event).encode()
    return refusal(asked, connection, code if isinstance(code, int) else 500, {}, body)


def _sentence(
    asked: Asked,
    connection: Connection,
    code: int,
    headers: Mapping[str, str],
    status: Mapping[str, Any],
    said: str,
) -> str:
    if code == 403:
        return _rule(said) or _forbidden(said, connection)
    if code == 404:
        return _missing(asked, status, said, connection)
    if 300 <= code <= 399:
        place = headers.get("Location", "another page").partition("?")[0]
        return (
            f"{connection.host} leads to {place}, where one signs in with a browser: give the address of "
            "the Kubernetes API itself"
        )
    return _rule(said) or _other(code, status, said, connection)


def _rule(said: str) -> str:
    """What a rule of the cluster forbids, whatever the code; "" where it is none."""
    webhook, quota = _WEBHOOK.search(said), _QUOTA.search(said)
    if webhook:
        return (
            f"a rule of the cluster ({webhook['name']}) forbids it: {webhook['why'] or 'no reason'}"
        )
    if quota:
        return (
            f"the quota {quota['quota']} of the namespace is used up ({quota['numbers']}): wait for "
            "other runs to end, or ask for more"
        )
    if "request is too large" in said:
        return f"the manifest is too large for this cluster ({said})"
    return ""


def _other(code: int, status: Mapping[str, Any], said: str, connection: Connection) -> str:
    host = connection.host
    if code == 400 and "HTTP request to an HTTPS server" in said:
        return f"{host} speaks TLS: write its address with https://"
    if code >= 500:
        return (
            f"{host} has trouble of its own ({code}{f': {said}' if said else ''}): try again later"
        )
    known = {
        400: f"the cluster finds it invalid: {_causes(status) or said}",
        401: (
            f"{host} does not accept the sign-in of {connection.source}; the token has run out or is "
            f"none: {connection.renewal}"
        ),
        409: f"somebody else has changed it meanwhile ({said}): try again",
        410: "the version that is asked for is no longer kept: try again",
        413: f"the manifest is too large for this cluster ({said or 'no more is said'})",
        422: f"the cluster finds it invalid: {_causes(status) or said}",
        429: f"{host} has too much to do and asks to come back later: try again in a minute",
    }
    return known.get(code, f"{host} answers {code}: {said or 'without a reason'}")


def _forbidden(said: str, connection: Connection) -> str:
    found = _FORBIDDEN.search(said)
    if found is None:
        return f"it is forbidden for the sign-in of {connection.source}: {said or 'no reason is given'}"
    kind = f"{found['kind']}.{found['group']}" if found["group"] else found["kind"]
    where = f" in the namespace {found['namespace']}" if found["namespace"] else ""
    user = found["user"]
    if user == "system:anonymous":
        return (
            f"{connection.source} does not sign in, and nobody may do that unknown: give it a token"
        )
    return (
        f"{user} may not {found['verb']} {kind}{where}: ask for a role with that right "
        "(docs: Argo Workflows, Rights)"
    )


def _missing(asked: Asked, status: Mapping[str, Any], said: str, connection: Connection) -> str:
    details = _details(status)
    if details.get("kind") == "namespaces":
        return f"the namespace {details.get('name')} is not there: see the profile's `namespace`"
    if details.get("name"):
        return (
            f"there is no {details.get('kind', 'object')} {details['name']} ({connection.source})"
        )
    if asked.path.startswith(ARGO):
        return (
            f"the cluster at {connection.host} knows no workflows (argoproj.io/v1alpha1): Argo "
            "Workflows is not installed there, or the address leads to another cluster"
        )
    return f"{connection.host} does not know {asked.path}: {said or 'no more is said'}"


def _causes(status: Mapping[str, Any]) -> str:
    causes = _details(status).get("causes")
    told = [
        f"{each.get('field') or 'it'}: {each.get('message') or each.get('reason')}"
        for each in causes or ()
        if isinstance(each, Mapping)
    ]
    return hidden("; ".join(told))


def _status(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.get("kind") == "Status" else {}


def _details(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = status.get("details")
    return found if isinstance(found, Mapping) else {}


def _wait(headers: Mapping[str, str], status: Mapping[str, Any]) -> float:
    """How long the server asks to wait: in a header, or as Kubernetes has it in the refusal itself."""
    asked = retry_after.seconds(headers.get("Retry-After"))
    if asked is None:
        asked = retry_after.seconds(_details(status).get("retryAfterSeconds"))
    return asked or 0.0
