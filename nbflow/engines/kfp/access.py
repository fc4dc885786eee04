"""How one gets at a Kubeflow Pipelines: its address, the sign-in, what is trusted."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from nbflow.engines.kfp.dex import Dex
from nbflow.engines.kfp.patience import Patience
from nbflow.engines.kfp.sdk import settings
from nbflow.engines.kfp.signin import Cookie, Nobody, SignIn, token, wanted
from nbflow.errors import ProfileError
from nbflow.profiles import AUTHS, KfpProfile

#: As the SDK has it (kfp/client/client.py), and where its documentation says that pods find it.
HOST_VARIABLE: Final = "KF_PIPELINES_ENDPOINT"
IN_CLUSTER: Final = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
#: The port of the API without the pages and the pods' logs that its UI serves beside it.
_API_PORT: Final = 8888


@dataclass(frozen=True, slots=True)
class Access:
    """An address, without a slash at its end, and what requests to it need.

    ``verify`` is True, False, or a file of certificates to trust; ``cert`` one of our own with its key.
    """

    host: str
    sign_in: SignIn
    verify: bool | str = True
    cert: tuple[str, str] | None = None
    namespace: str = ""

    @property
    def has_pages(self) -> bool:
        """Whether the address is that of the UI, as far as that can be seen."""
        parts = urlsplit(self.host)
        return parts.port != _API_PORT and "/services/ml-pipeline:" not in parts.path

    def page(self, run: str) -> str:
        """The page of a run, as the SDK links it, or ""."""
        return f"{self.host}/#/runs/details/{run}" if self.has_pages else ""


def access(profile: KfpProfile, patience: Patience) -> Access:
    """The access that a profile describes; nothing is sent.

    Raises:
        ProfileError: a setting is missing or not known.
    """
    if profile.auth not in AUTHS:
        raise ProfileError(
            f"`auth` of the profile `{profile.name}` is {profile.auth!r}: one of {', '.join(AUTHS)}"
        )
    if profile.auth == "sdk":
        found = settings(profile)
        made = Access(found.host, found, found.verify, found.cert, found.namespace)
        return replace(made, host=_address(made.host, profile))
    verify: bool | str = (
        os.path.expanduser(profile.ca) if profile.ca and profile.verify_tls else profile.verify_tls
    )
    host = _address(_host(profile), profile)
    return Access(
        host, _sign_in(profile, host, verify, patience), verify, namespace=profile.namespace
    )


def _host(profile: KfpProfile) -> str:
    inside = profile.auth == "service-account"
    return profile.host or os.environ.get(HOST_VARIABLE, "") or (IN_CLUSTER if inside else "")


def _address(host: str, profile: KfpProfile) -> str:
    if not host:
        raise ProfileError(
            f"the profile `{profile.name}` has no `host`: the address of the UI or of the API, such as"
            " https://kubeflow.example.com/pipeline"
        )
    whole = host if "://" in host else f"https://{host}"
    parts = urlsplit(whole)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ProfileError(f"`host` of the profile `{profile.name}` is no address: http(s)://...")
    if parts.username or parts.password:
        raise ProfileError(
            f"`host` of the profile `{profile.name}` holds a sign-in; use `auth` instead"
        )
    # What one copies from the browser: the page stands behind the sign #.
    plain = parts._replace(path=parts.path.removesuffix("/index.html"), query="", fragment="")
    return plain.geturl().rstrip("/").removesuffix("/apis/v2beta1")


def _sign_in(profile: KfpProfile, host: str, verify: bool | str, patience: Patience) -> SignIn:
    match profile.auth:
        case "none":
            return Nobody(profile.name)
        case "cookie":
            return Cookie(profile.name, wanted(profile.cookie, profile, "cookie"))
        case "dex":
            password = wanted(profile.password, profile, "password")
            if not profile.username:
                raise ProfileError(
                    f"the profile `{profile.name}` signs in by dex, which needs `username`"
                )
            return Dex(profile.name, host, profile.username, password, verify, patience)
    return token(profile)
