"""Sentences for requests that were not answered, or not to their end."""

from __future__ import annotations

from nbflow.engines.argo.asked import Asked
from nbflow.engines.argo.connection import Connection
from nbflow.engines.argo.drivers import driver
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.hiding import hidden


def slow(asked: Asked, connection: Connection, seconds: float) -> ApiError:
    """The answer did not come in time."""
    return ApiError(
        f"cannot {asked.what}: {connection.host} did not answer within {seconds:g} seconds; it is "
        "overloaded, or something on the way there swallows what is sent (a proxy, a VPN that is down)",
        passing=True,
    )


def trouble(asked: Asked, connection: Connection, error: Exception) -> ApiError:
    """What a library says went wrong on the way, as a sentence."""
    known = driver("urllib3.exceptions")
    host, head = connection.host, f"cannot {asked.what}"
    told = hidden(str(error))
    if isinstance(error, known.SSLError):
        return ApiError(f"{head}: {_tls(host, told, connection)}")
    if isinstance(error, known.LocationValueError | known.LocationParseError):
        return ApiError(f"{head}: {host} is no address, which {connection.source} gives")
    for kind, sentence in (
        # The first one is a kind of the last one in some versions.
        (known.NewConnectionError, _no_connection(host, told, connection)),
        (known.ProxyError, f"the proxy before {host} does not work: {told}"),
        (
            known.ConnectTimeoutError,
            f"{host} cannot be reached (no answer to the attempt to connect): see that the address is "
            f"right, which {connection.source} gives, and the VPN is up",
        ),
    ):
        if isinstance(error, kind):
            return ApiError(f"{head}: {sentence}", lost=True)
    if isinstance(error, known.TimeoutError | TimeoutError):
        sentence = (
            f"{host} fell silent; it is overloaded, or something on the way there swallows what is sent "
            "(a proxy, a VPN that is down)"
        )
    else:
        sentence = f"the connection to {host} broke off before the answer was whole"
    return ApiError(f"{head}: {sentence}", passing=True)


def _tls(host: str, told: str, connection: Connection) -> str:
    if "WRONG_VERSION_NUMBER" in told or "record layer failure" in told.lower():
        return (
            f"{host} does not speak TLS: the address in {connection.source} may begin with http://"
        )
    if "CERTIFICATE_VERIFY_FAILED" in told and "ostname" not in told and "IP address" not in told:
        return (
            f"the certificate of {host} is not of an authority that is trusted here: name its file as "
            f"the profile's `ca` ({_reason(told)})"
        )
    if "CERTIFICATE_VERIFY_FAILED" in told or "doesn't match" in told:
        return (
            f"the certificate of {host} is for another name: use the name that it is for "
            f"({_reason(told)})"
        )
    return f"no trusted connection to {host} comes about: {told}"


def _reason(told: str) -> str:
    tail = told.partition("certificate verify failed: ")[2] or told
    return tail.partition(" (_ssl.c")[0]


def _no_connection(host: str, told: str, connection: Connection) -> str:
    if "refused" in told:
        return (
            f"{host} refuses the connection: no Kubernetes answers there; see that the cluster runs and "
            f"the address is right, which {connection.source} gives"
        )
    if "resolve" in told or "Name or service" in told or "getaddrinfo" in told:
        return (
            f"the name in {host} is not known here: see that the address is right, which "
            f"{connection.source} gives, and the VPN is up"
        )
    return f"{host} cannot be reached ({told.rpartition(': ')[2]}): see that the VPN is up"
