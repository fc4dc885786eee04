"""The tags of one cell as the fields of a form, which an editor shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

from nbflow import tags
from nbflow.analysis.marks import Mark, mark
from nbflow.model import Cell, CellId, CellKind, Role, StepName

GPU: Final = "nvidia.com/gpu"
T = TypeVar("T", bound=tags.Tag)


class TagRole(str, Enum):
    """What the tags make of a cell: a part of a step, of the prelude, a call of a notebook, ..."""

    STEP = "step"
    IMPORTS = "imports"
    FUNCTIONS = "functions"
    PARAMETERS = "parameters"
    METRICS = "metrics"
    SKIP = "skip"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, slots=True)
class Device:
    """So many devices of a kind: "nvidia.com/gpu", "amd.com/gpu", "nvidia.com/mig-1g.5gb", ..."""

    kind: str
    count: str


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text with a name: an environment variable, a label, an annotation."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a step is tried again; ``wait`` ("30s") and ``factor`` are "" and None where not said."""

    times: int
    wait: str
    factor: int | None


@dataclass(frozen=True, slots=True)
class CellMarks:
    """What the tags of a cell say; what they do not say is null, "" or empty.

    ``role`` is null for a cell without one of its own, ``step`` the name of its step or of the call of a
    notebook. ``others`` are the tags of nbflow that no other field speaks of, ``foreign`` those of other
    tools. Malformed tags are in none.
    """

    role: TagRole | None
    step: str
    after: tuple[str, ...]
    image: str
    cpu_limit: str
    cpu_request: str
    memory_limit: str
    memory_request: str
    devices: tuple[Device, ...]
    retry: Tries | None
    timeout: str
    cache: bool | None
    report: bool | None
    env: tuple[NamedText, ...]
    labels: tuple[NamedText, ...]
    annotations: tuple[NamedText, ...]
    others: tuple[str, ...]
    foreign: tuple[str, ...]


_ROLES: Final[Mapping[Role, TagRole]] = {role: TagRole(role.value) for role in Role}
_NOWHERE: Final = CellId("")


def cell_marks(texts: Sequence[str]) -> CellMarks:
    """The form that the tags of a cell fill in."""
    parsed = [tags.parse(text) for text in texts]
    owned: dict[str, list[tags.Tag]] = {}
    for tag in parsed:
        if not isinstance(tag, tags.Bad):
            owned.setdefault(field_of(tag), []).append(tag)
    named = mark(Cell(_NOWHERE, CellKind.CODE, "", 0, tuple(texts)))
    role = _ROLES[named.role] if named.role is not None else None
    if named.notebook is not None:
        role = TagRole.NOTEBOOK

    def only(field: str) -> tags.Tag | None:
        return owned[field][-1] if field in owned else None

    return CellMarks(
        role=role,
        step=_step(parsed, role),
        after=tuple(named.prevs),
        image=_text(only("image"), tags.Image, lambda tag: tag.ref),
        cpu_limit=_text(only("cpu_limit"), tags.Limit, lambda tag: tag.value),
        cpu_request=_text(only("cpu_request"), tags.Request, lambda tag: tag.value),
        memory_limit=_text(only("memory_limit"), tags.Limit, lambda tag: tag.value),
        memory_request=_text(only("memory_request"), tags.Request, lambda tag: tag.value),
        devices=tuple(Device(key, value) for key, value in _last(owned.get("devices", ()))),
        retry=_tries(only("retry")),
        timeout=_text(only("timeout"), tags.Timeout, lambda tag: tag.text),
        cache=_switch(only("cache")),
        report=_switch(only("report")),
        env=_named(owned.get("env", ())),
        labels=_named(owned.get("labels", ())),
        annotations=_named(owned.get("annotations", ())),
        others=tuple(map(tags.unparse, dict.fromkeys(owned.get("others", ())))),
        foreign=tuple(text for text, tag in zip(texts, parsed, strict=True) if _is_foreign(tag)),
    )


def problems(texts: Sequence[str], line: str = "") -> tuple[str, ...]:
    """A sentence for each tag that is malformed, and one for those that contradict each other.

    With the ``%%step`` line of a cell, what is wrong with it as well, and tags that go against it.
    """
    found = mark(Cell(_NOWHERE, CellKind.CODE, line, 0, tuple(texts)))
    listed = ", ".join(f"`{text}`" for text in found.conflict)
    contradiction = f"These tags contradict each other: {listed}." if listed else ""
    malformed = (f"The tag {bad.text!r} is malformed: {bad.reason}." for bad in found.bad)
    of_line = (problem.sentence for problem in (found.line.problems if found.line else ()))
    against = ", ".join(f"`{text}`" for text in against_line(found))
    both = f"The `%%step` line of the cell alone should say this: {against}." if against else ""
    return (*malformed, *of_line, *filter(None, [contradiction, both]))


