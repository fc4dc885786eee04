"""Where engines are looked up: the profile that a user means by a name, and the engine that it leads to.

Engines are imported when they are asked for: nobody who does not use Kubeflow Pipelines needs its client.
An installed package may bring an engine of its own: an entry point of the group ``nbflow.engines`` that is
called like a kind of profile leads to a function that makes an engine of a profile.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Final, cast

from nbflow.engines.remote import Engine
from nbflow.errors import EngineError, ProfileError
from nbflow.profiles import LOCAL, ArgoProfile, KfpProfile, Profile
from nbflow.profiles.file import ProfileFile
from nbflow.profiles.settings import KINDS

GROUP: Final = "nbflow.engines"


def chosen(name: str | None) -> Profile | None:
    """The profile that a user means by ``name``, None for this machine.

    It is a profile's name, or ``local``; or ``kfp`` or ``argo``, where no more than one profile is of that
    kind: without any, Argo is where kubectl would go, and Kubeflow Pipelines where its SDK would.
    ``name`` is None where the default of the file is meant.

    Raises:
        ProfileError: there is no such profile, several of the kind, or its settings do not fit.
    """
    if name == LOCAL:
        return None
    file = ProfileFile()
    name = name or file.default or LOCAL
    if name == LOCAL:
        return None
    if name in file.names or name not in KINDS:
        return file.read(name)
    of_kind = [each for each in file.names if file.kind(each) == name]
    if len(of_kind) > 1:
        raise ProfileError(f"several engines are {name}: name one of {', '.join(of_kind)}")
    if of_kind:
        return file.read(of_kind[0])
    return unnamed(name)


def unnamed(kind: str) -> Profile:
    """The profile of a kind of engine of which the file names none."""
    return KfpProfile(kind, auth="sdk") if kind == "kfp" else ArgoProfile(kind)


def engine(profile: Profile) -> Engine:
    """The engine that a profile leads to.

    Raises:
        EngineError: what it needs is not installed, or it cannot be reached as the profile says.
        ProfileError: a secret is not where the profile says.
    """
    return _maker(profile.engine)(profile)


def _maker(kind: str) -> Callable[[Profile], Engine]:
    """What makes an engine of a profile."""
    for found in entry_points(group=GROUP, name=kind):
        return cast("Callable[[Profile], Engine]", found.load())
    try:
        module = importlib.import_module(f"nbflow.engines.{kind}")
    except ModuleNotFoundError as error:
        raise EngineError(
            f"{error.name} is not installed here: `pip install 'nbflow[{kind}]'`"
        ) from error
    return cast("Callable[[Profile], Engine]", module.engine)
