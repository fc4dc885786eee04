"""The SDK's own configuration as a sign-in: its environment variables, its context, the kubeconfig.

``kfp.Client`` is only asked for its settings, and sends nothing. As a client it is not used: it prints or
shows HTML, warns, waits without an end, follows redirects into login pages, and takes a state that a newer
server has for an error.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import warnings
from collections.abc import Mapping
from typing import Any

from nbflow.errors import EngineError, ProfileError
from nbflow.profiles import KfpProfile


class Settings:
    """What the SDK is set up for; a sign-in with its headers."""

    def __init__(self, profile: str, client: Any) -> None:
        self._profile = profile
        self._api = client._run_api.api_client
        config = self._api.configuration
        self.host = str(config.host or "")
        self.verify: bool | str = config.ssl_ca_cert or True if config.verify_ssl else False
        own = (config.cert_file, config.key_file)
        self.cert: tuple[str, str] | None = own if all(own) else None
        self.namespace = str(client.get_user_namespace() or "")

    def __repr__(self) -> str:
        return f"Settings({self.host!r})"

    def headers(self) -> Mapping[str, str]:
        """The headers that the SDK would send; its hooks renew tokens."""
        found: dict[str, str] = {}
        self._api.update_params_for_auth(found, [], ["Bearer"])
        found.update(
            {name: str(value) for name, value in self._api.default_headers.items() if value}
        )
        if self._api.cookie:
            found["Cookie"] = str(self._api.cookie)
        found.pop("User-Agent", None)
        return {name[:1].upper() + name[1:]: value for name, value in found.items()}

    def again(self) -> bool:
        """Its hooks have done what they can."""
        return False

    def used(self) -> str:
        """As ``SignIn``."""
        return "the SDK's own configuration"

    def words(self) -> str:
        """As ``SignIn``."""
        return (
            f"the profile `{self._profile}` uses the SDK's own configuration; look at ~/.config/kfp, the"
            " variables KF_PIPELINES_* and the kubeconfig"
        )


def settings(profile: KfpProfile) -> Settings:
    """What the SDK is set up for on this machine.

    Raises:
        EngineError: the SDK cannot be set up.
        ProfileError: it knows no address.
    """
    kfp = importlib.import_module("kfp")
    # Without a namespace in its context the client would ask the server for one, again and again.
    quiet = type("Quiet", (kfp.Client,), {"get_kfp_healthz": lambda _self, **_more: _Alone()})
    said = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(said):
            warnings.simplefilter("ignore")
            client = quiet(
                host=profile.host or None,
                ssl_ca_cert=os.path.expanduser(profile.ca) if profile.ca else None,
                verify_ssl=None if profile.verify_tls else False,
            )
    except Exception as error:
        raise EngineError(
            f"the SDK of Kubeflow Pipelines cannot be set up for the profile `{profile.name}`:"
            f" {type(error).__name__}; look at ~/.config/kfp/context.json and the kubeconfig"
        ) from None
    found = Settings(profile.name, client)
    if said.getvalue() or found.host in ("", "http://localhost"):
        raise ProfileError(
            f"the SDK knows no Kubeflow Pipelines for the profile `{profile.name}`: set its `host`, or"
            " KF_PIPELINES_ENDPOINT, or a kubeconfig"
        )
    found.namespace = profile.namespace or found.namespace
    return found


class _Alone:
    multi_user = False