def against_line(found: Mark) -> Iterator[str]:
    """The tags of a cell that say what it is, or something else than its ``%%step`` line."""
    if found.line is None or found.role is Role.SKIP:
        return
    told = {(field_of(tag), key_of(tag)): meaning(tag) for tag in map(tags.parse, found.line.tags)}
    for text in found.cell.tags:
        tag = tags.parse(text)
        if isinstance(tag, (tags.Foreign, tags.Bad)):
            continue
        other = told.get((field_of(tag), key_of(tag)), meaning(tag))
        if field_of(tag) == "role" or other != meaning(tag):
            yield text


def field_of(tag: tags.Tag) -> str:
    """The field of the form that a tag belongs to; "foreign" for those of other tools.

    A malformed tag belongs to the field that it would have filled.
    """
    match tag:
        case tags.Foreign(text):
            field = "role" if text in BARE else "foreign"
        case tags.Bad(text):
            field = _field_of_bad(text)
        case tags.Limit(key):
            field = _LIMITS.get(key, "devices" if "/" in key else "others")
        case tags.Request(key):
            field = _REQUESTS.get(key, "others")
        case _:
            field = _FIELDS.get(type(tag), "others")
    return field


#: Kale's panel leaves these on cells that belong to the step before them.
BARE: Final = frozenset({"step:", "block:"})
_LIMITS: Final = {"cpu": "cpu_limit", "memory": "memory_limit"}
_REQUESTS: Final = {"cpu": "cpu_request", "memory": "memory_request"}
_FIELDS: Final[Mapping[type[tags.Tag], str]] = {
    **dict.fromkeys(
        (
            tags.Imports, tags.Functions, tags.Skip, tags.Parameters, tags.Metrics, tags.StepTag,
            tags.NotebookTag,
        ),
        "role",
    ),
    tags.Prev: "after",
    tags.Image: "image",
    tags.Gpu: "devices",
    tags.Retry: "retry",
    tags.Timeout: "timeout",
    tags.Cache: "cache",
    tags.Report: "report",
    tags.Env: "env",
    tags.Label: "labels",
    tags.Annotation: "annotations",
}  # fmt: skip
_OF_PREFIXES: Final = {
    "step": "role", "block": "role", "notebook": "role", "prev": "after", "gpu": "devices",
    "label": "labels", "annotation": "annotations", "image": "image", "retry": "retry",
    "timeout": "timeout", "cache": "cache", "report": "report", "env": "env",
}  # fmt: skip


def _field_of_bad(text: str) -> str:
    prefix, _, rest = text.partition(":")
    key = rest.partition(":")[0]
    if prefix == "limit":
        return _LIMITS.get(key, "devices" if "/" in key else "others")
    if prefix == "request":
        return _REQUESTS.get(key, "others")
    return _OF_PREFIXES.get(prefix, "others")


def meaning(tag: tags.Tag) -> tags.Tag:
    """The tag in the one spelling of several that mean the same."""
    match tag:
        case tags.Gpu(n):
            return tags.Limit(GPU, str(n))
        case tags.StepTag(name):
            return tags.StepTag(name)
        case tags.Parameters():
            return tags.Parameters()
        case _:
            return tag


def key_of(tag: tags.Tag) -> object:
    """What two tags of one field share where the later one takes the place of the earlier."""
    match meaning(tag):
        case tags.Limit(key) | tags.Label(key) | tags.Annotation(key) | tags.Env(key):
            return key
        case tags.Prev(name):
            return name
        case other if field_of(other) == "others":
            return other
        case other:
            return type(other)


def _is_foreign(tag: tags.Tag) -> bool:
    return isinstance(tag, tags.Foreign) and tag.text not in BARE


def _step(parsed: Iterable[tags.Tag], role: TagRole | None) -> str:
    steps = [tag for tag in parsed if isinstance(tag, (tags.StepTag, tags.NotebookTag))]
    meant = {TagRole.STEP: tags.StepTag, TagRole.NOTEBOOK: tags.NotebookTag}.get(role)  # type: ignore[arg-type]
    found = (tag.name for tag in steps if meant is None or isinstance(tag, meant))
    return next(found, StepName(""))


def _text(tag: tags.Tag | None, kind: type[T], text: Callable[[T], str]) -> str:
    return text(tag) if isinstance(tag, kind) else ""


def _switch(tag: tags.Tag | None) -> bool | None:
    return tag.enabled if isinstance(tag, (tags.Cache, tags.Report)) else None


def _tries(tag: tags.Tag | None) -> Tries | None:
    if not isinstance(tag, tags.Retry):
        return None
    wait, _, factor = tag.text.partition(":")
    return Tries(tag.n, wait, int(factor) if factor else None)


def _last(found: Iterable[tags.Tag]) -> Iterator[tuple[str, str]]:
    """Names with their values, the last one of each, in the places of the first ones."""
    pairs: dict[str, str] = {}
    for tag in map(meaning, found):
        match tag:
            case (
                tags.Limit(key, value)
                | tags.Env(key, value)
                | tags.Label(key, value)
                | tags.Annotation(key, value)
            ):
                pairs[key] = value
    yield from pairs.items()


def _named(found: Iterable[tags.Tag]) -> tuple[NamedText, ...]:
    return tuple(NamedText(name, value) for name, value in _last(found))
