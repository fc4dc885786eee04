"""Changes of a cell's tags, as an editor asks for them: what is not spoken of stays as it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nbflow import tags
from nbflow.analysis.cell_tags import (
    GPU,
    CellMarks,
    Device,
    NamedText,
    TagRole,
    Tries,
    cell_marks,
    field_of,
    key_of,
    problems,
)
from nbflow.analysis.tag_places import exchanged, replaced
from nbflow.errors import TagError
from nbflow.model import Kept, StepName

KEPT: Final = Kept.KEPT


@dataclass(frozen=True, slots=True)
class TagChange:
    """What to change of a cell's tags, field by field as in the marks of a cell.

    A field that is left out keeps its tags, null takes them away. ``role`` and ``step`` go together: a name
    makes the cell one of a step, and a cell that is none any more loses its name and what it waits for.
    """

    role: TagRole | Kept | None = KEPT
    step: str | Kept | None = KEPT
    after: tuple[str, ...] | Kept | None = KEPT
    image: str | Kept | None = KEPT
    cpu_limit: str | Kept | None = KEPT
    cpu_request: str | Kept | None = KEPT
    memory_limit: str | Kept | None = KEPT
    memory_request: str | Kept | None = KEPT
    devices: tuple[Device, ...] | Kept | None = KEPT
    retry: Tries | Kept | None = KEPT
    timeout: str | Kept | None = KEPT
    cache: bool | Kept | None = KEPT
    report: bool | Kept | None = KEPT
    env: tuple[NamedText, ...] | Kept | None = KEPT
    labels: tuple[NamedText, ...] | Kept | None = KEPT
    annotations: tuple[NamedText, ...] | Kept | None = KEPT
    others: tuple[str, ...] | Kept | None = KEPT


def changed(texts: Sequence[str], change: TagChange) -> tuple[str, ...]:
    """The tags of a cell after a change; tags of other tools and of other fields are untouched.

    Raises:
        TagError: a value cannot be said by a tag, or two of them contradict each other.
    """
    result = _with_role(tuple(texts), change)
    for field, spell in _SPELLINGS.items():
        value = getattr(change, field)
        if value is not KEPT:
            result = exchanged(result, field, _each_once(spell(value)))
    return result


def with_prev(texts: Sequence[str], name: str) -> tuple[str, ...]:
    """The tags with ``prev:`` for one more step, whatever the cell is."""
    prevs = [tag for tag in map(tags.parse, texts) if isinstance(tag, tags.Prev)]
    return exchanged(tuple(texts), "after", (*dict.fromkeys(prevs), tags.Prev(StepName(name))))


# What a cell is

_NAMED: Final = frozenset({TagRole.STEP, TagRole.NOTEBOOK})
_WAITING: Final = frozenset({*_NAMED, TagRole.METRICS, None})
_WORDS: Final[Mapping[TagRole | None, tuple[tags.Tag, ...]]] = {
    None: (),
    TagRole.IMPORTS: (tags.Imports(),),
    TagRole.FUNCTIONS: (tags.Functions(),),
    TagRole.PARAMETERS: (tags.Parameters(),),
    TagRole.METRICS: (tags.Metrics(),),
    TagRole.SKIP: (tags.Skip(),),
}


def _with_role(texts: tuple[str, ...], change: TagChange) -> tuple[str, ...]:
    """The tags with one role, which may need a name."""
    found = cell_marks(texts)
    role = _role(found, change)
    if change.after and change.after is not KEPT and role not in _WAITING:
        raise TagError("Only a cell of a step can wait for other steps.")
    if change.role is KEPT and change.step is KEPT:
        return texts
    step = (found.step if role in _NAMED else "") if change.step is KEPT else change.step or ""
    if role in _NAMED and not step:
        raise TagError("A step needs a name.")
    if role not in _NAMED and step:
        raise TagError(f"A cell with the role {role.value if role else 'none'} has no step's name.")
    if role == found.role and (role not in _NAMED or step == found.step) and _is_sound(texts):
        return texts
    kind = tags.NotebookTag if role is TagRole.NOTEBOOK else tags.StepTag
    wanted = (_checked(kind(StepName(step))),) if step else _WORDS[role]
    result = replaced(texts, "role", wanted)
    loses = role not in _NAMED and role is not TagRole.METRICS and role != found.role
    return replaced(result, "after", ()) if loses else result


def _role(found: CellMarks, change: TagChange) -> TagRole | None:
    """The role that the cell is to have."""
    if change.role is not KEPT:
        return change.role
    if change.step is KEPT:
        return found.role
    if change.step:
        return TagRole.NOTEBOOK if found.role is TagRole.NOTEBOOK else TagRole.STEP
    return None if found.role in _NAMED else found.role


def _is_sound(texts: Sequence[str]) -> bool:
    """Whether the tags that say what the cell is are well-formed and of one opinion."""
    return not problems([text for text in texts if field_of(tags.parse(text)) == "role"])


# What a step asks for, as tags


def _image(value: str | None) -> Iterable[tags.Tag]:
    return [tags.Image(value)] if value else []


def _amount(kind: type[tags.Limit] | type[tags.Request], key: str) -> _Spelling:
    return lambda value: [kind(key, value)] if value else []


def _devices(value: Sequence[Device] | None) -> Iterable[tags.Tag]:
    for device in value or ():
        if "/" not in device.kind:
            raise TagError(f"{device.kind!r} is no kind of device such as {GPU}.")
        if isinstance(tags.parse(f"gpu:{device.count}"), tags.Bad):
            raise TagError(f"{device.count!r} is no number of devices.")
        yield tags.Limit(device.kind, device.count)


def _retry(value: Tries | None) -> Iterable[tags.Tag]:
    if value is None:
        return []
    if value.factor is not None and not value.wait:
        raise TagError("A factor between tries needs a time to wait.")
    parts = [value.times, *filter(None, [value.wait]), *filter(None, [value.factor])]
    return [_read(":".join(["retry", *map(str, parts)]), tags.Retry)]


def _timeout(value: str | None) -> Iterable[tags.Tag]:
    return [_read(f"timeout:{value}", tags.Timeout)] if value else []


def _switch(kind: type[tags.Cache] | type[tags.Report]) -> _Spelling:
    return lambda value: [] if value is None else [kind(value)]


def _named(kind: type[tags.Env] | type[tags.Label] | type[tags.Annotation]) -> _Spelling:
    return lambda value: [kind(each.name, each.value) for each in value or ()]


def _after(value: Sequence[str] | None) -> Iterable[tags.Tag]:
    return [tags.Prev(StepName(name)) for name in value or ()]


def _others(value: Sequence[str] | None) -> Iterable[tags.Tag]:
    for text in value or ():
        tag = tags.parse(text)
        if isinstance(tag, tags.Foreign):
            raise TagError(f"`{text}` is no tag of a pipeline.")
        if not isinstance(tag, tags.Bad) and field_of(tag) != "others":
            raise TagError(f"`{text}` has a field of its own.")
        yield tag


_Spelling = Callable[[Any], Iterable[tags.Tag]]
_SPELLINGS: Final[Mapping[str, _Spelling]] = {
    "after": _after,
    "image": _image,
    "cpu_limit": _amount(tags.Limit, "cpu"),
    "cpu_request": _amount(tags.Request, "cpu"),
    "memory_limit": _amount(tags.Limit, "memory"),
    "memory_request": _amount(tags.Request, "memory"),
    "devices": _devices,
    "retry": _retry,
    "timeout": _timeout,
    "cache": _switch(tags.Cache),
    "report": _switch(tags.Report),
    "env": _named(tags.Env),
    "labels": _named(tags.Label),
    "annotations": _named(tags.Annotation),
    "others": _others,
}


def _each_once(wanted: Iterable[tags.Tag]) -> tuple[tags.Tag, ...]:
    """The tags, each of which can be written and read again, and speaks of a thing of its own."""
    known: dict[object, tags.Tag] = {}
    for tag in map(_checked, wanted):
        if key_of(tag) in known:
            raise TagError(f"`{tags.unparse(tag)}`: this is said twice.")
        known[key_of(tag)] = tag
    return tuple(known.values())


def _checked(tag: tags.Tag) -> tags.Tag:
    text = tags.unparse(tag)
    back = tags.parse(text)
    if isinstance(back, tags.Bad):
        raise TagError(f"`{text}` cannot be a tag: {back.reason}.")
    if back != tag:
        raise TagError(f"`{text}` cannot be a tag: its name holds a colon.")
    return tag


def _read(text: str, kind: type[tags.Tag]) -> tags.Tag:
    tag = tags.parse(text)
    if isinstance(tag, tags.Bad):
        raise TagError(f"`{text}` cannot be a tag: {tag.reason}.")
    return tag
