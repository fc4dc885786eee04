"""Tags of one field of a cell exchanged for others, in the places where the field's tags stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow import tags
from nbflow.analysis.cell_tags import field_of, key_of, meaning


def exchanged(texts: tuple[str, ...], field: str, wanted: tuple[tags.Tag, ...]) -> tuple[str, ...]:
    """The tags with those of a field exchanged, unless they say the same already."""
    own = [tag for tag in map(tags.parse, texts) if field_of(tag) == field]
    said = {key_of(tag): meaning(tag) for tag in own}
    malformed = any(isinstance(tag, tags.Bad) for tag in own)
    if not malformed and list(said.values()) == [meaning(tag) for tag in wanted]:
        return texts
    return replaced(texts, field, wanted)


def replaced(texts: tuple[str, ...], field: str, wanted: Sequence[tags.Tag]) -> tuple[str, ...]:
    """The tags with ``wanted`` in the places of those of the field; what is said already stays there."""
    parsed = [tags.parse(text) for text in texts]
    own = [place for place, tag in enumerate(parsed) if field_of(tag) == field]
    if not own:
        place = _place_of_new(parsed, field)
        return (*texts[:place], *map(tags.unparse, wanted), *texts[place:])
    old = [(place, parsed[place]) for place in own if not isinstance(parsed[place], tags.Bad)]
    spelled = {key_of(tag): _spelled(tag, [each for _, each in old]) for tag in wanted}
    standing: dict[object, int] = {}
    for place, tag in old:
        if key_of(tag) in spelled:
            standing.setdefault(key_of(tag), place)
    new = _laid_out(spelled, standing, own)
    return tuple(
        written
        for place, text in enumerate(texts)
        for written in (new.get(place, []) if place in own else [text])
    )


def _laid_out(
    spelled: Mapping[object, str], standing: Mapping[object, int], own: Sequence[int]
) -> dict[int, list[str]]:
    """The texts at each place: where they stand already if that keeps their order, else in sequence."""
    new: dict[int, list[str]] = {}
    if list(standing) == [key for key in spelled if key in standing]:
        waiting: list[str] = []
        for key, text in spelled.items():
            waiting.append(text)
            if key in standing:
                new[standing[key]], waiting = waiting, []
        new.setdefault(own[-1], []).extend(waiting)
    else:
        for index, text in enumerate(spelled.values()):
            new.setdefault(own[min(index, len(own) - 1)], []).append(text)
    return new


def _spelled(tag: tags.Tag, old: Sequence[tags.Tag]) -> str:
    """The text of a tag: the one that is there already, or in the manner of the one that it replaces."""
    same = next((each for each in old if meaning(each) == meaning(tag)), None)
    if same is not None:
        return tags.unparse(same)
    before = next((each for each in old if key_of(each) == key_of(tag)), None)
    match before, tag:
        case tags.Gpu(), tags.Limit(_, count):
            tag = tags.Gpu(int(count))
        case tags.StepTag(_, legacy), tags.StepTag(name):
            tag = tags.StepTag(name, legacy)
    return tags.unparse(tag)


def _place_of_new(parsed: Sequence[tags.Tag], field: str) -> int:
    """Where the first tag of a field goes: beside the others of the pipeline, the role before them."""
    ours = [place for place, tag in enumerate(parsed) if field_of(tag) != "foreign"]
    if not ours:
        return len(parsed)
    return ours[0] if field == "role" else ours[-1] + 1
