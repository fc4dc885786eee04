"""What a cluster can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

#: The group of Argo's kinds, and the version of all of them.
ARGO: Final = "/apis/argoproj.io/v1alpha1"
CORE: Final = "/api/v1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``what`` says it in words that follow "cannot"."""

    what: str
    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


def path(base: str, namespace: str, kind: str, name: str = "", part: str = "") -> str:
    """Where objects of a kind lie in a namespace, one of them, or a part of that one."""
    found = f"{base}/namespaces/{quote(namespace, safe='')}/{kind}"
    for each in (name, part):
        if each:
            found = f"{found}/{quote(each, safe='')}"
    return found
