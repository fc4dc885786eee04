"""The grammar of cell tags: one text, one value, and back.

``parse`` never fails: a tag of another tool comes back as ``Foreign``, a malformed one of ours as
``Bad`` with the reason in the user's words. ``unparse(parse(text)) == text`` for every text.

The tags and their meaning are Kubeflow Kale's (https://github.com/kubeflow-kale/kale), with
``request``, ``retry``, ``timeout``, ``env``, ``node``, ``toleration``, ``gpu``, ``shm``, those of volumes
and of the rights of a pod, and papermill's ``parameters`` beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from nbflow.model import (
    Backoff,
    ConfigValue,
    RunAs,
    Secret,
    StepName,
    Toleration,
    Volume,
    VolumeKind,
)


@dataclass(frozen=True, slots=True)
class Imports:
    """``imports``: the cell belongs to the prelude and holds imports."""


@dataclass(frozen=True, slots=True)
class Functions:
    """``functions``: the cell belongs to the prelude and holds definitions."""


@dataclass(frozen=True, slots=True)
class Skip:
    """``skip``: the cell is no part of the pipeline."""


#: What papermill puts on the cell in which it writes the values that it was given.
INJECTED: Final = "injected-parameters"
#: The tags of cells that bind parameters: Kale's, and papermill's.
PARAMETERS: Final = frozenset({"parameters", "pipeline-parameters", INJECTED})


def binds_parameters(tags: Iterable[str]) -> bool:
    """Whether a cell with these tags binds parameters."""
    return not PARAMETERS.isdisjoint(tags)


@dataclass(frozen=True, slots=True)
class Parameters:
    """``pipeline-parameters``, or ``parameters`` where ``papermill`` is true.

    ``injected`` is ``injected-parameters``: papermill's cell of values, behind that of the defaults.
    """

    papermill: bool = False
    injected: bool = False


@dataclass(frozen=True, slots=True)
class Metrics:
    """``pipeline-metrics``: the cell reports metrics and runs last."""


@dataclass(frozen=True, slots=True)
class StepTag:
    """``step:NAME``; ``legacy`` where Kale's older word for it was used, ``block:NAME``."""

    name: StepName
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class Prev:
    """``prev:NAME``: the step ``name`` must come before this one."""

    name: StepName


@dataclass(frozen=True, slots=True)
class Limit:
    """``limit:KEY:VALUE``: the most of a resource that the step may use."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Request:
    """``request:KEY:VALUE``: as much of a resource as the step needs at least."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """``annotation:KEY:VALUE``; the value may hold colons."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Label:
    """``label:KEY:VALUE``; the value may hold colons."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class SecretTag:
    """``secret:NAME:KEY:ENV``."""

    secret: Secret


@dataclass(frozen=True, slots=True)
class Image:
    """``image:REF``: the container image of the step."""

    ref: str


@dataclass(frozen=True, slots=True)
class Cache:
    """``cache:enabled`` or ``cache:disabled``."""

    enabled: bool


@dataclass(frozen=True, slots=True)
class Report:
    """``report:enabled`` or ``report:disabled``."""

    enabled: bool


@dataclass(frozen=True, slots=True)
class NotebookTag:
    """``notebook:NAME``: a notebook stands for the step; its path is in the cell's metadata."""

    name: StepName


@dataclass(frozen=True, slots=True)
class Retry:
    """``retry:N[:WAIT[:FACTOR]]``: how often the step is tried again after it failed, and when.

    ``text`` is what was written of the wait: ``30s`` or ``30s:3``, or "".
    """

    n: int
    backoff: Backoff | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Timeout:
    """``timeout:90s``, ``timeout:10m`` or ``timeout:2h``; ``text`` is what was written."""

    seconds: int
    text: str


@dataclass(frozen=True, slots=True)
class Env:
    """``env:NAME:VALUE``: an environment variable; the value may hold colons or be empty."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Node:
    """``node:KEY:VALUE``: a node selector."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class TolerationTag:
    """``toleration:KEY[:VALUE[:EFFECT]]``."""

    toleration: Toleration


@dataclass(frozen=True, slots=True)
class ConfigTag:
    """``configmap:NAME:KEY:ENV``."""

    value: ConfigValue


@dataclass(frozen=True, slots=True)
class VolumeTag:
    """``volume:PVC:PATH``, ``secret-volume:NAME:PATH`` or ``configmap-volume:NAME:PATH``."""

    volume: Volume


