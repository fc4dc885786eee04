"""What can go wrong with a request, as sentences that say what to do. Nothing secret is ever in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from nbflow.engines.hiding import hidden
from nbflow.engines.kfp.signin import SignIn
from nbflow.errors import EngineError


class TroubleError(EngineError):
    """A request that did not go well.

    ``passing`` says that it may go well when it is repeated, ``after`` how many seconds the server asks
    to wait before that. ``unsure`` says that the server may have done what it was asked. ``status`` is
    that of the answer, 0 where there was none; ``signed_out`` says that the server wants a sign-in.
    """

    def __init__(
        self,
        text: str,
        *,
        passing: bool = False,
        unsure: bool = False,
        after: float | None = None,
        status: int = 0,
        signed_out: bool = False,
    ) -> None:
        super().__init__(text)
        self.passing, self.unsure, self.after = passing, unsure, after
        self.status, self.signed_out = status, signed_out


def answered(  # noqa: PLR0911  a table of statuses
    status: int, said: str, host: str, sign_in: SignIn, after: float | None
) -> TroubleError:
    """The trouble that an answer with a status of 400 or more is; ``said`` is what the server says."""
    told = f": {said}" if said else ""
    match status:
        case 401:
            return TroubleError(
                f"{host} does not accept the sign-in: {sign_in.words()}{told}",
                status=401,
                signed_out=True,
            )
        case 403:
            return TroubleError(
                f"{host} does not allow this, with {sign_in.used()}{told}. Ask for the role kubeflow-edit in"
                " the namespace (one may view with kubeflow-view), or name another namespace",
                status=403,
            )
        case 404:
            return TroubleError(f"{host} does not know what was asked for{told}", status=404)
        case 409:
            return TroubleError(f"{host} has something of this name already{told}", status=409)
        case 410:
            return TroubleError(f"what was asked for is gone from {host}{told}", status=410)
        case 413:
            return TroubleError(
                f"the pipeline is too large for {host}{told}; ship large files by a bucket or a volume",
                status=413,
            )
        case 429:
            return TroubleError(
                f"{host} is asked too often{told}; try again later",
                passing=True,
                after=after,
                status=429,
            )
        case 502 | 503 | 504:
            return TroubleError(
                f"Kubeflow Pipelines is not up behind {host} (status {status}{told}); try again later, or"
                " look at the pods of `ml-pipeline` and of the gateway",
                passing=True,
                unsure=True,
                after=after,
                status=status,
            )
    if status >= 500:
        return TroubleError(
            f"Kubeflow Pipelines at {host} has failed (status {status}{told}); its own log, of the pod"
            " `ml-pipeline`, says more",
            passing=True,
            unsure=True,
            after=after,
            status=status,
        )
    return TroubleError(f"{host} refuses what was sent (status {status}{told})", status=status)


def said(body: bytes, kind: str) -> str:
    """What a server says of an error, in one line, or ""; pages for browsers say nothing.

    The API answers with ``{"error": ..., "code": ..., "message": ...}``, its upload with
    ``{"error_message": ...}``: backend/src/apiserver/server/pipeline_upload_server.go.
    """
    text = body.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except ValueError:
        return "" if is_page(body, kind) else _line(text)
    if not isinstance(found, Mapping):
        return ""
    for name in ("error_message", "message", "error"):
        if isinstance(found.get(name), str) and found[name]:
            return _line(found[name])
    return ""


def is_page(body: bytes, kind: str) -> bool:
    """Whether an answer is a page for browsers."""
    return "html" in kind.lower() or body[:200].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    )


def _line(text: str) -> str:
    return hidden(text.rstrip().rstrip("."), _LONGEST)


_LONGEST: Final = 400
