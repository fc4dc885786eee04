"""The Python that steps run in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The program ``python``, as it is started in the folder ``cwd`` with the environment ``env``."""

    python: str
    cwd: Path
    env: Mapping[str, str]