@dataclass(frozen=True, slots=True)
class Shm:
    """``shm:SIZE``: how large the shared memory of the step is."""

    size: str


@dataclass(frozen=True, slots=True)
class PullSecret:
    """``pull-secret:NAME``: a secret that the step's image is fetched with."""

    name: str


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """``service-account:NAME``: the account that the step has its rights from."""

    name: str


@dataclass(frozen=True, slots=True)
class RunAsTag:
    """``run-as:UID[:GID]``: the user and the group that the step runs as."""

    run_as: RunAs


@dataclass(frozen=True, slots=True)
class Gpu:
    """``gpu:N``, short for ``limit:nvidia.com/gpu:N``."""

    n: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """A tag of another tool: kept, and never complained of."""

    text: str


@dataclass(frozen=True, slots=True)
class Bad:
    """One of our tags, malformed; ``reason`` is a sentence without its full stop."""

    text: str
    reason: str


Tag: TypeAlias = (
    Imports
    | Functions
    | Skip
    | Parameters
    | Metrics
    | StepTag
    | Prev
    | Limit
    | Request
    | Annotation
    | Label
    | SecretTag
    | Image
    | Cache
    | Report
    | NotebookTag
    | Retry
    | Timeout
    | Env
    | Node
    | TolerationTag
    | ConfigTag
    | VolumeTag
    | Shm
    | PullSecret
    | ServiceAccount
    | RunAsTag
    | Gpu
    | Foreign
    | Bad
)


class _MalformedError(Exception):
    """Carries the reason why a tag is bad; never leaves this module."""


WORDS: Final[Mapping[str, Tag]] = {
    "imports": Imports(),
    "functions": Functions(),
    "skip": Skip(),
    "pipeline-parameters": Parameters(),
    "parameters": Parameters(papermill=True),
    INJECTED: Parameters(papermill=True, injected=True),
    "pipeline-metrics": Metrics(),
}

_KEY: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?")
#: An amount: its number, and a power of ten or a suffix.
QUANTITY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(?:[eE](-?[0-9]+)|([KMGTPE]i|[numkMGTPE]))?")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COUNT: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_ID: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_FACTOR: Final = re.compile(r"[1-9]")
#: What Kubernetes takes for the name of a claim, a secret, a config map or an account, and for their keys.
_OBJECT: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_DATA_KEY: Final = re.compile(r"[A-Za-z0-9._-]+")
_DURATION: Final = re.compile(r"([1-9][0-9]{0,8})([smh])")
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _name(rest: str) -> StepName:
    if not rest.strip():
        raise _MalformedError("the name of the step is missing")
    if rest != rest.strip():
        raise _MalformedError("the name of the step begins or ends with a space")
    if not rest.isprintable():
        raise _MalformedError("the name of the step holds a character that cannot be printed")
    return StepName(rest)


def _key(text: str) -> str:
    if not text:
        raise _MalformedError("the key is missing")
    if not _KEY.fullmatch(text):
        raise _MalformedError(
            f"the key {text!r} may hold letters, digits, '.', '-', '_' and '/' only"
        )
    return text


def _pair(rest: str) -> tuple[str, str]:
    key, colon, value = rest.partition(":")
    if not colon:
        raise _MalformedError("it needs a key and a value, KEY:VALUE")
    return _key(key), value


def _amount(rest: str) -> tuple[str, str]:
    key, value = _pair(rest)
    if not QUANTITY.fullmatch(value):
        raise _MalformedError(f"{value!r} is not an amount such as 2, 500m, 0.5 or 4Gi")
    return key, value


