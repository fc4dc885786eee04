"""What breaks below HTTP (no connection, no trust, no answer), as trouble in a sentence."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from nbflow.engines.kfp.patience import Patience
from nbflow.engines.kfp.troubles import TroubleError


def no_auth(request: Any) -> Any:
    """A request as it is: without this, a .netrc on this machine would override the sign-in."""
    return request


def trouble(error: Exception, host: str, profile: str, patience: Patience) -> TroubleError:  # noqa: PLR0911
    """What an exception of requests or urllib3 means; its own text may hold addresses, and is left out."""
    look = f"check `host` of the profile `{profile}`"
    if isinstance(error, requests.exceptions.SSLError):
        return TroubleError(
            f"the certificate of {host} is not trusted ({_reason(error)}); name the file of its authority"
            f" with `ca` in the profile `{profile}`, or set `verify_tls = false` where the network is safe"
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return TroubleError(
            f"the proxy on the way to {host} does not answer; look at HTTPS_PROXY and NO_PROXY",
            passing=True,
        )
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return TroubleError(
            f"{host} cannot be reached within {patience.connect:g} s; {look}, and the network (VPN)",
            passing=True,
        )
    if isinstance(error, (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError)):
        return slow(host, patience.silence)
    if _caused_by(error, urllib3.exceptions.NameResolutionError):
        name = urlsplit(host).hostname
        return TroubleError(
            f"the name {name} is not known to the network; {look}, and the network (VPN)",
            passing=True,
        )
    if _caused_by(error, ConnectionRefusedError):
        return TroubleError(
            f"nothing answers at {host}: the connection is refused; {look}, and that the gateway or the"
            " port-forward is up",
            passing=True,
        )
    if _caused_by(error, urllib3.exceptions.NewConnectionError):
        return TroubleError(f"there is no way to {host}; {look}, and the network", passing=True)
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return TroubleError(f"{host} leads from one page to the next without an end; {look}")
    if isinstance(
        error,
        (
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            urllib3.exceptions.HTTPError,
        ),
    ):
        return TroubleError(
            f"{host} has broken the connection off before its answer was whole; try again",
            passing=True,
            unsure=True,
        )
    if isinstance(error, OSError) and "CA certificate bundle" in str(error):
        return TroubleError(f"the file that `ca` of the profile `{profile}` names is not there")
    return TroubleError(
        f"{host} cannot be asked ({type(error).__name__}); {look}", passing=True, unsure=True
    )


def slow(host: str, seconds: float) -> TroubleError:
    """An answer that took too long."""
    return TroubleError(
        f"{host} has not answered within {seconds:g} s; try again later", passing=True, unsure=True
    )


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an exception of a kind is behind another one, by causes or as its reason."""
    seen: set[int] = set()
    found: list[Any] = [error]
    while found:
        one = found.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if isinstance(one, kind):
            return True
        seen.add(id(one))
        found.extend((one.__cause__, one.__context__, getattr(one, "reason", None), *one.args))
    return False


def _reason(error: Exception) -> str:
    text = str(error)
    for sign, meaning in (
        ("self-signed", "it is signed by itself"),
        ("self signed", "it is signed by itself"),
        ("expired", "it has expired"),
        ("match", "it is that of another host"),
        ("local issuer", "its authority is not known here"),
        ("WRONG_VERSION", "there is no TLS: use http://"),
    ):
        if sign in text:
            return meaning
    return "TLS failed"
