"""Requests to the API and their answers.

They go by ``requests``, which the SDK brings, and not by the SDK's own client: that one has no timeouts of
its own, follows redirects into login pages and takes those for answers, and fails on fields that it does
not know. Paths and fields are those of backend/api/v2beta1 in kubeflow/pipelines.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import urllib3

from nbflow import __version__
from nbflow.engines import retry_after
from nbflow.engines.kfp import failures, troubles
from nbflow.engines.kfp.access import Access
from nbflow.engines.kfp.patience import Patience, pause
from nbflow.engines.kfp.troubles import TroubleError

API: Final = "/apis/v2beta1"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: ``path`` under the address, ``body`` as JSON or ``file`` (name, bytes) as a form."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    file: tuple[str, bytes] | None = None


class Wire:
    """Sends requests, signed in; troubles come as ``TroubleError``."""

    def __init__(self, access: Access, profile: str, patience: Patience) -> None:
        self.access, self._profile, self.patience = access, profile, patience
        if access.verify is False:  # its user has said so
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The JSON at a path; asked for again where that may help."""
        return self.repeated(lambda: self.once(Ask("GET", path, query or {})))

    def once(self, ask: Ask) -> Any:
        """The JSON that one request is answered with."""
        body, kind = self._send(ask)
        if not body.strip():
            return {}
        try:
            return json.loads(body)
        except ValueError:
            pass
        if troubles.is_page(body, kind):
            raise self._login("sends a page for browsers instead of an answer, to sign in perhaps")
        raise TroubleError(
            f"what answers at {self.access.host} is not the API of Kubeflow Pipelines: it sends"
            f" {kind or 'no JSON'}; check `host` of the profile `{self._profile}`, which in a full Kubeflow"
            " ends in /pipeline",
            passing=True,
            unsure=True,
        )

    def text(self, ask: Ask) -> str:
        """The text that one request is answered with; a page for browsers is a trouble of status 404."""
        body, kind = self._send(ask)
        if "html" in kind.lower():
            raise TroubleError(f"{self.access.host} serves a page at {ask.path}", status=404)
        return body.decode("utf-8", "replace")

    def repeated(self, send: Callable[[], Any], *, sure: bool = True) -> Any:
        """What ``send`` returns; troubles that pass are waited for, those of no connection are not.

        With ``sure`` false it is not sent again where the server may have done what it was asked.
        """
        end = time.monotonic() + self.patience.repeat
        for wait in self.patience.waits():
            try:
                return send()
            except TroubleError as trouble:
                before = pause(wait, trouble.after)
                heard = trouble.unsure or trouble.status
                again = trouble.passing and heard and (sure or not trouble.unsure)
                if not again or time.monotonic() + before > end:
                    raise
                self.patience.sleep(before)
        raise AssertionError("waits have no end")

    # One request

    def _send(self, ask: Ask) -> tuple[bytes, str]:
        try:
            return self._answer(ask)
        except TroubleError as trouble:
            if not trouble.signed_out or not self.access.sign_in.again():
                raise
        return self._answer(ask)

    def _answer(self, ask: Ask) -> tuple[bytes, str]:
        access, patience = self.access, self.patience
        headers = {"Accept": "application/json, text/plain", "User-Agent": f"nbflow/{__version__}"}
        headers.update(access.sign_in.headers())
        try:
            with self._session.request(
                ask.method,
                access.host + ask.path,
                params=dict(ask.query),
                json=ask.body,
                files={"uploadfile": ask.file} if ask.file else None,
                headers=headers,
                timeout=(patience.connect, patience.silence),
                allow_redirects=False,
                verify=access.verify,
                cert=access.cert,
                auth=failures.no_auth,
                stream=True,
            ) as response:
                body = self._body(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise failures.trouble(error, access.host, self._profile, patience) from None
        kind = str(response.headers.get("content-type", ""))
        self._check(response, body, kind)
        return body, kind

    def _body(self, response: Any) -> bytes:
        end = time.monotonic() + self.patience.whole
        parts = []
        # Piece by piece as they come: iter_content waits until a piece is full.
        while part := response.raw.read1(1 << 16, decode_content=True):
            parts.append(part)
            if time.monotonic() > end:
                raise failures.slow(self.access.host, self.patience.whole)
        return b"".join(parts)

    def _check(self, response: Any, body: bytes, kind: str) -> None:
        status = int(response.status_code)
        if status < 300:
            return
        if status < 400:
            raise self._led_away(str(response.headers.get("location", "")))
        if status in (401, 403) and troubles.is_page(body, kind):
            raise self._login()
        after = retry_after.seconds(response.headers.get("retry-after"))
        said = troubles.said(body, kind)
        raise troubles.answered(status, said, self.access.host, self.access.sign_in, after)

    def _led_away(self, location: str) -> TroubleError:
        own, to = urlsplit(self.access.host), urlsplit(location)
        if (own.scheme, to.scheme) == ("http", "https") and own.hostname == to.hostname:
            return TroubleError(
                f"{self.access.host} wants TLS: set `host` of the profile `{self._profile}` to https://"
            )
        return self._login()

    def _login(self, does: str = "asks for a sign-in instead of an answer") -> TroubleError:
        return TroubleError(
            f"{self.access.host} {does}: {self.access.sign_in.words()}. In a full Kubeflow the address ends"
            " in /pipeline",
            status=401,
            signed_out=True,
        )
