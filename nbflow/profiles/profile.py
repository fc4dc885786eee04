"""Profiles: named connections to engines, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from nbflow.profiles.secret import Secret

#: Stands for this machine wherever a profile is named.
LOCAL: Final = "local"
#: How one signs in to Kubeflow Pipelines.
AUTHS: Final = ("none", "service-account", "bearer", "cookie", "dex", "sdk")


@dataclass(frozen=True, slots=True)
class KfpProfile:
    """A Kubeflow Pipelines.

    ``auth`` is one of ``AUTHS``: "service-account" takes the token that Kubernetes mounts into pods (or
    ``token``), "bearer" takes ``token``, "cookie" takes ``cookie`` (NAME=VALUE), "dex" signs in with
    ``username`` and ``password`` and takes the cookie that comes of it, "sdk" leaves it, and the host, to
    the SDK's own configuration. ``ca`` is a file of certificates to trust. ``image``,
    ``experiment``, ``service_account`` (of the pods) and ``namespace`` are for runs that name none.
    """

    name: str
    host: str = ""
    namespace: str = ""
    experiment: str = ""
    auth: str = "none"
    token: Secret | None = None
    cookie: Secret | None = None
    username: str = ""
    password: Secret | None = None
    ca: str = ""
    verify_tls: bool = True
    service_account: str = ""
    image: str = ""
    engine: str = "kfp"


@dataclass(frozen=True, slots=True)
class ArgoProfile:
    """An Argo Workflows, reached through the Kubernetes API.

    ``kubeconfig`` is a file ("" is kubectl's own choice, and the pod's service account inside a cluster),
    ``context`` one in it. With ``host`` and ``token`` no file is asked. ``server`` is the address of Argo's
    own pages, for links. ``service_account``, ``pull_secrets`` and ``image`` go into what is submitted.
    """

    name: str
    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
    host: str = ""
    token: Secret | None = None
    ca: str = ""
    verify_tls: bool = True
    server: str = ""
    service_account: str = ""
    pull_secrets: tuple[str, ...] = ()
    image: str = ""
    engine: str = "argo"


Profile: TypeAlias = KfpProfile | ArgoProfile
