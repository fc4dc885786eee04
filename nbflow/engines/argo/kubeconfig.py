"""What a kubeconfig says, as kubectl reads it: several files, the first that names a thing wins.

Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nbflow.engines.argo.drivers import driver
from nbflow.errors import ProfileError

_DEFAULT: Final = "~/.kube/config"


@dataclass(frozen=True, slots=True)
class Context:
    """A context and the files that it stands in. ``plugin`` is the command that its user signs in with."""

    files: tuple[Path, ...]
    name: str
    namespace: str = ""
    plugin: str = ""


def files(named: str) -> tuple[Path, ...]:
    """The files that are there of ``named`` (paths as in ``KUBECONFIG``), or of kubectl's own choice.

    Raises:
        ProfileError: none of those that are ``named`` is there.
    """
    text = named or os.environ.get("KUBECONFIG", "") or _DEFAULT
    paths = [Path(each).expanduser() for each in text.split(os.pathsep) if each]
    found = tuple(path for path in paths if path.is_file())
    if named and not found:
        raise ProfileError(
            f"the kubeconfig {named} is not there: the profile's `kubeconfig` names it"
        )
    return found


def context(paths: Sequence[Path], wanted: str) -> Context:
    """The context ``wanted``, or the current one.

    Raises:
        ProfileError: it is not there, or not whole.
    """
    read = [_read(path) for path in paths]
    told = ", ".join(str(path) for path in paths)
    name = wanted or next((str(r["current-context"]) for r in read if r.get("current-context")), "")
    if not name:
        raise ProfileError(
            f"the kubeconfig {told} has no current context: choose one with "
            f"`kubectl config use-context NAME`, or name it as the profile's `context`{_known(read)}"
        )
    found = _entry(read, "contexts", name)
    if found is None:
        raise ProfileError(f"the kubeconfig {told} has no context {name}{_known(read)}")
    about = _mapping(found.get("context"))
    cluster = _entry(read, "clusters", str(about.get("cluster", "")))
    if not _mapping((cluster or {}).get("cluster")).get("server"):
        raise ProfileError(
            f"the context {name} of {told} leads to the cluster `{about.get('cluster', '')}`, "
            "which has no address there"
        )
    user = _mapping((_entry(read, "users", str(about.get("user", ""))) or {}).get("user"))
    plugin = str(_mapping(user.get("exec")).get("command", ""))
    return Context(tuple(paths), name, str(about.get("namespace") or ""), plugin)


def _read(path: Path) -> Mapping[str, Any]:
    yaml = driver("yaml")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"the kubeconfig {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError):
        # What these say may hold lines of the file, and those tokens.
        raise ProfileError(f"the kubeconfig {path} is not YAML") from None
    if not isinstance(found, Mapping):
        raise ProfileError(f"{path} is not a kubeconfig")
    return found


def _entry(read: Sequence[Mapping[str, Any]], kind: str, name: str) -> Mapping[str, Any] | None:
    for each in read:
        for entry in each.get(kind) or ():
            if isinstance(entry, Mapping) and entry.get("name") == name:
                return entry
    return None


def _known(read: Sequence[Mapping[str, Any]]) -> str:
    names = [str(e.get("name")) for r in read for e in r.get("contexts") or () if "name" in e]
    return f" (it has {', '.join(names)})" if names else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
