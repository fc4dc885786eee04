"""Values as JSON that every reader takes."""

from __future__ import annotations

import json


def json_text(value: object, indent: int | None = None) -> str:
    """A value as JSON; what JSON does not know (NaN, infinity) is null."""
    try:
        return json.dumps(value, indent=indent, allow_nan=False)
    except ValueError:
        return json.dumps(_known(value), indent=indent, allow_nan=False)


def _known(value: object) -> object:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {key: _known(each) for key, each in value.items()}
    return [_known(each) for each in value] if isinstance(value, (list, tuple)) else value
