"""The values of parameters, as a manifest takes them; pure.

The API takes each value as JSON of google.protobuf.Value, in which all numbers are doubles, and the engine
fills in ``{{...}}`` and ``$(...)`` in texts. Who makes a manifest prepares parameters for such texts, and
their values (``codegen.kfp.argument_value``); here they are sent as they are, or refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from nbflow.errors import EngineError
from nbflow.model import Json

#: The largest number below which all whole numbers are doubles.
_EXACT: Final = 1 << 53
#: How the types of a manifest are said to a user.
_WORDS: Final = {
    "NUMBER_INTEGER": "a whole number",
    "NUMBER_DOUBLE": "a number",
    "BOOLEAN": "True or False",
    "LIST": "a list",
    "STRUCT": "a dict",
}
_FILLED_IN: Final = re.compile(r"\{\{|\$\(")


def arguments(spec: Mapping[str, Any], given: Mapping[str, Json]) -> dict[str, Json]:
    """The values that are sent for ``given``, which is by the names of parameters in the manifest.

    Raises:
        EngineError: there is no such parameter, a value is missing, or it would not arrive as it is.
    """
    told = ((spec.get("root") or {}).get("inputDefinitions") or {}).get("parameters") or {}
    unknown = sorted(set(given) - set(told))
    if unknown:
        known = ", ".join(sorted(told)) or "none"
        raise EngineError(f"the pipeline has no parameter {unknown[0]}; it has {known}")
    missing = [
        name
        for name, about in told.items()
        if name not in given and "defaultValue" not in about and not about.get("isOptional")
    ]
    if missing:
        raise EngineError(f"the parameter {missing[0]} of the pipeline needs a value")
    return {
        name: _value(name, str(told[name].get("parameterType", "")), v) for name, v in given.items()
    }


def _value(name: str, kind: str, value: Json) -> Json:
    if kind == "STRING":
        return _text(name, value)
    if not _fits(kind, value):
        raise EngineError(f"the parameter {name} is {_WORDS[kind]}, which {value!r} is not")
    _check(name, value)
    return value


def _text(name: str, value: Json) -> str:
    """A text as it is: which parameters the pod reads as JSON, only who made the manifest knows."""
    if not isinstance(value, str):
        raise EngineError(f"the parameter {name} is a text, which {value!r} is not")
    if _FILLED_IN.search(value):
        raise _filled_in(name, value)
    return value


def _fits(kind: str, value: Json) -> bool:
    match kind:
        case "NUMBER_INTEGER":
            return isinstance(value, int) and not isinstance(value, bool)
        case "NUMBER_DOUBLE":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "BOOLEAN":
            return isinstance(value, bool)
        case "LIST":
            return isinstance(value, list)
        case "STRUCT":
            return isinstance(value, dict)
    return True


def _check(name: str, value: Json) -> None:
    """Nothing in a value would arrive as another one."""
    if isinstance(value, (list, dict)):
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        for part in parts:
            _check(name, part)
    elif isinstance(value, str) and _FILLED_IN.search(value):
        raise _filled_in(name, value)
    elif isinstance(value, int) and abs(value) > _EXACT:
        raise EngineError(
            f"the parameter {name} holds {value}, and Kubeflow Pipelines rounds whole numbers above 2**53;"
            " let the parameter be a text in the notebook, and make it a number there"
        )


def _filled_in(name: str, value: str) -> EngineError:
    return EngineError(
        f"the parameter {name} holds {value!r}, in which Kubeflow Pipelines would fill something in;"
        " let its default in the notebook hold such a text too, then it travels as JSON"
    )
