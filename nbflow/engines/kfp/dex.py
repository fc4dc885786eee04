"""Signing in by Dex, as a browser does: its form is filled in, and the cookie that comes of it kept.

The way there is that of the manifests of Kubeflow. With oauth2-proxy (since 1.9) the address answers
with a page of status 403, or leads on by ``/oauth2/start``; with the older oidc-authservice it leads to
Dex at once. Dex shows its form, of one connector or after a choice, and leads back by
``/oauth2/callback`` or ``/login/oidc``, which set the cookie. See "Connect the SDK to the API" at
https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/connect-api/ and
https://dexidp.io/docs/connectors/local/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import requests

from nbflow.engines.kfp import failures
from nbflow.engines.kfp.patience import Patience
from nbflow.engines.kfp.troubles import TroubleError
from nbflow.profiles import Secret

#: Asked for as browsers do: the proxies answer programs with a bare 401.
_BROWSER: Final = {"Accept": "text/html,*/*;q=0.8"}


class Dex:
    """A sign-in with a username and a password."""

    def __init__(
        self,
        profile: str,
        host: str,
        username: str,
        password: Secret,
        verify: bool | str,
        patience: Patience,
    ) -> None:
        self._profile, self._host, self._username = profile, host, username
        self._password, self._verify, self._patience = password, verify, patience
        self._cookies: str | None = None

    def __repr__(self) -> str:
        return f"Dex({self._username!r}, {self._password})"

    def headers(self) -> Mapping[str, str]:
        """The cookie of the session, after a sign-in where there is none yet."""
        if self._cookies is None:
            self._cookies = self._signed_in()
        return {"Cookie": self._cookies} if self._cookies else {}

    def again(self) -> bool:
        """The session has ended: the next request signs in anew."""
        self._cookies = None
        return True

    def used(self) -> str:
        """As ``SignIn``."""
        return f"`{self._username}` of the profile `{self._profile}`, by Dex"

    def words(self) -> str:
        """As ``SignIn``."""
        return f"{self.used()}, was used; look whether it may use this in the browser"

    # One page after the other

    def _signed_in(self) -> str:
        with requests.Session() as session:
            form = self._form(session)
            if form is None:  # nobody asks for a sign-in here
                return ""
            after = self._send(
                session,
                "POST",
                form,
                data={"login": self._username, "password": self._password.read()},
            )
            if after.status_code >= 429:
                raise self._lost(after)
            if not after.history:
                raise TroubleError(
                    f"Dex does not accept `{self._username}` and the password of the profile"
                    f" `{self._profile}` ({self._password}); try them in the browser at {self._host}",
                    status=401,
                )
            if urlsplit(after.url).path.endswith("/approval"):
                self._send(session, "POST", after.url, data={"approval": "approve"})
            return self._kept(session)

    def _form(self, session: Any) -> str | None:
        """The address of the form, None where nothing but the API itself answers."""
        answer = self._send(session, "GET", f"{self._host}/")
        if answer.status_code in (401, 403):
            parts = urlsplit(answer.url)
            start = parts._replace(path="/oauth2/start", query=urlencode({"rd": parts.path}))
            answer = self._send(session, "GET", start.geturl())
        if not answer.history:
            if answer.status_code < 400:
                return None
            raise self._lost(answer)
        parts = urlsplit(answer.url)
        if re.search(r"/auth/?$", parts.path):
            path = f"{parts.path.rstrip('/')}/{_connector(answer.text)}"
            answer = self._send(session, "GET", parts._replace(path=path).geturl())
        if answer.status_code != 200 or "password" not in answer.text.lower():
            raise self._lost(answer)
        return str(answer.url)

    def _kept(self, session: Any) -> str:
        own = urlsplit(self._host).hostname or ""
        kept = [
            f"{cookie.name}={cookie.value}"
            for cookie in session.cookies
            if belongs(own, cookie.domain)
        ]
        if not kept:
            raise TroubleError(
                f"Dex has accepted `{self._username}`, but {self._host} has set no cookie; look whether the"
                " address in the profile is the one that one uses in the browser"
            )
        return "; ".join(kept)

    def _lost(self, answer: Any) -> TroubleError:
        where = urlsplit(answer.url)
        return TroubleError(
            f"the way from {self._host} does not lead to the form of Dex: it ends at"
            f" {where.scheme}://{where.netloc}{where.path} (status {answer.status_code}); use `auth = cookie`"
            " or a token where another sign-in is asked for",
            passing=answer.status_code >= 429,
        )

    def _send(self, session: Any, method: str, url: str, **more: Any) -> Any:
        patience = self._patience
        try:
            return session.request(
                method,
                url,
                headers=_BROWSER,
                timeout=(patience.connect, patience.silence),
                verify=self._verify,
                auth=failures.no_auth,
                **more,
            )
        except requests.RequestException as error:
            where = urlsplit(url)
            raise failures.trouble(
                error, f"{where.scheme}://{where.netloc}", self._profile, patience
            ) from None


def belongs(host: str, domain: str) -> bool:
    """Whether a host is one that a cookie of a domain is for.

    ``http.cookiejar`` keeps cookies of a host without a dot, such as localhost, as those of localhost.local.
    """
    plain = domain.lstrip(".")
    return not plain or plain in (host, f"{host}.local") or host.endswith(f".{plain}")


def _connector(page: str) -> str:
    """The way to sign in that takes a password, of those that a page of Dex offers."""
    offered = re.findall(r"/auth/([\w.-]+)\?", page)
    return next((each for each in ("local", "ldap") if each in offered), (offered or ["local"])[0])