def _variable(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        raise _MalformedError(f"{text!r} is not the name of an environment variable")
    return text


def _count(rest: str) -> int:
    if not _COUNT.fullmatch(rest):
        raise _MalformedError(f"{rest!r} is not a whole number")
    return int(rest)


def _switch(rest: str) -> bool:
    if rest not in ("enabled", "disabled"):
        raise _MalformedError(f"it is either enabled or disabled, not {rest!r}")
    return rest == "enabled"


def _env(rest: str) -> Tag:
    name, colon, value = rest.partition(":")
    if not colon:
        raise _MalformedError("it needs a name and a value, NAME:VALUE")
    return Env(_variable(name), value)


def _of_three(rest: str) -> tuple[str, str, str]:
    """The name of a secret or a config map, a key of it, and a variable."""
    parts = rest.split(":")
    if len(parts) != 3 or not all(parts):
        raise _MalformedError("it needs three parts, NAME:KEY:ENV")
    name, key, variable = parts
    if not _DATA_KEY.fullmatch(key):
        raise _MalformedError(f"the key {key!r} may hold letters, digits, '.', '-' and '_' only")
    return _object(name), key, _variable(variable)


def _object(text: str) -> str:
    """The name of something that lies in the cluster."""
    if not text:
        raise _MalformedError("the name is missing")
    if not _OBJECT.fullmatch(text):
        raise _MalformedError(f"the name {text!r} may hold small letters, digits, '.' and '-' only")
    return text


def _image(rest: str) -> Tag:
    if not rest:
        raise _MalformedError("the image is missing")
    if not rest.isprintable() or " " in rest:
        raise _MalformedError("the name of an image holds no spaces")
    return Image(rest)


def _seconds(text: str) -> int:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise _MalformedError(f"{text!r} is not a time such as 90s, 10m or 2h")
    return int(match[1]) * _UNITS[match[2]]


def _retry(rest: str) -> Tag:
    count, waits, text = rest.partition(":")
    if not waits:
        return Retry(_count(count))
    wait, multiplied, factor = text.partition(":")
    if multiplied and not _FACTOR.fullmatch(factor):
        raise _MalformedError(f"the factor {factor!r} is not a whole number from 1 to 9")
    seconds = _seconds(wait)
    backoff = Backoff(seconds, int(factor)) if multiplied else Backoff(seconds)
    return Retry(_count(count), backoff, text)


def _toleration(rest: str) -> Tag:
    parts = rest.split(":")
    if len(parts) > 3:
        raise _MalformedError("it has at most three parts, KEY:VALUE:EFFECT")
    if len(parts) > 1 and not parts[-1]:
        raise _MalformedError("it ends with a colon")
    key, value, effect = (*parts, "", "")[:3]
    if effect and effect not in _EFFECTS:
        raise _MalformedError(f"the effect {effect!r} is none of {', '.join(_EFFECTS)}")
    return TolerationTag(Toleration(_key(key), value, effect))


def _volume(kind: VolumeKind, form: str) -> Callable[[str], Tag]:
    def volume(rest: str) -> Tag:
        name, _, path = rest.partition(":")
        if not name or not path:
            raise _MalformedError(f"it needs a name and a path, {form}")
        if not path.startswith("/"):
            raise _MalformedError(f"the path {path!r} does not begin with '/'")
        if ":" in path:
            raise _MalformedError(f"the path {path!r} holds a colon, which no mount may")
        return VolumeTag(Volume(_object(name), path, kind))

    return volume


def _shm(rest: str) -> Tag:
    if not QUANTITY.fullmatch(rest):
        raise _MalformedError(f"{rest!r} is not a size such as 512Mi or 2Gi")
    return Shm(rest)


def _run_as(rest: str) -> Tag:
    user, grouped, group = rest.partition(":")
    return RunAsTag(RunAs(_id(user), _id(group) if grouped else None))


def _id(text: str) -> int:
    """The number of a user or a group, as Linux and Kubernetes count them."""
    if not _ID.fullmatch(text) or int(text) >= 2**31:
        raise _MalformedError(f"{text!r} is not the number of a user or a group")
    return int(text)


_PREFIXES: Final[Mapping[str, Callable[[str], Tag]]] = {
    "step": lambda rest: StepTag(_name(rest)),
    "block": lambda rest: StepTag(_name(rest), legacy=True),
    "prev": lambda rest: Prev(_name(rest)),
    "limit": lambda rest: Limit(*_amount(rest)),
    "request": lambda rest: Request(*_amount(rest)),
    "annotation": lambda rest: Annotation(*_pair(rest)),
    "label": lambda rest: Label(*_pair(rest)),
    "secret": lambda rest: SecretTag(Secret(*_of_three(rest))),
    "image": _image,
    "cache": lambda rest: Cache(_switch(rest)),
    "report": lambda rest: Report(_switch(rest)),
    "notebook": lambda rest: NotebookTag(_name(rest)),
    "retry": _retry,
    "timeout": lambda rest: Timeout(_seconds(rest), rest),
    "env": _env,
    "node": lambda rest: Node(*_pair(rest)),
    "toleration": _toleration,
    "configmap": lambda rest: ConfigTag(ConfigValue(*_of_three(rest))),
    "volume": _volume(VolumeKind.CLAIM, "PVC:PATH"),
    "secret-volume": _volume(VolumeKind.SECRET, "NAME:PATH"),
    "configmap-volume": _volume(VolumeKind.CONFIG_MAP, "NAME:PATH"),
    "shm": _shm,
    "pull-secret": lambda rest: PullSecret(_object(rest)),
    "service-account": lambda rest: ServiceAccount(_object(rest)),
    "run-as": _run_as,
    "gpu": lambda rest: Gpu(_count(rest)),
}

_NAMELESS: Final = ("step:", "block:")

#: The words before the colon that are ours; a tag with any other one is another tool's.
PREFIXES: Final = frozenset(_PREFIXES)


@lru_cache(maxsize=4096)
def parse(text: str) -> Tag:
    """The tag that ``text`` spells: ``Foreign`` where it is not ours, ``Bad`` where malformed."""
    word = WORDS.get(text)
    if word is not None:
        return word
    prefix, colon, rest = text.partition(":")
    # Kale's panel leaves a bare "step:" or "block:" on cells that have no step of their own.
    if not colon or prefix not in _PREFIXES or text in _NAMELESS:
        return Foreign(text)
    try:
        return _PREFIXES[prefix](rest)
    except _MalformedError as problem:
        return Bad(text, str(problem))


def unparse(tag: Tag) -> str:
    """The text that spells ``tag``; the inverse of ``parse``."""
    match tag:
        case Foreign(text) | Bad(text):
            return text
        case Imports() | Functions() | Skip() | Parameters() | Metrics():
            return next(text for text, word in WORDS.items() if word == tag)
        case StepTag(name, legacy):
            return f"block:{name}" if legacy else f"step:{name}"
        case _:
            return _unparse_setting(tag)


def _unparse_setting(tag: Tag) -> str:
    match tag:
        case Prev(name):
            text = f"prev:{name}"
        case NotebookTag(name):
            text = f"notebook:{name}"
        case Limit(key, value) | Request(key, value) | Annotation(key, value) | Label(key, value):
            text = f"{type(tag).__name__.lower()}:{key}:{value}"
        case Node(key, value) | Env(key, value):
            text = f"{type(tag).__name__.lower()}:{key}:{value}"
        case SecretTag(Secret(name, key, env)):
            text = f"secret:{name}:{key}:{env}"
        case TolerationTag(Toleration(key, value, effect)):
            text = f"toleration:{key}:{value}:{effect}".rstrip(":")
        case Image(ref):
            text = f"image:{ref}"
        case Cache(enabled) | Report(enabled):
            text = f"{type(tag).__name__.lower()}:{'enabled' if enabled else 'disabled'}"
        case Gpu(n):
            text = f"gpu:{n}"
        case Retry(n, _, written):
            text = f"retry:{n}:{written}" if written else f"retry:{n}"
        case Timeout(_, written):
            text = f"timeout:{written}"
        case _:
            text = _unparse_pod(tag)
    return text


#: The word of each kind of volume.
_VOLUMES: Final[Mapping[VolumeKind, str]] = {
    VolumeKind.CLAIM: "volume",
    VolumeKind.SECRET: "secret-volume",
    VolumeKind.CONFIG_MAP: "configmap-volume",
}


def unparse_volume(volume: Volume) -> str:
    """The tag that mounts a volume."""
    return f"{_VOLUMES[volume.kind]}:{volume.name}:{volume.path}"


def _unparse_pod(tag: Tag) -> str:
    match tag:
        case ConfigTag(ConfigValue(name, key, env)):
            text = f"configmap:{name}:{key}:{env}"
        case VolumeTag(volume):
            text = unparse_volume(volume)
        case Shm(size):
            text = f"shm:{size}"
        case PullSecret(name):
            text = f"pull-secret:{name}"
        case ServiceAccount(name):
            text = f"service-account:{name}"
        case RunAsTag(RunAs(user, group)):
            text = f"run-as:{user}" if group is None else f"run-as:{user}:{group}"
        case _:
            raise TypeError(f"not a tag: {tag!r}")
    return text
