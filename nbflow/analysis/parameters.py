"""Typed parameters: the names bound in the parameters cells, and values for them.

A parameter is what papermill calls one: a name that a cell tagged ``parameters`` (or Kale's
``pipeline-parameters``) binds at its top level. A value never becomes source: ``cast`` makes it a
JSON value of the parameter's type.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from nbflow.analysis.source import CellCode
from nbflow.errors import ParameterError
from nbflow.model import Json, Location, Parameter, Raw, Text

_TYPES: Final = ("bool", "int", "float", "str", "list", "dict")
_TRUE: Final = frozenset({"true", "1", "yes"})
_FALSE: Final = frozenset({"false", "0", "no"})
_NOT_JSON: Final = object()


def parameters(codes: Iterable[CellCode]) -> tuple[Parameter, ...]:
    """The parameters of the cells, in the order of their first binding; the last value counts."""
    found: dict[str, Parameter] = {}
    for code in codes:
        for statement in code.tree.body:
            for name, value, annotation, place in _bound(statement):
                location = Location(code.cell.id, code.cell.number, place.lineno, place.col_offset)
                found[name] = _parameter(name, value, annotation, location)
    return tuple(found.values())


def cast(parameter: Parameter, value: object) -> Json:
    """The value as JSON of the parameter's type; texts (from a command line) are read as that type.

    Raises:
        ParameterError: the value does not fit the type; the sentence says what was expected.
    """
    optional = parameter.default is None or _optional(parameter.annotation)
    if optional and (value is None or (_is_open(value) and value in {"None", "null"})):
        return None
    reader = _CASTS.get(parameter.type)
    if reader is None:
        return _any(parameter, value)
    misfit = isinstance(value, Raw) and parameter.type != "str"
    result = _NOT_JSON if misfit else reader(value)
    if result is _NOT_JSON:
        raise _misfit(parameter, value)
    return _checked(parameter, value, result)


def not_json(parameter: Parameter, code: CellCode) -> bool:
    """Whether the parameter's default is a literal that JSON cannot carry (a tuple, a set, bytes)."""
    for statement in code.tree.body:
        for name, value, _, place in _bound(statement):
            if name == parameter.name and place.lineno == parameter.location.line:
                literal = _literal(value)
                return literal is not _NOT_JSON and not _is_json(literal)
    return False


def _bound(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None, str, ast.Name]]:
    """The names that a statement binds, with value (None where it is computed) and annotation."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _unpacked(target, value)
        case ast.AnnAssign(target=ast.Name() as target, value=ast.expr() as value):
            yield target.id, value, _text(statement.annotation), target
        case ast.AugAssign(target=ast.Name() as target):
            yield target.id, None, "", target
        case _:
            return


def _text(annotation: ast.expr) -> str:
    try:
        return ast.unparse(annotation)
    except RecursionError:
        return ""


def _unpacked(
    target: ast.expr, value: ast.expr | None
) -> Iterator[tuple[str, ast.expr | None, str, ast.Name]]:
    match target, value:
        case ast.Name(), _:
            yield target.id, value, "", target
        case ((ast.Tuple(elts=names) | ast.List(elts=names)), _):
            values: list[ast.expr | None] = [None] * len(names)
            if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(names):
                values = list(value.elts)
            if any(isinstance(each, ast.Starred) for each in (*names, *values)):
                values = [None] * len(names)
            for name, each in zip(names, values, strict=True):
                inner = name.value if isinstance(name, ast.Starred) else name
                yield from _unpacked(inner, each)
        case _:
            return


def _parameter(name: str, value: ast.expr | None, annotation: str, location: Location) -> Parameter:
    literal = _literal(value)
    if literal is _NOT_JSON or not _is_json(literal):
        return Parameter(name, "", None, location, annotation, computed=True)
    kind = "None" if literal is None else type(literal).__name__
    declared = _declared(annotation)
    if kind == "None" or (kind == "int" and declared == "float"):
        kind = declared or kind
    return Parameter(name, kind, _json(literal), location, annotation)


def _literal(value: ast.expr | None) -> object:
    """The value of a literal, or ``_NOT_JSON`` for any other expression."""
    if value is None:
        return _NOT_JSON
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _NOT_JSON


def _is_json(value: object) -> bool:
    """Whether the value comes back the same from JSON."""
    match value:
        case None | bool() | int() | str():
            return True
        case float():
            return math.isfinite(value)
        case list():
            return all(_is_json(each) for each in value)
        case dict():
            return all(isinstance(key, str) and _is_json(each) for key, each in value.items())
        case _:
            return False


def _json(value: object) -> Json:
    """The same value, as what ``_is_json`` has found it to be."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case list():
            return [_json(each) for each in value]
        case dict():
            return {str(key): _json(each) for key, each in value.items()}
        case _:
            raise TypeError(f"not a JSON value: {type(value).__name__}")


