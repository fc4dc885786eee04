"""Ways to sign in: the headers of a request, read anew where what they are made of may have changed.

No object here holds a secret in a field that is shown.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from nbflow.errors import ProfileError
from nbflow.profiles import KfpProfile, Secret

#: As the SDK has it: kfp/client/__init__.py.
TOKEN_PATH_VARIABLE: Final = "KF_PIPELINES_SA_TOKEN_PATH"
TOKEN_PATH: Final = "/var/run/secrets/kubeflow/pipelines/token"


class SignIn(Protocol):
    """One way to sign in."""

    def headers(self) -> Mapping[str, str]:
        """The headers that a request is signed with."""

    def again(self) -> bool:
        """Make ready to sign in anew after the server wanted that; False where that is no use."""

    def used(self) -> str:
        """Which sign-in is used; nothing secret."""

    def words(self) -> str:
        """The same, and what to do where it is refused."""


class Nobody:
    """No sign-in."""

    def __init__(self, profile: str) -> None:
        self._profile = profile

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}

    def again(self) -> bool:
        """There is nothing to do anew."""
        return False

    def used(self) -> str:
        """As ``SignIn``."""
        return "no sign-in"

    def words(self) -> str:
        """As ``SignIn``."""
        return (
            f"the profile `{self._profile}` signs in nowhere; set its `auth` to"
            " service-account, bearer, cookie or dex"
        )


class Token:
    """A token: the one that a secret holds, or the one in the file of a service account."""

    def __init__(self, profile: str, secret: Secret, *, service_account: bool = False) -> None:
        self._profile, self._secret = profile, secret
        self._service_account = service_account
        self._known = ""

    def __repr__(self) -> str:
        return f"Token({self._secret})"

    def headers(self) -> Mapping[str, str]:
        """The token; that in a file is read anew each time, since it is renewed there."""
        if not self._known or self._secret.kind == "file":
            self._known = self._secret.read().strip().removeprefix("Bearer ")
        return {"Authorization": f"Bearer {self._known}"}

    def again(self) -> bool:
        """Whether another token is there by now."""
        before = self._known
        self._known = ""
        self.headers()
        return self._known != before

    def used(self) -> str:
        """As ``SignIn``."""
        kind = "token of a service account" if self._service_account else "bearer token"
        return f"the {kind} of the profile `{self._profile}` ({self._secret})"

    def words(self) -> str:
        """As ``SignIn``."""
        where = self.used()
        ended = _ended(self._known)
        if ended:
            return f"{where} has expired at {ended}; put a new one there"
        if self._service_account:
            return (
                f"{where} was used; it needs the audience pipelines.kubeflow.org, and a role binding"
                " in the namespace"
            )
        return f"{where} was used; put a new one there where it is not valid any more"


class Cookie:
    """A cookie as the browser has it after a sign-in there."""

    def __init__(self, profile: str, secret: Secret) -> None:
        self._profile, self._secret = profile, secret

    def __repr__(self) -> str:
        return f"Cookie({self._secret})"

    def headers(self) -> Mapping[str, str]:
        """The cookie, read anew each time."""
        text = self._secret.read().strip().removeprefix("Cookie:").strip()
        if "=" not in text:
            raise ProfileError(f"the cookie in {self._secret} is not of the form NAME=VALUE")
        return {"Cookie": text}

    def again(self) -> bool:
        """It is only renewed by its user."""
        return False

    def used(self) -> str:
        """As ``SignIn``."""
        return f"the cookie of the profile `{self._profile}` ({self._secret})"

    def words(self) -> str:
        """As ``SignIn``."""
        return (
            f"{self.used()} was used; sign in with a"
            " browser and copy it anew (oauth2_proxy_kubeflow, or authservice_session)"
        )


def token(profile: KfpProfile) -> Token:
    """The sign-in with a token that a profile asks for."""
    if profile.auth == "service-account":
        default = Secret("file", os.environ.get(TOKEN_PATH_VARIABLE) or TOKEN_PATH)
        secret = profile.token or default
        if secret is default and not Path(default.place).is_file():
            raise ProfileError(
                f"there is no token of a service account at {default.place}: outside of a pod of the"
                f" cluster name one with `token` in the profile `{profile.name}`, inside let the pod mount"
                f" it (audience pipelines.kubeflow.org), or set {TOKEN_PATH_VARIABLE}"
            )
        return Token(profile.name, secret, service_account=True)
    return Token(profile.name, wanted(profile.token, profile, "token"))


def wanted(secret: Secret | None, profile: KfpProfile, name: str) -> Secret:
    """A secret that a way to sign in needs.

    Raises:
        ProfileError: the profile has none.
    """
    if secret is None:
        raise ProfileError(
            f"the profile `{profile.name}` signs in by {profile.auth}, which needs `{name}`"
        )
    return secret


def _ended(text: str) -> str:
    """When a token of the form JWT has expired, "" where it has not or where that is not known."""
    parts = text.split(".")
    if len(parts) != 3:
        return ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        end = float(claims["exp"])
    except (ValueError, KeyError, TypeError, binascii.Error):
        return ""
    if end > time.time():
        return ""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(end))
