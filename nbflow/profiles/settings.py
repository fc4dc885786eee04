"""The settings of profiles: what a file or a command line says of one, checked, as a frozen value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from nbflow.errors import ProfileError
from nbflow.profiles.profile import AUTHS, ArgoProfile, KfpProfile, Profile
from nbflow.profiles.secret import Secret

#: The class of profiles of each kind of engine.
KINDS: Final[Mapping[str, type[KfpProfile] | type[ArgoProfile]]] = MappingProxyType(
    {"kfp": KfpProfile, "argo": ArgoProfile}
)
#: What each setting holds: a text, yes or no, a list of texts, or the place of a secret.
_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "str": "text",
        "bool": "true or false",
        "tuple[str, ...]": "a list of texts",
        "Secret | None": "secret",
    }
)
_ADDRESSES: Final = ("host", "server")
#: What each way to sign in needs besides the host.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"bearer": ("token",), "cookie": ("cookie",), "dex": ("username", "password")}
)


class WrongSetting(Exception):  # noqa: N818  # not an error for users: a reader adds file and line
    """A setting that does not fit: which ("" for the whole profile), and why. It repeats no value."""

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(why)
        self.setting, self.why = setting, why


def settings(kind: str) -> dict[str, str]:
    """The settings of a kind of engine, each with what it holds: "text", "true or false", ..."""
    own = (each for each in fields(KINDS[kind]) if each.name not in ("name", "engine"))
    return {each.name: _FORMS[str(each.type)] for each in own}


def kinds_with(setting: str) -> tuple[str, ...]:
    """The kinds of engine that have a setting."""
    return tuple(kind for kind in KINDS if setting in settings(kind))


def profile(name: str, table: Mapping[str, object]) -> Profile:
    """The profile that ``table`` says: ``kind``, and settings as TOML or JSON has them.

    Raises:
        WrongSetting: a setting is unknown, of another type, missing, or a secret stands in it.
    """
    kind = table.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise WrongSetting("kind" if "kind" in table else "", f"kind is one of {_any(KINDS)}")
    known, found = settings(kind), {}
    for key, value in table.items():
        if key == "kind":
            continue
        if key not in known:
            raise WrongSetting(key, _unknown(key, kind))
        found[key] = _checked(key, value, known[key])
    made: Profile = KINDS[kind](name=name, **found)  # type: ignore[arg-type]  # checked one by one
    _check_whole(made)
    return made


def sign_in(table: Mapping[str, object]) -> str:
    """How one signs in to Kubeflow Pipelines where it is not said: as the settings that are there fit."""
    if "cookie" in table:
        return "cookie"
    if "username" in table or "password" in table:
        return "dex"
    if "token" in table:
        return "bearer"
    return "none" if "host" in table else "sdk"


def _unknown(key: str, kind: str) -> str:
    others = kinds_with(key)
    if others:
        return f"{key} is a setting of {_any(others)}, not of {kind}"
    return f"there is no setting {key}; those of {kind} are: {', '.join(settings(kind))}"


def _checked(key: str, value: object, form: str) -> object:
    if form == "secret":
        text = value if isinstance(value, str) else ""
        try:
            return Secret.parse(text, key)
        except ProfileError as error:
            raise WrongSetting(key, str(error)) from None
    if form == "a list of texts":
        if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
    elif form == "true or false":
        if isinstance(value, bool):
            return value
    elif isinstance(value, str):
        _check_address(key, value)
        return str(value)
    raise WrongSetting(key, f"{key} has to be {'a text' if form == 'text' else form}")


def _check_address(key: str, value: str) -> None:
    if key not in _ADDRESSES or not value:
        return
    try:
        parts = urlsplit(value)
    except ValueError:
        raise WrongSetting(key, f"{key} is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongSetting(key, f"{key} is an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise WrongSetting(key, f"{key} holds a user or a password; leave them out of the address")


def _check_whole(made: Profile) -> None:
    if isinstance(made, ArgoProfile):
        if made.token and not made.host:
            raise WrongSetting("token", "a token needs the host that it is for")
        return
    if made.auth not in AUTHS:
        raise WrongSetting("auth", f"auth is one of {_any(AUTHS)}")
    if made.auth != "sdk" and not made.host:
        raise WrongSetting("", "it has no host; only auth = sdk goes without")
    for setting in _NEEDED.get(made.auth, ()):
        if not getattr(made, setting):
            raise WrongSetting("auth", f"auth = {made.auth} needs {setting}")


def _any(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
