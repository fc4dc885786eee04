"""JSON Schema of the frozen values that requests and answers hold."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from nbflow.model import Kept

Schema = dict[str, object]

_PLAIN: Final[Mapping[object, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def fields_of(kind: type) -> dict[str, Any]:
    """The fields of a dataclass with their types; ``Json``, which holds itself, is any type."""
    return get_type_hints(kind, localns={"Json": Any})


def schema_of(kind: Any, known: dict[str, Schema]) -> Schema:
    """The schema of a type; those of dataclasses are put into ``known`` by their names."""
    kind = getattr(kind, "__supertype__", kind)
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if kind.__name__ not in known:
            known[kind.__name__] = {}
            known[kind.__name__] = _object(kind, known)
        return {"$ref": f"#/components/schemas/{kind.__name__}"}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [each.value for each in kind]}
    return _compound(kind, known)


def _compound(kind: Any, known: dict[str, Schema]) -> Schema:
    """The schema of a type that is made of others."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"const": arguments[0]}
    if origin in (Union, types.UnionType):
        said = [each for each in arguments if each is not Kept]
        if len(said) == 1:
            return schema_of(said[0], known)
        return {"anyOf": [schema_of(each, known) for each in said]}
    if origin is tuple and arguments[-1] is not Ellipsis:
        items = [schema_of(each, known) for each in arguments]
        return {
            "type": "array",
            "prefixItems": items,
            "minItems": len(items),
            "maxItems": len(items),
        }
    if origin is tuple:
        return {"type": "array", "items": schema_of(arguments[0], known)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        value = Any if arguments[1] is object else arguments[1]
        return {"type": "object", "additionalProperties": schema_of(value, known)}
    raise TypeError(f"there is no schema for {kind!r}")


def _object(kind: type, known: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": kind.__doc__,
        "properties": {name: schema_of(hint, known) for name, hint in fields_of(kind).items()},
        "required": list(fields_of(kind)),
        "additionalProperties": False,
    }


def order_schema(kind: type, known: dict[str, Schema]) -> Schema:
    """The schema of a request's body: of each of its objects, the fields without a default are required."""
    reference = schema_of(kind, known)
    for each in _objects(kind):
        known[each.__name__]["required"] = list(required(each))
    return reference


def _objects(kind: Any) -> Iterator[type]:
    """The dataclasses that a type is made of."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        yield kind
        for hint in fields_of(kind).values():
            yield from _objects(hint)
    for each in get_args(kind):
        yield from _objects(each)


def required(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass that have no default."""
    missing = dataclasses.MISSING
    return tuple(
        each.name
        for each in dataclasses.fields(kind)
        if each.default is missing and each.default_factory is missing
    )
