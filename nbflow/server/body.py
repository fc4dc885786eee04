"""Bodies of requests, read as the frozen values that they spell."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

from nbflow.model import Kept
from nbflow.server.json_schema import fields_of, required

T = TypeVar("T")
#: The types of JSON that stand for themselves, and what they are called in sentences.
_PLAIN: Final[Mapping[object, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


class BodyError(ValueError):
    """The body of a request does not fit; the sentence says where."""


def read(kind: type[T], body: object) -> T:
    """The body of a request as a value of ``kind``.

    Its fields may be texts, numbers, true or false, null, enums, lists (``tuple[X, ...]``), mappings, other
    dataclasses, and unions of them; an ``X | Kept`` that is left out is ``KEPT``.

    Raises:
        BodyError: it does not fit.
    """
    if not isinstance(body, dict):
        raise BodyError("the body of the request has to be a JSON object")
    return cast("T", _object(kind, body, ""))


def _object(kind: Any, given: object, at: str) -> object:
    """A dataclass out of an object; ``at`` is where it stands, "" for the body itself."""
    if not isinstance(given, dict):
        raise _misfit(kind, at)
    hints, inside = fields_of(kind), f" in {at!r}" if at else ""
    for name in given:
        if name not in hints:
            raise BodyError(
                f"there is no field {name!r}{inside}; the fields are: {', '.join(hints)}"
            )
    for name in required(kind):
        if name not in given:
            raise BodyError(f"the field {_below(at, name)!r} is missing")
    return kind(
        **{name: _value(hints[name], each, _below(at, name)) for name, each in given.items()}
    )


def _value(kind: Any, given: object, at: str) -> object:
    """What is given at ``at``, as a value of ``kind``."""
    kind = getattr(kind, "__supertype__", kind)
    if kind is Any:
        return given
    if kind in _PLAIN:
        return _plain(kind, given, at)
    if dataclasses.is_dataclass(kind):
        return _object(kind, given, at)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, given, at)
    return _READERS[get_origin(kind)](kind, given, at)


def _plain(kind: type, given: object, at: str) -> object:
    fits = type(given) is kind or (kind is float and type(given) is int)
    if not fits:
        raise _misfit(kind, at)
    return given


def _member(kind: type[Enum], given: object, at: str) -> Enum:
    found = next((each for each in kind if each.value == given), None)
    if found is None:
        raise _misfit(kind, at)
    return found


def _list(kind: Any, given: object, at: str) -> object:
    if not isinstance(given, list):
        raise _misfit(kind, at)
    item = get_args(kind)[0]
    return tuple(_value(item, each, f"{at}[{place}]") for place, each in enumerate(given))


def _mapping(kind: Any, given: object, at: str) -> object:
    if not isinstance(given, dict):
        raise _misfit(kind, at)
    item = get_args(kind)[1]
    return {name: _value(item, each, _below(at, name)) for name, each in given.items()}


def _union(kind: Any, given: object, at: str) -> object:
    """The first kind that fits; what is wrong inside of a list or an object is told of that."""
    kinds = [each for each in get_args(kind) if each is not Kept]
    within: BodyError | None = None
    for each in kinds:
        try:
            return _value(each, given, at)
        except _MisfitError as error:
            if error.at != at:
                within = within or error
        except BodyError as error:
            within = within or error
    raise within or _misfit(kind, at)


#: How the types that are made of others are read, by their origin.
_READERS: Final[Mapping[object, Callable[[Any, object, str], object]]] = {
    tuple: _list,
    Mapping: _mapping,
    Union: _union,
    types.UnionType: _union,
}


class _MisfitError(BodyError):
    """What is given at ``at`` has another type."""

    def __init__(self, sentence: str, at: str) -> None:
        super().__init__(sentence)
        self.at = at


def _misfit(kind: Any, at: str) -> _MisfitError:
    return _MisfitError(f"the field {at!r} has to be {_called(kind)}", at)


def _called(kind: Any) -> str:
    """What a type is called in a sentence."""
    kind = getattr(kind, "__supertype__", kind)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(str(each.value) for each in kind)
    if get_origin(kind) is tuple:
        return "a list"
    if get_origin(kind) in (Union, types.UnionType):
        return " or ".join(_called(each) for each in get_args(kind) if each is not Kept)
    return "an object"


def _below(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
