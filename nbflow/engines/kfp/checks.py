"""What a user needs for runs on a Kubeflow Pipelines, tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.engines.kfp.server import server
from nbflow.engines.kfp.wire import API, Ask, Wire
from nbflow.engines.remote import Checked
from nbflow.errors import EngineError, ProfileError


def checked(wire: Wire) -> Iterator[Checked]:
    """What was found: up to the first thing that is wrong, as all others follow from it."""
    access = wire.access
    try:
        found = server(wire, patient=False)
    except (EngineError, ProfileError) as error:
        yield Checked("sign-in" if _by_sign_in(error) else "address", False, str(error))
        return
    version = f"Kubeflow Pipelines {found.version}".strip()
    yield Checked("address", True, f"{version} at {access.host}")
    if found.multi_user and not access.namespace:
        yield Checked(
            "namespace",
            False,
            "there is one for each user: name yours with `namespace` in the profile",
        )
        return
    namespace = "" if found.multi_user is False else access.namespace
    query = {"page_size": "1", **({"namespace": namespace} if namespace else {})}
    where = f"the namespace {namespace}" if namespace else "the one namespace that all share"
    for what, path in ((f"runs in {where}", "runs"), (f"experiments in {where}", "experiments")):
        try:
            wire.once(Ask("GET", f"{API}/{path}", query))
        except (EngineError, ProfileError) as error:
            yield Checked("sign-in" if _by_sign_in(error) else what, False, str(error))
            return
        if path == "runs":
            yield Checked("sign-in", True, access.sign_in.used())
        yield Checked(what, True, "can be read")


def _by_sign_in(error: Exception) -> bool:
    """Whether it is the sign-in that does not go well: a secret that is missing, or one refused."""
    return isinstance(error, ProfileError) or getattr(error, "status", 0) == 401
