"""What answers at an address: whether it is Kubeflow Pipelines v2, and which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbflow.engines.kfp.troubles import TroubleError
from nbflow.engines.kfp.wire import API, Ask, Wire
from nbflow.errors import EngineError


@dataclass(frozen=True, slots=True)
class Server:
    """A server: its version, "" where it does not tell, and whether it has a namespace for each user.

    That is None where it does not tell.
    """

    version: str = ""
    multi_user: bool | None = None


def server(wire: Wire, *, patient: bool = True) -> Server:
    """What answers (backend/api/v2beta1/healthz.proto; the UI has names of its own for the same).

    Raises:
        EngineError: it is something else, or older than the API that is spoken here.
    """
    ask: Callable[[str], Any] = wire.get if patient else lambda path: wire.once(Ask("GET", path))
    try:
        told = ask(f"{API}/healthz")
    except TroubleError as trouble:
        if trouble.status != 404:
            raise
        raise _other(wire) from None
    multi_user = told.get("multi_user", told.get("apiServerMultiUser"))
    return Server(_version(told) or _version(_old(wire)), multi_user)


def _other(wire: Wire) -> EngineError:
    version = _version(_old(wire))
    if version:
        return EngineError(
            f"{wire.access.host} is Kubeflow Pipelines {version}, which has no API v2beta1: it needs 2.0 or"
            " newer"
        )
    return EngineError(
        f"{wire.access.host} is not Kubeflow Pipelines 2 (it has no {API}); in a full Kubeflow the address"
        " ends in /pipeline"
    )


def _old(wire: Wire) -> Any:
    """What the older API tells, which has the version; nothing where it does not answer."""
    try:
        return wire.once(Ask("GET", "/apis/v1beta1/healthz"))
    except TroubleError:
        return {}


def _version(told: Any) -> str:
    return (
        str(told.get("tag_name") or told.get("apiServerTagName") or "")
        if isinstance(told, dict)
        else ""
    )
