"""The way to a cluster: where it is, whom to trust, and how one signs in.

All of that is the Kubernetes client's own work: certificates, tokens and their renewal, plugins. What is
added is which of them is meant, and a sentence where it does not work. No text here ever holds a token.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nbflow.engines.argo import kubeconfig
from nbflow.engines.argo.drivers import driver
from nbflow.engines.hiding import hidden
from nbflow.errors import EngineError, ProfileError
from nbflow.profiles import ArgoProfile

#: Where Kubernetes puts the account of a pod.
SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
#: What kubectl and argo take where nothing names a namespace.
_NAMESPACE: Final = "default"


@dataclass(frozen=True, slots=True)
class Connection:
    """A cluster that can be spoken to. ``source`` says where its address and its sign-in come from."""

    host: str
    namespace: str
    source: str
    renewal: str
    pool: Any = field(repr=False)
    _configuration: Any = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """How a request signs in; a token that has run out is made anew where the client can.

        Raises:
            EngineError: it cannot.
        """
        with _heard() as told:
            try:
                settings = self._configuration.auth_settings().values()
            except Exception as error:
                # Files that are gone, services for sign-in that do not answer: whatever it is made with.
                told.append(str(error) or type(error).__name__)
        if told:
            raise EngineError(f"{self.source}: signing in anew has failed: {hidden(told[-1])}")
        found = {each["key"]: each["value"] for each in settings if each["in"] == "header"}
        for value in found.values():
            if not (value.isascii() and value.isprintable()):
                raise EngineError(
                    f"{self.source}: the token is none, as it holds signs that no token holds; "
                    f"{self.renewal}"
                )
        return found


def connect(profile: ArgoProfile, account: Path = SERVICE_ACCOUNT) -> Connection:
    """The connection of a profile: its host, its kubeconfig or kubectl's own, or that of this pod.

    Raises:
        ProfileError: there is none, or its settings do not fit.
        EngineError: signing in has failed, or a library is missing.
    """
    if profile.host:
        return _named(profile)
    paths = kubeconfig.files(profile.kubeconfig)
    if paths:
        return _from_files(profile, paths)
    if os.environ.get("KUBERNETES_SERVICE_HOST") and not profile.context:
        return _in_pod(profile, account)
    looked = os.environ.get("KUBECONFIG") or "~/.kube/config"
    raise ProfileError(
        f"no kubeconfig is there ({looked}): sign in to the cluster with its own tool, or give the "
        f"profile {profile.name} a `kubeconfig`, or a `host` and a `token`"
    )


def _named(profile: ArgoProfile) -> Connection:
    configuration = driver("kubernetes.client").Configuration()
    if "://" not in profile.host:
        raise ProfileError(
            f"the host of the profile {profile.name} is no address: https://HOST:PORT"
        )
    configuration.host = profile.host
    if profile.token is not None:
        configuration.api_key = {"authorization": f"Bearer {profile.token.read()}"}
    renewal = f"renew what stands in {profile.token}" if profile.token else "give it a `token`"
    return _made(profile, configuration, f"the profile {profile.name}", "", renewal)


def _from_files(profile: ArgoProfile, paths: tuple[Path, ...]) -> Connection:
    context = kubeconfig.context(paths, profile.context)
    source = f"the context {context.name} of {', '.join(map(str, paths))}"
    configuration = driver("kubernetes.client").Configuration()
    with _heard() as told:
        _load(configuration, context, source)
    signed_in = configuration.api_key or configuration.cert_file
    if context.plugin and not signed_in:
        raise EngineError(
            f"{source} signs in with the command {context.plugin}, which has failed: "
            f"{hidden(told[-1]) if told else 'it gave neither token nor certificate'}"
        )
    renewal = f"sign in anew, and see that `kubectl --context {context.name} get pods` works"
    return _made(profile, configuration, source, context.namespace, renewal)


def _load(configuration: Any, context: kubeconfig.Context, source: str) -> None:
    config = driver("kubernetes.config")
    try:
        config.load_kube_config(
            config_file=os.pathsep.join(map(str, context.files)),
            context=context.name,
            client_configuration=configuration,
        )
    except Exception as error:
        # The client's own words may hold a user's whole entry, token included.
        safe = str(error) if str(error).startswith("File does not exist") else type(error).__name__
        raise ProfileError(f"{source} cannot be used: {safe}") from None


def _in_pod(profile: ArgoProfile, account: Path) -> Connection:
    module = driver("kubernetes.config.incluster_config")
    configuration = driver("kubernetes.client").Configuration()
    try:
        module.InClusterConfigLoader(
            token_filename=str(account / "token"), cert_filename=str(account / "ca.crt")
        ).load_and_set(configuration)
    except (OSError, driver("kubernetes.config").ConfigException) as error:
        raise EngineError(
            f"this pod has no account of its own ({error}): let its specification mount one, or "
            f"give the profile {profile.name} a `kubeconfig`"
        ) from None
    with contextlib.suppress(OSError):
        namespace = (account / "namespace").read_text(encoding="utf-8").strip()
        return _made(profile, configuration, _OF_POD, namespace, _RENEWAL_OF_POD)
    return _made(profile, configuration, _OF_POD, "", _RENEWAL_OF_POD)


_OF_POD: Final = "the service account of this pod"
_RENEWAL_OF_POD: Final = "see that the account still is there"


def _made(
    profile: ArgoProfile, configuration: Any, source: str, namespace: str, renewal: str
) -> Connection:
    if "@" in urlsplit(configuration.host).netloc:
        raise ProfileError(f"the address that {source} gives holds a sign-in: use a token instead")
    if profile.ca:
        if not Path(profile.ca).expanduser().is_file():
            raise ProfileError(f"the certificates {profile.ca} of {profile.name} are not there")
        configuration.ssl_ca_cert = str(Path(profile.ca).expanduser())
    if not profile.verify_tls:
        configuration.verify_ssl = False
    if not configuration.verify_ssl:
        driver("urllib3").disable_warnings(driver("urllib3.exceptions").InsecureRequestWarning)
    rest = driver("kubernetes.client.rest")
    try:
        pool = rest.RESTClientObject(configuration).pool_manager
    except (OSError, ValueError) as error:
        raise ProfileError(f"{source} cannot be used: {hidden(str(error))}") from None
    return Connection(
        host=configuration.host.rstrip("/"),
        namespace=profile.namespace or namespace or _NAMESPACE,
        source=source,
        renewal=renewal,
        pool=pool,
        _configuration=configuration,
    )


@contextlib.contextmanager
def _heard() -> Iterator[list[str]]:
    """What the client logs meanwhile: it tells of a failed plugin there, and nowhere else."""
    told: list[str] = []
    handler = _Hearing(told)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield told
    finally:
        root.removeHandler(handler)


class _Hearing(logging.Handler):
    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._told, self._thread = told, threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "root" and record.thread == self._thread:
            self._told.append(" ".join(record.getMessage().split()))