def _optional(annotation: str) -> bool:
    return "Optional" in annotation or "None" in annotation


def _declared(annotation: str) -> str:
    """The type that an annotation names, in so far as parameters know it, else ""."""
    if not annotation:
        return ""
    text = annotation.strip("'\"").removeprefix("typing.")
    if text.startswith("Optional[") and text.endswith("]"):
        text = text[len("Optional[") : -1]
    choices = [each.strip() for each in text.split("|") if each.strip() != "None"]
    if len(choices) != 1:
        return ""
    base = choices[0].partition("[")[0].removeprefix("typing.").lower()
    return base if base in _TYPES else ""


def _misfit(parameter: Parameter, value: object) -> ParameterError:
    if not parameter.type or parameter.type == "None":
        takes = "takes what JSON can carry"
    else:
        article = "an" if parameter.type == "int" else "a"
        default = json.dumps(parameter.default)
        takes = f"is {article} {parameter.type} ({default} in the notebook)"
    return ParameterError(f"the parameter {parameter.name} {takes}, {value!r} does not fit")


def _checked(parameter: Parameter, value: object, result: object) -> Json:
    try:
        return _json(result)
    except TypeError:
        raise _misfit(parameter, value) from None


def _any(parameter: Parameter, value: object) -> Json:
    """Any JSON: a text that is neither JSON nor a Python literal stands for itself.

    A literal that JSON cannot carry, such as a tuple, was hardly meant as a text.
    """
    if isinstance(value, Text):
        return str(value)
    if not isinstance(value, str):
        return _checked(parameter, value, value)
    read = _read(value)
    if read is not _NOT_JSON:
        return _json(read)
    if _evaluated(value) is not _NOT_JSON:
        raise _misfit(parameter, value)
    return value


def _read(text: str) -> object:
    """The JSON value or Python literal that the text spells, or ``_NOT_JSON``."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    value = _evaluated(text)
    return value if _is_json(value) else _NOT_JSON


def _evaluated(text: str) -> object:
    """The value of a Python literal, or ``_NOT_JSON`` where the text is none."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _NOT_JSON


def _int(value: object) -> object:
    if isinstance(value, bool):
        return _NOT_JSON
    if isinstance(value, int):
        return value
    try:
        return int(value) if isinstance(value, str) else _NOT_JSON
    except ValueError:
        return _NOT_JSON


def _float(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return _NOT_JSON
    try:
        return float(value)
    except (ValueError, OverflowError):
        return _NOT_JSON


def _bool(value: object) -> object:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    if word in _TRUE:
        return True
    return False if word in _FALSE else _NOT_JSON


def _str(value: object) -> object:
    return str(value) if isinstance(value, str) else _NOT_JSON


def _is_open(value: object) -> bool:
    """Whether it is a text of which it is not said what it means."""
    return isinstance(value, str) and not isinstance(value, Text)


def _container(kind: type) -> Callable[[object], object]:
    def read(value: object) -> object:
        result = _read(value) if isinstance(value, str) else value
        return result if isinstance(result, kind) and _is_json(result) else _NOT_JSON

    return read


_CASTS: Final[Mapping[str, Callable[[object], object]]] = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "str": _str,
    "list": _container(list),
    "dict": _container(dict),
}
