"""What variables look like, beside their bundles: made by steps, read as text, gone with the bundles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from nbflow.runtime.bundle import SUFFIX as BUNDLE
from nbflow.runtime.portraits import SUFFIX

#: No file of ours is larger.
_MOST: Final = 64 << 20


def path_of(bundles: Path, version: str) -> Path:
    """Where the portraits of the variables of a bundle lie, if there are any."""
    return bundles / f"{version}{SUFFIX}"


def beside(bundle: Path) -> Path:
    """The same, by the path of the bundle."""
    return path_of(bundle.parent, bundle.name.removesuffix(BUNDLE))


def read(bundles: Path, version: str, name: str) -> Mapping[str, str]:
    """The MIME bundle of a version of a variable; nothing where there is none."""
    path = path_of(bundles, version)
    try:
        if path.stat().st_size > _MOST:
            return {}
        found = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    data = found.get(name, {}) if isinstance(found, dict) else {}
    return {str(mime): str(text) for mime, text in data.items()} if isinstance(data, dict) else {}
