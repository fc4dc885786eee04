"""YAML out of plain values: always the same bytes, in the order that they come in, easy to read.

Texts stand without quotes only where no version of YAML can take them for something else; else they are in
double quotes, or (a piece of code) a literal block. Source: https://yaml.org/spec/1.2.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, TypeGuard

#: A value that can be written. There are no floats in it: no two writers agree on those.
Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"

_PLAIN: Final = re.compile(r"-?[A-Za-z_/][A-Za-z0-9_./@+=-]*(:[A-Za-z0-9_./@+=-]+)*")
_WORDS: Final = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null"})
_BLOCK: Final = re.compile(r"[!-~][ -~]*(\n([ -~]*[!-~])?)*\n?")
#: What no YAML file may hold, and what some readers take for the end of a line.
_HIDDEN: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_WIDTH: Final = 96


def dumped(value: Mapping[str, Value]) -> str:
    """The text of a document."""
    return "\n".join(_mapping(value, "")) + "\n"


def _mapping(value: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, each in value.items():
        yield from _item(f"{indent}{_scalar(key)}:", each, indent)


def _item(head: str, value: Value, indent: str) -> Iterator[str]:
    """A value behind ``head``, which is a key or a dash that stands at ``indent``."""
    if isinstance(value, Mapping) and len(value) == 1 and {} in value.values():
        yield f"{head} {{{_scalar(next(iter(value)), flow=True)}: {{}}}}"
    elif isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent + "  ")
    elif _is_sequence(value) and value:
        short = f"{head} {_flow(value)}"
        if len(short) <= _WIDTH and all(_is_flat(each) for each in value):
            yield short
        else:
            yield head
            yield from _sequence(value, f"{indent}  " if head.endswith("-") else indent)
    elif isinstance(value, str) and "\n" in value and _BLOCK.fullmatch(value):
        yield f"{head} {'|' if value.endswith(chr(10)) else '|-'}"
        for line in value.removesuffix("\n").split("\n"):
            yield f"{indent}  {line}" if line else ""
    else:
        yield f"{head} {_scalar(value)}"


def _sequence(value: Sequence[Value], indent: str) -> Iterator[str]:
    for each in value:
        if isinstance(each, Mapping) and each:
            first, *rest = _mapping(each, indent + "  ")
            yield f"{indent}- {first[len(indent) + 2 :]}"
            yield from rest
        else:
            yield from _item(f"{indent}-", each, indent)


def _is_sequence(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_flat(value: Value) -> bool:
    return isinstance(value, str) and "\n" not in value


def _flow(value: Sequence[Value]) -> str:
    return f"[{', '.join(_scalar(each, flow=True) for each in value if _is_flat(each))}]"


def _scalar(value: Value, *, flow: bool = False) -> str:
    if value is None or isinstance(value, (bool, int)):
        return json.dumps(value)
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain and not (flow and ":" in value) else _quoted(value)
    return "{}" if isinstance(value, Mapping) else "[]"


def _quoted(text: str) -> str:
    return _HIDDEN.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False)
    )
